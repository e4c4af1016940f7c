-- +goose Up

-- What the mark of the desk clock was taken beside, so that a later start can tell how much time has really passed.

-- the machine's run during which the mark was raised (the kernel's name of it), '' when not known
ALTER TABLE clock_mark ADD COLUMN run text NOT NULL DEFAULT '';
-- how long that run had gone on then, in microseconds
ALTER TABLE clock_mark ADD COLUMN up bigint NOT NULL DEFAULT 0;
-- how often a person has said that the clock is right; every process that doubts it waits for the next time
ALTER TABLE clock_mark ADD COLUMN accepted bigint NOT NULL DEFAULT 0;

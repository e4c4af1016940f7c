-- +goose Up

-- How the keys of the audit log took each other's place. Until now a checkpoint that both keys had signed stood for it
-- (audit_keys.hand_over), which anybody can make of a genuine one; it stays where it is, and nothing follows from it. Kinds
-- of rows as in 0001.

-- birth: the statement of the key before, which names this one
CREATE TABLE audit_hand_overs (
    number      bigint PRIMARY KEY REFERENCES audit_keys (number), -- of the key that takes over
    statement   text NOT NULL, -- a signed note
    recorded_at text NOT NULL
);

-- +goose Up

-- What may be destroyed at once. A key that no row names may be the key of another state of this database.

-- birth: a key that an act has let go of for good (moved start, erased, void, end of the reading period), noted in its
-- transaction (R-SEC-6)
CREATE TABLE dead_keys (
    name     text PRIMARY KEY,
    noted_at text NOT NULL
);

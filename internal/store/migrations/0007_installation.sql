-- +goose Up

-- By what database, key ring and ledger know that they belong together. Kinds of rows as in 0001.

-- birth: the name of the installation, drawn once, one row. The ring and the ledger have it too: a database without it
-- beside a ring or a ledger that was used is not theirs (R-SEC-6).
CREATE TABLE installation (
    id   bigint PRIMARY KEY CHECK (id = 1),
    name text NOT NULL
);

-- +goose Up

-- The audit log as a Merkle tree beside the entries (RFC 6962), its signed checkpoints, and where they went. Kinds
-- of rows as in 0001. An audit entry is inserted once and never changed, with one exception: retention removes its
-- personal text with the salt, and later its text, both after an entry that says so; its leaf stays for ever.

-- work: entries that have no leaf yet; written with the entry, deleted with its leaf
CREATE TABLE audit_pending (
    entry text PRIMARY KEY
);
INSERT INTO audit_pending (entry) SELECT id FROM audit_entries;

-- birth: the place of an entry in the log, and the hash of its text
CREATE TABLE audit_leaves (
    seq   bigint PRIMARY KEY, -- 0, 1 … without gaps
    entry text NOT NULL UNIQUE,
    hash  text NOT NULL -- base64
);

-- birth: the inner nodes of the tree
CREATE TABLE audit_nodes (
    position bigint PRIMARY KEY, -- as golang.org/x/mod/sumdb/tlog counts stored hashes
    hash     text NOT NULL
);

-- work: how far the log is, one row
CREATE TABLE audit_tree (
    id           bigint PRIMARY KEY CHECK (id = 1),
    origin       text NOT NULL DEFAULT '', -- name of the log, given by its first checkpoint
    size         bigint NOT NULL DEFAULT 0,
    forgotten_to bigint NOT NULL DEFAULT 0, -- personal text of the leaves before this one is removed
    dropped_to   bigint NOT NULL DEFAULT 0  -- text of the leaves before this one is removed
);
INSERT INTO audit_tree (id) VALUES (1);

-- birth: signed checkpoints
CREATE TABLE audit_checkpoints (
    number      bigint PRIMARY KEY, -- 1, 2 …
    size        bigint NOT NULL,
    root        text NOT NULL,
    signed      text NOT NULL, -- the note, with its signatures
    recorded_at text NOT NULL
);
CREATE INDEX audit_checkpoints_size ON audit_checkpoints (size, number);

-- birth: the keys that have signed, in their order, each with the checkpoint by which the one before handed over
CREATE TABLE audit_keys (
    number      bigint PRIMARY KEY, -- 1, 2 …
    public      text NOT NULL UNIQUE,
    hand_over   text NOT NULL, -- signed by both; '' for the first, and after the ring was lost
    recorded_at text NOT NULL
);

-- work: how far each way on which checkpoints leave the machine has come
CREATE TABLE audit_ways (
    way       text PRIMARY KEY,
    sent      bigint NOT NULL DEFAULT 0, -- number of the last checkpoint that was taken
    sent_at   text,
    attempts  bigint NOT NULL DEFAULT 0, -- in vain, since then
    run_at    text,
    failed_at text,
    failure   text NOT NULL DEFAULT ''
);

-- birth: verifications of the log; the end is set once
CREATE TABLE audit_verifications (
    id           text PRIMARY KEY,
    asked_at     text NOT NULL,
    asked_by     text NOT NULL,
    done_at      text,
    size         bigint NOT NULL DEFAULT 0,
    findings     bigint NOT NULL DEFAULT 0,
    report       text NOT NULL DEFAULT '' -- what was found, one line each
);
CREATE INDEX audit_verifications_open ON audit_verifications (id) WHERE done_at IS NULL;

CREATE INDEX audit_entries_actor ON audit_entries (actor, at, id);
CREATE INDEX audit_entries_establishment ON audit_entries (establishment, at, id) WHERE establishment <> '';

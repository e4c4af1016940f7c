-- +goose Up

-- What a database knows of its ledger, which lies beside the keys, and of what it forgot by being restored from a
-- backup (R-ID-6, R-APP-15). Kinds of rows as in 0001.

-- work: the mark of the last review of the ledger, one row: another mark there says that one of both is older
CREATE TABLE ledger_mark (
    id    bigint PRIMARY KEY CHECK (id = 1),
    token text NOT NULL
);

-- birth: each time that the database was found behind its ledger, with what it did not know any more
CREATE TABLE restores (
    id         text PRIMARY KEY,
    noted_at   text NOT NULL,
    codes      bigint NOT NULL,
    ids        bigint NOT NULL,
    receipts   bigint NOT NULL,
    invoices   bigint NOT NULL,
    mails      bigint NOT NULL,
    checkpoint text NOT NULL -- the last published state of the audit log that the ledger knows, '' for none
);

-- birth: what was given out and is not known here otherwise; its key can never be given out again. It has no
-- reference, because what it belonged to may be forgotten too.
CREATE TABLE lost (
    kind          text NOT NULL CHECK (kind IN ('code', 'id', 'receipt', 'invoice', 'mail', 'letter')),
    thing         text NOT NULL,    -- code, number or Message-ID; a letter by what it is about
    restored      text NOT NULL,    -- the restore it was found by, '' for what was perhaps never given out
    establishment text NOT NULL,    -- '' for none
    application   text NOT NULL,    -- '' for none
    detail        text NOT NULL,    -- a mail's kind
    given_at      text NOT NULL,
    PRIMARY KEY (kind, thing)
);
CREATE INDEX lost_restored ON lost (restored, kind, thing);

-- What a letter of the clock is about, the same when it is written anew; '' for letters that people cause.
ALTER TABLE outbox ADD COLUMN stable_key text NOT NULL DEFAULT '';

-- +goose Up

-- What happens to codes, numbers and secrets after their first issue, and the centre's day. Kinds of rows as
-- in 0001: birth (inserted once), fact (revoked once, never overwritten), work (updated under a guard).

-- A later fact takes the place of an earlier one from its first day on; one that is ended says that the thing
-- does not exist from then on (R-APP-8). Nothing earlier is touched, so revoking the later one is enough (void).
ALTER TABLE code_terms ADD COLUMN ended boolean NOT NULL DEFAULT FALSE;
ALTER TABLE id_terms ADD COLUMN ended boolean NOT NULL DEFAULT FALSE;

-- R-CON-5: the general part of a contract, beside plan and terminals of the netNACCS part.
ALTER TABLE contract_terms ADD COLUMN general_plan text NOT NULL DEFAULT 'B' CHECK (general_plan IN ('A', 'B'));
ALTER TABLE contract_terms ADD COLUMN general_terminals bigint NOT NULL DEFAULT 0 CHECK (general_terminals >= 0);

-- R-APP-9: the user code under which an area stands, '' before it is issued, and the application that frees it
-- when it takes effect, '' for none.
ALTER TABLE bonded_areas ADD COLUMN user_code text NOT NULL DEFAULT '';
ALTER TABLE bonded_areas ADD COLUMN freed_by text NOT NULL DEFAULT '';
UPDATE bonded_areas SET user_code = COALESCE((SELECT c.code FROM user_codes c
    WHERE c.application = bonded_areas.application AND c.placeholder = bonded_areas.placeholder), '');

-- The proposal under four eyes (R-EX-6), and the business days spent at the centre in earlier rounds.
ALTER TABLE applications ADD COLUMN four_eyes boolean NOT NULL DEFAULT FALSE; -- one proposes, another approves
ALTER TABLE applications ADD COLUMN proposed_at text;
ALTER TABLE applications ADD COLUMN proposed_by text NOT NULL DEFAULT '';
ALTER TABLE applications ADD COLUMN proposed_name text NOT NULL DEFAULT '';
ALTER TABLE applications ADD COLUMN proposal text NOT NULL DEFAULT '';      -- JSON of the proposed verdict
ALTER TABLE applications ADD COLUMN waited_days bigint NOT NULL DEFAULT 0;
ALTER TABLE applications ADD COLUMN copied_from text NOT NULL DEFAULT '';   -- application it was prefilled from

-- Since when the centre has it: the registration of this round, moved back by the business days of the rounds
-- before, so that what is due first stands first. Lists are sorted by the expressions of these indexes.
ALTER TABLE applications ADD COLUMN waiting_since text;
UPDATE applications SET waiting_since = registered_at;
CREATE INDEX applications_waiting ON applications ((COALESCE(waiting_since, '')), id)
    WHERE COALESCE(state, '') IN ('registered', 'under-examination'); -- so written, no index of states is in its way
CREATE INDEX applications_by_receipt ON applications ((COALESCE(receipt, '')), id);
CREATE INDEX applications_by_registration ON applications ((COALESCE(registered_at, '')), id);
CREATE INDEX applications_by_desired ON applications ((COALESCE(desired_start, '')), id);
CREATE INDEX applications_by_start ON applications ((COALESCE(start_date, '')), id);
CREATE INDEX audit_sign_ins ON audit_entries (actor, at) WHERE act = 'sign-in';
CREATE INDEX applications_by_state ON applications (state, (COALESCE(registered_at, '')), id);

-- work: what exists and is touched by a registered application (R-APP-10): a user code, or 'reissue:' and an ID
CREATE TABLE touches (
    application   text NOT NULL REFERENCES applications (id),
    subject       text NOT NULL,
    PRIMARY KEY (application, subject)
);
CREATE INDEX touches_subject ON touches (subject, application);

-- birth: which kinds need four eyes (R-EX-6); the latest row of a kind counts
CREATE TABLE four_eyes (
    id          text PRIMARY KEY,
    kind        text NOT NULL,
    required    boolean NOT NULL,
    recorded_at text NOT NULL,
    recorded_by text NOT NULL
);

-- birth: the centre's closing days as they were entered and taken back; the latest row of a day counts (R-CAL-1)
CREATE TABLE closing_entries (
    number      bigint PRIMARY KEY, -- 1, 2 … in the order of entering: who was faster is the key's matter
    day         text NOT NULL,
    closed      boolean NOT NULL,
    name        text NOT NULL,
    recorded_at text NOT NULL,
    recorded_by text NOT NULL
);
INSERT INTO closing_entries (number, day, closed, name, recorded_at, recorded_by)
    SELECT ROW_NUMBER() OVER (ORDER BY recorded_at, day), day, TRUE, name, recorded_at, 'operator' FROM closing_days;
DROP TABLE closing_days;

-- fact: news of the centre, to one establishment or to all (C6)
CREATE TABLE notices (
    id            text PRIMARY KEY,
    establishment text NOT NULL DEFAULT '', -- '' for all
    title         text NOT NULL,
    body          text NOT NULL,
    title_en      text NOT NULL,
    body_en       text NOT NULL,
    shown_from    text NOT NULL,            -- first day
    shown_until   text,                     -- last day; NULL: until it is withdrawn
    on_login      boolean NOT NULL DEFAULT FALSE, -- also on the login page; only one to all
    recorded_at   text NOT NULL,
    recorded_by   text NOT NULL,
    revoked_at    text
);
CREATE INDEX notices_shown ON notices (establishment, shown_from);

-- birth: who has opened a notice
CREATE TABLE notice_reads (
    notice  text NOT NULL REFERENCES notices (id),
    account text NOT NULL,
    at      text NOT NULL,
    PRIMARY KEY (notice, account)
);

-- birth: the desk's modes (C10); the latest row counts
CREATE TABLE modes (
    number      bigint PRIMARY KEY, -- 1, 2 … in the order of switching
    mode        text NOT NULL CHECK (mode IN ('open', 'read-only', 'closed')),
    notice      text NOT NULL,
    notice_en   text NOT NULL,
    recorded_at text NOT NULL,
    recorded_by text NOT NULL
);

-- fact: one import of metered usage; a later import of the same month revokes the earlier one (R-CON-5)
CREATE TABLE usage_imports (
    id          text PRIMARY KEY,
    month       text NOT NULL, -- YYYY-MM
    digest      text NOT NULL, -- of the file
    lines       bigint NOT NULL,
    recorded_at text NOT NULL,
    recorded_by text NOT NULL,
    revoked_at  text
);
CREATE INDEX usage_imports_month ON usage_imports (month, recorded_at);
CREATE UNIQUE INDEX usage_imports_standing ON usage_imports (month) WHERE revoked_at IS NULL;

-- birth: the lines of an import; amounts are whole yen before tax
CREATE TABLE usage_lines (
    import        text NOT NULL REFERENCES usage_imports (id),
    line          bigint NOT NULL,
    establishment text NOT NULL,
    month         text NOT NULL,
    user_id       text NOT NULL,
    item          text NOT NULL,
    quantity      bigint NOT NULL,
    amount        bigint NOT NULL,
    PRIMARY KEY (import, line)
);
CREATE INDEX usage_lines_establishment ON usage_lines (establishment, month, import);

-- birth: invoices (適格請求書) issued when a month's usage is imported; the latest revision of an
-- establishment's month counts
CREATE TABLE invoices (
    number        text PRIMARY KEY,
    revision      bigint NOT NULL,          -- 1 …, the last part of the number
    replaces      text NOT NULL DEFAULT '', -- number of the revision before
    establishment text NOT NULL REFERENCES establishments (id),
    month         text NOT NULL,
    import        text NOT NULL REFERENCES usage_imports (id),
    content       text NOT NULL, -- JSON of the paper, frozen
    digest        text NOT NULL, -- of exactly these bytes
    issued_at     text NOT NULL
);
CREATE UNIQUE INDEX invoices_establishment ON invoices (establishment, month, revision);

-- fact: files that the operator offers from the approval on (R-CON-3): package software, certificates per terminal.
-- A withdrawn one keeps its row; its parts are deleted, since a certificate may hold a private key.
CREATE TABLE files (
    id            text PRIMARY KEY,
    kind          text NOT NULL CHECK (kind IN ('certificate', 'software')),
    establishment text NOT NULL DEFAULT '',  -- '' for all: software
    terminal      bigint NOT NULL DEFAULT 0, -- 1 … for a certificate
    name          text NOT NULL,
    media_type    text NOT NULL,
    size          bigint NOT NULL,           -- bytes
    digest        text NOT NULL,             -- SHA-256 of the whole, hexadecimal
    recorded_at   text NOT NULL,
    recorded_by   text NOT NULL,
    recorded_name text NOT NULL,
    revoked_at    text,
    CHECK ((kind = 'certificate') = (establishment <> '' AND terminal > 0))
);
-- One certificate per terminal, one software per name, whoever uploads at the same time.
CREATE UNIQUE INDEX files_certificate ON files (establishment, terminal) WHERE kind = 'certificate' AND revoked_at IS NULL;
CREATE UNIQUE INDEX files_software ON files (name) WHERE kind = 'software' AND revoked_at IS NULL;

-- birth: the bytes of a file, in parts that are streamed one by one
CREATE TABLE file_parts (
    file    text NOT NULL REFERENCES files (id),
    part    bigint NOT NULL, -- 0 …
    content bytea NOT NULL,
    PRIMARY KEY (file, part)
);

-- birth: who has fetched a certificate, when
CREATE TABLE file_fetches (
    id      text PRIMARY KEY,
    file    text NOT NULL REFERENCES files (id),
    account text NOT NULL,
    name    text NOT NULL,
    at      text NOT NULL
);
CREATE INDEX file_fetches_file ON file_fetches (file, at, id);

-- work: set-up transactions (U業務) that somebody has ticked as done (E15)
CREATE TABLE setup_ticks (
    application text NOT NULL REFERENCES applications (id),
    user_id     text NOT NULL,
    step        text NOT NULL, -- key of the set-up transaction
    account     text NOT NULL,
    name        text NOT NULL,
    at          text NOT NULL,
    PRIMARY KEY (application, user_id, step)
);

-- fact: who may ask over the programming interface; the token is stored hashed
CREATE TABLE gateways (
    id          text PRIMARY KEY, -- the part of the token that names it
    name        text NOT NULL,
    scope       text NOT NULL CHECK (scope IN ('logon', 'contract')),
    hash        text NOT NULL,    -- SHA-256 of the token's other part, hexadecimal
    recorded_at text NOT NULL,
    recorded_by text NOT NULL,
    revoked_at  text
);
CREATE UNIQUE INDEX gateways_name ON gateways (name) WHERE revoked_at IS NULL;

-- work: what a gateway was answered on a day of the desk clock, counted (trap 23)
CREATE TABLE gateway_days (
    gateway   text NOT NULL REFERENCES gateways (id),
    day       text NOT NULL,
    entitled  bigint NOT NULL, -- checks that were answered yes
    denied    bigint NOT NULL, -- no, of an ID that was issued once
    unknown   bigint NOT NULL, -- no, of an ID that never was
    contracts bigint NOT NULL, -- contracts read
    PRIMARY KEY (gateway, day)
);

-- Mail that came back, and mail that was sent again (R-MAIL-4).
ALTER TABLE outbox ADD COLUMN bounced_at text;
ALTER TABLE outbox ADD COLUMN bounce text NOT NULL DEFAULT '';    -- what the returning server said
ALTER TABLE outbox ADD COLUMN resend_of text NOT NULL DEFAULT ''; -- the row that this one repeats
ALTER TABLE outbox ADD COLUMN resent bigint NOT NULL DEFAULT 0;    -- how often a person has sent it again; guards that
ALTER TABLE outbox ADD COLUMN delayed_at text;                    -- a server on the way said that it still tries
ALTER TABLE outbox ADD COLUMN seen_at text;                       -- somebody took note that it failed or came back
CREATE INDEX outbox_troubled ON outbox (id) WHERE failed_at IS NOT NULL OR bounced_at IS NOT NULL;

-- What a job last failed with; '' after a success.
ALTER TABLE jobs ADD COLUMN failed_at text;
ALTER TABLE jobs ADD COLUMN failure text NOT NULL DEFAULT '';

-- +goose Up
-- The schema is the data dictionary. One text for SQLite and PostgreSQL: text, bigint, boolean, bytea.
-- Instants are UTC text of fixed width (2006-01-02T15:04:05.000000Z), days are YYYY-MM-DD, so that the
-- order of text is the order of time. Kinds of rows: birth (inserted once), fact (closed once, never
-- overwritten), work (updated under a guard), secret (exists for days).

-- birth: a legal entity (企業)
CREATE TABLE companies (
    id         text PRIMARY KEY,
    name       text NOT NULL,
    name_kana  text NOT NULL,
    created_at text NOT NULL
);

-- birth: the abbreviations (企業略称) of a company, in the order in which they are used up (R-ID-7)
CREATE TABLE company_abbreviations (
    abbreviation text PRIMARY KEY CHECK (length(abbreviation) = 3),
    company      text NOT NULL REFERENCES companies (id),
    position     bigint NOT NULL
);
CREATE INDEX company_abbreviations_company ON company_abbreviations (company, position);

-- birth: the contract unit (事業所); version is the lock of everything that rests on its contract
CREATE TABLE establishments (
    id         text PRIMARY KEY,
    company    text NOT NULL REFERENCES companies (id),
    region     text NOT NULL CHECK (length(region) = 1), -- customs region, first character of its codes
    version    bigint NOT NULL DEFAULT 1,
    search     text NOT NULL,                            -- search key of company and establishment
    created_at text NOT NULL
);
CREATE INDEX establishments_company ON establishments (company, id);

-- fact: name, address and signatory (契約者) of an establishment
CREATE TABLE establishment_terms (
    id                 text PRIMARY KEY,
    establishment      text NOT NULL REFERENCES establishments (id),
    name               text NOT NULL,
    name_kana          text NOT NULL,
    postal_code        text NOT NULL,
    address            text NOT NULL,
    phone              text NOT NULL,
    fax                text NOT NULL,
    emergency_fax      text NOT NULL,
    signatory_position text NOT NULL,
    signatory_name     text NOT NULL,
    valid_from         text NOT NULL,
    valid_to           text,
    recorded_at        text NOT NULL,
    revoked_at         text,
    application        text NOT NULL -- what made it: an application, or 'import'
);
CREATE INDEX establishment_terms_establishment ON establishment_terms (establishment, valid_from);

-- fact: plan and number of netNACCS terminals
CREATE TABLE contract_terms (
    id            text PRIMARY KEY,
    establishment text NOT NULL REFERENCES establishments (id),
    plan          text NOT NULL CHECK (plan IN ('A', 'B')),
    terminals     bigint NOT NULL CHECK (terminals >= 0),
    valid_from    text NOT NULL,
    valid_to      text,
    recorded_at   text NOT NULL,
    revoked_at    text,
    application   text NOT NULL
);
CREATE INDEX contract_terms_establishment ON contract_terms (establishment, valid_from);

-- work: who may sign in
CREATE TABLE accounts (
    id            text PRIMARY KEY,
    establishment text REFERENCES establishments (id), -- NULL for the centre's staff
    role          text NOT NULL CHECK (role IN ('applicant', 'administrator', 'viewer', 'examiner', 'supervisor')),
    login         text NOT NULL UNIQUE,                -- folded
    name          text NOT NULL,
    name_kana     text NOT NULL,
    department    text NOT NULL,
    position      text NOT NULL,
    phone         text NOT NULL,
    email         text NOT NULL,
    password_hash text NOT NULL,                       -- argon2id; '' until the set-up link was used
    language      text NOT NULL DEFAULT 'ja' CHECK (language IN ('ja', 'en')),
    status        text NOT NULL CHECK (status IN ('invited', 'active', 'stopped')),
    version       bigint NOT NULL DEFAULT 1,
    created_at    text NOT NULL,
    CHECK ((establishment IS NULL) = (role IN ('examiner', 'supervisor')))
);
CREATE INDEX accounts_establishment ON accounts (establishment, role, id);

-- work: one-time links by which a person sets the first password; the link itself is never stored
CREATE TABLE setup_links (
    id         text PRIMARY KEY,
    account    text NOT NULL REFERENCES accounts (id),
    expires_at text NOT NULL, -- elapsed time, not the desk clock (R-CAL-3)
    used_at    text,
    created_at text NOT NULL
);

-- work: sessions; the token is stored hashed
CREATE TABLE sessions (
    token      text PRIMARY KEY,
    data       bytea NOT NULL,
    expires_at text NOT NULL
);
CREATE INDEX sessions_expires ON sessions (expires_at);

-- work: failed sign-ins per account and per address, to slow further tries
CREATE TABLE sign_in_tries (
    subject    text PRIMARY KEY,
    failures   bigint NOT NULL,
    last_at    text NOT NULL,
    blocked_to text NOT NULL
);

-- work: an application (申込) with its draft; lists read the columns, never the draft
CREATE TABLE applications (
    id                text PRIMARY KEY,
    establishment     text NOT NULL REFERENCES establishments (id),
    state             text NOT NULL CHECK (state IN ('draft', 'registered', 'under-examination', 'returned',
                                                     'approved', 'withdrawn', 'rejected', 'void')),
    version           bigint NOT NULL DEFAULT 1, -- of the decision; every guarded update raises it
    draft             text NOT NULL,             -- JSON of application.Draft
    draft_by          text NOT NULL,             -- account of the last save
    round             bigint NOT NULL DEFAULT 0, -- how often it was registered
    receipt           text UNIQUE,               -- R-APP-15, of the latest registration
    kinds             text NOT NULL DEFAULT '',  -- of the latest registration, blank between keys
    items             text NOT NULL DEFAULT '',  -- the items in words
    desired_start     text,
    registered_at     text,
    registered_by     text,
    holder            text,                      -- the claimant (R-EX-2)
    holder_name       text NOT NULL DEFAULT '',
    settings_complete boolean NOT NULL DEFAULT FALSE,
    start_date        text,                      -- confirmed StartDate
    start_reason      text NOT NULL DEFAULT '',
    settings_deadline text,                      -- stored at approval, never moved (R-SET-1); NULL: none needed
    approved_at       text,
    approved_by       text,
    start_changed_at  text,                      -- last change of the start date
    read_advised      text,                      -- R-SEC-2
    read_last         text,                      -- last day of the reading period (R-SEC-3); NULL: no IDs
    read_closed       text,                      -- first closed day
    secrets_ended_at  text,                      -- the keys are destroyed
    effect_noted_at   text,                      -- 利用開始のお知らせ has gone out
    ended_at          text,                      -- withdrawn, rejected or void: the true instant
    end_reason        text NOT NULL DEFAULT '',
    touched_at        text NOT NULL,             -- last save of the draft, or the return (R-APP-13)
    announced_at      text,                      -- the end of draft or return was announced
    search            text NOT NULL DEFAULT '',  -- search key: company, receipt, codes, IDs, contact
    created_at        text NOT NULL,
    created_by        text NOT NULL,
    CHECK ((state = 'draft') = (round = 0)),
    CHECK ((round = 0) = (receipt IS NULL)),
    CHECK (state <> 'under-examination' OR holder IS NOT NULL),
    CHECK ((state IN ('approved', 'void')) = (approved_at IS NOT NULL)),
    CHECK ((approved_at IS NULL) = (start_date IS NULL)),
    CHECK ((state IN ('withdrawn', 'rejected', 'void')) = (ended_at IS NOT NULL))
);
CREATE INDEX applications_establishment ON applications (establishment, created_at, id);
CREATE INDEX applications_queue ON applications (state, registered_at, id);
CREATE INDEX applications_secrets ON applications (read_closed) WHERE secrets_ended_at IS NULL;
-- What the clock asks every time must not cost more as the approved of all years grow.
CREATE INDEX applications_deadline ON applications (state, settings_deadline, id) WHERE settings_deadline IS NOT NULL;
CREATE INDEX applications_incomplete ON applications (state, settings_deadline, id)
    WHERE settings_deadline IS NOT NULL AND settings_complete = FALSE;
CREATE INDEX applications_effect ON applications (state, start_date, id) WHERE start_date IS NOT NULL AND effect_noted_at IS NULL;
CREATE INDEX applications_reading ON applications (state, read_last, id) WHERE read_last IS NOT NULL AND secrets_ended_at IS NULL;

-- birth: what was registered, the exact bytes that were digested (R-APP-16, trap 17)
CREATE TABLE application_versions (
    application   text NOT NULL REFERENCES applications (id),
    round         bigint NOT NULL,
    receipt       text NOT NULL UNIQUE,
    content       text NOT NULL, -- JSON of application.Document
    digest        text NOT NULL,
    settings      text NOT NULL, -- JSON of application.Settings as recorded at registration, for the papers
    draft_version bigint NOT NULL, -- the version that was registered, so that a repeat finds it (R-APP-14)
    rules_version text NOT NULL, -- version of the rules of use that was confirmed (R-APP-17)
    registered_at text NOT NULL,
    registered_by text NOT NULL,
    registrant    text NOT NULL, -- the name at that time
    PRIMARY KEY (application, round)
);

-- birth: the history people see
CREATE TABLE application_events (
    id            text PRIMARY KEY,
    application   text NOT NULL,          -- no reference: the history of a discarded draft stays
    establishment text NOT NULL,
    at            text NOT NULL,
    actor         text NOT NULL,
    actor_name    text NOT NULL,
    role          text NOT NULL,
    kind          text NOT NULL,          -- command, or what the clock did
    state         text NOT NULL,          -- after the event
    round         bigint NOT NULL,
    detail        text NOT NULL,          -- JSON, strings only
    internal      boolean NOT NULL        -- never shown to the establishment
);
CREATE INDEX application_events_application ON application_events (application, at, id);

-- birth: remarks; those of a return are inserted by the return itself (trap 7)
CREATE TABLE remarks (
    id          text PRIMARY KEY,
    application text NOT NULL REFERENCES applications (id),
    round       bigint NOT NULL,
    item        text NOT NULL, -- field path it stands at, '' for the whole
    body        text NOT NULL,
    internal    boolean NOT NULL,
    by_account  text NOT NULL,
    by_name     text NOT NULL,
    at          text NOT NULL
);
CREATE INDEX remarks_application ON remarks (application, at, id);

-- birth: the system settings beside the frozen version; the latest of a tab counts (R-SET-2)
CREATE TABLE setting_records (
    id          text PRIMARY KEY,
    application text NOT NULL REFERENCES applications (id),
    placeholder bigint NOT NULL,
    tab         text NOT NULL,
    content     text NOT NULL, -- JSON field → value
    complete    boolean NOT NULL,
    recorded_at text NOT NULL,
    recorded_by text NOT NULL
);
CREATE INDEX setting_records_application ON setting_records (application, id);

-- work: reservation of bonded areas over the whole operator (R-APP-9)
CREATE TABLE bonded_areas (
    code        text PRIMARY KEY,
    application text NOT NULL,
    placeholder bigint NOT NULL,
    reserved_at text NOT NULL
);
CREATE INDEX bonded_areas_application ON bonded_areas (application);

-- birth: every user code there ever was; the key is R-ID-6. Without an open fact it is a tombstone.
CREATE TABLE user_codes (
    code          text PRIMARY KEY CHECK (length(code) = 5),
    establishment text NOT NULL REFERENCES establishments (id),
    application   text NOT NULL, -- born by; 'import' for those from before
    placeholder   bigint NOT NULL,
    born_at       text NOT NULL
);
CREATE INDEX user_codes_establishment ON user_codes (establishment, code);
CREATE INDEX user_codes_application ON user_codes (application, placeholder);
CREATE INDEX user_codes_abbreviation ON user_codes (substr(code, 3), code);

-- birth: every user ID there ever was
CREATE TABLE user_ids (
    id            text PRIMARY KEY CHECK (length(id) = 8),
    code          text NOT NULL REFERENCES user_codes (code),
    number        text NOT NULL CHECK (length(number) = 3),
    establishment text NOT NULL REFERENCES establishments (id),
    application   text NOT NULL,
    row_index     bigint NOT NULL, -- row of the code's item that asked for it
    born_at       text NOT NULL
);
CREATE INDEX user_ids_code ON user_ids (code, id);
CREATE INDEX user_ids_application ON user_ids (application, id);
CREATE INDEX user_ids_establishment ON user_ids (establishment, id);

-- work: one row per number series, locked by the update that takes from it
CREATE TABLE counters (
    name text PRIMARY KEY,
    next bigint NOT NULL
);

-- fact: category of a code
CREATE TABLE code_terms (
    id            text PRIMARY KEY,
    establishment text NOT NULL,
    code          text NOT NULL REFERENCES user_codes (code),
    category      text NOT NULL CHECK (category IN ('common', 'air', 'sea')),
    valid_from    text NOT NULL,
    valid_to      text,
    recorded_at   text NOT NULL,
    revoked_at    text,
    application   text NOT NULL
);
CREATE INDEX code_terms_establishment ON code_terms (establishment, code, valid_from);

-- fact: trades, method and single sign-on of an ID
CREATE TABLE id_terms (
    id             text PRIMARY KEY,
    establishment  text NOT NULL,
    user_id        text NOT NULL REFERENCES user_ids (id),
    trades         text NOT NULL, -- catalogue keys, blank between
    method         text NOT NULL,
    single_sign_on boolean NOT NULL,
    valid_from     text NOT NULL,
    valid_to       text,
    recorded_at    text NOT NULL,
    revoked_at     text,
    application    text NOT NULL
);
CREATE INDEX id_terms_establishment ON id_terms (establishment, user_id, valid_from);

-- fact: statistics and archive of a code
CREATE TABLE code_services (
    id              text PRIMARY KEY,
    establishment   text NOT NULL,
    code            text NOT NULL REFERENCES user_codes (code),
    statistics_paid boolean NOT NULL,
    statistics_free boolean NOT NULL,
    bonded_archive  boolean NOT NULL,
    valid_from      text NOT NULL,
    valid_to        text,
    recorded_at     text NOT NULL,
    revoked_at      text,
    application     text NOT NULL
);
CREATE INDEX code_services_establishment ON code_services (establishment, code, valid_from);

-- fact: system settings of a code, one row per tab
CREATE TABLE code_settings (
    id            text PRIMARY KEY,
    establishment text NOT NULL,
    code          text NOT NULL REFERENCES user_codes (code),
    tab           text NOT NULL,
    content       text NOT NULL,
    valid_from    text NOT NULL,
    valid_to      text,
    recorded_at   text NOT NULL,
    revoked_at    text,
    application   text NOT NULL
);
CREATE INDEX code_settings_establishment ON code_settings (establishment, code, tab, valid_from);
CREATE INDEX code_settings_application ON code_settings (application, code, tab);

-- secret: the sealed initial passwords (R-SEC-6); key_name is the application's key in the ring
CREATE TABLE secrets (
    user_id     text NOT NULL REFERENCES user_ids (id),
    name        text NOT NULL CHECK (name IN ('password', 'user-password')),
    application text NOT NULL REFERENCES applications (id),
    sealed      bytea NOT NULL,
    key_name    text NOT NULL,
    sealed_at   text NOT NULL,
    PRIMARY KEY (user_id, name)
);
CREATE INDEX secrets_application ON secrets (application);
CREATE INDEX secrets_key ON secrets (key_name);

-- birth: who has read the passwords of an application, when (R-SEC-7)
CREATE TABLE secret_readings (
    id          text PRIMARY KEY,
    application text NOT NULL REFERENCES applications (id),
    account     text NOT NULL,
    reader      text NOT NULL,
    at          text NOT NULL,
    ids         bigint NOT NULL
);
CREATE INDEX secret_readings_application ON secret_readings (application, at, id);

-- birth: 「控えました」 stops the reminders for that person (R-SEC-8)
CREATE TABLE secrets_noted (
    application text NOT NULL REFERENCES applications (id),
    account     text NOT NULL,
    at          text NOT NULL,
    PRIMARY KEY (application, account)
);

-- birth: every reminder that fell due, sent or skipped (R-SET-4, R-SEC-10)
CREATE TABLE reminders (
    application text NOT NULL REFERENCES applications (id),
    kind        text NOT NULL, -- the mail
    due_at      text NOT NULL,
    outcome     text NOT NULL CHECK (outcome IN ('sent', 'skipped')),
    why         text NOT NULL,
    at          text NOT NULL,
    PRIMARY KEY (application, kind, due_at)
);

-- birth: 新着情報
CREATE TABLE news (
    id            text PRIMARY KEY,
    establishment text NOT NULL REFERENCES establishments (id),
    application   text NOT NULL REFERENCES applications (id),
    receipt       text NOT NULL,
    subject       text NOT NULL,
    at            text NOT NULL
);
CREATE INDEX news_establishment ON news (establishment, at, id);

-- birth: who has opened a piece of news
CREATE TABLE news_reads (
    news    text NOT NULL REFERENCES news (id),
    account text NOT NULL,
    at      text NOT NULL,
    PRIMARY KEY (news, account)
);

-- work: mail that must leave (R-MAIL-4), written in the transaction of its cause
CREATE TABLE outbox (
    id           text PRIMARY KEY,
    dedupe_key   text NOT NULL UNIQUE, -- event and recipient
    kind         text NOT NULL,
    application  text NOT NULL,
    recipient    text NOT NULL,
    payload      text NOT NULL,        -- JSON of mail.Letter
    message_id   text NOT NULL UNIQUE,
    created_at   text NOT NULL,        -- desk clock
    run_at       text NOT NULL,        -- elapsed time
    attempts     bigint NOT NULL DEFAULT 0,
    leased_until text,
    fence        bigint NOT NULL DEFAULT 0,
    accepted_at  text,
    failed_at    text,
    reply        text NOT NULL DEFAULT '',
    CHECK (accepted_at IS NULL OR failed_at IS NULL)
);
CREATE INDEX outbox_waiting ON outbox (run_at, id) WHERE accepted_at IS NULL AND failed_at IS NULL;
CREATE INDEX outbox_application ON outbox (application, created_at, id);

-- birth: the evidence; text holds the exact bytes that are hashed, personal text stands beside them
CREATE TABLE audit_entries (
    id            text PRIMARY KEY,
    at            text NOT NULL,
    actor         text NOT NULL,
    act           text NOT NULL,
    establishment text NOT NULL,
    application   text NOT NULL,
    entry         text NOT NULL,
    hash          text NOT NULL,
    personal      text NOT NULL,
    salt          text NOT NULL
);
CREATE INDEX audit_entries_at ON audit_entries (at, id);
CREATE INDEX audit_entries_application ON audit_entries (application, at);

-- fact: closing days the centre entered (R-CAL-1)
CREATE TABLE closing_days (
    day         text PRIMARY KEY,
    name        text NOT NULL,
    recorded_at text NOT NULL
);

-- work: background work and who does it
CREATE TABLE jobs (
    name         text PRIMARY KEY,
    last_success text,
    leased_until text,
    fence        bigint NOT NULL DEFAULT 0
);

-- work: high-water mark of the desk clock (R-CAL-3), one row
CREATE TABLE clock_mark (
    id   bigint PRIMARY KEY CHECK (id = 1),
    mark text NOT NULL
);

-- birth: the key ring this database belongs to, one row
CREATE TABLE ring (
    id   bigint PRIMARY KEY CHECK (id = 1),
    ring text NOT NULL
);

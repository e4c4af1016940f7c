-- +goose Up

-- Who gets in and how long that lasts. Kinds of rows as in 0001. Times are elapsed time (R-CAL-3).

ALTER TABLE accounts ADD COLUMN password_set_at text;                -- NULL: before it was noted, or none is set
ALTER TABLE accounts ADD COLUMN unwanted text NOT NULL DEFAULT '';   -- the optional mails that are turned off, blank between keys

-- work: what a one-time link is for. 'setup': the first password, or a new one by the centre's hand; 'reset': a new one
-- by the person's own; 'address': a new mail address, which stands beside it until the link is used.
ALTER TABLE setup_links ADD COLUMN kind text NOT NULL DEFAULT 'setup' CHECK (kind IN ('setup', 'reset', 'address'));
ALTER TABLE setup_links ADD COLUMN address text NOT NULL DEFAULT '';
CREATE INDEX setup_links_account ON setup_links (account, kind, created_at);

-- work: a successful sign-in and what became of it; a browser's session names its row, and is over with it
CREATE TABLE sign_ins (
    id         text PRIMARY KEY,
    account    text NOT NULL REFERENCES accounts (id),
    how        text NOT NULL CHECK (how IN ('password', 'password+totp', 'password+recovery', 'password+passkey', 'passkey', 'oidc')),
    address    text NOT NULL,          -- network address
    agent      text NOT NULL,          -- what the browser calls itself, cut
    device     text NOT NULL,          -- the browser's mark, hashed with the account; '' without one
    created_at text NOT NULL,
    seen_at    text NOT NULL,          -- the last visit, noted now and then
    ended_at   text,
    why_ended  text NOT NULL DEFAULT '' CHECK (why_ended IN ('', 'sign-out', 'person', 'credential', 'stopped', 'time')),
    CHECK ((ended_at IS NULL) = (why_ended = ''))
);
CREATE INDEX sign_ins_account ON sign_ins (account, created_at);
CREATE INDEX sign_ins_open ON sign_ins (seen_at) WHERE ended_at IS NULL;
CREATE INDEX sign_ins_ended ON sign_ins (ended_at) WHERE ended_at IS NOT NULL;

-- work: browsers from which an account has signed in, so that a new one is told of
CREATE TABLE devices (
    account  text NOT NULL REFERENCES accounts (id),
    device   text NOT NULL,            -- as in sign_ins
    first_at text NOT NULL,
    last_at  text NOT NULL,
    PRIMARY KEY (account, device)
);
CREATE INDEX devices_last ON devices (last_at);

-- birth: mail addresses that accounts had, so that it can be told to whom a mail had to go
CREATE TABLE address_changes (
    id          text PRIMARY KEY,
    account     text NOT NULL REFERENCES accounts (id),
    before      text NOT NULL,
    recorded_at text NOT NULL         -- desk clock: until then
);
CREATE INDEX address_changes_account ON address_changes (account, recorded_at);

-- birth: what was done to an account, in the order of the ids; names are those of that time
CREATE TABLE account_events (
    id            text PRIMARY KEY,
    account       text NOT NULL REFERENCES accounts (id),
    establishment text NOT NULL,      -- '' for the centre's people
    at            text NOT NULL,      -- desk clock
    actor         text NOT NULL,
    actor_name    text NOT NULL,
    actor_role    text NOT NULL,
    name          text NOT NULL,      -- of the person
    kind          text NOT NULL CHECK (kind IN ('invite', 'link', 'withdraw-invitation', 'role', 'stop', 'reactivate', 'end-sessions', 'hand-over')),
    role_before   text NOT NULL,
    role          text NOT NULL,      -- after it
    applications  bigint NOT NULL,    -- how many were handed over
    successor     text NOT NULL,      -- to whom; '' for nobody
    successor_name text NOT NULL
);
CREATE INDEX account_events_account ON account_events (account, id);
CREATE INDEX account_events_establishment ON account_events (establishment, id);

-- Second factors. Times are elapsed time.

-- work: the secret of an authenticator app (TOTP), sealed by the ring about the account's id. A 'pending' one has not
-- been confirmed by a code yet: it lets nobody in, and is over after a quarter of an hour.
CREATE TABLE totp_secrets (
    account    text NOT NULL REFERENCES accounts (id),
    stage      text NOT NULL CHECK (stage IN ('pending', 'active')),
    sealed     bytea NOT NULL,
    last_step  bigint NOT NULL DEFAULT 0, -- the latest step of 30 s whose code was used; it and those before are used up
    created_at text NOT NULL,
    used_at    text,
    PRIMARY KEY (account, stage)
);

-- work: recovery codes, each good for one sign-in; a new set takes the place of the one before
CREATE TABLE recovery_codes (
    account    text NOT NULL REFERENCES accounts (id),
    mac        text NOT NULL, -- of account and code, by the ring; the code itself is never stored
    created_at text NOT NULL,
    used_at    text,
    PRIMARY KEY (account, mac)
);

-- work: passkeys; what is stored opens nothing
CREATE TABLE passkeys (
    id         text PRIMARY KEY,      -- the credential's id in base64url
    account    text NOT NULL REFERENCES accounts (id),
    handle     text NOT NULL,         -- the account as the authenticator knows it: random, in base64url
    name       text NOT NULL,
    credential text NOT NULL,         -- JSON: public key, flags, sign count
    created_at text NOT NULL,
    used_at    text,
    doubted_at text                   -- when its sign count first went back: there may be a copy of it
);
CREATE INDEX passkeys_account ON passkeys (account, created_at);

-- work: the one-time link by which the first supervisor of an empty installation comes in; the link itself is never stored
CREATE TABLE first_links (
    id         text PRIMARY KEY,
    expires_at text NOT NULL,
    used_at    text,
    created_at text NOT NULL
);

-- work: whom an identity provider knows an account's owner as: by issuer and subject, never by a mail address
CREATE TABLE identities (
    issuer    text NOT NULL,
    subject   text NOT NULL,
    account   text NOT NULL REFERENCES accounts (id),
    linked_at text NOT NULL,
    used_at   text,
    PRIMARY KEY (issuer, subject)
);
CREATE UNIQUE INDEX identities_account ON identities (account, issuer);

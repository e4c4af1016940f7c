-- name: InsertSignIn :exec
INSERT INTO sign_ins (id, account, how, address, agent, device, created_at, seen_at)
VALUES (@id, @account, @how, @address, @agent, @device, @created_at, @seen_at);

-- name: GetSignedIn :one
-- Whose session it is: nobody's when the sign-in has ended or the account was stopped.
SELECT sqlc.embed(a), sqlc.embed(s) FROM sign_ins s JOIN accounts a ON a.id = s.account
WHERE s.id = @id AND s.ended_at IS NULL AND a.status = 'active';

-- name: ListSignIns :many
-- The sessions of an account that still count, the latest first.
SELECT * FROM sign_ins
WHERE account = @account AND ended_at IS NULL AND seen_at > @idle_at AND created_at > @begun_at
ORDER BY seen_at DESC, id DESC;

-- name: SeeSignIn :exec
UPDATE sign_ins SET seen_at = @seen_at WHERE id = @id AND ended_at IS NULL AND seen_at < @seen_at;

-- name: EndSignIn :execrows
UPDATE sign_ins SET ended_at = @ended_at, why_ended = @why WHERE id = @id AND account = @account AND ended_at IS NULL;

-- name: EndSignIns :execrows
-- Every session of an account but one; '' keeps none.
UPDATE sign_ins SET ended_at = @ended_at, why_ended = @why WHERE account = @account AND id <> @keep AND ended_at IS NULL;

-- name: EndIdleSignIns :execrows
UPDATE sign_ins SET ended_at = @ended_at, why_ended = 'time'
WHERE ended_at IS NULL AND (seen_at <= @idle_at OR created_at <= @begun_at);

-- name: DeleteOldSignIns :execrows
DELETE FROM sign_ins WHERE ended_at < @before_at;

-- name: CountDevices :one
SELECT count(*) FROM devices WHERE account = @account;

-- name: KnowsDevice :one
SELECT count(*) FROM devices WHERE account = @account AND device = @device;

-- name: SeeDevice :execrows
UPDATE devices SET last_at = @last_at WHERE account = @account AND device = @device;

-- name: InsertDevice :exec
INSERT INTO devices (account, device, first_at, last_at) VALUES (@account, @device, @at, @at) ON CONFLICT DO NOTHING;

-- name: DeleteOldDevices :execrows
DELETE FROM devices WHERE last_at < @before_at;

-- name: EndLinksOfKind :exec
UPDATE setup_links SET used_at = @used_at WHERE account = @account AND kind = @kind AND used_at IS NULL;

-- name: InsertAskedLink :exec
INSERT INTO setup_links (id, account, kind, address, expires_at, created_at)
VALUES (@id, @account, @kind, @address, @expires_at, @created_at);

-- name: ListOpenAddresses :many
SELECT * FROM setup_links WHERE account = @account AND kind = 'address' AND used_at IS NULL;

-- name: SetAddress :execrows
UPDATE accounts SET email = @email, version = version + 1 WHERE id = @id AND version = @version;

-- name: InsertAddressChange :exec
INSERT INTO address_changes (id, account, before, recorded_at) VALUES (@id, @account, @before, @recorded_at);

-- name: AddressChangesAfter :many
-- The mail addresses that people of an establishment gave up after an instant, with that of now; the first first.
SELECT c.before, a.email FROM address_changes c JOIN accounts a ON a.id = c.account
WHERE a.establishment = @establishment AND c.recorded_at > @recorded_at ORDER BY c.id;

-- name: SetUnwanted :exec
UPDATE accounts SET unwanted = @unwanted WHERE id = @id;

-- name: SignInsOfNobody :many
-- Sessions that are open although their account was stopped or never set up.
SELECT s.id FROM sign_ins s JOIN accounts a ON a.id = s.account
WHERE s.id > @after AND s.ended_at IS NULL AND a.status <> 'active' ORDER BY s.id LIMIT @most;

-- name: StrayLinkMails :many
-- Mails with a link that was asked for whose dedupe key names no such link, or one of somebody else.
SELECT o.id FROM outbox o
WHERE o.kind IN ('password-reset', 'confirm-address') AND o.id > @after AND NOT EXISTS (
    SELECT 1 FROM setup_links l JOIN accounts p ON p.id = l.account
    WHERE l.id = substr(o.dedupe_key, 1, 36) AND (o.kind = 'confirm-address' AND l.kind = 'address' AND l.address = o.recipient
        OR o.kind = 'password-reset' AND l.kind = 'reset' AND (p.email = o.recipient
            OR EXISTS (SELECT 1 FROM address_changes c WHERE c.account = p.id AND c.before = o.recipient))))
ORDER BY o.id LIMIT @most;

-- name: AddressesNotConfirmed :many
-- Accounts whose mail address was changed, and is none that was confirmed.
SELECT a.id FROM accounts a
WHERE a.id > @after AND EXISTS (SELECT 1 FROM address_changes c WHERE c.account = a.id) AND NOT EXISTS (
    SELECT 1 FROM setup_links l WHERE l.account = a.id AND l.kind = 'address' AND l.used_at IS NOT NULL AND l.address = a.email)
ORDER BY a.id LIMIT @most;

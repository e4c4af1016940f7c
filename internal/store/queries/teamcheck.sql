-- name: AllAccountEvents :many
SELECT * FROM account_events WHERE id > @after ORDER BY id LIMIT @most;

-- name: LatestAccountEvents :many
-- Accounts with the last thing that was done to role and status.
SELECT a.id, a.role, a.status, a.password_hash, e.kind, e.role AS last_role FROM accounts a JOIN account_events e ON e.account = a.id
WHERE a.id > @after AND e.kind <> 'link' AND e.kind <> 'end-sessions' AND e.kind <> 'hand-over' AND e.id = (
    SELECT MAX(l.id) FROM account_events l WHERE l.account = a.id AND l.kind NOT IN ('link', 'end-sessions', 'hand-over'))
ORDER BY a.id LIMIT @most;

-- name: StoppedWithoutEvent :many
SELECT a.id FROM accounts a WHERE a.id > @after AND a.status = 'stopped' AND NOT EXISTS (
    SELECT 1 FROM account_events e WHERE e.account = a.id AND e.kind IN ('stop', 'withdraw-invitation'))
ORDER BY a.id LIMIT @most;

-- name: Leaderless :many
-- Establishments whose last administrator was stopped or given another role: they had one, and have none.
SELECT e.id FROM establishments e WHERE e.id > @after
  AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.establishment = e.id AND a.role = 'administrator' AND a.status <> 'stopped')
  AND EXISTS (SELECT 1 FROM account_events v WHERE v.establishment = e.id AND v.role_before = 'administrator' AND v.kind IN ('stop', 'role'))
ORDER BY e.id LIMIT @most;

-- name: AccountMails :many
-- The mails of an event of an account.
SELECT recipient FROM outbox WHERE kind = 'account-changed' AND dedupe_key >= @first AND dedupe_key < @last ORDER BY recipient;

-- name: StrayAccountMails :many
SELECT o.id FROM outbox o WHERE o.id > @after AND o.kind = 'account-changed' AND o.resend_of = '' AND NOT EXISTS (
    SELECT 1 FROM account_events e WHERE e.id = substr(o.dedupe_key, 1, 36))
ORDER BY o.id LIMIT @most;

-- name: AccountEntries :one
-- How many entries of evidence an act on an account has left.
SELECT count(*) FROM audit_entries WHERE actor = @actor AND at = @at AND act = @act;

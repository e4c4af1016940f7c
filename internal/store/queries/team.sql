-- name: ListTeam :many
-- The people of an establishment, or of the centre for NULL: those who can work first.
SELECT * FROM accounts WHERE establishment = @establishment OR (establishment IS NULL AND CAST(@centre AS boolean))
ORDER BY CASE status WHEN 'active' THEN 0 WHEN 'invited' THEN 1 ELSE 2 END, role, id;

-- name: LockLeaders :execrows
-- Locks those who answer for an establishment or for the centre, so that two of them cannot stop each other.
UPDATE accounts SET version = version
WHERE (establishment = @establishment OR (establishment IS NULL AND CAST(@centre AS boolean)))
  AND role IN ('administrator', 'supervisor') AND status = 'active';

-- name: LockCentre :execrows
UPDATE accounts SET version = version WHERE establishment IS NULL AND status = 'active';

-- name: CountLeaders :one
-- How many others could answer for it.
SELECT count(*) FROM accounts
WHERE (establishment = @establishment OR (establishment IS NULL AND CAST(@centre AS boolean)))
  AND role IN ('administrator', 'supervisor') AND status = 'active' AND id <> @but;

-- name: ListLeaders :many
SELECT * FROM accounts
WHERE (establishment = @establishment OR (establishment IS NULL AND CAST(@centre AS boolean)))
  AND role IN ('administrator', 'supervisor') AND status = 'active' ORDER BY id;

-- name: WriteAccount :execrows
-- Role and status of an account at the version that was seen; sessions from before are over.
UPDATE accounts SET role = @role, status = @status, version = version + 1 WHERE id = @id AND version = @version;

-- name: InsertAccountEvent :exec
INSERT INTO account_events (id, account, establishment, at, actor, actor_name, actor_role, name, kind, role_before, role,
    applications, successor, successor_name)
VALUES (@id, @account, @establishment, @at, @actor, @actor_name, @actor_role, @name, @kind, @role_before, @role,
    @applications, @successor, @successor_name);

-- name: ListAccountEvents :many
SELECT * FROM account_events WHERE account = @account ORDER BY id DESC LIMIT @most;

-- name: ListTeamEvents :many
-- Of all people of an establishment, or of the centre for ''.
SELECT * FROM account_events WHERE establishment = @establishment ORDER BY id DESC LIMIT @most;

-- name: HeldBy :many
-- What an examiner has claimed.
SELECT * FROM applications WHERE state = 'under-examination' AND holder = @holder ORDER BY id LIMIT @most;

-- name: KeptBy :many
-- What goes on and is in the hands of a person of an establishment: drafts, returned ones, and what the centre has or
-- has approved until nobody needs to act any more.
SELECT * FROM applications
WHERE establishment = @establishment AND draft_by = @keeper AND (
    state IN ('draft', 'registered', 'under-examination', 'returned')
    OR (state = 'approved' AND (effect_noted_at IS NULL OR (read_last IS NOT NULL AND secrets_ended_at IS NULL))))
ORDER BY id LIMIT @most;

-- name: SeizeApplication :one
-- The guard of what is handed over: by its key and by whose it is.
UPDATE applications SET version = version + 1 WHERE id = @id AND (holder = @owner OR draft_by = @owner)
RETURNING *;

-- name: StoppedAddress :one
-- How many stopped accounts of an establishment have a mail address, and how many others.
SELECT CAST(COALESCE(SUM(CASE WHEN status = 'stopped' THEN 1 ELSE 0 END), 0) AS bigint) AS stopped,
       CAST(COALESCE(SUM(CASE WHEN status = 'stopped' THEN 0 ELSE 1 END), 0) AS bigint) AS remaining
FROM accounts WHERE establishment = @establishment AND lower(email) = @email;

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

-- name: SeeDevice :execrows
UPDATE devices SET last_at = @last_at WHERE account = @account AND device = @device;

-- name: InsertDevice :exec
INSERT INTO devices (account, device, first_at, last_at) VALUES (@account, @device, @at, @at) ON CONFLICT DO NOTHING;

-- name: DeleteOldDevices :execrows
DELETE FROM devices WHERE last_at < @before_at;

-- name: InsertAccount :exec
INSERT INTO accounts (id, establishment, role, login, name, name_kana, department, position, phone, email, password_hash, status, created_at)
VALUES (@id, @establishment, @role, @login, @name, @name_kana, @department, @position, @phone, @email, @password_hash, @status, @created_at);

-- name: GetAccount :one
SELECT * FROM accounts WHERE id = @id;

-- name: GetAccountByLogin :one
SELECT * FROM accounts WHERE login = @login;

-- name: ListAccounts :many
SELECT * FROM accounts WHERE establishment = @establishment ORDER BY role, id;

-- name: ListAdministrators :many
SELECT * FROM accounts WHERE establishment = @establishment AND role = 'administrator' AND status = 'active' ORDER BY id;

-- name: CountCentre :one
SELECT count(*) FROM accounts WHERE establishment IS NULL AND status <> 'stopped';

-- name: SetPassword :execrows
UPDATE accounts SET password_hash = @password_hash, password_set_at = @password_set_at, status = 'active', version = version + 1
WHERE id = @id AND version = @version;

-- name: SetLanguage :exec
UPDATE accounts SET language = @language WHERE id = @id;

-- name: InsertSetupLink :exec
INSERT INTO setup_links (id, account, expires_at, created_at) VALUES (@id, @account, @expires_at, @created_at);

-- name: EndSetupLinks :exec
-- A new link ends the ones before it.
UPDATE setup_links SET used_at = @used_at WHERE account = @account AND used_at IS NULL;

-- name: GetSetupLink :one
SELECT * FROM setup_links WHERE id = @id;

-- name: UseSetupLink :execrows
UPDATE setup_links SET used_at = @used_at WHERE id = @id AND used_at IS NULL AND expires_at > @now;

-- name: GetSession :one
SELECT data FROM sessions WHERE token = @token AND expires_at > @now AND length(data) > 0;

-- The end of a session is told when it begins; what comes later can only bring it nearer.
-- name: PutSession :exec
INSERT INTO sessions (token, data, expires_at) VALUES (@token, @data, @expires_at)
ON CONFLICT (token) DO UPDATE SET data = excluded.data,
    expires_at = CASE WHEN excluded.expires_at < sessions.expires_at THEN excluded.expires_at ELSE sessions.expires_at END
WHERE length(sessions.data) > 0;

-- name: RetireSession :exec
UPDATE sessions SET expires_at = @until WHERE token = @token AND expires_at > @until;

-- An ended session leaves its token behind without data, so that a request that had read it before cannot
-- bring it back.
-- name: EndSession :exec
UPDATE sessions SET data = '' WHERE token = @token;

-- name: DeleteExpiredSessions :execrows
DELETE FROM sessions WHERE expires_at < @now;

-- name: GetTries :one
SELECT * FROM sign_in_tries WHERE subject = @subject;

-- A counter is locked before it is read, so that no count is lost: a new one begins at 0.
-- name: LockTries :one
INSERT INTO sign_in_tries (subject, failures, last_at, blocked_to) VALUES (@subject, 0, @at, @at)
ON CONFLICT (subject) DO UPDATE SET failures = sign_in_tries.failures
RETURNING *;

-- name: PutTries :exec
UPDATE sign_in_tries SET failures = @failures, last_at = @last_at, blocked_to = @blocked_to WHERE subject = @subject;

-- name: DeleteTries :exec
DELETE FROM sign_in_tries WHERE subject = @subject;

-- name: InsertNews :exec
INSERT INTO news (id, establishment, application, receipt, subject, at) VALUES (@id, @establishment, @application, @receipt, @subject, @at);

-- name: GetNews :one
SELECT * FROM news WHERE id = @id;

-- name: ListNews :many
-- The newest news of an establishment with whether an account has read each; unread first.
SELECT n.id, n.application, n.receipt, n.subject, n.at,
       CAST(CASE WHEN r.news IS NULL THEN 1 ELSE 0 END AS bigint) AS unread
FROM news n LEFT JOIN news_reads r ON r.news = n.id AND r.account = @account
WHERE n.establishment = @establishment
ORDER BY unread DESC, n.at DESC, n.id DESC LIMIT @most;

-- name: InsertNewsRead :execrows
INSERT INTO news_reads (news, account, at) VALUES (@news, @account, @at) ON CONFLICT DO NOTHING;

-- name: DeleteOldTries :execrows
DELETE FROM sign_in_tries WHERE last_at < @last_at;

-- name: InsertOutbox :execrows
INSERT INTO outbox (id, dedupe_key, kind, application, recipient, payload, message_id, created_at, run_at)
VALUES (@id, @dedupe_key, @kind, @application, @recipient, @payload, @message_id, @created_at, @run_at)
ON CONFLICT (dedupe_key) DO NOTHING;

-- name: ClaimOutbox :many
-- The claim repeats its condition in the outer WHERE: without it two workers of PostgreSQL may take the
-- same row.
UPDATE outbox SET leased_until = @lease, fence = fence + 1, attempts = attempts + 1
WHERE id IN (SELECT o.id FROM outbox o
             WHERE o.accepted_at IS NULL AND o.failed_at IS NULL AND o.run_at <= @now
               AND (o.leased_until IS NULL OR o.leased_until <= @now)
             ORDER BY o.run_at, o.id LIMIT @most)
  AND accepted_at IS NULL AND failed_at IS NULL AND run_at <= @now
  AND (leased_until IS NULL OR leased_until <= @now)
RETURNING *;

-- name: AcceptOutbox :execrows
UPDATE outbox SET accepted_at = @accepted_at, reply = @reply, leased_until = NULL
WHERE id = @id AND fence = @fence AND accepted_at IS NULL;

-- name: RetryOutbox :execrows
UPDATE outbox SET run_at = @run_at, reply = @reply, leased_until = NULL
WHERE id = @id AND fence = @fence AND accepted_at IS NULL;

-- name: FailOutbox :execrows
UPDATE outbox SET failed_at = @failed_at, reply = @reply, leased_until = NULL
WHERE id = @id AND fence = @fence AND accepted_at IS NULL;

-- name: ListOutboxOf :many
SELECT * FROM outbox WHERE application = @application ORDER BY created_at, id;

-- name: AllOutbox :many
SELECT * FROM outbox WHERE id > @after ORDER BY id LIMIT @most;

-- name: InsertAudit :exec
INSERT INTO audit_entries (id, at, actor, act, establishment, application, entry, hash, personal, salt)
VALUES (@id, @at, @actor, @act, @establishment, @application, @entry, @hash, @personal, @salt);

-- name: ListAudit :many
SELECT * FROM audit_entries WHERE id > @after ORDER BY id LIMIT @most;

-- name: EnsureJob :exec
INSERT INTO jobs (name) VALUES (@name) ON CONFLICT DO NOTHING;

-- name: LeaseJob :one
UPDATE jobs SET leased_until = @lease, fence = fence + 1
WHERE name = @name AND (leased_until IS NULL OR leased_until <= @now)
RETURNING fence, last_success, failed_at;

-- name: FinishJob :execrows
UPDATE jobs SET leased_until = NULL, last_success = @last_success, failed_at = NULL, failure = '' WHERE name = @name AND fence = @fence;

-- name: ReleaseJob :execrows
UPDATE jobs SET leased_until = NULL, failed_at = @failed_at, failure = @failure WHERE name = @name AND fence = @fence;

-- name: ListJobs :many
SELECT * FROM jobs ORDER BY name;

-- name: GetMark :one
SELECT mark FROM clock_mark WHERE id = 1;

-- name: GetClockMark :one
SELECT * FROM clock_mark WHERE id = 1;

-- name: RaiseMark :exec
INSERT INTO clock_mark (id, mark, run, up) VALUES (1, @mark, @run, @up)
ON CONFLICT (id) DO UPDATE SET mark = excluded.mark, run = excluded.run, up = excluded.up WHERE clock_mark.mark < excluded.mark;

-- name: CountAcceptance :exec
UPDATE clock_mark SET accepted = accepted + 1 WHERE id = 1;

-- name: TouchMark :exec
UPDATE clock_mark SET mark = mark WHERE id = 1;

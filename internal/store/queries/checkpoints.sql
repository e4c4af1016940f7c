-- name: InsertCheckpoint :exec
INSERT INTO audit_checkpoints (number, size, root, signed, recorded_at) VALUES (@number, @size, @root, @signed, @recorded_at);

-- name: LastCheckpoint :one
SELECT * FROM audit_checkpoints ORDER BY number DESC LIMIT 1;

-- name: ListCheckpoints :many
SELECT * FROM audit_checkpoints WHERE number > @after ORDER BY number LIMIT @most;

-- name: CheckpointsFrom :many
-- By size, each size once: the last of its checkpoints.
SELECT c.* FROM audit_checkpoints c
WHERE c.size > @first AND c.size <= @past
  AND NOT EXISTS (SELECT 1 FROM audit_checkpoints d WHERE d.size = c.size AND d.number > c.number)
ORDER BY c.size LIMIT @most;

-- name: ThinCheckpoints :execrows
-- Of the old ones the last of each day stays; the others went out long ago, and their roots follow from the leaves.
DELETE FROM audit_checkpoints WHERE audit_checkpoints.recorded_at < @before
  AND EXISTS (SELECT 1 FROM audit_checkpoints d WHERE d.number > audit_checkpoints.number
              AND substr(d.recorded_at, 1, 10) = substr(audit_checkpoints.recorded_at, 1, 10));

-- name: InsertLogKey :exec
-- hand_over is of before hand-overs were statements.
INSERT INTO audit_keys (number, public, hand_over, recorded_at) VALUES (@number, @public, '', @recorded_at);

-- name: InsertHandOver :exec
INSERT INTO audit_hand_overs (number, statement, recorded_at) VALUES (@number, @statement, @recorded_at);

-- name: ListLogKeys :many
SELECT k.number, k.public, k.hand_over AS old_hand_over, k.recorded_at, COALESCE(h.statement, '') AS hand_over
FROM audit_keys k LEFT JOIN audit_hand_overs h ON h.number = k.number ORDER BY k.number;

-- name: EnsureWay :exec
INSERT INTO audit_ways (way) VALUES (@way) ON CONFLICT DO NOTHING;

-- name: GetWay :one
SELECT * FROM audit_ways WHERE way = @way;

-- name: ListWays :many
SELECT * FROM audit_ways ORDER BY way;

-- name: WaySent :exec
UPDATE audit_ways SET sent = @sent, sent_at = @sent_at, attempts = 0, run_at = NULL, failed_at = NULL, failure = ''
WHERE way = @way AND sent < @sent;

-- name: WayFailed :exec
UPDATE audit_ways SET attempts = attempts + 1, run_at = @run_at, failed_at = @failed_at, failure = @failure WHERE way = @way;

-- name: AskVerification :exec
INSERT INTO audit_verifications (id, asked_at, asked_by) VALUES (@id, @asked_at, @asked_by);

-- name: OpenVerification :one
SELECT * FROM audit_verifications WHERE done_at IS NULL ORDER BY id LIMIT 1;

-- name: EndVerification :execrows
UPDATE audit_verifications SET done_at = @done_at, size = @size, findings = @findings, report = @report WHERE id = @id AND done_at IS NULL;

-- name: LastVerification :one
SELECT * FROM audit_verifications WHERE done_at IS NOT NULL ORDER BY id DESC LIMIT 1;

-- name: ThinVerifications :execrows
DELETE FROM audit_verifications WHERE asked_at < @before AND done_at IS NOT NULL;

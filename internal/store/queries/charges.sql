-- name: InsertUsageImport :exec
INSERT INTO usage_imports (id, month, digest, lines, recorded_at, recorded_by)
VALUES (@id, @month, @digest, @lines, @recorded_at, @recorded_by);

-- name: FinishUsageImport :exec
-- Digest and number of lines are known when the file has been read to its end, in the same transaction.
UPDATE usage_imports SET digest = @digest, lines = @lines WHERE id = @id;

-- name: RevokeUsageImport :exec
UPDATE usage_imports SET revoked_at = @revoked_at WHERE id = @id AND revoked_at IS NULL;

-- name: StandingUsageImport :one
SELECT * FROM usage_imports WHERE month = @month AND revoked_at IS NULL;

-- name: GetUsageImport :one
SELECT * FROM usage_imports WHERE id = @id;

-- name: ListUsageImports :many
-- The latest imports with who made them, the newest first.
SELECT i.id, i.month, i.digest, i.lines, i.recorded_at, i.recorded_by, i.revoked_at, COALESCE(a.name, '') AS name
FROM usage_imports i LEFT JOIN accounts a ON a.id = i.recorded_by
ORDER BY i.recorded_at DESC, i.id DESC LIMIT @most;

-- name: UsageImportsAfter :many
SELECT * FROM usage_imports WHERE id > @after ORDER BY id LIMIT @most;

-- name: RepeatedUsage :many
-- What an import names twice: one user ID in one item, with the last of its lines.
SELECT user_id, item, CAST(MIN(line) AS bigint) AS first_line, CAST(MAX(line) AS bigint) AS last_line
FROM usage_lines WHERE import = @import
GROUP BY user_id, item HAVING COUNT(*) > 1 ORDER BY MIN(line) LIMIT @most;

-- name: CountUsageLines :one
SELECT COUNT(*) FROM usage_lines WHERE import = @import;

-- name: MeteredUsage :many
-- The usage of an establishment in a month by one import.
SELECT user_id, item, quantity, amount FROM usage_lines
WHERE establishment = @establishment AND month = @month AND import = @import ORDER BY user_id, item, line;

-- name: StrayUsage :many
-- Lines of a user ID that is not there or belongs to another establishment.
SELECT DISTINCT l.user_id FROM usage_lines l LEFT JOIN user_ids u ON u.id = l.user_id
WHERE l.user_id > @after AND (u.id IS NULL OR u.establishment <> l.establishment) ORDER BY l.user_id LIMIT @most;

-- name: EstablishmentsAfter :many
SELECT id FROM establishments WHERE id > @after ORDER BY id LIMIT @most;

-- name: InsertInvoice :exec
INSERT INTO invoices (number, revision, replaces, establishment, month, import, content, digest, issued_at)
VALUES (@number, @revision, @replaces, @establishment, @month, @import, @content, @digest, @issued_at);

-- name: LatestInvoice :one
SELECT * FROM invoices WHERE establishment = @establishment AND month = @month ORDER BY revision DESC LIMIT 1;

-- name: ListInvoices :many
-- The revisions of an establishment's month, the latest first.
SELECT * FROM invoices WHERE establishment = @establishment AND month = @month ORDER BY revision DESC;

-- name: InvoicesAfter :many
SELECT * FROM invoices WHERE number > @after ORDER BY number LIMIT @most;

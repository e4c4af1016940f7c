-- name: AwaitLeaf :exec
INSERT INTO audit_pending (entry) VALUES (@entry) ON CONFLICT DO NOTHING;

-- name: LockTree :one
-- The first statement of whoever adds leaves: two sequencers wait for each other here.
UPDATE audit_tree SET size = size WHERE id = 1 RETURNING *;

-- name: GetTree :one
SELECT * FROM audit_tree WHERE id = 1;

-- name: ListPending :many
-- An entry that was removed before it had its leaf stays here, for the check to tell.
SELECT e.id, e.entry FROM audit_pending p JOIN audit_entries e ON e.id = p.entry
ORDER BY p.entry LIMIT @most;

-- name: CountPending :one
SELECT COUNT(*) FROM audit_pending;

-- name: OldestPending :one
SELECT e.at FROM audit_pending p JOIN audit_entries e ON e.id = p.entry ORDER BY p.entry LIMIT 1;

-- name: PendingWithoutEntry :many
SELECT p.entry FROM audit_pending p WHERE NOT EXISTS (SELECT 1 FROM audit_entries e WHERE e.id = p.entry) ORDER BY p.entry LIMIT @most;

-- name: LeavesWithoutEntry :many
SELECT l.seq FROM audit_leaves l WHERE l.seq >= @first AND NOT EXISTS (SELECT 1 FROM audit_entries e WHERE e.id = l.entry) ORDER BY l.seq LIMIT @most;

-- name: InsertLeaf :exec
INSERT INTO audit_leaves (seq, entry, hash) VALUES (@seq, @entry, @hash);

-- name: InsertNode :exec
INSERT INTO audit_nodes (position, hash) VALUES (@position, @hash);

-- name: DeletePending :execrows
DELETE FROM audit_pending WHERE entry = @entry;

-- name: GrowTree :execrows
UPDATE audit_tree SET size = @size WHERE id = 1 AND size = @before;

-- name: NameTree :exec
UPDATE audit_tree SET origin = @origin WHERE id = 1 AND origin = '';

-- name: GetLeaf :one
SELECT * FROM audit_leaves WHERE seq = @seq;

-- name: LeafOf :one
SELECT * FROM audit_leaves WHERE entry = @entry;

-- name: GetNode :one
SELECT hash FROM audit_nodes WHERE position = @position;

-- name: ListLeaves :many
-- The leaves from one to another with the entries that are still there.
SELECT l.seq, l.entry AS id, l.hash, COALESCE(e.entry, '') AS text, COALESCE(e.personal, '') AS personal, COALESCE(e.salt, '') AS salt
FROM audit_leaves l LEFT JOIN audit_entries e ON e.id = l.entry
WHERE l.seq >= @first AND l.seq < @past ORDER BY l.seq;

-- name: EntriesWithoutLeaf :many
SELECT e.id FROM audit_entries e
WHERE e.id > @after AND NOT EXISTS (SELECT 1 FROM audit_leaves l WHERE l.entry = e.id)
  AND NOT EXISTS (SELECT 1 FROM audit_pending p WHERE p.entry = e.id)
ORDER BY e.id LIMIT @most;

-- name: LeafTime :one
SELECT e.at FROM audit_leaves l JOIN audit_entries e ON e.id = l.entry WHERE l.seq = @seq;

-- name: LeafNotBefore :one
-- The first leaf from a place on, and before another, whose entry is not older than an instant.
SELECT l.seq FROM audit_leaves l JOIN audit_entries e ON e.id = l.entry
WHERE l.seq >= @first AND l.seq < @past AND e.at >= @instant ORDER BY l.seq LIMIT 1;

-- name: LeafSince :one
-- The leaf of the first entry from an instant on.
SELECT l.seq FROM audit_entries e JOIN audit_leaves l ON l.entry = e.id WHERE e.at >= @instant ORDER BY e.at, e.id LIMIT 1;

-- name: ForgetPersonal :execrows
UPDATE audit_entries SET personal = '', salt = ''
WHERE id IN (SELECT l.entry FROM audit_leaves l WHERE l.seq >= @first AND l.seq < @past) AND salt <> '';

-- name: DropEntries :execrows
DELETE FROM audit_entries WHERE id IN (SELECT l.entry FROM audit_leaves l WHERE l.seq >= @first AND l.seq < @past);

-- name: MoveForgotten :exec
UPDATE audit_tree SET forgotten_to = @past WHERE id = 1;

-- name: MoveDropped :exec
UPDATE audit_tree SET dropped_to = @past, forgotten_to = CASE WHEN forgotten_to < @past THEN @past ELSE forgotten_to END WHERE id = 1;

-- name: InsertFile :execrows
-- Zero rows: somebody has just put another one in its place.
INSERT INTO files (id, kind, establishment, terminal, name, media_type, size, digest, recorded_at, recorded_by, recorded_name)
VALUES (@id, @kind, @establishment, @terminal, @name, @media_type, @size, @digest, @recorded_at, @recorded_by, @recorded_name)
ON CONFLICT DO NOTHING;

-- name: InsertFilePart :exec
INSERT INTO file_parts (file, part, content) VALUES (@file, @part, @content);

-- name: GetFile :one
SELECT * FROM files WHERE id = @id;

-- name: GetFilePart :one
SELECT content FROM file_parts WHERE file = @file AND part = @part;

-- name: RevokeFile :execrows
UPDATE files SET revoked_at = @revoked_at WHERE id = @id AND revoked_at IS NULL;

-- name: DeleteFileParts :exec
DELETE FROM file_parts WHERE file = @file;

-- name: FilesFor :many
-- What an establishment is offered: its certificates and the software of all.
SELECT * FROM files WHERE revoked_at IS NULL AND (establishment = @establishment OR kind = 'software')
ORDER BY kind, terminal, name;

-- name: FileInPlace :one
-- The certificate of a terminal, or the software of a name, that is offered now.
SELECT * FROM files WHERE revoked_at IS NULL AND kind = @kind AND establishment = @establishment AND terminal = @terminal
  AND (kind = 'certificate' OR name = @name);

-- name: OfferedFiles :many
SELECT f.*, CAST(COALESCE(c.name, '') AS text) AS company_name,
       CAST((SELECT COUNT(*) FROM file_fetches x WHERE x.file = f.id) AS bigint) AS fetches
FROM files f LEFT JOIN establishments e ON e.id = f.establishment LEFT JOIN companies c ON c.id = e.company
WHERE f.revoked_at IS NULL AND f.id > @after ORDER BY f.id LIMIT @most;

-- name: AllFiles :many
SELECT * FROM files WHERE id > @after ORDER BY id LIMIT @most;

-- name: InsertFileFetch :exec
INSERT INTO file_fetches (id, file, account, name, at) VALUES (@id, @file, @account, @name, @at);

-- name: ListFileFetches :many
-- The latest first.
SELECT * FROM file_fetches WHERE file = @file ORDER BY at DESC, id DESC LIMIT @most;

-- name: StrayFileFetches :many
-- Fetches by somebody of another establishment, or of a file that is not recorded as it is fetched.
SELECT x.id, x.file, x.account FROM file_fetches x
JOIN files f ON f.id = x.file LEFT JOIN accounts a ON a.id = x.account
WHERE x.id > @after AND (f.kind <> 'certificate' OR a.id IS NULL OR a.establishment IS NULL OR a.establishment <> f.establishment
    OR x.at < f.recorded_at OR (f.revoked_at IS NOT NULL AND x.at > f.revoked_at))
ORDER BY x.id LIMIT @most;

-- name: ApprovedOf :many
-- The approved applications of an establishment, void or not by the clock (R-CON-3); the latest start first.
SELECT * FROM applications WHERE establishment = @establishment AND state = 'approved' ORDER BY start_date DESC, id LIMIT @most;

-- name: FindEstablishments :many
-- The establishment with a key, and those whose search key holds a text: without the text it is another one.
SELECT e.id, c.name AS company_name FROM establishments e JOIN companies c ON c.id = e.company
WHERE e.id = @id OR replace(e.search, CAST(@part AS text), '') <> e.search ORDER BY e.id LIMIT @most;

-- name: ListSchemaDigests :many
SELECT * FROM schema_digests ORDER BY version;

-- name: InsertSchemaDigest :exec
INSERT INTO schema_digests (version, digest) VALUES (@version, @digest) ON CONFLICT (version) DO NOTHING;

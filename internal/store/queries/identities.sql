-- name: OpenFirstLink :one
-- The link that is still open; two processes that start at once print the same.
SELECT * FROM first_links WHERE used_at IS NULL AND expires_at > @now ORDER BY id LIMIT 1;

-- name: InsertFirstLink :exec
INSERT INTO first_links (id, expires_at, created_at) VALUES (@id, @expires_at, @created_at);

-- name: UseFirstLink :execrows
UPDATE first_links SET used_at = @used_at WHERE id = @id AND used_at IS NULL AND expires_at > @now;

-- name: GetIdentity :one
SELECT * FROM identities WHERE issuer = @issuer AND subject = @subject;

-- name: ListIdentities :many
SELECT * FROM identities WHERE account = @account ORDER BY issuer;

-- name: InsertIdentity :execrows
INSERT INTO identities (issuer, subject, account, linked_at) VALUES (@issuer, @subject, @account, @linked_at) ON CONFLICT DO NOTHING;

-- name: UseIdentity :exec
UPDATE identities SET used_at = @used_at WHERE issuer = @issuer AND subject = @subject;

-- name: DeleteIdentitiesOf :execrows
DELETE FROM identities WHERE account = @account;

-- name: DeleteIdentity :execrows
DELETE FROM identities WHERE account = @account AND issuer = @issuer;

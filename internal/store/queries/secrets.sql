-- name: InsertSecret :exec
INSERT INTO secrets (user_id, name, application, sealed, key_name, sealed_at)
VALUES (@user_id, @name, @application, @sealed, @key_name, @sealed_at);

-- name: ListSecrets :many
SELECT * FROM secrets WHERE application = @application ORDER BY user_id, name;

-- name: ResealSecret :exec
UPDATE secrets SET sealed = @sealed, key_name = @key_name, sealed_at = @sealed_at WHERE user_id = @user_id AND name = @name;

-- name: DeleteSecrets :execrows
DELETE FROM secrets WHERE application = @application;

-- name: ListSecretKeys :many
SELECT DISTINCT key_name FROM secrets;

-- name: InsertSecretReading :exec
INSERT INTO secret_readings (id, application, account, reader, at, ids) VALUES (@id, @application, @account, @reader, @at, @ids);

-- name: ListSecretReadings :many
SELECT * FROM secret_readings WHERE application = @application ORDER BY at, id;

-- name: InsertSecretsNoted :execrows
INSERT INTO secrets_noted (application, account, at) VALUES (@application, @account, @at) ON CONFLICT DO NOTHING;

-- name: ListSecretsNoted :many
SELECT * FROM secrets_noted WHERE application = @application ORDER BY at, account;

-- name: GetRing :one
SELECT ring FROM ring WHERE id = 1;

-- name: InsertRing :execrows
INSERT INTO ring (id, ring) VALUES (1, @ring) ON CONFLICT DO NOTHING;

-- name: InsertDeadKey :exec
INSERT INTO dead_keys (name, noted_at) VALUES (@name, @noted_at) ON CONFLICT DO NOTHING;

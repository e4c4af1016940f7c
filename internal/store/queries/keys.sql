-- The ring's own keys, and the ring itself.

-- name: GetInstallation :one
SELECT name FROM installation WHERE id = 1;

-- name: InsertInstallation :execrows
INSERT INTO installation (id, name) VALUES (1, @name) ON CONFLICT DO NOTHING;

-- name: ReplaceRing :execrows
-- The one change that the row ever sees: its ring is lost for good. Zero rows: it is not the one that was lost.
UPDATE ring SET ring = @ring WHERE id = 1 AND ring = @lost;

-- name: ApplicationsWithSecrets :many
SELECT DISTINCT a.id, a.state, a.receipt FROM secrets s JOIN applications a ON a.id = s.application ORDER BY a.id;

-- name: ListTOTP :many
SELECT account, stage, sealed FROM totp_secrets ORDER BY account, stage;

-- name: ResealTOTP :execrows
-- Zero rows: it was replaced meanwhile.
UPDATE totp_secrets SET sealed = @sealed WHERE account = @account AND stage = @stage AND sealed = @before;

-- name: DeleteAllTOTP :execrows
DELETE FROM totp_secrets;

-- name: DeleteAllRecoveryCodes :execrows
DELETE FROM recovery_codes;

-- name: LockAccount :execrows
-- The first statement of every act on somebody's factors: tries and changes of one account come one after another.
UPDATE accounts SET version = version WHERE id = @id;

-- name: PutTOTP :exec
INSERT INTO totp_secrets (account, stage, sealed, created_at) VALUES (@account, @stage, @sealed, @created_at)
ON CONFLICT (account, stage) DO UPDATE SET sealed = excluded.sealed, last_step = 0, created_at = excluded.created_at, used_at = NULL;

-- name: GetTOTP :one
SELECT * FROM totp_secrets WHERE account = @account AND stage = @stage;

-- name: UseTOTP :execrows
-- Zero rows: the step is used up.
UPDATE totp_secrets SET last_step = @step, used_at = @used_at WHERE account = @account AND stage = 'active' AND last_step < @step;

-- name: DeleteTOTP :execrows
DELETE FROM totp_secrets WHERE account = @account AND stage = @stage;

-- name: DeletePendingTOTP :execrows
DELETE FROM totp_secrets WHERE stage = 'pending' AND created_at < @before_at;

-- name: InsertRecoveryCode :exec
INSERT INTO recovery_codes (account, mac, created_at) VALUES (@account, @mac, @created_at);

-- name: UseRecoveryCode :execrows
-- Zero rows: there is no such code, or it was used.
UPDATE recovery_codes SET used_at = @used_at WHERE account = @account AND mac = @mac AND used_at IS NULL;

-- name: ListRecoveryCodes :many
-- The unused codes of an account, as when each was made.
SELECT created_at FROM recovery_codes WHERE account = @account AND used_at IS NULL;

-- name: DeleteRecoveryCodes :execrows
DELETE FROM recovery_codes WHERE account = @account;

-- name: InsertPasskey :execrows
-- Zero rows: the credential is registered already.
INSERT INTO passkeys (id, account, handle, name, credential, created_at)
VALUES (@id, @account, @handle, @name, @credential, @created_at) ON CONFLICT DO NOTHING;

-- name: GetPasskey :one
SELECT * FROM passkeys WHERE id = @id;

-- name: ListPasskeys :many
SELECT * FROM passkeys WHERE account = @account ORDER BY created_at, id;

-- name: UsePasskey :execrows
-- Zero rows: it was removed, or used by another request, since it was read.
UPDATE passkeys SET credential = @credential, used_at = @used_at, doubted_at = @doubted_at WHERE id = @id AND credential = @seen;

-- name: DeletePasskey :execrows
DELETE FROM passkeys WHERE id = @id AND account = @account;

-- name: DeletePasskeys :execrows
DELETE FROM passkeys WHERE account = @account;

-- name: ListFactors :many
-- The accounts of an establishment, none being the centre, that have a second factor.
SELECT a.id, CAST(CASE WHEN t.account IS NULL THEN 0 ELSE 1 END AS bigint) AS totp,
       (SELECT count(*) FROM passkeys k WHERE k.account = a.id) AS passkeys
FROM accounts a LEFT JOIN totp_secrets t ON t.account = a.id AND t.stage = 'active'
WHERE COALESCE(a.establishment, '') = CAST(@establishment AS text) ORDER BY a.id;

-- name: CountFactors :one
-- How many factors an account has besides password and recovery codes.
SELECT CAST((SELECT count(*) FROM totp_secrets t WHERE t.account = @account AND t.stage = 'active')
          + (SELECT count(*) FROM passkeys k WHERE k.account = @account) AS bigint) AS factors;

-- name: StrayRecoveryCodes :many
-- Accounts that have recovery codes and no factor which they could stand in for.
SELECT DISTINCT r.account FROM recovery_codes r
WHERE NOT EXISTS (SELECT 1 FROM totp_secrets t WHERE t.account = r.account AND t.stage = 'active')
  AND NOT EXISTS (SELECT 1 FROM passkeys k WHERE k.account = r.account)
ORDER BY r.account;

-- name: LogonFacts :many
-- The facts of one user ID and of its code, each with what became of the application that made it: what a
-- logon check needs, found by the ID's key.
SELECT CAST('id' AS text) AS kind, t.trades, t.method, t.single_sign_on, t.ended, t.valid_from, t.valid_to, t.recorded_at, t.revoked_at,
       t.application, CAST(COALESCE(a.state, '') AS text) AS state, COALESCE(a.settings_complete, FALSE) AS complete,
       CAST(COALESCE(a.settings_deadline, '') AS text) AS deadline
FROM user_ids u JOIN id_terms t ON t.establishment = u.establishment AND t.user_id = u.id LEFT JOIN applications a ON a.id = t.application
WHERE u.id = @user_id
UNION ALL
SELECT CAST('code' AS text), '', '', FALSE, c.ended, c.valid_from, c.valid_to, c.recorded_at, c.revoked_at,
       c.application, CAST(COALESCE(a.state, '') AS text), COALESCE(a.settings_complete, FALSE),
       CAST(COALESCE(a.settings_deadline, '') AS text)
FROM user_ids u JOIN code_terms c ON c.establishment = u.establishment AND c.code = u.code LEFT JOIN applications a ON a.id = c.application
WHERE u.id = @user_id;

-- name: InsertGateway :execrows
-- Zero rows: one of this name is in use.
INSERT INTO gateways (id, name, scope, hash, recorded_at, recorded_by)
VALUES (@id, @name, @scope, @hash, @recorded_at, @recorded_by) ON CONFLICT DO NOTHING;

-- name: GetGateway :one
SELECT * FROM gateways WHERE id = @id;

-- name: RevokeGateway :execrows
UPDATE gateways SET revoked_at = @revoked_at WHERE name = @name AND revoked_at IS NULL;

-- name: ListGateways :many
-- Every gateway there ever was, with all that it was answered.
SELECT g.id, g.name, g.scope, g.recorded_at, g.recorded_by, g.revoked_at,
       CAST(COALESCE(SUM(d.entitled), 0) AS bigint) AS entitled, CAST(COALESCE(SUM(d.denied), 0) AS bigint) AS denied,
       CAST(COALESCE(SUM(d.unknown), 0) AS bigint) AS unknown, CAST(COALESCE(SUM(d.contracts), 0) AS bigint) AS contracts
FROM gateways g LEFT JOIN gateway_days d ON d.gateway = g.id
GROUP BY g.id, g.name, g.scope, g.recorded_at, g.recorded_by, g.revoked_at
ORDER BY g.name, g.recorded_at, g.id;

-- name: CountAnswers :exec
INSERT INTO gateway_days (gateway, day, entitled, denied, unknown, contracts)
VALUES (@gateway, @day, @entitled, @denied, @unknown, @contracts)
ON CONFLICT (gateway, day) DO UPDATE SET entitled = gateway_days.entitled + excluded.entitled, denied = gateway_days.denied + excluded.denied,
    unknown = gateway_days.unknown + excluded.unknown, contracts = gateway_days.contracts + excluded.contracts;

-- name: ListGatewayDays :many
SELECT * FROM gateway_days WHERE gateway = @gateway ORDER BY day DESC LIMIT @most;

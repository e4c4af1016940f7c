-- name: FactsOf :many
-- The facts of codes and IDs that an application made, each with what it says as one text.
SELECT CAST('code' AS text) AS kind, t.code AS subject,
       CAST(CASE WHEN t.ended THEN 'ended ' ELSE '' END || t.category AS text) AS content, t.valid_from, t.valid_to, t.recorded_at, t.revoked_at
FROM code_terms t WHERE t.establishment = @establishment AND t.application = @application
UNION ALL
SELECT CAST('service' AS text), s.code,
       CASE WHEN s.statistics_paid THEN 'paid ' ELSE '' END || CASE WHEN s.statistics_free THEN 'free ' ELSE '' END ||
       CASE WHEN s.bonded_archive THEN 'archive ' ELSE '' END,
       s.valid_from, s.valid_to, s.recorded_at, s.revoked_at
FROM code_services s WHERE s.establishment = @establishment AND s.application = @application
UNION ALL
SELECT CAST('id' AS text), i.user_id,
       CASE WHEN i.ended THEN 'ended ' ELSE '' END || i.method || CASE WHEN i.single_sign_on THEN ' sso ' ELSE ' - ' END || i.trades,
       i.valid_from, i.valid_to, i.recorded_at, i.revoked_at
FROM id_terms i WHERE i.establishment = @establishment AND i.application = @application;

-- name: LastEntryOf :one
SELECT * FROM audit_entries WHERE act = @act ORDER BY id DESC LIMIT 1;

-- name: ListAuditOf :many
SELECT * FROM audit_entries WHERE application = @application ORDER BY at, id;

-- name: ListNewsOf :many
SELECT * FROM news WHERE establishment = @establishment AND application = @application ORDER BY at, id;

-- name: AdministratorsEver :many
-- Every administrator an establishment has had, with the instant (of elapsed time) at which the last set-up
-- link was used; NULL when the password was given. Changed is the last change of role or status, "" for none;
-- chooses is 1 for somebody who has ever chosen which mails are wanted.
SELECT a.email, a.role, a.status, a.created_at, CAST(COALESCE(MAX(l.used_at), '') AS text) AS set_up,
       CAST(COALESCE((SELECT MAX(v.at) FROM account_events v WHERE v.account = a.id AND v.kind IN ('role', 'stop', 'reactivate')), '') AS text) AS changed,
       CAST(CASE WHEN EXISTS (SELECT 1 FROM audit_entries x WHERE x.actor = a.id AND x.act = 'set-mails') THEN 1 ELSE 0 END AS bigint) AS chooses
FROM accounts a LEFT JOIN setup_links l ON l.account = a.id AND l.kind = 'setup'
WHERE a.establishment = @establishment AND (a.role = 'administrator' OR EXISTS (
    SELECT 1 FROM account_events w WHERE w.account = a.id AND w.role_before = 'administrator'))
GROUP BY a.id, a.email, a.role, a.status, a.created_at ORDER BY a.id;

-- name: EstablishmentAddresses :many
-- Of everybody an establishment has had: where somebody was stopped, mails went to who took over.
SELECT lower(a.email) AS address,
       CAST((SELECT COUNT(*) FROM account_events v WHERE v.account = a.id AND v.kind IN ('stop', 'withdraw-invitation')) AS bigint) AS stops
FROM accounts a WHERE a.establishment = @establishment ORDER BY a.id;

-- name: EventsWithoutApplication :many
-- Applications that have a history but no row: removed drafts, unless something is wrong.
SELECT DISTINCT e.application FROM application_events e
WHERE e.application > @after AND NOT EXISTS (SELECT 1 FROM applications a WHERE a.id = e.application)
ORDER BY e.application LIMIT @most;

-- name: OutboxWithoutEvent :many
-- Mails whose dedupe key names no event of their application; the key begins with the event's id.
SELECT o.id, o.kind, o.application, o.recipient FROM outbox o
WHERE o.id > @after AND o.kind NOT IN ('audit-checkpoint', 'invited', 'account-changed', 'factors-changed', 'password-reset', 'credential-changed',
    'confirm-address', 'new-device') AND NOT EXISTS (
    SELECT 1 FROM application_events e WHERE e.id = substr(o.dedupe_key, 1, 36) AND e.application = o.application)
ORDER BY o.id LIMIT @most;

-- name: CodesWithoutApplication :many
SELECT c.code, c.application FROM user_codes c
WHERE c.code > @after AND c.application <> 'import' AND NOT EXISTS (SELECT 1 FROM applications a WHERE a.id = c.application)
ORDER BY c.code LIMIT @most;

-- name: StrayIDs :many
-- User IDs that do not fit their code: another establishment, another birth than the code or an application that
-- touches it, other characters, or no code.
SELECT i.id FROM user_ids i LEFT JOIN user_codes c ON c.code = i.code
WHERE i.id > @after AND (c.code IS NULL OR c.establishment <> i.establishment
   OR (c.application <> i.application AND NOT EXISTS (SELECT 1 FROM touches t WHERE t.application = i.application AND t.subject = i.code))
   OR i.code <> substr(i.id, 1, 5) OR i.number <> substr(i.id, 6, 3))
ORDER BY i.id LIMIT @most;

-- name: StrayFacts :many
-- Standing facts of codes and IDs that were born neither of what made the code nor of an application that touches
-- it, or elsewhere.
WITH standing AS (
    SELECT t.id, CAST('code' AS text) AS kind, t.code AS subject, t.code AS code, t.establishment, t.application FROM code_terms t WHERE t.revoked_at IS NULL
    UNION ALL
    SELECT s.id, CAST('service' AS text), s.code, s.code, s.establishment, s.application FROM code_services s WHERE s.revoked_at IS NULL
    UNION ALL
    SELECT g.id, CAST('settings' AS text), g.code, g.code, g.establishment, g.application FROM code_settings g WHERE g.revoked_at IS NULL
    UNION ALL
    SELECT i.id, CAST('id' AS text), i.user_id, substr(i.user_id, 1, 5), i.establishment, i.application FROM id_terms i WHERE i.revoked_at IS NULL
)
SELECT standing.id, standing.kind, standing.subject FROM standing LEFT JOIN user_codes c ON c.code = standing.code
WHERE standing.id > CAST(@after AS text) AND (c.code IS NULL OR c.establishment <> standing.establishment
   OR (c.application <> standing.application
       AND NOT EXISTS (SELECT 1 FROM touches t WHERE t.application = standing.application AND t.subject = standing.code)))
ORDER BY standing.id LIMIT @most;

-- name: StrayAreas :many
SELECT b.code, b.application FROM bonded_areas b
WHERE b.code > @after AND NOT EXISTS (SELECT 1 FROM applications a WHERE a.id = b.application)
ORDER BY b.code LIMIT @most;

-- name: TouchingOf :many
-- The approved applications that touch a thing, by their instants.
SELECT a.id, a.approved_at FROM touches t JOIN applications a ON a.id = t.application
WHERE t.subject = @subject AND a.approved_at IS NOT NULL ORDER BY a.approved_at, a.id;

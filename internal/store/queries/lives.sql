-- The life of one user code and of the IDs under it, from birth to tombstone.

-- name: GetUserCode :one
SELECT * FROM user_codes WHERE code = @code AND establishment = @establishment;

-- name: GetUserID :one
SELECT * FROM user_ids WHERE id = @id AND establishment = @establishment;

-- name: ListIDsOfCode :many
SELECT * FROM user_ids WHERE code = @code ORDER BY id;

-- name: ApplicationsOfCode :many
-- Every application that brought the code or an ID under it, changed one of them, or asked for its passwords anew.
SELECT a.id, a.receipt, a.kinds, a.items, a.state, a.start_date, a.settings_deadline, a.settings_complete,
       a.ended_at, a.end_reason
FROM applications a WHERE a.establishment = @establishment AND a.id IN (
    SELECT c.application FROM user_codes c WHERE c.code = @code
    UNION SELECT u.application FROM user_ids u WHERE u.code = @code
    UNION SELECT t.application FROM code_terms t WHERE t.establishment = @establishment AND t.code = @code
    UNION SELECT s.application FROM code_services s WHERE s.establishment = @establishment AND s.code = @code
    UNION SELECT i.application FROM id_terms i WHERE i.establishment = @establishment AND substr(i.user_id, 1, 5) = @code
    UNION SELECT k.application FROM code_settings k WHERE k.establishment = @establishment AND k.code = @code
    UNION SELECT o.application FROM touches o JOIN user_ids u ON o.subject = 'reissue:' || u.id WHERE u.code = @code)
ORDER BY a.created_at, a.id;

-- name: ReissuesOfCode :many
-- Which IDs under a code an application asks new passwords for (R-SEC-9).
SELECT o.application, u.id, a.approved_at FROM touches o
JOIN user_ids u ON o.subject = 'reissue:' || u.id
JOIN applications a ON a.id = o.application
WHERE u.code = @code ORDER BY a.approved_at, u.id, o.application;

-- name: ReadingsOfCode :many
-- Who has read the passwords of an application that issued IDs under a code, when; never what.
SELECT r.application, r.at FROM secret_readings r WHERE r.application IN (
    SELECT u.application FROM user_ids u WHERE u.code = @code
    UNION SELECT o.application FROM touches o JOIN user_ids u ON o.subject = 'reissue:' || u.id WHERE u.code = @code)
ORDER BY r.at, r.id;

-- name: MissedDeadlines :many
-- Approvals of an establishment that are void by their missed deadline while no job has recorded it (R-SET-1).
SELECT id, settings_deadline FROM applications
WHERE establishment = @establishment AND state = 'approved' AND settings_complete = FALSE AND settings_deadline < @today;

-- name: ReserveArea :execrows
INSERT INTO bonded_areas (code, application, placeholder, user_code, reserved_at)
VALUES (@code, @application, @placeholder, @user_code, @reserved_at) ON CONFLICT DO NOTHING;

-- name: GetArea :one
-- freed is 1 when the application that gives the area up has taken effect, or the one that reserved it is void by
-- its deadline, recorded or not (R-APP-9, R-CON-4).
SELECT b.code, b.application, b.placeholder, b.user_code, b.freed_by,
       CAST(CASE WHEN f.state = 'approved' AND f.start_date <= @today
                  AND NOT (f.settings_deadline IS NOT NULL AND f.settings_complete = FALSE AND f.settings_deadline < @today)
                 THEN 1
                 WHEN o.state = 'approved' AND o.settings_complete = FALSE AND o.settings_deadline < @today
                 THEN 1 ELSE 0 END AS bigint) AS freed
FROM bonded_areas b LEFT JOIN applications f ON f.id = b.freed_by AND b.freed_by <> ''
    LEFT JOIN applications o ON o.id = b.application
WHERE b.code = @code;

-- name: ListAreasOf :many
SELECT * FROM bonded_areas WHERE application = @application ORDER BY code;

-- name: FreeArea :exec
DELETE FROM bonded_areas WHERE code = @code AND application = @application;

-- name: FreeAreasOf :exec
DELETE FROM bonded_areas WHERE application = @application;

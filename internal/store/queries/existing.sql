-- name: DeleteTouches :exec
DELETE FROM touches WHERE application = @application;

-- name: InsertTouch :exec
INSERT INTO touches (application, subject) VALUES (@application, @subject);

-- name: ListTouches :many
SELECT subject FROM touches WHERE application = @application ORDER BY subject;

-- name: OpenTouches :many
-- What the establishment's other open applications touch (R-APP-10): registered and not decided, or approved,
-- not yet in effect and not revoked by a missed deadline.
SELECT t.subject, a.id, a.receipt FROM touches t
JOIN applications a ON a.id = t.application
WHERE a.establishment = @establishment AND a.id <> @application
  AND (a.state IN ('registered', 'under-examination', 'returned')
       OR (a.state = 'approved' AND a.start_date > @today
           AND NOT (a.settings_deadline IS NOT NULL AND a.settings_complete = FALSE AND a.settings_deadline < @today)))
ORDER BY t.subject, a.id;

-- name: ListAreasUnder :many
SELECT * FROM bonded_areas WHERE user_code = @user_code ORDER BY code;

-- name: SetAreaCode :exec
UPDATE bonded_areas SET user_code = @user_code WHERE application = @application AND placeholder = @placeholder;

-- name: SetAreaFreed :exec
UPDATE bonded_areas SET freed_by = @freed_by WHERE code = @code AND user_code = @user_code;

-- name: DeleteSecretsOfID :execrows
DELETE FROM secrets WHERE user_id = @user_id;

-- name: ListSecretsOfID :many
SELECT * FROM secrets WHERE user_id = @user_id ORDER BY name;

-- name: CountSecretsUnder :one
SELECT COUNT(*) FROM secrets WHERE key_name = @key_name;

-- name: DraftsTouchedBefore :many
-- Drafts and returns last touched before an instant, oldest first.
SELECT * FROM applications WHERE state = @state AND touched_at < @touched_at ORDER BY touched_at, id LIMIT @most;

-- name: ApprovedWithDeadlineBefore :many
SELECT * FROM applications
WHERE state = 'approved' AND settings_complete = FALSE AND settings_deadline < @settings_deadline
ORDER BY settings_deadline, id LIMIT @most;

-- name: ApprovedStartedBy :many
-- Approved applications whose start date has come and whose people have not been told.
SELECT * FROM applications
WHERE state = 'approved' AND effect_noted_at IS NULL AND start_date <= @start_date
ORDER BY start_date, id LIMIT @most;

-- name: ToAnnounce :many
-- Drafts and returns last touched before an instant, whose end nobody has been told.
SELECT * FROM applications WHERE state = @state AND touched_at < @touched_at AND announced_at IS NULL
ORDER BY touched_at, id LIMIT @most;

-- name: ApprovedWithDeadline :many
-- Approved applications whose settings deadline is on or after a day: those to be reminded.
SELECT * FROM applications
WHERE state = 'approved' AND settings_deadline >= @settings_deadline
ORDER BY settings_deadline, id;

-- name: ApprovedReading :many
-- Approved applications whose secrets still exist.
SELECT * FROM applications
WHERE state = 'approved' AND read_last IS NOT NULL AND secrets_ended_at IS NULL
ORDER BY read_last, id;

-- name: SecretsToEnd :many
-- Applications whose reading period is over, or that are void, while their secrets still exist.
SELECT * FROM applications
WHERE secrets_ended_at IS NULL AND read_closed IS NOT NULL AND (read_closed <= @read_closed OR state = 'void')
ORDER BY read_closed, id LIMIT @most;

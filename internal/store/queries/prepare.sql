-- name: InsertSetupTick :execrows
-- Zero rows: somebody has ticked it already, and stays the one who did.
INSERT INTO setup_ticks (application, user_id, step, account, name, at)
VALUES (@application, @user_id, @step, @account, @name, @at) ON CONFLICT DO NOTHING;

-- name: DeleteSetupTick :execrows
DELETE FROM setup_ticks WHERE application = @application AND user_id = @user_id AND step = @step;

-- name: ListSetupTicks :many
SELECT * FROM setup_ticks WHERE application = @application ORDER BY user_id, step;

-- name: AllSetupTicks :many
SELECT * FROM setup_ticks WHERE application || ' ' || user_id || ' ' || step > CAST(@after AS text)
ORDER BY application || ' ' || user_id || ' ' || step LIMIT @most;

-- name: StartedApplications :many
-- An establishment's applications that came into effect from one day to another, both included.
SELECT * FROM applications
WHERE establishment = @establishment AND state = 'approved' AND start_date >= @since AND start_date <= @today
ORDER BY start_date, id LIMIT @most;

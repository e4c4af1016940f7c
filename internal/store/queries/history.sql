-- name: InsertVersion :exec
INSERT INTO application_versions (application, round, receipt, content, digest, settings, draft_version, rules_version, registered_at, registered_by, registrant)
VALUES (@application, @round, @receipt, @content, @digest, @settings, @draft_version, @rules_version, @registered_at, @registered_by, @registrant);

-- name: GetVersion :one
SELECT * FROM application_versions WHERE application = @application AND round = @round;

-- name: ListVersions :many
SELECT * FROM application_versions WHERE application = @application ORDER BY round;

-- name: InsertEvent :exec
INSERT INTO application_events (id, application, establishment, at, actor, actor_name, role, kind, state, round, detail, internal)
VALUES (@id, @application, @establishment, @at, @actor, @actor_name, @role, @kind, @state, @round, @detail, @internal);

-- name: ListEvents :many
SELECT * FROM application_events WHERE application = @application ORDER BY at, id;

-- name: InsertRemark :exec
INSERT INTO remarks (id, application, round, item, body, internal, by_account, by_name, at)
VALUES (@id, @application, @round, @item, @body, @internal, @by_account, @by_name, @at);

-- name: ListRemarks :many
SELECT * FROM remarks WHERE application = @application ORDER BY at, id;

-- name: InsertSettingRecord :exec
INSERT INTO setting_records (id, application, placeholder, tab, content, complete, recorded_at, recorded_by)
VALUES (@id, @application, @placeholder, @tab, @content, @complete, @recorded_at, @recorded_by);

-- name: ListSettingRecords :many
-- In the order of their making: the ids are made under the lock of the application.
SELECT * FROM setting_records WHERE application = @application ORDER BY id;

-- name: InsertReminder :execrows
INSERT INTO reminders (application, kind, due_at, outcome, why, at)
VALUES (@application, @kind, @due_at, @outcome, @why, @at) ON CONFLICT DO NOTHING;

-- name: ListReminders :many
SELECT * FROM reminders WHERE application = @application ORDER BY due_at, kind;

-- name: InsertApplication :exec
INSERT INTO applications (id, establishment, state, draft, draft_by, touched_at, created_at, created_by, copied_from, search)
VALUES (@id, @establishment, 'draft', @draft, @draft_by, @touched_at, @created_at, @created_by, @copied_from, @search);

-- name: GetApplication :one
SELECT * FROM applications WHERE id = @id;

-- name: GetApplicationByReceipt :one
SELECT a.* FROM applications a JOIN application_versions v ON v.application = a.id WHERE v.receipt = @receipt;

-- name: GuardApplication :one
-- The first statement of every command: zero rows mean that the version shown is stale.
UPDATE applications SET version = version + 1 WHERE id = @id AND version = @version RETURNING *;

-- name: LockApplication :one
-- The first statement of what does not decide (settings) and of the clock: by id and state.
UPDATE applications SET search = search WHERE id = @id AND state = @state RETURNING *;

-- name: GuardState :one
-- Like LockApplication, for clock commands that change the state.
UPDATE applications SET version = version + 1 WHERE id = @id AND state = @state RETURNING *;

-- name: WriteApplication :exec
-- Writes every mutable column of an application whose row the transaction holds.
UPDATE applications SET
    state = @state,
    draft = @draft,
    draft_by = @draft_by,
    round = @round,
    receipt = @receipt,
    kinds = @kinds,
    items = @items,
    desired_start = @desired_start,
    registered_at = @registered_at,
    registered_by = @registered_by,
    holder = @holder,
    holder_name = @holder_name,
    settings_complete = @settings_complete,
    start_date = @start_date,
    start_reason = @start_reason,
    settings_deadline = @settings_deadline,
    approved_at = @approved_at,
    approved_by = @approved_by,
    start_changed_at = @start_changed_at,
    read_advised = @read_advised,
    read_last = @read_last,
    read_closed = @read_closed,
    secrets_ended_at = @secrets_ended_at,
    effect_noted_at = @effect_noted_at,
    ended_at = @ended_at,
    end_reason = @end_reason,
    touched_at = @touched_at,
    announced_at = @announced_at,
    four_eyes = @four_eyes,
    proposed_at = @proposed_at,
    proposed_by = @proposed_by,
    proposed_name = @proposed_name,
    proposal = @proposal,
    waited_days = @waited_days,
    waiting_since = @waiting_since,
    search = @search
WHERE id = @id;

-- name: DeleteDraft :execrows
DELETE FROM applications WHERE id = @id AND version = @version AND state = 'draft' AND round = 0;

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

-- name: InsertReminder :execrows
INSERT INTO reminders (application, kind, due_at, outcome, why, at)
VALUES (@application, @kind, @due_at, @outcome, @why, @at) ON CONFLICT DO NOTHING;

-- name: ListReminders :many
SELECT * FROM reminders WHERE application = @application ORDER BY due_at, kind;

-- name: AllApplications :many
SELECT * FROM applications WHERE id > @after ORDER BY id LIMIT @most;

-- name: OpenApplications :many
-- An establishment's applications that may need something done, for the top menu: of the approved ones those
-- whose settings are not complete or whose secrets still exist.
SELECT * FROM applications
WHERE establishment = @establishment
  AND (state IN ('draft', 'returned')
       OR (state = 'approved' AND (settings_complete = FALSE OR secrets_ended_at IS NULL)))
ORDER BY created_at DESC, id DESC LIMIT @most;

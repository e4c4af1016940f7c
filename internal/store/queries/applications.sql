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

-- name: CountDrafts :one
SELECT count(*) FROM applications WHERE establishment = @establishment AND state = 'draft';

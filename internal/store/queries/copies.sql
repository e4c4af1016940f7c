-- name: UntouchedCopy :one
-- The draft that somebody made of an application and has not saved yet: what a button pressed twice leads to.
SELECT id, version FROM applications
WHERE establishment = @establishment AND state = 'draft' AND copied_from = @copied_from AND draft_by = @draft_by AND version = 1
ORDER BY created_at DESC, id DESC LIMIT 1;

-- name: VoidByDeadline :many
-- An establishment's approvals that the settings deadline has ended since a day, and that nobody has copied.
SELECT a.* FROM applications a
WHERE a.establishment = @establishment AND a.settings_complete = FALSE
  AND a.settings_deadline < @today AND a.settings_deadline >= @since
  AND (a.state = 'approved' OR (a.state = 'void' AND a.end_reason = ''))
  AND NOT EXISTS (SELECT 1 FROM applications c WHERE c.establishment = a.establishment AND c.copied_from = a.id)
ORDER BY a.settings_deadline DESC, a.id DESC LIMIT 20;

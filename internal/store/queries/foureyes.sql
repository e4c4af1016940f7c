-- name: InsertFourEyes :exec
INSERT INTO four_eyes (id, kind, required, recorded_at, recorded_by)
VALUES (@id, @kind, @required, @recorded_at, @recorded_by);

-- name: ListFourEyes :many
-- In the order in which they were made; the latest of a kind counts (R-EX-6).
SELECT * FROM four_eyes ORDER BY recorded_at, id;

-- name: OpenForDecision :many
-- Applications that a change of the rule concerns, in the order in which they are locked.
SELECT id, kinds FROM applications WHERE state IN ('registered', 'under-examination') ORDER BY id;

-- name: SetFourEyes :exec
UPDATE applications SET four_eyes = @four_eyes, version = version + 1 WHERE id = @id AND four_eyes <> @four_eyes;

-- name: CountDeciders :one
SELECT COUNT(*) FROM accounts WHERE role IN ('examiner', 'supervisor') AND status = 'active';

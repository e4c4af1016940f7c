-- name: InsertClosingEntry :exec
INSERT INTO closing_entries (number, day, closed, name, recorded_at, recorded_by)
VALUES (@number, @day, @closed, @name, @recorded_at, @recorded_by);

-- name: ListClosingEntries :many
-- Every entry in the order in which they were made; the latest of a day counts (R-CAL-1).
SELECT * FROM closing_entries ORDER BY number;

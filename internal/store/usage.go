package store

import (
	"context"
	"fmt"
	"strings"
)

// A UsageLine is one row of metered usage; Line is its line in the file.
type UsageLine struct {
	Import, Establishment, Month, UserID, Item string
	Line, Quantity, Amount                     int64
}

// UsageBatch is how many lines are looked up and inserted with one statement.
const UsageBatch = 200

// InsertUsage inserts up to UsageBatch lines with one statement: a file may have hundreds of thousands.
func (tx *Tx) InsertUsage(ctx context.Context, lines []UsageLine) error {
	if len(lines) == 0 {
		return nil
	}
	rows, args := make([]string, len(lines)), make([]any, 0, 8*len(lines))
	for i, l := range lines {
		rows[i] = "(" + marks(8*i, 8) + ")"
		args = append(args, l.Import, l.Line, l.Establishment, l.Month, l.UserID, l.Item, l.Quantity, l.Amount)
	}
	_, err := tx.tx.ExecContext(ctx, `INSERT INTO usage_lines (import, line, establishment, month, user_id, item, quantity, amount)
VALUES `+strings.Join(rows, ", "), args...)
	if err != nil {
		return fmt.Errorf("inserting usage lines: %w", err)
	}
	return nil
}

// EstablishmentsOfIDs is the establishment of each of up to UsageBatch user IDs that exist.
func (tx *Tx) EstablishmentsOfIDs(ctx context.Context, ids []string) (map[string]string, error) {
	found := make(map[string]string, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	rows, err := tx.tx.QueryContext(ctx, "SELECT id, establishment FROM user_ids WHERE id IN ("+marks(0, len(ids))+")", args...)
	if err != nil {
		return nil, fmt.Errorf("looking user IDs up: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, establishment string
		if err := rows.Scan(&id, &establishment); err != nil {
			return nil, fmt.Errorf("looking user IDs up: %w", err)
		}
		found[id] = establishment
	}
	return found, rows.Err()
}

// marks are n numbered parameters behind the first ones.
func marks(first, n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("$%d", first+i+1)
	}
	return strings.Join(all, ", ")
}

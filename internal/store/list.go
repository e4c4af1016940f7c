package store

import (
	"context"
	"fmt"
	"strings"

	"uketsuke/internal/store/column"
)

// An ApplicationRow is one line of a list of applications.
type ApplicationRow struct {
	ID, Establishment, State, Items, Receipt string
	CompanyName, EstablishmentName           string
	Holder, HolderName                       string
	Round, Version                           int64
	SettingsComplete                         bool
	DesiredStart, StartDate, Deadline        column.Day
	ReadLast                                 column.Day
	CreatedAt, RegisteredAt, ApprovedAt      column.Time
	TouchedAt                                column.Time
}

// A ListFilter chooses the applications of a list; zero fields choose nothing away.
type ListFilter struct {
	Establishment string
	// States are stored states; drafts are listed only where Establishment is given (trap 6).
	States []string
	Holder string
	// Unclaimed asks for applications without a claimant.
	Unclaimed bool
	// Search is a search key that the application's own must contain.
	Search string
	// After is the key of the last row of the page before; "" for the first page.
	AfterKey, AfterID string
	Most              int
	// ByRegistration sorts by the instant of registration, as the desk's queue does; otherwise by creation.
	ByRegistration bool
	// OldestFirst turns the order round; otherwise the newest come first.
	OldestFirst bool
}

// ListApplications lists by key, never by offset, and never counts.
func (r Reader) ListApplications(ctx context.Context, f ListFilter) ([]ApplicationRow, error) {
	text, args := listSQL(f)
	rows, err := r.conn.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, fmt.Errorf("listing applications: %w", err)
	}
	defer rows.Close()
	var list []ApplicationRow
	for rows.Next() {
		var a ApplicationRow
		var receipt, holder column.Text
		if err := rows.Scan(&a.ID, &a.Establishment, &a.State, &a.Items, &receipt, &a.CompanyName,
			&a.EstablishmentName, &holder, &a.HolderName, &a.Round, &a.Version, &a.SettingsComplete,
			&a.DesiredStart, &a.StartDate, &a.Deadline, &a.ReadLast, &a.CreatedAt, &a.RegisteredAt,
			&a.ApprovedAt, &a.TouchedAt); err != nil {
			return nil, fmt.Errorf("listing applications: %w", err)
		}
		a.Receipt, a.Holder = string(receipt), string(holder)
		list = append(list, a)
	}
	return list, rows.Err()
}

func listSQL(f ListFilter) (string, []any) {
	var where []string
	var args []any
	arg := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	if f.Establishment != "" {
		where = append(where, "a.establishment = "+arg(f.Establishment))
	} else {
		where = append(where, "a.round > 0")
	}
	if len(f.States) > 0 {
		marks := make([]string, len(f.States))
		for i, state := range f.States {
			marks[i] = arg(state)
		}
		where = append(where, "a.state IN ("+strings.Join(marks, ", ")+")")
	}
	if f.Holder != "" {
		where = append(where, "a.holder = "+arg(f.Holder))
	}
	if f.Unclaimed {
		where = append(where, "a.holder IS NULL")
	}
	if f.Search != "" {
		where = append(where, `a.search LIKE `+arg("%"+escapeLike(f.Search)+"%")+` ESCAPE '!'`)
	}
	key, order, than := "a.created_at", "DESC", "<"
	if f.ByRegistration {
		key = "a.registered_at"
	}
	if f.OldestFirst {
		order, than = "ASC", ">"
	}
	if f.AfterKey != "" {
		k, id := arg(f.AfterKey), arg(f.AfterID)
		where = append(where, fmt.Sprintf("(%s %s %s OR (%s = %s AND a.id %s %s))", key, than, k, key, k, than, id))
	}
	return fmt.Sprintf(`SELECT a.id, a.establishment, a.state, a.items, a.receipt, c.name,
       COALESCE((SELECT t.name FROM establishment_terms t
                 WHERE t.establishment = e.id AND t.revoked_at IS NULL
                 ORDER BY t.valid_from DESC LIMIT 1), ''),
       a.holder, a.holder_name, a.round, a.version, a.settings_complete, a.desired_start, a.start_date,
       a.settings_deadline, a.read_last, a.created_at, a.registered_at, a.approved_at, a.touched_at
FROM applications a
JOIN establishments e ON e.id = a.establishment
JOIN companies c ON c.id = e.company
WHERE %s ORDER BY %s %s, a.id %s LIMIT %s`,
		strings.Join(where, " AND "), key, order, order, arg(f.Most)), args
}

// escapeLike makes a search key literal inside a LIKE pattern.
func escapeLike(s string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s)
}

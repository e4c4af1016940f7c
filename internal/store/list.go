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
	Round, Version, WaitedDays               int64
	SettingsComplete                         bool
	DesiredStart, StartDate, Deadline        column.Day
	ReadLast                                 column.Day
	CreatedAt, RegisteredAt, ApprovedAt      column.Time
	TouchedAt                                column.Time
	// Key is what the list is sorted by; with the ID it names the place of the row.
	Key string
}

// An Order is what a list of applications is sorted by; rows that are equal in it stand in the order of their ids.
type Order string

// The orders of a list, ByCreation the default.
const (
	ByCreation     Order = ""
	ByReceipt      Order = "receipt"
	ByRegistration Order = "registration"
	ByWaiting      Order = "waiting" // since when the centre has it, all rounds together; what waits alone
	ByDesired      Order = "desired"
	ByStart        Order = "start"
)

// A ListFilter chooses the applications of a list; zero fields choose nothing away.
type ListFilter struct {
	Establishment string
	// States are states as shown on Today, the derived ones included; drafts are listed only where
	// Establishment is given.
	States []string
	Today  column.Day
	Holder string
	// Unclaimed asks for applications without a claimant.
	Unclaimed bool
	// Kind is the key of an item that the latest registration asks for.
	Kind string
	// RegisteredFrom and RegisteredBefore bound the instant of the latest registration.
	RegisteredFrom, RegisteredBefore column.Time
	// StartFrom and StartTo bound the confirmed start date, before the approval the wish; both days are in.
	StartFrom, StartTo column.Day
	// Search are search terms that the application's key must contain, all of them; hyphens do not count.
	Search []string
	// AfterKey and AfterID are the place of the last row of the page before; "" for the first page.
	AfterKey, AfterID string
	Most              int
	Order             Order
	// OldestFirst sorts from small to large; otherwise the newest and largest come first.
	OldestFirst bool
}

// ListApplications lists by key, never by offset, and never counts. What follows a row are those with its key
// and a later id, then those with a later key: two questions that each enter an index at the very place, however
// many keys are equal.
func (r Reader) ListApplications(ctx context.Context, f ListFilter) ([]ApplicationRow, error) {
	if f.AfterID == "" {
		return r.listApplications(ctx, f, anywhere)
	}
	list, err := r.listApplications(ctx, f, sameKey)
	if err != nil || len(list) >= f.Most {
		return list, err
	}
	f.Most -= len(list)
	rest, err := r.listApplications(ctx, f, laterKey)
	return append(list, rest...), err
}

// A part of a list is what follows a row, by its key.
type part int

const (
	anywhere part = iota
	sameKey
	laterKey
)

func (r Reader) listApplications(ctx context.Context, f ListFilter, p part) ([]ApplicationRow, error) {
	text, args := listSQL(f, p)
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
			&a.EstablishmentName, &holder, &a.HolderName, &a.Round, &a.Version, &a.WaitedDays, &a.SettingsComplete,
			&a.DesiredStart, &a.StartDate, &a.Deadline, &a.ReadLast, &a.CreatedAt, &a.RegisteredAt,
			&a.ApprovedAt, &a.TouchedAt, &a.Key); err != nil {
			return nil, fmt.Errorf("listing applications: %w", err)
		}
		a.Receipt, a.Holder = string(receipt), string(holder)
		list = append(list, a)
	}
	return list, rows.Err()
}

// conditions are the parts of a WHERE and their arguments.
type conditions struct {
	parts []string
	args  []any
}

// arg adds an argument and gives its mark.
func (c *conditions) arg(v any) string {
	c.args = append(c.args, v)
	return fmt.Sprintf("$%d", len(c.args))
}

// add puts values in the places of a condition's %s.
func (c *conditions) add(condition string, values ...any) {
	marks := make([]any, len(values))
	for i, v := range values {
		marks[i] = c.arg(v)
	}
	c.parts = append(c.parts, fmt.Sprintf(condition, marks...))
}

// contains asks that an expression contains every term, hyphens left out of it.
func (c *conditions) contains(expression string, terms []string) {
	for _, term := range terms {
		c.parts = append(c.parts, "REPLACE("+expression+", '-', '') LIKE "+c.arg("%"+escapeLike(term)+"%")+" ESCAPE '!'")
	}
}

// listKey is what a list is sorted by. The expressions are those of the indexes.
func listKey(o Order) string {
	switch o {
	case ByReceipt:
		return "COALESCE(a.receipt, '')"
	case ByRegistration:
		return "COALESCE(a.registered_at, '')"
	case ByWaiting:
		return "COALESCE(a.waiting_since, '')"
	case ByDesired:
		return "COALESCE(a.desired_start, '')"
	case ByStart:
		return "COALESCE(a.start_date, '')"
	}
	return "a.created_at"
}

// listSQL joins from the left, so that a planner who knows how few establishments there are does not begin with
// them and sort what the index has in its order.
func listSQL(f ListFilter, p part) (string, []any) {
	var c conditions
	c.whose(f)
	c.states(f)
	if f.Kind != "" {
		c.add("' ' || a.kinds || ' ' LIKE %s ESCAPE '!'", "% "+escapeLike(f.Kind)+" %")
	}
	if !f.RegisteredFrom.IsZero() {
		c.add("a.registered_at >= %s", f.RegisteredFrom)
	}
	if !f.RegisteredBefore.IsZero() {
		c.add("a.registered_at < %s", f.RegisteredBefore)
	}
	if !f.StartFrom.IsZero() {
		c.add("COALESCE(a.start_date, a.desired_start) >= %s", f.StartFrom)
	}
	if !f.StartTo.IsZero() {
		c.add("COALESCE(a.start_date, a.desired_start) <= %s", f.StartTo)
	}
	c.contains("a.search", f.Search)
	if f.Order == ByWaiting {
		c.parts = append(c.parts, "COALESCE(a.state, '') IN ('registered', 'under-examination')") // the words of the index
	}
	key, order, than := listKey(f.Order), "DESC", "<"
	if f.OldestFirst {
		order, than = "ASC", ">"
	}
	switch p {
	case sameKey:
		c.parts = append(c.parts, fmt.Sprintf("%s = %s AND a.id %s %s", key, c.arg(f.AfterKey), than, c.arg(f.AfterID)))
	case laterKey:
		c.parts = append(c.parts, fmt.Sprintf("%s %s %s", key, than, c.arg(f.AfterKey)))
	}
	return fmt.Sprintf(`SELECT a.id, a.establishment, a.state, a.items, a.receipt, c.name,
       COALESCE((SELECT t.name FROM establishment_terms t
                 WHERE t.establishment = e.id AND t.revoked_at IS NULL
                 ORDER BY t.valid_from DESC LIMIT 1), ''),
       a.holder, a.holder_name, a.round, a.version, a.waited_days, a.settings_complete, a.desired_start, a.start_date,
       a.settings_deadline, a.read_last, a.created_at, a.registered_at, a.approved_at, a.touched_at, %s
FROM applications a
LEFT JOIN establishments e ON e.id = a.establishment
LEFT JOIN companies c ON c.id = e.company
WHERE %s ORDER BY %s %s, a.id %s LIMIT %s`,
		key, strings.Join(c.parts, " AND "), key, order, order, c.arg(f.Most)), c.args
}

// whose chooses by establishment and claimant.
func (c *conditions) whose(f ListFilter) {
	if f.Establishment != "" {
		c.add("a.establishment = %s", f.Establishment)
	} else {
		c.add("a.round > 0")
	}
	if f.Holder != "" {
		c.add("a.holder = %s", f.Holder)
	}
	if f.Unclaimed {
		c.add("a.holder IS NULL")
	}
}

// states chooses by the state as shown. What the clock makes of an approval is application.Standing.StateAt
// in the database's words, so that a page need not be sorted out after reading; a test holds the two together.
func (c *conditions) states(f ListFilter) {
	if len(f.States) == 0 {
		return
	}
	var stored, shown []string
	add := func(state, condition string) {
		shown = append(shown, condition)
		if f.Order != ByWaiting {
			stored = append(stored, c.arg(state))
		}
	}
	const missed = "(a.settings_complete = FALSE AND a.settings_deadline IS NOT NULL AND a.settings_deadline < %s)"
	const kept = "(a.settings_complete = TRUE OR a.settings_deadline IS NULL OR a.settings_deadline >= %s)"
	column := "a.state"
	if f.Order == ByWaiting {
		column = "COALESCE(a.state, '')" // so that the index of what waits is taken, which is in its order
	}
	for _, state := range f.States {
		switch state {
		case "approved":
			add("approved", fmt.Sprintf("(a.state = 'approved' AND a.start_date > %s AND "+kept+")", c.arg(f.Today), c.arg(f.Today)))
		case "in-effect":
			add("approved", fmt.Sprintf("(a.state = 'approved' AND a.start_date <= %s AND "+kept+")", c.arg(f.Today), c.arg(f.Today)))
		case "void":
			add("approved", fmt.Sprintf("(a.state = 'approved' AND "+missed+")", c.arg(f.Today)))
			add("void", "a.state = 'void'")
		default:
			add(state, column+" = "+c.arg(state))
		}
	}
	if f.Order == ByWaiting {
		c.parts = append(c.parts, "("+strings.Join(shown, " OR ")+")")
		return
	}
	c.parts = append(c.parts, "a.state IN ("+strings.Join(stored, ", ")+")", "("+strings.Join(shown, " OR ")+")")
}

// escapeLike makes a search key literal inside a LIKE pattern.
func escapeLike(s string) string {
	return strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(s)
}

package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"uketsuke/internal/store/column"
)

// An AuditFilter chooses audit entries, newest first; zero fields choose nothing away.
type AuditFilter struct {
	ID string // of one entry
	// Actor is the id, name or mail address of who did it, Act what was done.
	Actor, Act string
	// About is an application's id or one of its receipt numbers, Establishment an id or a part of a name.
	About, Establishment string
	// Since and Before bound the instant, Before not included.
	Since, Before column.Time
	// Text is contained in the entry or in its personal text.
	Text string
	// AfterAt and AfterID are those of the last row of the page before.
	AfterAt column.Time
	AfterID string
	Most    int
}

// An AuditLine is one entry of a list, with its place in the log.
type AuditLine struct {
	ID, Entry, Personal string
	At                  column.Time
	Seq                 int64 // -1: none yet
	Establishment       string
	Receipt             column.Text // of its application now
}

// SearchAudit lists by key, never by offset.
func (r Reader) SearchAudit(ctx context.Context, f AuditFilter) ([]AuditLine, error) {
	c := conditions{parts: []string{"1 = 1"}}
	f.narrow(&c)
	rows, err := r.conn.QueryContext(ctx, fmt.Sprintf(`SELECT e.id, e.entry, e.personal, e.at, COALESCE(l.seq, -1), COALESCE((SELECT t.name FROM establishment_terms t
    WHERE t.establishment = e.establishment AND t.revoked_at IS NULL ORDER BY t.valid_from DESC, t.id DESC LIMIT 1), ''), a.receipt
FROM audit_entries e LEFT JOIN audit_leaves l ON l.entry = e.id LEFT JOIN applications a ON a.id = e.application
WHERE %s ORDER BY e.at DESC, e.id DESC LIMIT %s`, strings.Join(c.parts, " AND "), c.arg(f.Most)), c.args...)
	if err != nil {
		return nil, fmt.Errorf("searching the audit log: %w", err)
	}
	defer rows.Close()
	var list []AuditLine
	for rows.Next() {
		var l AuditLine
		if err := rows.Scan(&l.ID, &l.Entry, &l.Personal, &l.At, &l.Seq, &l.Establishment, &l.Receipt); err != nil {
			return nil, fmt.Errorf("searching the audit log: %w", err)
		}
		list = append(list, l)
	}
	return list, rows.Err()
}

func (f AuditFilter) narrow(c *conditions) {
	if f.ID != "" {
		c.add("e.id = %s", f.ID)
	}
	if f.Actor != "" {
		c.add("e.actor IN (SELECT %s UNION SELECT p.id FROM accounts p WHERE p.name = %s UNION SELECT p.id FROM accounts p WHERE UPPER(p.email) = UPPER(%s))",
			f.Actor, f.Actor, f.Actor)
	}
	if f.Act != "" {
		c.add("e.act = %s", f.Act)
	}
	if f.About != "" {
		c.add("e.application IN (SELECT %s UNION SELECT a.id FROM applications a WHERE a.receipt = %s UNION SELECT v.application FROM application_versions v WHERE v.receipt = %s)",
			f.About, f.About, f.About)
	}
	if f.Establishment != "" {
		c.add("e.establishment <> '' AND e.establishment IN (SELECT %s UNION SELECT t.establishment FROM establishment_terms t WHERE UPPER(t.name) LIKE UPPER(%s) ESCAPE '!')",
			f.Establishment, "%"+escapeLike(f.Establishment)+"%")
	}
	if !f.Since.IsZero() {
		c.add("e.at >= %s", f.Since)
	}
	if !f.Before.IsZero() {
		c.add("e.at < %s", f.Before)
	}
	if f.Text != "" {
		like := "%" + escapeLike(inJSON(f.Text)) + "%"
		c.add("(UPPER(e.personal) LIKE UPPER(%s) ESCAPE '!' OR UPPER(e.entry) LIKE UPPER(%s) ESCAPE '!')", like, like)
	}
	if f.AfterID != "" {
		c.add("(e.at < %s OR (e.at = %s AND e.id < %s))", f.AfterAt, f.AfterAt, f.AfterID)
	}
}

// inJSON is how a text stands inside a text of JSON: what people type into a search stands there as it was recorded.
func inJSON(text string) string {
	quoted, _ := json.Marshal(text) // a string can always be written
	return string(quoted[1 : len(quoted)-1])
}

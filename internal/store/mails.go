package store

import (
	"context"
	"fmt"
	"strings"

	"uketsuke/internal/store/column"
)

// A MailState chooses mails by how far they are; a mail that came back has been accepted before, and is
// listed as returned alone.
type MailState string

// The states of mails.
const (
	MailWaiting  MailState = "waiting"
	MailAccepted MailState = "accepted"
	MailFailed   MailState = "failed"
	MailBounced  MailState = "bounced"
	// MailUnseen are those that failed or came back and that nobody has taken note of.
	MailUnseen MailState = "unseen"
)

// A MailFilter chooses the mails of a list, newest first; zero fields choose nothing away.
type MailFilter struct {
	State MailState
	// Search is a search key that the recipient must contain, or the application's own unless it is an
	// address.
	Search string
	// After is the id of the last row of the page before; "" for the first page.
	After string
	Most  int
}

// A MailLine is one mail of a list.
type MailLine struct {
	ID, Kind, Application, Receipt, Recipient string
	CreatedAt, AcceptedAt, FailedAt           column.Time
	BouncedAt, DelayedAt, SeenAt              column.Time
	Attempts                                  int64
	ResendOf                                  string
}

// mailConditions are what the states mean. A mail counts as failed or returned before it counts as anything
// else, as its page has it.
var mailConditions = map[MailState]string{
	MailWaiting:  "o.accepted_at IS NULL AND o.failed_at IS NULL AND o.bounced_at IS NULL",
	MailAccepted: "o.accepted_at IS NOT NULL AND o.bounced_at IS NULL",
	MailFailed:   "o.failed_at IS NOT NULL AND o.bounced_at IS NULL",
	MailBounced:  "o.bounced_at IS NOT NULL",
	MailUnseen:   "(o.failed_at IS NOT NULL OR o.bounced_at IS NOT NULL) AND o.seen_at IS NULL",
}

// ListMails lists by key, never by offset. Letters about drafts are left out: the centre does not know of
// drafts (R-APP-13).
func (r Reader) ListMails(ctx context.Context, f MailFilter) ([]MailLine, error) {
	text, args := mailsSQL(f)
	rows, err := r.conn.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, fmt.Errorf("listing mails: %w", err)
	}
	defer rows.Close()
	var list []MailLine
	for rows.Next() {
		var m MailLine
		var receipt column.Text
		if err := rows.Scan(&m.ID, &m.Kind, &m.Application, &receipt, &m.Recipient, &m.CreatedAt, &m.AcceptedAt, &m.FailedAt,
			&m.BouncedAt, &m.DelayedAt, &m.SeenAt, &m.Attempts, &m.ResendOf); err != nil {
			return nil, fmt.Errorf("listing mails: %w", err)
		}
		m.Receipt = string(receipt)
		list = append(list, m)
	}
	return list, rows.Err()
}

func mailsSQL(f MailFilter) (string, []any) {
	where := []string{"o.kind <> 'draft-expiring'"}
	var args []any
	arg := func(v any) string {
		args = append(args, v)
		return fmt.Sprintf("$%d", len(args))
	}
	if condition, known := mailConditions[f.State]; known {
		where = append(where, condition)
	}
	if f.Search != "" {
		like := "%" + escapeLike(f.Search) + "%"
		condition := "upper(o.recipient) LIKE " + arg(like) + " ESCAPE '!'"
		if !strings.Contains(f.Search, "@") {
			condition = "(" + condition + " OR a.search LIKE " + arg(like) + " ESCAPE '!')"
		}
		where = append(where, condition)
	}
	if f.After != "" {
		where = append(where, "o.id < "+arg(f.After))
	}
	return fmt.Sprintf(`SELECT o.id, o.kind, o.application, a.receipt, o.recipient, o.created_at, o.accepted_at, o.failed_at,
       o.bounced_at, o.delayed_at, o.seen_at, o.attempts, o.resend_of
FROM outbox o LEFT JOIN applications a ON a.id = o.application
WHERE %s ORDER BY o.id DESC LIMIT %s`, strings.Join(where, " AND "), arg(f.Most)), args
}

package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"uketsuke/internal/store/column"
)

// A Given is one thing that the database knows to have been given out.
type Given struct {
	Key, Establishment, Application, Detail, Stable string
	At                                              column.Time
}

// given are the things of each kind: where their keys stand, to whom they were given, and what else is said of them.
var given = map[string]struct{ table, key, holder, columns string }{
	"code":    {"user_codes", "code", "establishment, application", "'', '', born_at"},
	"id":      {"user_ids", "id", "establishment, application", "'', '', born_at"},
	"receipt": {"application_versions", "receipt", "'', application", "'', '', registered_at"},
	"invoice": {"invoices", "number", "establishment, ''", "'', '', issued_at"},
	"mail":    {"outbox", "message_id", "'', application", "kind, stable_key, COALESCE(accepted_at, created_at)"},
}

// GivenOut lists the things of a kind in the order of their keys, from behind after on; of mails, those that a
// server has accepted.
func (r Reader) GivenOut(ctx context.Context, kind, after string, most int) ([]Given, error) {
	of := given[kind]
	accepted := ""
	if kind == "mail" {
		accepted = " AND accepted_at IS NOT NULL"
	}
	rows, err := r.conn.QueryContext(ctx, fmt.Sprintf("SELECT %s, %s, %s FROM %s WHERE %s > $1%s ORDER BY %s LIMIT $2",
		of.key, of.holder, of.columns, of.table, of.key, accepted, of.key), after, most)
	if err != nil {
		return nil, fmt.Errorf("listing each %s that was given out: %w", kind, err)
	}
	defer rows.Close()
	var list []Given
	for rows.Next() {
		var g Given
		if err := rows.Scan(&g.Key, &g.Establishment, &g.Application, &g.Detail, &g.Stable, &g.At); err != nil {
			return nil, fmt.Errorf("listing each %s that was given out: %w", kind, err)
		}
		list = append(list, g)
	}
	return list, rows.Err()
}

// askAtOnce is how many keys are asked for in one statement.
const askAtOnce = 500

// A Holder is to whom the database says that a thing was given. Lost: it is kept as one that was forgotten, or perhaps
// given out.
type Holder struct {
	Establishment, Application string
	Lost                       bool
}

// Holders says of each of the keys who has it; a key that is missing in the answer is not known at all.
func (r Reader) Holders(ctx context.Context, kind string, keys []string) (map[string][]Holder, error) {
	return holdersOf(ctx, r.conn, kind, keys)
}

// Holders is that of a Reader, as the transaction sees it.
func (tx *Tx) Holders(ctx context.Context, kind string, keys []string) (map[string][]Holder, error) {
	return holdersOf(ctx, tx.tx, kind, keys)
}

// An asker runs a query, inside a transaction or outside.
type asker interface {
	QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error)
}

func holdersOf(ctx context.Context, conn asker, kind string, keys []string) (map[string][]Holder, error) {
	holders := map[string][]Holder{}
	for ; len(keys) > 0; keys = keys[min(askAtOnce, len(keys)):] {
		if err := addHolders(ctx, conn, kind, keys[:min(askAtOnce, len(keys))], holders); err != nil {
			return nil, fmt.Errorf("asking who has each %s: %w", kind, err)
		}
	}
	return holders, nil
}

func addHolders(ctx context.Context, conn asker, kind string, keys []string, holders map[string][]Holder) error {
	// A key stands twice rather than every number of them being a statement of its own to be prepared.
	most := 1
	for most < len(keys) {
		most *= 2
	}
	marks, args := make([]string, most), []any{kind}
	for i := range most {
		marks[i], args = fmt.Sprintf("$%d", i+2), append(args, keys[min(i, len(keys)-1)])
	}
	of, in := given[kind], strings.Join(marks, ", ")
	rows, err := conn.QueryContext(ctx, fmt.Sprintf("SELECT %s, %s, 0 FROM %s WHERE %s IN (%s) UNION ALL "+
		"SELECT thing, establishment, application, 1 FROM lost WHERE kind = $1 AND thing IN (%s)", of.key, of.holder, of.table, of.key, in, in), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var h Holder
		if err := rows.Scan(&key, &h.Establishment, &h.Application, &h.Lost); err != nil {
			return err
		}
		holders[key] = append(holders[key], h)
	}
	return rows.Err()
}

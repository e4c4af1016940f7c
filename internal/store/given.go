package store

import (
	"context"
	"fmt"
	"strings"

	"uketsuke/internal/store/column"
)

// A Given is one thing that the database knows to have been given out.
type Given struct {
	Key, Establishment, Application, Detail, Stable string
	At                                              column.Time
}

// given are the things of each kind: where their keys stand, and what is said of them.
var given = map[string]struct{ table, key, columns string }{
	"code":    {"user_codes", "code", "establishment, application, '', '', born_at"},
	"id":      {"user_ids", "id", "establishment, application, '', '', born_at"},
	"receipt": {"application_versions", "receipt", "'', application, '', '', registered_at"},
	"invoice": {"invoices", "number", "establishment, '', '', '', issued_at"},
	"mail":    {"outbox", "message_id", "'', application, kind, stable_key, COALESCE(accepted_at, created_at)"},
}

// GivenOut lists the things of a kind in the order of their keys, from behind after on; of mails, those that a
// server has accepted.
func (r Reader) GivenOut(ctx context.Context, kind, after string, most int) ([]Given, error) {
	of := given[kind]
	accepted := ""
	if kind == "mail" {
		accepted = " AND accepted_at IS NOT NULL"
	}
	rows, err := r.conn.QueryContext(ctx, fmt.Sprintf("SELECT %s, %s FROM %s WHERE %s > $1%s ORDER BY %s LIMIT $2",
		of.key, of.columns, of.table, of.key, accepted, of.key), after, most)
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

// Unknown are those of keys that the database knows neither as a thing of the kind nor as lost.
func (r Reader) Unknown(ctx context.Context, kind string, keys []string) (map[string]bool, error) {
	unknown := map[string]bool{}
	for ; len(keys) > 0; keys = keys[min(askAtOnce, len(keys)):] {
		some := keys[:min(askAtOnce, len(keys))]
		for _, key := range some {
			unknown[key] = true
		}
		if err := r.forgetKnown(ctx, kind, some, unknown); err != nil {
			return nil, fmt.Errorf("asking for each %s that was given out: %w", kind, err)
		}
	}
	return unknown, nil
}

func (r Reader) forgetKnown(ctx context.Context, kind string, keys []string, unknown map[string]bool) error {
	marks, args := make([]string, len(keys)), []any{kind}
	for i, key := range keys {
		marks[i], args = fmt.Sprintf("$%d", i+2), append(args, key)
	}
	of, in := given[kind], strings.Join(marks, ", ")
	rows, err := r.conn.QueryContext(ctx, fmt.Sprintf("SELECT %s FROM %s WHERE %s IN (%s) UNION ALL SELECT thing FROM lost WHERE kind = $1 AND thing IN (%s)",
		of.key, of.table, of.key, in, in), args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		if err := rows.Scan(&key); err != nil {
			return err
		}
		delete(unknown, key)
	}
	return rows.Err()
}

package store

import (
	"context"
	"database/sql"
	"sync/atomic"

	"uketsuke/internal/store/query"
)

// A counted passes statements on and counts those of a context that asks for it.
type counted struct{ query.DBTX }

type countKey struct{}

// Counting returns a context under which statements are counted, and what says how many there have been.
func Counting(ctx context.Context) (context.Context, func() int) {
	n := new(atomic.Int64)
	return context.WithValue(ctx, countKey{}, n), func() int { return int(n.Load()) }
}

func count(ctx context.Context) {
	if n, ok := ctx.Value(countKey{}).(*atomic.Int64); ok {
		n.Add(1)
	}
}

func (c counted) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	count(ctx)
	return c.DBTX.ExecContext(ctx, text, args...)
}

func (c counted) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	count(ctx)
	return c.DBTX.QueryContext(ctx, text, args...)
}

func (c counted) QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row {
	count(ctx)
	return c.DBTX.QueryRowContext(ctx, text, args...)
}

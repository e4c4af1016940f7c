package store

import (
	"context"
	"database/sql"
	"strings"
	"sync"

	"uketsuke/internal/store/query"
)

// A counted passes statements on and notes those of a context that asks for it.
type counted struct{ query.DBTX }

// A Statements is what was asked of the database under a context, in its order, by the names of the queries; statements that
// have none, as those of lists, stand with their first words. It is safe for concurrent use.
type Statements struct {
	mu    sync.Mutex
	names []string
}

type statementsKey struct{}

// Counting returns a context under which statements are noted.
func Counting(ctx context.Context) (context.Context, *Statements) {
	s := &Statements{}
	return context.WithValue(ctx, statementsKey{}, s), s
}

// Take returns what was noted since the last time.
func (s *Statements) Take() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	names := s.names
	s.names = nil
	return names
}

// longestName bounds the first words of a statement without a name.
const longestName = 60

func note(ctx context.Context, text string) {
	s, ok := ctx.Value(statementsKey{}).(*Statements)
	if !ok {
		return
	}
	name, rest, _ := strings.Cut(strings.TrimPrefix(text, "-- name: "), " ")
	if rest == "" || !strings.HasPrefix(text, "-- name: ") {
		name = strings.Join(strings.Fields(text), " ")
		name = name[:min(len(name), longestName)]
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names = append(s.names, name)
}

func (c counted) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	note(ctx, text)
	return c.DBTX.ExecContext(ctx, text, args...)
}

func (c counted) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	note(ctx, text)
	return c.DBTX.QueryContext(ctx, text, args...)
}

func (c counted) QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row {
	note(ctx, text)
	return c.DBTX.QueryRowContext(ctx, text, args...)
}

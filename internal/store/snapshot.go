package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
)

// A snapshot is the database as it was at one moment, for whoever reads several things that must fit together: one
// transaction that only reads, begun by its first statement. It lives in a context: every Reader asks it instead of the pool, so
// that whoever reads needs to know nothing of it, and takes no second connection beside it.
type snapshot struct {
	db *DB

	mu    sync.Mutex
	tx    *sql.Tx
	ended bool
	facts map[string]any
}

type snapshotKey struct{}

// Snapshot lets f read in one snapshot, by the context that it is given. A transaction that is begun under that context ends the
// snapshot first: what is read after it is as it is then.
func (db *DB) Snapshot(ctx context.Context, f func(context.Context) error) (err error) {
	s := &snapshot{db: db, facts: map[string]any{}}
	defer func() { err = errors.Join(err, s.end(ctx)) }() // after a panic too
	return f(context.WithValue(ctx, snapshotKey{}, s))
}

// snapshotOf is the open snapshot of a context, nil where there is none of this database.
func (db *DB) snapshotOf(ctx context.Context) *snapshot {
	s, ok := ctx.Value(snapshotKey{}).(*snapshot)
	if !ok || s.db != db {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return nil
	}
	return s
}

// of is the snapshot's transaction.
func (s *snapshot) of(ctx context.Context) (*sql.Tx, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tx != nil {
		return s.tx, nil
	}
	options := &sql.TxOptions{ReadOnly: true}
	if s.db.dialect == dialectPostgres {
		options.Isolation = sql.LevelRepeatableRead // SQLite's are so by themselves
	}
	note(ctx, "begin")
	tx, err := s.db.read.BeginTx(ctx, options)
	if err != nil {
		return nil, fmt.Errorf("beginning to read: %w", err)
	}
	s.tx = tx
	return tx, nil
}

// end gives the connection back; a second time it does nothing.
func (s *snapshot) end(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = true
	if s.tx == nil {
		return nil
	}
	note(ctx, "rollback")
	err := s.tx.Rollback()
	s.tx = nil
	if err != nil && !errors.Is(err, sql.ErrTxDone) { // whose context has ended, as when the browser went away
		return fmt.Errorf("ending what only read: %w", err)
	}
	return nil
}

// EndSnapshot ends the snapshot of a context, if there is one.
func (db *DB) EndSnapshot(ctx context.Context) error {
	if s := db.snapshotOf(ctx); s != nil {
		return s.end(ctx)
	}
	return nil
}

// Remember loads something once in a snapshot: within one it cannot change. Without one it is loaded each time. What it returns is
// shared, and must not be changed.
func Remember[T any](ctx context.Context, key string, load func() (T, error)) (T, error) {
	s, ok := ctx.Value(snapshotKey{}).(*snapshot)
	if !ok {
		return load()
	}
	s.mu.Lock()
	known, there := s.facts[key]
	ended := s.ended
	s.mu.Unlock()
	if fact, is := known.(T); is && there && !ended {
		return fact, nil
	}
	fact, err := load()
	if err != nil || ended {
		return fact, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.facts[key] = fact
	}
	return fact, nil
}

// Once asks a query once in a snapshot for each argument; see Remember.
func Once[A, T any](ctx context.Context, name string, ask func(context.Context, A) (T, error), argument A) (T, error) {
	return Remember(ctx, fmt.Sprint(name, " ", argument), func() (T, error) { return ask(ctx, argument) })
}

// A pooled asks the snapshot of a context, or a connection of the pool.
type pooled struct{ db *DB }

func (p pooled) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	return p.db.read.ExecContext(ctx, text, args...)
}

func (p pooled) PrepareContext(ctx context.Context, text string) (*sql.Stmt, error) {
	return p.db.read.PrepareContext(ctx, text)
}

func (p pooled) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	s := p.db.snapshotOf(ctx)
	if s == nil {
		return p.db.read.QueryContext(ctx, text, args...)
	}
	tx, err := s.of(ctx)
	if err != nil {
		return nil, err
	}
	return tx.QueryContext(ctx, text, args...)
}

func (p pooled) QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row {
	if s := p.db.snapshotOf(ctx); s != nil {
		// One that could not be begun is told by the row of the pool, which has the same trouble.
		if tx, err := s.of(ctx); err == nil {
			return tx.QueryRowContext(ctx, text, args...)
		}
	}
	return p.db.read.QueryRowContext(ctx, text, args...)
}

// Package store answers "where is it kept?": in SQLite by default, in PostgreSQL at scale, with one SQL
// text for both. It is the only package with SQL, and it holds no rule.
//
// A DB has a write side and a read side. Everything that changes something runs inside InTx, whose Tx
// offers the generated queries; what only reads uses Read. The order in which a transaction takes its
// locks is the same everywhere: the application, the establishment, then counters and bonded areas in
// sorted order.
package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"uketsuke/internal/store/query"

	_ "github.com/jackc/pgx/v5/stdlib" // the PostgreSQL driver
	_ "modernc.org/sqlite"             // the SQLite driver
)

//go:embed migrations/*.sql
var migrations embed.FS

// ErrUnsure says that a commit was asked for and its outcome is not known: it may have happened.
var ErrUnsure = errors.New("the outcome of the commit is not known")

// ErrNotFound says that the row asked for is not there.
var ErrNotFound = errors.New("not found")

// ErrExchanged says that the name of a SQLite database leads to another file than the one that is open, or to none.
var ErrExchanged = errors.New("the file of the database was exchanged or taken away while it was open; nothing is written: stop the service before another file is put there")

// A DB is an open database. It is safe for concurrent use.
type DB struct {
	dialect dialect
	write   *sql.DB
	read    *sql.DB
	// apart serves the short transactions that run beside a longer one. They have connections of their
	// own: were they to wait for one of write's, as many long transactions as it has would wait for ever.
	apart *sql.DB
	path  string      // of the SQLite file; "" for PostgreSQL
	file  os.FileInfo // of the SQLite file, as it was opened; nil for PostgreSQL
	dsn   string      // of PostgreSQL; "" for SQLite
	// weakness is what is weak about the way to PostgreSQL, "" for nothing.
	weakness string
	trouble  trouble
}

// A Tx is one transaction: the generated queries and the few that are written by hand.
type Tx struct {
	*query.Queries
	tx counted
	db *DB
}

// A Reader runs queries outside of a transaction.
type Reader struct {
	*query.Queries
	conn counted
	db   *DB
}

// Open opens the database at dsn: a PostgreSQL URL (postgres://…) or the path of a SQLite file, which is
// made when missing. It does not migrate.
func Open(ctx context.Context, dsn string) (*DB, error) {
	if isPostgres(dsn) {
		return openPostgres(ctx, dsn)
	}
	return openSQLite(ctx, dsn)
}

func isPostgres(dsn string) bool {
	return strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://")
}

// Close closes both sides.
func (db *DB) Close() error {
	if db.write == db.read {
		return errors.Join(db.apart.Close(), db.write.Close())
	}
	return errors.Join(db.read.Close(), db.write.Close())
}

// Limit bounds the connections of a process to PostgreSQL, where the server gives it few; those of receipt numbers are apart.
func (db *DB) Limit(connections int) { db.read.SetMaxOpenConns(connections) }

// Dialect is "sqlite" or "postgres".
func (db *DB) Dialect() string { return string(db.dialect) }

// Ping says whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return db.read.PingContext(ctx) }

// Read returns the read side.
func (db *DB) Read() Reader {
	from := counted{pooled{db}}
	return Reader{Queries: query.New(from), conn: from, db: db}
}

// maxTries bounds how often a transaction that met a serialization failure or a deadlock is run again.
const maxTries = 8

// InTx runs f in one transaction and commits it; an error or a panic of f rolls everything back. On a
// serialization failure or a deadlock f runs again, so it must have no effect outside of the transaction
// and must take its "now" from outside.
func (db *DB) InTx(ctx context.Context, f func(*Tx) error) error {
	return db.inTx(ctx, db.write, f)
}

func (db *DB) inTx(ctx context.Context, pool *sql.DB, f func(*Tx) error) error {
	if err := db.EndSnapshot(ctx); err != nil {
		return err
	}
	var err error
	for try := range maxTries {
		err = db.once(ctx, pool, f)
		db.trouble.noteWrite(err)
		if err == nil || !db.dialect.retryable(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(time.Duration(1<<try) * time.Millisecond):
		}
	}
	return fmt.Errorf("giving up after %d tries: %w", maxTries, err)
}

func (db *DB) once(ctx context.Context, pool *sql.DB, f func(*Tx) error) (err error) {
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("beginning a transaction: %w", err)
	}
	committed := false
	defer func() {
		if !committed {
			// A rollback after a failed commit or a lost connection has nothing to undo.
			_ = tx.Rollback()
		}
	}()
	if err := f(&Tx{Queries: query.New(counted{tx}), tx: counted{tx}, db: db}); err != nil {
		return err
	}
	if err := db.inPlace(); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		if db.dialect.retryable(err) {
			return fmt.Errorf("committing: %w", err)
		}
		if errors.Is(err, sql.ErrTxDone) && ctx.Err() != nil { // it was rolled back when whoever waited for it had gone
			return fmt.Errorf("committing: %w", ctx.Err())
		}
		return fmt.Errorf("%w: %w", ErrUnsure, err)
	}
	committed = true
	return nil
}

// inPlace says whether a SQLite file is still where everybody looks for it.
func (db *DB) inPlace() error {
	if db.file == nil {
		return nil
	}
	seen, err := os.Stat(db.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("looking for the file of the database: %w", err)
	}
	if err != nil || !os.SameFile(seen, db.file) {
		return fmt.Errorf("%w (%s)", ErrExchanged, db.path)
	}
	return nil
}

// Missing turns the driver's "no rows" into ErrNotFound and leaves every other error as it is.
func Missing(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return err
}

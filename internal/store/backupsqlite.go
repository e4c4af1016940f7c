package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
)

// dump writes the database as it is at one moment to a new file, in a folder that only its owner can enter.
func (db *DB) dump(ctx context.Context, to, programs string) error {
	if db.dialect == dialectPostgres {
		return dumpPostgres(ctx, db.dsn, to, programs)
	}
	// A connection of its own: the writers' one would make everybody wait, the readers may not write.
	conn, err := sql.Open("sqlite", fileURL(db.path)+"?_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, "VACUUM INTO ?", to)
	return errors.Join(err, conn.Close(), whenThere(to, 0o600))
}

func whenThere(name string, mode fs.FileMode) error {
	if err := os.Chmod(name, mode); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func fileURL(path string) string {
	return (&url.URL{Scheme: "file", Opaque: url.PathEscape(path)}).String()
}

// restoreSQLite puts part in the place of the database file.
func restoreSQLite(ctx context.Context, r Restoring, part string) (aside string, err error) {
	if err := soundSQLite(ctx, part); err != nil {
		return "", err
	}
	_, err = os.Stat(r.DSN)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		// The write-ahead log of a database that is gone would be played into the one that comes.
		if aside, err = putLogAside(r); err != nil {
			return "", err
		}
	case err != nil:
		return "", err
	default:
		if aside, err = putAside(ctx, r); err != nil {
			return "", err
		}
	}
	// The one step: until here the database is what it was.
	return aside, errors.Join(os.Rename(part, r.DSN), syncFolder(filepath.Dir(r.DSN)))
}

// putLogAside renames what SQLite has left beside a database file that is not there any more.
func putLogAside(r Restoring) (aside string, err error) {
	for _, end := range []string{"-wal", "-shm", "-journal"} {
		to := r.DSN + "." + r.asideName() + end
		switch err := os.Rename(r.DSN+end, to); {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return "", err
		default:
			aside = to
		}
	}
	return aside, nil
}

// soundSQLite asks SQLite itself whether a file is a whole database.
func soundSQLite(ctx context.Context, name string) error {
	conn, err := sql.Open("sqlite", fileURL(name))
	if err != nil {
		return err
	}
	var says string
	err = conn.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&says)
	if err = errors.Join(err, conn.Close()); err == nil && says != "ok" {
		err = errors.New(says)
	}
	if err != nil {
		return errors.Join(ErrBackupDamaged, err)
	}
	return nil
}

// putAside gives the database that is replaced a second name, its write-ahead log folded in. SQLite lets nobody leave
// that log while somebody else has the database open.
func putAside(ctx context.Context, r Restoring) (string, error) {
	conn, err := sql.Open("sqlite", fileURL(r.DSN))
	if err != nil {
		return "", err
	}
	conn.SetMaxOpenConns(1)
	empty, err := isEmpty(ctx, conn, sqliteSchema)
	if err == nil && !empty && !r.Replace {
		err = ErrNotEmpty
	}
	if err == nil {
		var mode string
		if failed := conn.QueryRowContext(ctx, "PRAGMA journal_mode=DELETE").Scan(&mode); failed != nil || mode != "delete" {
			err = errors.Join(ErrInUse, failed)
		}
	}
	if err = errors.Join(err, conn.Close()); err != nil {
		return "", err
	}
	if empty {
		return "", nil
	}
	aside := r.DSN + "." + r.asideName()
	return aside, secondName(r.DSN, aside)
}

// secondName links a file to another name. On a file system without links it is renamed; killed right after that, there
// is no database, and the next start says that one was put aside.
func secondName(file, other string) error {
	err := os.Link(file, other)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		err = os.Rename(file, other)
	}
	return errors.Join(err, syncFolder(filepath.Dir(file)))
}

// The questions whether there is a schema at all.
const (
	sqliteSchema   = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'audit_entries'"
	postgresSchema = "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public' AND tablename = 'audit_entries'"
)

// isEmpty says whether nothing was ever done in a database: there is no entry of evidence, because each act
// leaves one. exists asks whether there is a schema at all.
func isEmpty(ctx context.Context, conn *sql.DB, exists string) (bool, error) {
	var n int64
	if err := conn.QueryRowContext(ctx, exists).Scan(&n); err != nil || n == 0 {
		return err == nil, err
	}
	err := conn.QueryRowContext(ctx, "SELECT COUNT(*) FROM (SELECT 1 FROM audit_entries LIMIT 1) AS one").Scan(&n)
	if err != nil {
		return false, fmt.Errorf("looking whether the database is empty: %w", err)
	}
	return n == 0, nil
}

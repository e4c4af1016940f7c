package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Begun says whether anything was ever done in the database at an address: it knows a key ring, or has an entry of
// evidence. It makes and migrates nothing; a database that is not there was not begun.
func Begun(ctx context.Context, dsn string) (begun bool, err error) {
	if !isPostgres(dsn) {
		if _, err := os.Stat(dsn); errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
	}
	db, err := Open(ctx, dsn)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	begun, err = db.begun(ctx)
	if err != nil {
		return false, fmt.Errorf("looking whether the database was begun: %w", err)
	}
	return begun, nil
}

func (db *DB) begun(ctx context.Context) (bool, error) {
	exists := sqliteSchema
	if db.dialect == dialectPostgres {
		exists = postgresSchema
	}
	empty, err := isEmpty(ctx, db.read, exists)
	if err != nil || !empty {
		return err == nil, err
	}
	var n int64
	if err := db.read.QueryRowContext(ctx, exists).Scan(&n); err != nil || n == 0 {
		return false, err
	}
	err = db.read.QueryRowContext(ctx, "SELECT COUNT(*) FROM ring").Scan(&n)
	return n > 0, err
}

// KnownApplications are those of the applications that the database knows, in whatever state.
func (r Reader) KnownApplications(ctx context.Context, ids []string) (map[string]bool, error) {
	return r.among(ctx, "SELECT id FROM applications WHERE id IN (%s)", ids)
}

// DeadKeys are those of the keys that an act has let go of for good (R-SEC-6).
func (r Reader) DeadKeys(ctx context.Context, names []string) (map[string]bool, error) {
	return r.among(ctx, "SELECT name FROM dead_keys WHERE name IN (%s)", names)
}

// LostApplications are those of which the ledger knew, and a restored database does not (R-ID-6).
func (r Reader) LostApplications(ctx context.Context, ids []string) (map[string]bool, error) {
	return r.among(ctx, "SELECT DISTINCT application FROM lost WHERE application IN (%s)", ids)
}

// among asks a text for some ids or names after the other.
func (r Reader) among(ctx context.Context, text string, ids []string) (map[string]bool, error) {
	found := map[string]bool{}
	for ; len(ids) > 0; ids = ids[min(askAtOnce, len(ids)):] {
		var args []any
		for _, id := range ids[:min(askAtOnce, len(ids))] {
			args = append(args, id)
		}
		if err := r.collect(ctx, fmt.Sprintf(text, marks(0, len(args))), args, found); err != nil {
			return nil, fmt.Errorf("asking which of them are known: %w", err)
		}
	}
	return found, nil
}

func (r Reader) collect(ctx context.Context, text string, args []any, into map[string]bool) error {
	rows, err := r.conn.QueryContext(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return err
		}
		into[id] = true
	}
	return rows.Err()
}

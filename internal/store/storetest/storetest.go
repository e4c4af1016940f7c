// Package storetest runs a test on both databases: is what holds on the one also so on the other?
package storetest

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"uketsuke/internal/store"
	"uketsuke/internal/store/pgtest"
	"uketsuke/internal/trial"
)

// Each runs f twice, as the subtests "sqlite" and "postgres", each with an empty migrated database of its
// own that is closed when the subtest ends.
func Each(t *testing.T, f func(t *testing.T, db *store.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { f(t, Postgres(t)) })
}

// SQLite opens an empty migrated database in a temporary file.
func SQLite(t testing.TB) *store.DB {
	t.Helper()
	return Open(t, SQLiteFile(t))
}

// SQLiteFile makes a temporary file with an empty migrated database: a copy of one that is migrated once.
func SQLiteFile(t testing.TB) string {
	t.Helper()
	migrated, err := template()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(trial.Dir(t), "uketsuke.db")
	if err := os.WriteFile(path, migrated, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// template is the file of an empty migrated SQLite database, whose write-ahead log is gone since nothing has it open.
var template = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp(trial.Root(), "uketsuke-template-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "uketsuke.db")
	if err := Migrate(path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// Postgres opens an empty migrated database of the shared throw-away server.
func Postgres(t testing.TB) *store.DB {
	t.Helper()
	return Open(t, pgtest.Cluster(t).NewDatabase(t, Migrate))
}

// Migrate builds the schema at an address and closes it again.
func Migrate(dsn string) error {
	ctx := context.Background()
	db, err := store.Open(ctx, dsn)
	if err != nil {
		return err
	}
	if err := db.Migrate(ctx); err != nil {
		return err
	}
	return db.Close()
}

// Open opens a database until the test ends.
func Open(t testing.TB, dsn string) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

package storetest

import (
	"database/sql"
	"embed"
	"net/url"
	"path/filepath"
	"testing"

	"uketsuke/internal/store/pgtest"
)

//go:embed testdata/*.sql
var stored embed.FS

// EachStored runs f twice, as the subtests "sqlite" and "postgres", each on a copy of the stored database that
// an older schema made, such as "0001". It is not migrated. dsn is its address; raw sees the tables as they are
// and is closed when the subtest ends.
func EachStored(t *testing.T, schema string, f func(t *testing.T, dsn string, raw *sql.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		dsn := filepath.Join(t.TempDir(), "uketsuke.db")
		f(t, dsn, restored(t, "sqlite", "file:"+url.PathEscape(dsn)+"?_pragma=busy_timeout(10000)", schema+"-sqlite.sql"))
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := pgtest.Cluster(t).NewDatabase(t, nil)
		f(t, dsn, restored(t, "pgx", dsn, schema+"-postgres.sql"))
	})
}

// restored fills an empty database from a file. The dump changes the settings of its connection, so that one is
// not used again.
func restored(t *testing.T, driver, dsn, file string) *sql.DB {
	t.Helper()
	text, err := stored.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	filling, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	filling.SetMaxOpenConns(1)
	if _, err := filling.ExecContext(t.Context(), string(text)); err != nil {
		t.Fatalf("restoring %s: %v", file, err)
	}
	if err := filling.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := raw.Close(); err != nil {
			t.Error(err)
		}
	})
	return raw
}

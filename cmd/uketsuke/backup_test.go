package main

import (
	"bytes"
	"database/sql"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/store"
	"uketsuke/internal/store/pgtest"
	"uketsuke/internal/store/storetest"
)

// backedUp backs a database up by the command, and gives the file and what was said of it.
func backedUp(t *testing.T, dsn string) (file, said string) {
	t.Helper()
	dir := t.TempDir()
	file = filepath.Join(dir, "copy.tar")
	var out, wrong bytes.Buffer
	if status := run([]string{"backup", file, "--database", dsn, "--keys", filepath.Join(dir, "keys")}, &out, &wrong); status != 0 {
		t.Fatalf("the exit status is %d\n%s%s", status, out.String(), wrong.String())
	}
	return file, wrong.String()
}

// noted counts the entries that tell of a backup to a file, by the operator.
func noted(t *testing.T, dsn, file string) (n int) {
	t.Helper()
	driver, address := "pgx", dsn
	if !strings.HasPrefix(dsn, "postgres:") {
		driver, address = "sqlite", "file:"+dsn
	}
	raw, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	err = raw.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM audit_entries e JOIN audit_pending p ON p.entry = e.id
WHERE e.act = 'export' AND e.entry LIKE '%"kind":"backup"%' AND e.entry LIKE '%"role":"operator"%' AND e.personal LIKE $1`, "%"+file+"%").Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// ASVS 16.3.2: whoever takes the whole database out leaves an entry, which the copy itself holds. No key is needed.
func TestBackupIsEvidence(t *testing.T) {
	t.Parallel()
	for name, places := range map[string]func(*testing.T) (dsn, copied string){
		"sqlite": func(t *testing.T) (string, string) {
			return filepath.Join(t.TempDir(), "u.db"), filepath.Join(t.TempDir(), "copy.db")
		},
		"postgres": func(t *testing.T) (string, string) {
			cluster := pgtest.Cluster(t)
			return cluster.NewDatabase(t, nil), cluster.NewDatabase(t, nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dsn, copied := places(t)
			if err := storetest.Migrate(dsn); err != nil {
				t.Fatal(err)
			}
			file, said := backedUp(t, dsn)
			if _, _, err := store.Restore(t.Context(), store.Restoring{File: file, DSN: copied, Now: time.Now()}); err != nil {
				t.Fatal(err)
			}
			if here, there := noted(t, dsn, file), noted(t, copied, file); here != 1 || there != 1 || said != "" {
				t.Errorf("%d entries here, %d in the copy: %s", here, there, said)
			}
			if m, err := store.ReadManifest(file); err != nil || m.LogEntries != 1 {
				t.Errorf("%+v, %v", m, err)
			}
		})
	}
}

// A database that was not migrated yet is backed up as it is, and it is said that nothing tells of it.
func TestBackupBeforeAnUpgrade(t *testing.T) {
	t.Parallel()
	storetest.EachStored(t, "0001", func(t *testing.T, dsn string, raw *sql.DB) {
		count := func() (n int) {
			if err := raw.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM audit_entries").Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		before := count()
		file, said := backedUp(t, dsn)
		if m, err := store.ReadManifest(file); err != nil || m.Migration != 1 || !strings.Contains(said, "not in the audit log: the schema is 1") || count() != before {
			t.Errorf("%+v, %v: %s", m, err, said)
		}
	})
}

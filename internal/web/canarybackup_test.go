package web

import (
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/keyring"
	"uketsuke/internal/store"
	"uketsuke/internal/store/pgtest"
	"uketsuke/internal/store/storetest"
)

// Trap 35: a deleted key that still stands in a write-ahead log or a backup. After the period neither a password
// nor the key is in any file that the product or its database has written, write-ahead logs and a new backup
// among them, and the sealed rows of an old backup open with nothing (R-SEC-6, ASVS 16.2.5).
func TestTrap35NoLogAndNoBackupOpens(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		dir := t.TempDir()
		noBackupOpens(t, backedUp{dir: dir, dsn: filepath.Join(dir, "uketsuke.db"), restored: func() string {
			return filepath.Join(t.TempDir(), "restored.db")
		}})
	})
	t.Run("postgres", func(t *testing.T) {
		server, nothing := pgtest.Cluster(t), func(string) error { return nil }
		noBackupOpens(t, backedUp{dir: t.TempDir(), dsn: server.NewDatabase(t, storetest.Migrate), server: true, restored: func() string {
			return server.NewDatabase(t, nothing)
		}})
	})
}

// A backedUp is a house whose database is backed up.
type backedUp struct {
	dir, dsn string
	server   bool          // the database's files are those of a PostgreSQL server
	restored func() string // an empty database to restore into
	began    time.Time
}

func noBackupOpens(t *testing.T, b backedUp) {
	t.Helper()
	b.began = time.Now().Add(-time.Second)
	h := houseIn(t, b.dir, b.dsn)
	id := approvedCase(t, h)
	clear := readPasswords(t, h, id)
	rows, err := h.desk.DB.Read().ListSecrets(t.Context(), id)
	if err != nil || len(rows) != 4 {
		t.Fatalf("%d sealed rows, %v", len(rows), err)
	}
	key, err := os.ReadFile(filepath.Join(b.dir, "keys", "keys", filepath.FromSlash(rows[0].KeyName)))
	if err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(t.TempDir(), "old.backup")
	b.backup(t, h, old)
	before := b.everyFile(t)
	before.addFiles(t, h, id)
	before.without(t, "a password while it can be read", clear)
	if !before.holds(string(key)) || !before.holds(string(rows[0].Sealed)) {
		t.Fatal("key and sealed rows are in no file before the end: this test sees nothing")
	}
	h.at(time.December, 14, 0)
	tick(t, h)
	b.backup(t, h, filepath.Join(b.dir, "new.backup"))
	after := b.everyFile(t)
	after.addFiles(t, h, id)
	after["the old backup"] = readFile(t, old)
	after["rows of the new backup"] = strings.Join(b.restore(t, filepath.Join(b.dir, "new.backup"), nil), "\n")
	left := b.restore(t, old, func(db *store.DB) {
		kept, err := db.Read().ListSecrets(t.Context(), id)
		if err != nil || len(kept) != 4 || string(kept[0].Sealed) != string(rows[0].Sealed) {
			t.Errorf("%d sealed rows in the old backup, %v", len(kept), err)
		}
		for _, row := range kept {
			if _, err := h.desk.Ring.Key(keyring.Name(row.KeyName)); !errors.Is(err, keyring.ErrNoKey) {
				t.Errorf("trap 35: the key of the old backup's rows: %v", err)
			}
		}
	})
	after["rows of the old backup"] = strings.Join(left, "\n")
	after.without(t, "a password after the period", clear)
	after.without(t, "the key after the period", []string{string(key)})
}

func (b backedUp) backup(t *testing.T, h *house, file string) {
	t.Helper()
	if _, err := h.desk.DB.Backup(t.Context(), store.Manifest{Product: "test", TakenAt: time.Now().UTC()}, file, ""); err != nil {
		t.Fatal(err)
	}
}

// restore restores a backup, lets somebody look, and returns every row of every table.
func (b backedUp) restore(t *testing.T, file string, look func(*store.DB)) (rows []string) {
	t.Helper()
	dsn := b.restored()
	if _, _, err := store.Restore(t.Context(), store.Restoring{File: file, DSN: dsn, Now: time.Now()}); err != nil {
		t.Fatal(err)
	}
	if look != nil {
		look(storetest.Open(t, dsn))
	}
	if !b.server {
		for _, table := range tablesOf(t, dsn) {
			rows = append(rows, table...)
		}
		return rows
	}
	db := openServer(t, dsn)
	for _, name := range rowsOf(t, db, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'") {
		rows = append(rows, rowsOf(t, db, "SELECT * FROM "+name)...)
	}
	return rows
}

func openServer(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// everyFile is what stands in the folder of the house and, of a server, in the database's own files and in the
// write-ahead log.
func (b backedUp) everyFile(t *testing.T) written {
	t.Helper()
	all := written{}
	folders := []string{b.dir}
	if b.server {
		db := openServer(t, b.dsn)
		if _, err := db.ExecContext(t.Context(), "CHECKPOINT"); err != nil { // what is in memory goes to the files
			t.Fatal(err)
		}
		data := rowsOf(t, db, "SHOW data_directory")[0]
		oid := rowsOf(t, db, "SELECT oid FROM pg_database WHERE datname = current_database()")[0]
		folders = append(folders, filepath.Join(data, "base", oid), filepath.Join(data, "pg_wal"))
	}
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			info, err := entry.Info()
			if err != nil || info.ModTime().Before(b.began) { // a segment of the log from before
				return err
			}
			all["file "+name] = readFile(t, name)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

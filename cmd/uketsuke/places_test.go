package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A password in the address of a database reaches no message, wherever in the address it stands.
func TestAddressesAreSaidWithoutPassword(t *testing.T) {
	t.Parallel()
	for dsn, want := range map[string]string{
		"postgres://desk:hidden@db.example/desk":              "db.example/desk",
		"postgres://db.example/desk?user=a&password=hidden":   "db.example/desk",
		"postgres://desk@/desk?host=/run&password=hidden":     "/desk",
		"/var/lib/uketsuke/uketsuke.db":                       "/var/lib/uketsuke/uketsuke.db",
		"postgres://desk@db.example/desk?sslmode=verify-full": "sslmode=verify-full",
	} {
		if got := redacted(dsn); strings.Contains(got, "hidden") || !strings.Contains(got, want) {
			t.Errorf("%s is said as %s", dsn, got)
		}
	}
}

// A folder of keys that others can enter is refused before anything is made: no part of a ring, no ledger, no database.
func TestExposedKeysLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	for what, part := range map[string]string{"the folder": ".", "a part of it": "ring"} {
		c := served(t)
		if err := os.MkdirAll(filepath.Join(c.Keys, part), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(filepath.Join(c.Keys, part), 0o755); err != nil {
			t.Fatal(err)
		}
		before := treeOf(t, filepath.Dir(c.Keys))
		err := c.Run(&process{ctx: t.Context(), stdout: t.Output(), stderr: t.Output()})
		if err == nil || !strings.Contains(err.Error(), "has mode 0755") {
			t.Errorf("%s: %v", what, err)
		}
		if after := treeOf(t, filepath.Dir(c.Keys)); !slices.Equal(before, after) {
			t.Errorf("%s: left behind %v, was %v", what, after, before)
		}
	}
}

// treeOf lists everything below a folder.
func treeOf(t *testing.T, dir string) (list []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		list = append(list, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

package store_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"uketsuke/internal/store"
)

// stranger is an account that is not ours.
const stranger = 65534

// Whoever can write where the folders of restores lie, which for PostgreSQL is every account of the machine, neither stops a
// start by one, nor has it taken for what a restore of our own has left.
func TestFoldersOfOthersAreNotOfARestore(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can make folders of another account")
	}
	folder := t.TempDir()
	dsn := filepath.Join(folder, "uketsuke.db")
	plan, err := json.Marshal(map[string]string{"file": "a lie", "aside": "old"})
	if err != nil {
		t.Fatal(err)
	}
	for name, files := range map[string]map[string][]byte{
		".restore-bare":  {"x": nil},
		".restore-plan":  {"plan.json": plan},
		".restore-whole": {"plan.json": plan, "whole": nil},
	} {
		work := filepath.Join(folder, name)
		err := os.Mkdir(work, 0o755)
		for file, text := range files {
			err = errors.Join(err, os.WriteFile(filepath.Join(work, file), text, 0o644))
		}
		if err = errors.Join(err, os.Chown(work, stranger, stranger)); err != nil {
			t.Fatal(err)
		}
	}
	elsewhere := filepath.Join(t.TempDir(), "ours")
	ours := filepath.Join(folder, ".restore-ours")
	err = errors.Join(os.WriteFile(dsn, nil, 0o600), os.Link(dsn, dsn+".old"), os.Mkdir(elsewhere, 0o700), os.Symlink(elsewhere, filepath.Join(folder, ".restore-link")),
		os.Mkdir(ours, 0o700))
	if err != nil {
		t.Fatal(err)
	}
	told, err := store.CleanRestore(t.Context(), dsn)
	if err != nil || len(told) > 0 {
		t.Errorf("told %q, %v", told, err)
	}
	for _, kept := range []string{".restore-bare/x", ".restore-plan/plan.json", ".restore-whole/whole", ".restore-link", "uketsuke.db.old"} {
		if _, err := os.Lstat(filepath.Join(folder, kept)); err != nil {
			t.Errorf("%s was removed on a stranger's word: %v", kept, err)
		}
	}
	if _, err := os.Stat(ours); err == nil {
		t.Error("what a restore of our own has left stays")
	}
}

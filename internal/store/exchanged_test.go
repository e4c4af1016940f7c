package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"uketsuke/internal/store"
)

// A SQLite file that was moved, removed, or exchanged under a living process is not written on: what is committed into it
// would be seen by nobody after the next start.
func TestExchangedFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "uketsuke.db")
	db, err := store.Open(t.Context(), path)
	if err == nil {
		err = db.Migrate(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	for _, step := range []struct {
		name      string
		do        func() error
		exchanged bool
	}{
		{"as it was opened", func() error { return nil }, false},
		{"moved away", func() error { return os.Rename(path, path+".away") }, true},
		{"moved back", func() error { return os.Rename(path+".away", path) }, false},
		{"another in its place", func() error {
			return errors.Join(os.Rename(path, path+".away"), os.WriteFile(path+".old", nil, 0o600), os.Rename(path+".old", path))
		}, true},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		ran := false
		acted := db.InTx(t.Context(), func(*store.Tx) error { ran = true; return nil })
		probed := db.ProbeWrite(t.Context())
		if errors.Is(acted, store.ErrExchanged) != step.exchanged || errors.Is(probed, store.ErrExchanged) != step.exchanged ||
			!step.exchanged && errors.Join(acted, probed) != nil {
			t.Errorf("%s: an act that ran (%v) said %v, a probe %v", step.name, ran, acted, probed)
		}
	}
}

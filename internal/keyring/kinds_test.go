package keyring_test

import (
	"os"
	"path/filepath"
	"testing"

	. "uketsuke/internal/keyring"
)

// A place is where a test's ring is kept.
type place struct {
	t *testing.T
	// uri and dir open it.
	uri, dir string
	// move is what has to move away for the ring to be gone.
	move string
}

func (p place) open() *Ring {
	p.t.Helper()
	r, err := OpenAt(p.uri, p.dir)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		if err := r.Close(); err != nil {
			p.t.Error(err)
		}
	})
	return r
}

func (p place) away() {
	p.t.Helper()
	if err := os.Rename(p.move, p.move+".away"); err != nil {
		p.t.Fatal(err)
	}
}

func (p place) back() {
	p.t.Helper()
	if err := os.Rename(p.move+".away", p.move); err != nil {
		p.t.Fatal(err)
	}
}

// kinds runs a test on a ring in a directory and on one in an HSM: what holds for a ring holds for both.
func kinds(t *testing.T, test func(*testing.T, place)) {
	t.Helper()
	t.Run("directory", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "ring")
		test(t, place{t: t, dir: dir, move: dir})
	})
	t.Run("hsm", func(t *testing.T) { test(t, tokenPlace(t)) })
}

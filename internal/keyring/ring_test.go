package keyring_test

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	. "uketsuke/internal/keyring"
)

// newRing is a fresh ring and its directory.
func newRing(t *testing.T) (*Ring, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "ring")
	return open(t, dir), dir
}

func open(t *testing.T, dir string) *Ring {
	t.Helper()
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestOpenMakesAPrivateRing(t *testing.T) {
	r, dir := newRing(t)
	for _, part := range []string{dir, filepath.Join(dir, "keys"), filepath.Join(dir, "ring")} {
		info, err := os.Stat(part)
		if err != nil || info.Mode() != os.ModeDir|0o700 {
			t.Errorf("%s: %v, %v", part, info.Mode(), err)
		}
	}
	if len(r.ID()) != 32 || open(t, dir).ID() != r.ID() {
		t.Errorf("the id %q did not stay", r.ID())
	}
	if other, _ := newRing(t); other.ID() == r.ID() {
		t.Error("two rings with one id")
	}
}

func TestOpenRefuses(t *testing.T) {
	for name, spoil := range map[string]struct {
		how  func(dir string) error
		want error
	}{
		"readable by the group":  {func(dir string) error { return os.Chmod(dir, 0o740) }, ErrExposed},
		"to be entered by all":   {func(dir string) error { return os.Chmod(dir, 0o701) }, ErrExposed},
		"keys readable by all":   {func(dir string) error { return os.Chmod(filepath.Join(dir, "keys"), 0o704) }, ErrExposed},
		"an id cut by a crash":   {func(dir string) error { return os.Truncate(filepath.Join(dir, "ring.id"), 7) }, ErrDamaged},
		"an id that is no id":    {func(dir string) error { return os.WriteFile(filepath.Join(dir, "ring.id"), []byte("../x"), 0o600) }, ErrDamaged},
		"a file in keys's place": {func(dir string) error { return replaceByFile(filepath.Join(dir, "keys")) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, dir := newRing(t)
			if err := spoil.how(dir); err != nil {
				t.Fatal(err)
			}
			if r, err := Open(dir); err == nil || r != nil || spoil.want != nil && !errors.Is(err, spoil.want) {
				t.Errorf("%v; want %v", err, spoil.want)
			}
		})
	}
}

func replaceByFile(dir string) error {
	return errors.Join(os.RemoveAll(dir), os.WriteFile(dir, nil, 0o600))
}

// TestFirstUseTogether: processes that start at once agree on one id and on one key per purpose.
func TestFirstUseTogether(t *testing.T) {
	for range 25 {
		dir := filepath.Join(t.TempDir(), "new", "ring")
		ids := together(func() ([]byte, error) {
			r, err := Open(dir)
			if err != nil {
				return nil, err
			}
			return []byte(r.ID()), nil
		}, t)
		r := open(t, dir)
		keys := together(func() ([]byte, error) { return r.MAC("set-up-links", nil) }, t)
		if len(ids) != 1 || len(keys) != 1 {
			t.Fatalf("%d ids, %d keys", len(ids), len(keys))
		}
		if left, err := filepath.Glob(filepath.Join(dir, ".new-*")); err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
	}
}

// together runs ask eight times at once and returns the different answers.
func together(ask func() ([]byte, error), t *testing.T) map[string]bool {
	t.Helper()
	const many = 8
	begin, answers := make(chan bool), make(chan string, many)
	var wait sync.WaitGroup
	for range many {
		wait.Go(func() {
			<-begin
			answer, err := ask()
			if err != nil {
				t.Error(err)
			}
			answers <- string(answer)
		})
	}
	close(begin)
	wait.Wait()
	close(answers)
	different := map[string]bool{}
	for answer := range answers {
		different[answer] = true
	}
	return different
}

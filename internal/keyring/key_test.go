package keyring_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"uketsuke/internal/calendar"
	. "uketsuke/internal/keyring"
)

var day = calendar.MustDate("2024-12-12")

// create makes a key and reads its bytes from the directory.
func create(t *testing.T, r *Ring, last calendar.Date, application string) (Name, []byte) {
	t.Helper()
	name, _, err := r.Create(last, application)
	if err != nil {
		t.Fatal(err)
	}
	key, err := os.ReadFile(filepath.Join(r.LedgerDir(), "keys", string(name)))
	if err != nil {
		t.Fatal(err)
	}
	return name, key
}

// same says whether a key opens what the other sealed.
func same(t *testing.T, a, b Key) bool {
	t.Helper()
	sealed, err := a.Seal("place", []byte("clear"))
	if err != nil {
		t.Fatal(err)
	}
	clear, err := b.Open("place", sealed)
	return err == nil && string(clear) == "clear"
}

func TestKeyFile(t *testing.T) {
	r, dir := newRing(t)
	name, key := create(t, r, day, "app-1")
	info, err := os.Stat(filepath.Join(dir, "keys", string(name)))
	if err != nil || info.Mode() != 0o600 || len(key) != KeySize {
		t.Errorf("R-SEC-6: %v, %d bytes, %v", info.Mode(), len(key), err)
	}
	if err := r.Destroy(name); err != nil {
		t.Fatal(err)
	}
	if days, err := os.ReadDir(filepath.Join(dir, "keys")); err != nil || len(days) != 1 || days[0].Name() != "ring.id" {
		t.Errorf("R-SEC-6: the empty day stays: %v, %v", days, err)
	}
}

// TestDestroyedBytesAreGone: R-SEC-6 and trap 35. Whoever held the file open before, or linked it, finds no
// key in it: the bytes themselves were overwritten, not only the name taken away.
func TestDestroyedBytesAreGone(t *testing.T) {
	r, dir := newRing(t)
	name, key := create(t, r, day, "app")
	file := filepath.Join(dir, "keys", string(name))
	held, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	kept := filepath.Join(t.TempDir(), "kept")
	if err := os.Link(file, kept); err != nil {
		t.Fatal(err)
	}
	if err := r.Destroy(name); err != nil {
		t.Fatal(err)
	}
	fromHandle, err := io.ReadAll(held)
	if err != nil {
		t.Fatal(err)
	}
	fromLink, err := os.ReadFile(kept)
	if err != nil {
		t.Fatal(err)
	}
	for _, bytesLeft := range [][]byte{fromHandle, fromLink} {
		if len(bytesLeft) != KeySize || bytes.Equal(bytesLeft, key) || bytes.Contains(bytesLeft, key[:8]) {
			t.Errorf("R-SEC-6: %x is still there of %x", bytesLeft, key)
		}
	}
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if bytes.Contains(content, key) {
			t.Errorf("R-SEC-6: the key is still in %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestNamesLeadNowhereElse(t *testing.T) {
	r, dir := newRing(t)
	tail := "-" + strings.Repeat("0", 32)
	for _, name := range []Name{"", "..", "../ring.id", "2024-12-12", "2024-12-12/app", Name("2024-12-12/../../x" + tail),
		Name("2024-12-12/a/b" + tail), Name("../2024-12-12/a" + tail), Name("/2024-12-12/a" + tail), Name("2024-12-32/a" + tail),
		Name("2024-12-12/a.b" + tail), Name("2024-12-12/a\x00" + tail), Name("2024-12-12/a" + tail + "\n")} {
		if key, err := r.Key(name); key != nil || !errors.Is(err, ErrName) {
			t.Errorf("Key %q: %v", name, err)
		}
		if err := r.Destroy(name); !errors.Is(err, ErrName) {
			t.Errorf("Destroy %q: %v", name, err)
		}
	}
	for _, application := range []string{"", "..", "../x", "a/b", "a.b", "申込", strings.Repeat("a", 65)} {
		if name, key, err := r.Create(day, application); name != "" || key != nil || !errors.Is(err, ErrName) {
			t.Errorf("Create %q: %v", application, err)
		}
	}
	if _, _, err := r.Create(calendar.Date{}, "app"); !errors.Is(err, ErrName) {
		t.Errorf("Create without a day: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "ring.id")); err != nil {
		t.Error(err)
	}
}

// TestAnotherRingInItsPlace: a directory that is not mounted may hold another ring.
func TestAnotherRingInItsPlace(t *testing.T) {
	r, dir := newRing(t)
	name, _ := create(t, r, day, "app")
	_, err := Open(dir + ".other")
	if err = errors.Join(err, os.Rename(dir, dir+".away"), os.Rename(dir+".other", dir)); err != nil {
		t.Fatal(err)
	}
	wantGone(t, r, name)
}

func TestDamagedKey(t *testing.T) {
	r, dir := newRing(t)
	name, _ := create(t, r, day, "app")
	if err := os.Truncate(filepath.Join(dir, "keys", string(name)), 0); err != nil {
		t.Fatal(err)
	}
	if key, err := r.Key(name); key != nil || !errors.Is(err, ErrDamaged) {
		t.Errorf("%v", err)
	}
	if err := r.Destroy(name); err != nil {
		t.Error(err)
	}
}

// TestSharedDirectory: two processes create, read and destroy under one day; the day's directory comes and
// goes under their hands, and no key is lost or read wrong.
func TestSharedDirectory(t *testing.T) {
	first, dir := newRing(t)
	rings := []*Ring{first, open(t, dir)}
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			for range 25 {
				name, key, err := rings[i%2].Create(day, "app")
				if err != nil {
					t.Error(err)
					return
				}
				if read, err := rings[(i+1)%2].Key(name); err != nil || !same(t, key, read) {
					t.Errorf("R-SEC-6: another key is read, %v", err)
				}
				if _, err := rings[i%2].List(); err != nil {
					t.Error(err)
				}
				var both sync.WaitGroup
				for _, r := range rings {
					both.Go(func() {
						if err := r.Destroy(name); err != nil {
							t.Error(err)
						}
					})
				}
				both.Wait()
			}
		})
	}
	wait.Wait()
	if left, err := first.List(); err != nil || len(left) > 0 {
		t.Errorf("R-SEC-6: %v, %v", left, err)
	}
}

// TestDayVanishesWhileAKeyIsMade: another process that finds the day empty removes it, again and again,
// between the making of the directory and of the file.
func TestDayVanishesWhileAKeyIsMade(t *testing.T) {
	r, dir := newRing(t)
	other := open(t, dir)
	destroyed := Name(day.String() + "/app-" + strings.Repeat("0", 32))
	stop := make(chan bool)
	var wait sync.WaitGroup
	wait.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				if err := other.Destroy(destroyed); err != nil {
					t.Error(err)
				}
			}
		}
	})
	for range 500 {
		name, key, err := r.Create(day, "app")
		if err != nil {
			t.Error(err)
			break
		}
		if read, err := r.Key(name); err != nil || !same(t, key, read) {
			t.Errorf("R-SEC-6: another key is read, %v", err)
		}
		if err := r.Destroy(name); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	wait.Wait()
}

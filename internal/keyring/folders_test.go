package keyring_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	. "uketsuke/internal/keyring"
)

// worked is a ring that has a key of an approval and keys of its own.
func worked(t *testing.T) (r *Ring, dir string, name Name) {
	t.Helper()
	r, dir = newRing(t)
	name, _ = create(t, r, day, "app")
	_, macErr := r.MAC("links", nil)
	_, sealErr := r.SealFor("totp", nil, nil)
	_, signErr := r.Signer("log")
	if err := errors.Join(macErr, sealErr, signErr); err != nil {
		t.Fatal(err)
	}
	return r, dir, name
}

// R-SEC-6: a folder of the ring is away, or another is in its place, while the rest is there: nothing is concluded from it
// and nothing is drawn anew, by who has the ring open and by who opens it. What comes back is used again.
func TestLostFolderIsALostRing(t *testing.T) {
	for _, folder := range []string{"keys", "ring", "aside"} {
		for what, instead := range map[string]func(string) error{
			"away":  func(string) error { return nil },
			"empty": func(at string) error { return os.Mkdir(at, 0o700) },
			"another's": func(at string) error {
				_, other := newRing(t)
				return os.Rename(filepath.Join(other, folder), at)
			},
		} {
			t.Run(folder+" "+what, func(t *testing.T) {
				r, dir, name := worked(t)
				at := filepath.Join(dir, folder)
				if err := errors.Join(os.Rename(at, at+".away"), instead(at)); err != nil {
					t.Fatal(err)
				}
				if _, err := Open(dir); !errors.Is(err, ErrRingGone) {
					t.Errorf("R-SEC-6: it is opened: %v", err)
				}
				wantRefused(t, r, name)
				if err := r.Has(name); folder == "keys" && !errors.Is(err, ErrRingGone) {
					t.Errorf("R-SEC-6: reading: %v", err)
				}
				if err := errors.Join(os.RemoveAll(at), os.Rename(at+".away", at)); err != nil {
					t.Fatal(err)
				}
				if err := errors.Join(r.Has(name), open(t, dir).Has(name)); err != nil {
					t.Errorf("R-SEC-6: after it came back: %v", err)
				}
			})
		}
	}
}

// R-SEC-6: one of the ring's own keys is gone, and its folder is not. Another in its place would not know what it has made.
func TestOwnKeysAreDrawnOnce(t *testing.T) {
	for file, use := range map[string]func(*Ring) error{
		"links":       func(r *Ring) error { _, err := r.MAC("links", nil); return err },
		"totp.seal.1": func(r *Ring) error { _, err := r.SealFor("totp", nil, nil); return err },
		"log.sign.1":  func(r *Ring) error { _, err := r.Signer("log"); return err },
	} {
		t.Run(file, func(t *testing.T) {
			r, dir, _ := worked(t)
			if err := r.Whole(); err != nil {
				t.Fatal(err)
			}
			at := filepath.Join(dir, "ring", file)
			if err := os.Remove(at); err != nil {
				t.Fatal(err)
			}
			for _, r := range []*Ring{r, open(t, dir)} {
				if err := use(r); !errors.Is(err, ErrOwnLost) {
					t.Errorf("R-SEC-6: it is used: %v", err)
				}
				if err := r.Whole(); !errors.Is(err, ErrOwnLost) {
					t.Errorf("R-SEC-6: the ring says it is whole: %v", err)
				}
			}
			if _, err := os.Stat(at); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("R-SEC-6: it was drawn anew: %v", err)
			}
		})
	}
}

// R-SEC-6: the newest version is gone. The one before would go on in its place, as if nobody had rotated it.
func TestNewestOwnKeyIsMissed(t *testing.T) {
	r, dir, _ := worked(t)
	if _, err := r.Rotate("log"); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "ring", "log.sign.2")); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Signer("log"); !errors.Is(err, ErrOwnLost) {
		t.Errorf("R-SEC-6: another signs: %v", err)
	}
	if _, err := r.Rotate("log"); !errors.Is(err, ErrOwnLost) {
		t.Errorf("R-SEC-6: it is drawn anew: %v", err)
	}
	if _, err := r.MAC("links", nil); err != nil {
		t.Errorf("of another purpose: %v", err)
	}
}

// What was rotated and retired is not missed, also not after a process was killed between the note and the key.
func TestRetiredOwnKeysAreNotMissed(t *testing.T) {
	r, dir, _ := worked(t)
	for _, purpose := range []string{"links", "totp", "log"} {
		if _, err := r.Rotate(purpose); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(dir, "drawn.log.sign.1")); err != nil { // killed there while it was retired
		t.Fatal(err)
	}
	r = open(t, dir)
	for _, purpose := range []string{"links", "totp", "log"} {
		if gone, err := r.Retire(purpose); err != nil || len(gone) != 1 {
			t.Fatalf("%v, %v", gone, err)
		}
	}
	if err := errors.Join(r.Whole(), open(t, dir).Whole()); err != nil {
		t.Error(err)
	}
	notes, err := filepath.Glob(filepath.Join(dir, "drawn.*"))
	if err != nil || len(notes) != 3 {
		t.Errorf("%v, %v", notes, err)
	}
}

// ofBefore makes of a ring what it was before its folders had identities.
func ofBefore(t *testing.T, dir string) {
	t.Helper()
	drawn, err := filepath.Glob(filepath.Join(dir, "drawn.*"))
	for _, file := range append(drawn, filepath.Join(dir, "folders"), filepath.Join(dir, "keys", "ring.id"),
		filepath.Join(dir, "ring", "ring.id"), filepath.Join(dir, "aside", "ring.id")) {
		err = errors.Join(err, os.Remove(file))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A ring of before gets its identities when its database says that nothing is missing, and not by being opened: an empty
// folder would get one.
func TestRingOfBefore(t *testing.T) {
	_, dir, name := worked(t)
	ofBefore(t, dir)
	r := open(t, dir)
	if r.Vouched() || r.Has(name) != nil {
		t.Fatal("it is vouched for, or does not work")
	}
	if err := r.Vouch(); err != nil || !r.Vouched() || !open(t, dir).Vouched() {
		t.Fatal(err)
	}
	if err := errors.Join(r.Whole(), os.Remove(filepath.Join(dir, "ring", "links")), os.RemoveAll(filepath.Join(dir, "keys"))); err != nil {
		t.Fatal(err)
	}
	wantGone(t, r, name)

	_, dir, _ = worked(t)
	ofBefore(t, dir)
	if err := os.RemoveAll(filepath.Join(dir, "keys")); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); !errors.Is(err, ErrRingGone) {
		t.Errorf("R-SEC-6: without its keys: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "keys")); err == nil {
		t.Error("R-SEC-6: the missing folder was made anew")
	}
}

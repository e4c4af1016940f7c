package desk_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"uketsuke/internal/keyring"
	"uketsuke/internal/ledger"
	"uketsuke/internal/sample"
)

// started opens ring and data as a start does.
func (h *house) started() error {
	h.t.Helper()
	ring, err := keyring.Open(h.RingDir)
	if err != nil {
		return err
	}
	h.Ring = ring
	book := h.Desk.Ledger
	h.Desk = h.Another(h.t)
	h.Desk.Ledger = book
	if err := h.Desk.CheckRing(h.t.Context()); err != nil {
		return err
	}
	_, err = h.Desk.CatchUp(h.t.Context())
	return err
}

// withoutCheck gives the house's desk its ledger, and looks at nothing.
func (h *house) withoutCheck() {
	h.t.Helper()
	book, err := ledger.Open(filepath.Join(h.RingDir, "ledger"))
	h.ok(err)
	h.t.Cleanup(func() { _ = book.Close() })
	h.Desk.Ledger = book
}

// emptied puts an empty folder in the place of one of the ring's; putting it back is what it returns.
func (h *house) emptied(folder string) (back func()) {
	h.t.Helper()
	at := filepath.Join(h.RingDir, folder)
	h.ok(os.Rename(at, at+".away"))
	h.ok(os.Mkdir(at, 0o700))
	return func() {
		h.t.Helper()
		h.ok(os.RemoveAll(at))
		h.ok(os.Rename(at+".away", at))
	}
}

// ofBefore takes what says that the ring's folders are its own, as in a ring of before that was known.
func (h *house) ofBefore() {
	h.t.Helper()
	for _, pattern := range []string{"folders", "drawn.*", "*/ring.id"} {
		files, err := filepath.Glob(filepath.Join(h.RingDir, pattern))
		h.ok(err)
		for _, file := range files {
			h.ok(os.Remove(file))
		}
	}
}

// R-SEC-6: a folder of the ring is not mounted when a restored database catches up, or when the log is signed: nothing is
// ended, nothing is signed with a new key, and with the folder back everything goes on. The same in a ring that was made
// before its folders had identities.
func TestEmptyFolderOfTheRing(t *testing.T) {
	for _, folder := range []string{"keys", "ring"} {
		for what, before := range map[string]func(*house){"": func(*house) {}, " of before": (*house).ofBefore} {
			t.Run(folder+what, func(t *testing.T) {
				each(t, monday, func(t *testing.T, h *house) {
					h.withLedger()
					h.caughtUp()
					ref, _ := h.Approved(sample.S2("2024-12-12"))
					_, err := h.Desk.Checkpoint(t.Context())
					h.ok(err)
					file := h.backedUp()
					h.Registered(sample.S2("2024-12-12"))
					h.ok(h.Desk.Ledger.Close())
					r := h.restored(file)
					before(r)
					r.withoutCheck()
					back := r.emptied(folder)
					if err := r.started(); !errors.Is(err, keyring.ErrRingGone) && !errors.Is(err, keyring.ErrOwnLost) {
						t.Errorf("it starts: %v", err)
					}
					if _, err := r.Desk.Checkpoint(t.Context()); what == "" && !errors.Is(err, keyring.ErrRingGone) {
						t.Errorf("it signs: %v", err)
					}
					equal(t, "sealed rows", r.count("secrets", "application = $1", ref.ID) > 0, true)
					equal(t, "keys that have signed", r.count("audit_keys", "1 = 1"), 1)
					back()
					h.ok(r.started())
					_, err = r.Desk.ReadSecrets(t.Context(), r.Administrator, ref.ID)
					h.ok(err)
					_, err = r.Desk.Checkpoint(t.Context())
					h.ok(err)
					equal(t, "keys that have signed", r.count("audit_keys", "1 = 1"), 1)
				})
			})
		}
	}
}

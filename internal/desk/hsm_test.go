//go:build cgo

package desk_test

import (
	"errors"
	"net/url"
	"os"
	"testing"
	"time"

	"uketsuke/internal/desk"
	"uketsuke/internal/keyring"
	"uketsuke/internal/keyring/softhsm"
	"uketsuke/internal/sample"
	"uketsuke/internal/store/storetest"
)

// hsmHouse is a house on SQLite whose keys lie in an HSM.
func hsmHouse(t *testing.T) (*house, softhsm.Token) {
	t.Helper()
	token := softhsm.New(t)
	dsn := storetest.SQLiteFile(t)
	h := newHouse(t, monday, dsn, "sqlite", "file:"+url.PathEscape(dsn)+"?_pragma=busy_timeout(10000)")
	ring, err := keyring.OpenAt(token.URI, h.RingDir)
	h.ok(err)
	t.Cleanup(func() { h.ok(ring.Close()) })
	h.Ring = ring
	h.Desk = h.Another(t)
	_, err = h.Desk.AcceptRing(t.Context(), operator())
	h.ok(err)
	h.ok(h.Desk.CheckRing(t.Context()))
	return h, token
}

func (h *house) keysLeft() int {
	h.t.Helper()
	keys, err := h.Ring.List()
	h.ok(err)
	return len(keys)
}

// The dangerous acts with the keys in an HSM (R-SEC-6): what is issued can be read, moved, erased and made
// void, and with the period the keys are destroyed in the token.
func TestKeysInAnHSM(t *testing.T) {
	h, token := hsmHouse(t)
	read := func(id string) (desk.IDNotice, error) { return h.Desk.ReadSecrets(t.Context(), h.Administrator, id) }
	moved, _ := h.Approved(sample.S1("2024-12-12"))
	erased, _ := h.Approved(sample.S2("2024-12-12"))
	void, _ := h.Approved(sample.S2("2024-12-12"))
	equal(t, "R-SEC-6 a key for each", h.keysLeft(), 3)

	before, err := read(moved.ID)
	h.ok(err)
	h.ok(h.Desk.ChangeStart(t.Context(), h.Supervisor, h.Ref(moved.ID), desk.StartChangeForm{Start: "2024-12-13", Reason: "延期のため"}))
	after, err := read(moved.ID)
	h.ok(err)
	equal(t, "R-EX-9 the password sealed anew", string(after.IDs[0].Password), string(before.IDs[0].Password))
	h.ok(h.Desk.EraseSecrets(t.Context(), h.Administrator, h.Ref(erased.ID)))
	h.ok(h.Desk.Void(t.Context(), h.Supervisor, h.Ref(void.ID), "誤り"))
	equal(t, "R-SEC-6 R-SEC-8 R-EX-8 keys left", h.keysLeft(), 1)

	h.ok(os.Rename(token.Dir, token.Dir+".away"))
	if _, err := read(moved.ID); !errors.Is(err, keyring.ErrRingGone) {
		t.Errorf("R-SEC-6 without the token: %v", err)
	}
	h.ok(os.Rename(token.Dir+".away", token.Dir))
	_, err = read(moved.ID)
	h.ok(err)

	_, _, err = h.Ring.Create(day("2024-12-16"), moved.ID)
	h.ok(err)
	h.Pass(keyring.Grace + time.Minute)
	h.tick()
	equal(t, "R-SEC-6 the orphan is swept", h.keysLeft(), 1)
	h.At("2024-12-18T00:00:00+09:00")
	h.tick()
	equal(t, "R-SEC-6 after the period", h.keysLeft(), 0)
	_, err = read(moved.ID)
	ended(t, err)
	findings, err := h.Desk.Check(t.Context())
	h.ok(err)
	equal(t, "the check finds", len(findings), 0)
}

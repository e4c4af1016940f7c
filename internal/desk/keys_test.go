package desk_test

import (
	"errors"
	"path/filepath"
	"testing"

	"uketsuke/internal/account"
	"uketsuke/internal/desk"
	"uketsuke/internal/keyring"
	"uketsuke/internal/sample"
	"uketsuke/internal/trial"
)

// seal puts the secret of an authenticator app into the database, sealed.
func (h *house) sealTOTP(of account.Actor, clear string) {
	h.t.Helper()
	sealed, err := h.Ring.SealFor("totp", []byte(clear), []byte(of.ID))
	h.ok(err)
	_, err = h.raw.ExecContext(h.t.Context(), "INSERT INTO totp_secrets (account, stage, sealed, created_at) VALUES ($1, 'active', $2, '2024-12-02T01:00:00.000000Z')",
		string(of.ID), sealed)
	h.ok(err)
}

func (h *house) opensTOTP(of account.Actor) (string, error) {
	h.t.Helper()
	var sealed []byte
	h.ok(h.raw.QueryRowContext(h.t.Context(), "SELECT sealed FROM totp_secrets WHERE account = $1", string(of.ID)).Scan(&sealed))
	clear, err := h.Ring.OpenFor("totp", sealed, []byte(of.ID))
	return string(clear), err
}

// A rotated key seals anew what the old one sealed, and the old one may then go (ASVS 11.1.x).
func TestRotationSealsAnew(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.sealTOTP(h.Examiner, "one")
		h.sealTOTP(h.Supervisor, "two")
		for _, of := range []account.Actor{h.Administrator, h.Supervisor} {
			if _, err := h.Desk.RotateKey(t.Context(), of, "totp"); !errors.Is(err, desk.ErrForbidden) {
				t.Errorf("%s rotates: %v", of.Role, err)
			}
			if _, err := h.Desk.RetireKey(t.Context(), of, "totp"); !errors.Is(err, desk.ErrForbidden) {
				t.Errorf("%s retires: %v", of.Role, err)
			}
		}
		done, err := h.Desk.RotateKey(t.Context(), operator(), "totp")
		h.ok(err)
		equal(t, "drawn", len(done.Drawn), 1)
		equal(t, "sealed anew", done.Resealed, 2)
		h.sealTOTP(h.Viewer, "three")
		done, err = h.Desk.RetireKey(t.Context(), operator(), "totp")
		h.ok(err)
		equal(t, "destroyed", len(done.Retired), 1)
		equal(t, "nothing was left under it", done.Resealed, 0)
		for of, want := range map[*account.Actor]string{&h.Examiner: "one", &h.Supervisor: "two", &h.Viewer: "three"} {
			clear, err := h.opensTOTP(*of)
			h.ok(err)
			equal(t, "opened after the rotation", clear, want)
		}
		equal(t, "evidence", h.count("audit_entries", "act IN ('rotate-key', 'retire-key')"), 2)
		if _, err := h.Desk.RotateKey(t.Context(), operator(), "nothing"); !errors.Is(err, keyring.ErrNoKey) {
			t.Errorf("a purpose there is not: %v", err)
		}
	})
}

// The audit log's key signs over to its successor before it goes.
func TestRotationOfTheLogsKey(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.Registered(sample.S1("2024-12-12"))
		_, err := h.Desk.Checkpoint(t.Context())
		h.ok(err)
		_, err = h.Desk.RotateKey(t.Context(), operator(), "audit-log")
		h.ok(err)
		_, err = h.Desk.RetireKey(t.Context(), operator(), "audit-log")
		h.ok(err)
		keys, err := h.Desk.LogKeys(t.Context())
		h.ok(err)
		equal(t, "keys that signed", len(keys), 2)
		equal(t, "the second was handed over to", keys[1].HandOver != "", true)
	})
}

// The ring is lost for good (R-SEC-6): another one is refused until a person accepts it, and what went with
// the old one is then shown as ended, and can be issued anew.
func TestLostRingIsAccepted(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.ok(h.Desk.CheckRing(t.Context()))
		ref, _ := h.Approved(sample.S1("2024-12-12"))
		h.sealTOTP(h.Examiner, "one")
		if _, err := h.Desk.AcceptRing(t.Context(), operator()); !errors.Is(err, desk.ErrRingKept) {
			t.Errorf("nothing is lost: %v", err)
		}
		ring, err := keyring.Open(filepath.Join(trial.Dir(t), "new"))
		h.ok(err)
		h.Ring = ring
		h.Desk = h.Another(t)
		if err := h.Desk.CheckRing(t.Context()); !errors.Is(err, desk.ErrOtherRing) {
			t.Errorf("another ring: %v", err)
		}
		if _, err := h.Desk.AcceptRing(t.Context(), h.Supervisor); !errors.Is(err, desk.ErrForbidden) {
			t.Errorf("a supervisor: %v", err)
		}
		foreseen, err := h.Desk.LookAtRing(t.Context())
		h.ok(err)
		loss, err := h.Desk.AcceptRing(t.Context(), operator())
		h.ok(err)
		same(t, "foreseen", foreseen.Receipts, loss.Receipts)
		equal(t, "applications", len(loss.Receipts), 1)
		equal(t, "authenticator apps", loss.Authenticators, 1)
		h.ok(h.Desk.CheckRing(t.Context()))
		_, err = h.Desk.ReadSecrets(t.Context(), h.Administrator, ref.ID)
		ended(t, err)
		equal(t, "R-SEC-6 sealed rows", h.count("secrets", "1 = 1"), 0)
		equal(t, "what was issued stays", len(h.ids(ref.ID)), 2)
		equal(t, "evidence", h.count("audit_entries", "act = 'accept-ring'"), 1)
	})
}

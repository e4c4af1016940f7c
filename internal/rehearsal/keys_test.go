package rehearsal

import (
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/keyring"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
	"uketsuke/internal/store/storetest"
	"uketsuke/internal/trial"
)

// TestKeysRehearsed goes through what docs/keys.md tells the operator to do, with the real process: its own
// keys are rotated and retired while it serves, and then the ring is lost for good (R-SEC-6).
func TestKeysRehearsed(t *testing.T) {
	t.Parallel()
	dsn := filepath.Join(trial.Durable(t), "uketsuke.db")
	if err := storetest.Migrate(dsn); err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, dsn, 2)
	issue := func() *reissue {
		work := &reissue{approval{h: h, of: &registration{h: h}, issued: past}}
		b := h.signedIn("examiner")
		if err := work.Prepare(b, 1); err != nil {
			t.Fatal(err)
		}
		if _, _, err := h.do(work, b, 0); err != nil {
			t.Fatal(err)
		}
		return work
	}
	issue()
	h.tool("audit", "checkpoint") // a key that has not signed needs no hand-over
	h.says(h.tool("admin", "keys", "list"), `audit-log\.sign\.1 `, `totp\.seal\.1 `)
	h.says(h.tool("admin", "keys", "rotate", "totp"), `would take the place of totp\.seal\.1`, `nothing was changed`)
	h.rotate("totp")
	h.rotate("audit-log")
	h.signedIn("examiner") // with what was sealed anew

	h.stop()
	if err := os.Rename(h.keys, h.keys+".lost"); err != nil {
		t.Fatal(err)
	}
	out, err := h.command().CombinedOutput()
	if err == nil || !strings.Contains(string(out), "not the one this database belongs to") {
		t.Fatalf("a start without the ring: %v\n%s", err, out)
	}
	h.says(h.tool("admin", "ring", "accept-loss"), `issued again: \d{7}[A-Z]\n`, `set up again: 2\n`, `nothing was changed`)
	h.says(h.tool("admin", "ring", "accept-loss", "--really"), `accepted`)
	h.start()
	a, err := h.browser().post("sign in", "/login", url.Values{"login": {"examiner"}, "password": {password}})
	if err != nil || !strings.HasPrefix(a.location, "/login/factor") {
		t.Errorf("the centre's people have to set up their app again: %q, %v", a.location, err)
	}
	h.appAgain("examiner")
	work := issue()
	if err := work.Verify(t.Context(), h.db, nil); err != nil {
		t.Errorf("R-SEC-9 after the loss: %v", err)
	}
	h.stop()
	h.tool("audit", "checkpoint")
	h.tool("audit", "verify") // by three keys: one handed over, one could not
	h.says(h.tool("check"), `^no difference\n$`)
}

// rotate rotates and retires the keys of a purpose.
func (h *house) rotate(purpose string) {
	h.t.Helper()
	h.says(h.tool("admin", "keys", "rotate", purpose, "--really"), `drawn: `+purpose+`\.\w+\.2\n`)
	h.says(h.tool("admin", "keys", "retire", purpose, "--really"), `destroyed: `+purpose+`\.\w+\.1\n`)
}

func (h *house) says(said string, patterns ...string) {
	h.t.Helper()
	for _, pattern := range patterns {
		if !regexp.MustCompile(pattern).MatchString(said) {
			h.t.Errorf("%q does not say %q", said, pattern)
		}
	}
}

// appAgain sets up a person's authenticator app under the ring that is there now.
func (h *house) appAgain(login string) {
	h.t.Helper()
	ring, err := keyring.Open(h.keys)
	if err != nil {
		h.t.Fatal(err)
	}
	sealed, err := ring.SealFor("totp", []byte(appSecret), []byte(login))
	if err != nil {
		h.t.Fatal(err)
	}
	err = h.db.InTx(h.t.Context(), func(tx *store.Tx) error {
		return tx.PutTOTP(h.t.Context(), query.PutTOTPParams{Account: login, Stage: "active", Sealed: sealed, CreatedAt: column.At(time.Now())})
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

package desk_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// app sets an authenticator app up for somebody and returns its secret.
func (h *house) app(by desk.Enroller) []byte {
	h.t.Helper()
	ctx := h.t.Context()
	offer, err := h.Desk.BeginTOTP(ctx, by)
	h.ok(err)
	secret, err := account.ParseTOTPKey(offer.Key)
	h.ok(err)
	by.Mark = offer.Mark
	again, err := h.Desk.WaitingTOTP(ctx, by)
	h.ok(err)
	equal(h.t, "after a wrong code the same secret is shown", again, offer)
	err = h.Desk.ConfirmTOTP(ctx, by, "000000")
	if wrong := problemsOf(err); len(wrong) != 1 || wrong[0].Field != "code" {
		h.t.Errorf("a wrong code: %v", err)
	}
	h.ok(h.Desk.ConfirmTOTP(ctx, by, h.codeOf(secret, 0)))
	return secret
}

// first is somebody between password and second factor.
func (h *house) first(who account.Actor) desk.Enroller {
	h.t.Helper()
	proof, err := h.Desk.SignIn(h.t.Context(), sample.Login(who), sample.Password, desk.Arrival{From: "192.0.2.1"})
	h.ok(err)
	return desk.Enroller{ID: who.ID, First: true, Epoch: proof.Epoch}
}

// codeOf is the code that the app shows some steps from now.
func (h *house) codeOf(secret []byte, steps int64) string {
	h.t.Helper()
	return account.TOTPCode(secret, account.TOTPStep(h.Elapsed())+steps)
}

// atOnce runs f on two desks of one database, some times on each, and counts the successes.
func (h *house) atOnce(f func(context.Context, *desk.Desk) error) int64 {
	h.t.Helper()
	var done atomic.Int64
	var group sync.WaitGroup
	for _, d := range []*desk.Desk{h.Desk, h.Another(h.t)} {
		for range 3 {
			group.Go(func() {
				if f(h.t.Context(), d) == nil {
					done.Add(1)
				}
			})
		}
	}
	group.Wait()
	return done.Load()
}

// An authenticator app, from its set-up to its end.
func TestAuthenticatorApp(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		ctx, p := t.Context(), h.Applicant
		self := desk.Enroller{ID: p.ID}
		secret := h.app(self)
		for table, rows := range h.dump() {
			if strings.Contains(rows, account.TOTPKey(secret)) || strings.Contains(rows, string(secret)) {
				t.Errorf("the secret stands in %s in clear", table)
			}
		}
		prove := func(d *desk.Desk, code string) error {
			_, err := d.SecondFactor(ctx, p.ID, code, "")
			return err
		}
		if err := prove(h.Desk, h.codeOf(secret, 0)); !errors.Is(err, desk.ErrWrongCode) {
			t.Errorf("ASVS 6.5.1: the code of the set-up counts again: %v", err)
		}
		h.Pass(account.TOTPPeriod)
		code := h.codeOf(secret, 0)
		once := h.atOnce(func(_ context.Context, d *desk.Desk) error { return prove(d, code) })
		equal(t, "ASVS 6.5.1: two processes at once take one code", once, int64(1))
		h.Pass(5 * time.Minute) // the failures of the others have slowed the account
		if _, err := h.Desk.SignedIn(ctx, p.ID, desk.Arrival{How: "password", From: "192.0.2.1"}); !errors.Is(err, desk.ErrForbidden) {
			t.Errorf("a password alone is enough: %v", err)
		}
		if _, err := h.Desk.BeginTOTP(ctx, h.first(p)); !errors.Is(err, desk.ErrForbidden) {
			t.Errorf("a second factor is got past by setting up another one: %v", err)
		}
		h.ok(h.Desk.ReauthenticateByCode(ctx, p, h.codeOf(secret, 0)))

		// Whoever began with the password alone does not know what is confirmed in another browser.
		thief, err := h.Desk.BeginTOTP(ctx, self)
		h.ok(err)
		offer, err := h.Desk.BeginTOTP(ctx, self)
		h.ok(err)
		stolen := desk.Enroller{ID: p.ID, Mark: thief.Mark}
		if _, err := h.Desk.WaitingTOTP(ctx, stolen); offer.Key == thief.Key || !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("a secret is shown to another browser: %v", err)
		}
		theirs, err := account.ParseTOTPKey(thief.Key)
		h.ok(err)
		if err := h.Desk.ConfirmTOTP(ctx, stolen, h.codeOf(theirs, 0)); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("a secret that was drawn before counts: %v", err)
		}
		self.Mark = offer.Mark
		other, err := account.ParseTOTPKey(offer.Key)
		h.ok(err)
		h.Pass(16 * time.Minute)
		if err := h.Desk.ConfirmTOTP(ctx, self, h.codeOf(other, 0)); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("a secret is confirmed after a quarter of an hour: %v", err)
		}
		h.ok(prove(h.Desk, h.codeOf(secret, 0))) // the one before goes on
		h.ok(h.Desk.ForgetPendingTOTP(ctx))
		equal(t, "secrets that were not confirmed", h.count("totp_secrets", "stage = 'pending'"), 0)
		h.ok(h.Desk.RemoveTOTP(ctx, p))
		equal(t, "mails of set-up and removal", h.count("outbox", "kind = '"+string(application.MailFactorsChanged)+"'"), 2)
	})
}

// found says how many things the independent check finds.
func (h *house) found(n int) {
	h.t.Helper()
	findings, err := h.Desk.Check(h.t.Context())
	h.ok(err)
	if len(findings) != n {
		h.t.Errorf("the check finds %d things, want %d: %v", len(findings), n, findings)
	}
}

// ASVS 6.5.2, 6.5.6: recovery codes stand hashed, count once, and end with the next set.
func TestRecoveryCodes(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		ctx, p := t.Context(), h.Applicant
		if _, err := h.Desk.NewRecoveryCodes(ctx, p); len(problemsOf(err)) != 1 {
			t.Errorf("recovery codes without a factor: %v", err)
		}
		h.app(desk.Enroller{ID: p.ID})
		codes, err := h.Desk.NewRecoveryCodes(ctx, p)
		h.ok(err)
		equal(t, "codes", len(codes), account.RecoveryCodes)
		for _, rows := range h.dump() {
			if strings.Contains(rows, codes[0]) {
				t.Error("a code stands in the database")
			}
		}
		once := h.atOnce(func(ctx context.Context, d *desk.Desk) error {
			_, err := d.SecondFactor(ctx, p.ID, codes[0], "")
			return err
		})
		equal(t, "two processes at once take one code", once, int64(1))
		h.Pass(5 * time.Minute)
		_, err = h.Desk.NewRecoveryCodes(ctx, p)
		h.ok(err)
		h.found(0)
		_, err = h.raw.ExecContext(ctx, "UPDATE totp_secrets SET account = 'p-viewer'")
		h.ok(err)
		h.found(2) // sealed for another account, and codes that stand in for nothing
		_, err = h.raw.ExecContext(ctx, "UPDATE totp_secrets SET account = 'p-applicant'")
		h.ok(err)
		if _, err := h.Desk.SecondFactor(ctx, p.ID, codes[1], ""); !errors.Is(err, desk.ErrWrongCode) {
			t.Errorf("a code of the set before counts: %v", err)
		}
	})
}

// Who has lost every factor gets them reset, by whom that is allowed, and is told.
func TestResetFactors(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		ctx := t.Context()
		h.app(h.first(h.Examiner))
		if err := h.Desk.RemoveTOTP(ctx, h.Examiner); len(problemsOf(err)) != 1 {
			t.Errorf("ASVS 6.3.3: the last factor of the centre is removed: %v", err)
		}
		session, err := h.Desk.SignedIn(ctx, h.Examiner.ID, desk.Arrival{How: "password+totp", From: "192.0.2.1"})
		h.ok(err)
		for _, tt := range []struct {
			name string
			by   account.Actor
			of   account.ID
			want error
		}{
			{"a colleague", h.Colleague, h.Examiner.ID, desk.ErrNotFound},
			{"an administrator, of the centre", h.Administrator, h.Examiner.ID, desk.ErrNotFound},
			{"an administrator elsewhere", h.OtherAdministrator, h.Applicant.ID, desk.ErrNotFound},
			{"a viewer", h.Viewer, h.Applicant.ID, desk.ErrForbidden},
			{"an administrator, of herself", h.Administrator, h.Administrator.ID, desk.ErrForbidden},
			{"nobody there", h.Supervisor, "p-nobody", desk.ErrNotFound},
		} {
			if err := h.Desk.ResetFactors(ctx, tt.by, tt.of); !errors.Is(err, tt.want) {
				t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
			}
		}
		h.ok(h.Desk.ResetFactors(ctx, h.Supervisor, h.Examiner.ID))
		if _, err := h.Desk.Actor(ctx, session.SignIn); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("the session goes on: %v", err)
		}
		proof, err := h.Desk.SignIn(ctx, sample.Login(h.Examiner), sample.Password, desk.Arrival{From: "192.0.2.1"})
		h.ok(err)
		equal(t, "what is needed now", proof.Needs, desk.NeedsFactor)
		equal(t, "letters of a reset", h.count("outbox", "payload LIKE '%\"reset\"%'"), 1)
		h.app(desk.Enroller{ID: h.Applicant.ID})
		h.ok(h.Desk.ResetFactors(ctx, h.Administrator, h.Applicant.ID))
	})
}

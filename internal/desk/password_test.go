package desk_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// linkIn is the token of the newest one-time link of a kind.
func (h *house) linkIn(kind string) string {
	h.t.Helper()
	ids := h.rows("SELECT id FROM setup_links WHERE kind = $1 AND used_at IS NULL", kind)
	if len(ids) != 1 {
		h.t.Fatalf("%d open links of kind %s, want one", len(ids), kind)
	}
	url, err := h.Desk.LinkURL(ids[0])
	h.ok(err)
	return url[strings.LastIndex(url, "/")+1:]
}

// mailed is how many mails of a kind went to an address.
func (h *house) mailed(kind application.Mail, address string) int {
	h.t.Helper()
	return h.count("outbox", "kind = $1 AND recipient = $2", string(kind), address)
}

func (h *house) isOver(name string, s desk.Session, want bool) {
	h.t.Helper()
	_, err := h.Desk.Actor(h.t.Context(), s.SignIn)
	if errors.Is(err, desk.ErrNotFound) != want {
		h.t.Errorf("%s: the session is over is %v, want %v", name, !want, want)
	}
}

// ASVS 6.2.2, 6.2.3, 7.4.3, 6.3.7: the old password is asked for, the other sessions end, the owner is told.
func TestChangeOfPassword(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ctx, address := t.Context(), sample.Email(h.Applicant)
		const chosen = "eleven gulls on a ｗｅｔ roof"
		own, other := h.signIn(h.Applicant), h.signIn(h.Applicant)
		change := func(old, new string) error {
			return h.Desk.ChangePassword(ctx, own, desk.PasswordChange{Old: old, New: new, Again: new}, "192.0.2.1")
		}
		wrong(t, change("wrong", chosen))
		broken(t, change(sample.Password, sample.Password), "ASVS-6.2.2", "password")
		broken(t, change(sample.Password, "short"), "ASVS-6.2.1", "password")
		broken(t, change(sample.Password, sample.Login(h.Applicant)+"-NACCS-2024-NACCS"), "ASVS-6.2.4", "password")
		h.isOver("after refusals", other, false)
		h.ok(change(sample.Password, chosen))
		h.isOver("own", own, false)
		h.isOver("other", other, true)
		equal(t, "told", h.mailed(application.MailCredential, address), 1)
		_, err := h.Desk.SignIn(ctx, sample.Login(h.Applicant), sample.Password, desk.Arrival{From: "192.0.2.1"})
		wrong(t, err)
		_, err = h.Desk.SignIn(ctx, sample.Login(h.Applicant), "eleven gulls on a wet roof", desk.Arrival{From: "192.0.2.1"})
		h.ok(err) // typed in half width
	})
}

// ASVS 6.4.3, 6.3.8, 6.5.1–6.5.5, trap 12: a reset by mail.
func TestResetOfPassword(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ctx, login, address := t.Context(), sample.Login(h.Applicant), sample.Email(h.Applicant)
		const chosen = "eleven gulls on a wet roof"
		session := h.signIn(h.Applicant)
		h.ok(h.Desk.AskReset(ctx, "nobody", "192.0.2.1"))
		equal(t, "mails for nobody", h.count("outbox", "1 = 1"), 0)
		h.ok(h.Desk.AskReset(ctx, login, "192.0.2.1"))
		first := h.linkIn("reset")
		h.ok(h.Desk.AskReset(ctx, " "+strings.ToUpper(login)+" ", "192.0.2.1"))
		token := h.linkIn("reset")
		equal(t, "mails", h.mailed(application.MailReset, address), 2)
		h.isOver("asking changes nothing", session, false)
		if err := h.Desk.SetFirstPassword(ctx, first, chosen, chosen); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("the link before: %v", err)
		}
		for range 3 {
			h.ok(h.unchanged("trap 12: looking", func() error { _, err := h.Desk.SetupLink(ctx, token); return err }))
		}
		broken(t, h.Desk.SetFirstPassword(ctx, token, "passwordpassword", "passwordpassword"), "ASVS-6.2.4", "password")
		if err := h.Desk.ConfirmAddress(ctx, token); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("a link for something else: %v", err)
		}
		h.ok(h.Desk.SetFirstPassword(ctx, token, chosen, chosen))
		h.isOver("after the reset", session, true)
		equal(t, "told", h.mailed(application.MailCredential, address), 1)
		if err := h.Desk.SetFirstPassword(ctx, token, chosen, chosen); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("used twice: %v", err)
		}
		_, err := h.Desk.SignIn(ctx, login, chosen, desk.Arrival{From: "192.0.2.1"})
		h.ok(err)
		for table, rows := range h.dump() {
			if _, secret, _ := strings.Cut(token, "."); strings.Contains(rows, secret) {
				t.Errorf("ASVS 6.5.2: the link stands in %s", table)
			}
		}

		for range 5 { // the third of this hour was the last that was sent
			h.ok(h.Desk.AskReset(ctx, login, "192.0.2.2"))
		}
		equal(t, "mails in an hour", h.mailed(application.MailReset, address), 3)
		h.Pass(time.Hour)
		if _, err := h.Desk.SetupLink(ctx, h.linkIn("reset")); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("after an hour: %v", err)
		}
		h.Pass(2 * time.Hour)
		h.ok(h.Desk.AskReset(ctx, login, "192.0.2.2"))
		late := h.linkIn("reset")
		equal(t, "mails in the next", h.mailed(application.MailReset, address), 4)
		h.ok(h.Desk.AskReset(ctx, sample.Login(h.Viewer), "192.0.2.2"))
		equal(t, "another's", h.mailed(application.MailReset, sample.Email(h.Viewer)), 1)
		for range 20 {
			h.ok(h.Desk.AskReset(ctx, "nobody", "192.0.2.3"))
		}
		h.ok(h.Desk.AskReset(ctx, sample.Login(h.Administrator), "192.0.2.3"))
		equal(t, "from an address that asks too often", h.mailed(application.MailReset, sample.Email(h.Administrator)), 0)
		_, err = h.raw.ExecContext(ctx, "UPDATE accounts SET status = 'stopped' WHERE id = $1", string(h.Applicant.ID))
		h.ok(err)
		if err := h.Desk.SetFirstPassword(ctx, late, chosen, chosen); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("of somebody who was stopped: %v", err)
		}
		_, err = h.raw.ExecContext(ctx, "UPDATE accounts SET status = 'active' WHERE id = $1", string(h.Applicant.ID))
		h.ok(err)
	})
}

// ASVS 6.3.7: another mail address counts when it was confirmed at that address, and both are told.
func TestChangeOfAddress(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ctx, before := t.Context(), sample.Email(h.Administrator)
		const after = "new@mihon.example"
		h.Approved(sample.S2("2024-12-12")) // mails to the address of before stay right
		session := h.signIn(h.Administrator)
		broken(t, h.Desk.AskAddress(ctx, session, "nonsense"), "R-APP-12", "address")
		broken(t, h.Desk.AskAddress(ctx, session, before), "ASVS-6.3.7", "address")
		h.ok(h.Desk.AskAddress(ctx, session, after))
		equal(t, "confirmation", h.mailed(application.MailConfirmAddress, after), 1)
		equal(t, "warning", h.mailed(application.MailCredential, before), 1)
		own, err := h.Desk.OwnAccount(ctx, h.Administrator)
		h.ok(err)
		equal(t, "still", own.Email+" "+own.Pending, before+" "+after)
		token := h.linkIn("address")
		h.ok(h.unchanged("trap 12: looking", func() error { _, err := h.Desk.SetupLink(ctx, token); return err }))
		if err := h.Desk.SetFirstPassword(ctx, token, "eleven gulls on a wet roof", "eleven gulls on a wet roof"); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("a link for something else: %v", err)
		}
		h.At("2024-12-02T11:00:00+09:00")
		h.ok(h.Desk.ConfirmAddress(ctx, token))
		if err := h.Desk.ConfirmAddress(ctx, token); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("used twice: %v", err)
		}
		own, err = h.Desk.OwnAccount(ctx, h.Administrator)
		h.ok(err)
		equal(t, "now", own.Email+" "+own.Pending, after+" ")
		equal(t, "told before", h.mailed(application.MailCredential, before), 2)
		equal(t, "told after", h.mailed(application.MailCredential, after), 1)
		h.At("2024-12-02T12:00:00+09:00")
		h.Registered(sample.S2("2024-12-12"))
		equal(t, "mails go there", h.mailed(application.MailRegistered, after), 1)
		for n := range 4 {
			h.Pass(time.Minute)
			if err := h.Desk.AskAddress(ctx, session, after+"x"); (err != nil) != (n >= 2) {
				t.Errorf("ASVS-6.3.1 asked %d times: %v", n+2, err)
			}
		}
	})
}

// R-MAIL-3: only copies that ask for nothing can be turned off, and then they are not sent.
func TestMailsThatAreNotWanted(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ctx := t.Context()
		broken(t, h.Desk.SetWantedMails(ctx, h.Administrator, []string{string(application.MailApproved)}), "R-MAIL-3", "mails")
		broken(t, h.Desk.SetWantedMails(ctx, h.Applicant, []string{string(application.MailInEffect)}), "R-MAIL-3", "mails")
		h.ok(h.Desk.SetWantedMails(ctx, h.Administrator, nil))
		h.Approved(sample.S2("2024-12-12"))
		h.At("2024-12-12T09:00:00+09:00")
		h.tick()
		equal(t, "in effect", h.mailed(application.MailInEffect, sample.Email(h.Administrator)), 0)
		equal(t, "in effect, the applicant's", h.mailed(application.MailInEffect, sample.Email(h.Applicant)), 1)
		equal(t, "approved", h.mailed(application.MailApproved, sample.Email(h.Administrator)), 1)
	})
}

// ASVS 6.3.5: a browser that is not known is told of, once.
func TestNewDevice(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		address := sample.Email(h.Applicant)
		by := func(device string) {
			h.signInBy(h.Applicant, desk.Arrival{How: "password", From: "192.0.2.1", Agent: "curl/8\r\n", Device: device})
		}
		by("one")
		equal(t, "the first", h.mailed(application.MailNewDevice, address), 0)
		by("two")
		by("two")
		by("one")
		equal(t, "the second", h.mailed(application.MailNewDevice, address), 1)
		equal(t, "marks are hashed", h.count("devices", "device IN ('one', 'two')"), 0)
		h.signInBy(h.Viewer, desk.Arrival{How: "password", From: "192.0.2.1", Device: "two"})
		equal(t, "another's rows do not tell", len(h.rows("SELECT DISTINCT device FROM devices")), 3)
		h.Pass(401 * 24 * time.Hour)
		h.ok(h.Desk.ForgetSignIns(t.Context()))
		equal(t, "trap 23: forgotten", h.count("devices", "1 = 1"), 0)
	})
}

// The independent check finds who is in and should not be, and links and addresses that are nobody's.
func TestCheckOfAccess(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		session := h.signIn(h.Applicant)
		h.ok(h.Desk.AskReset(t.Context(), sample.Login(h.Viewer), "192.0.2.1"))
		h.ok(h.Desk.AskAddress(t.Context(), session, "new@mihon.example"))
		h.ok(h.Desk.ConfirmAddress(t.Context(), h.linkIn("address")))
		for _, statement := range []string{
			"UPDATE accounts SET status = 'stopped' WHERE id = '" + string(h.Applicant.ID) + "'",
			"UPDATE outbox SET recipient = 'somebody@else.example' WHERE kind = 'password-reset'",
			"UPDATE accounts SET email = 'never@mihon.example' WHERE id = '" + string(h.Applicant.ID) + "'",
		} {
			_, err := h.raw.ExecContext(t.Context(), statement)
			h.ok(err)
		}
		findings, err := h.Desk.Check(t.Context())
		h.ok(err)
		var text strings.Builder
		for _, f := range findings {
			text.WriteString(f.String() + "\n")
		}
		for _, want := range []string{"the session " + session.SignIn + " goes on", "has a link that is not its reader's", "nobody has confirmed it"} {
			if !strings.Contains(text.String(), want) {
				t.Errorf("the check does not find that %s:\n%s", want, text.String())
			}
		}
	})
}

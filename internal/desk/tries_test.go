package desk_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// slowed says whether a try was not looked at.
func slowed(err error) bool {
	_, is := errors.AsType[*desk.TooManyTries](err)
	return is
}

// ASVS 6.3.1: strangers who try four times a second, from one address or from many, with one login or with
// many, keep nobody out who signs in with a browser of before, and nobody from proving who they are in a session.
func TestPollingKeepsNobodyOut(t *testing.T) {
	const home = "192.0.2.20"
	attacks := map[string]func(i int) (login, from string){
		"one login from one address":       func(int) (string, string) { return "", "203.0.113.1" },
		"one login from many addresses":    func(i int) (string, string) { return "", fmt.Sprintf("203.0.113.%d", i%250) },
		"many logins from the own address": func(i int) (string, string) { return fmt.Sprintf("guess-%d", i), home },
		"one login from the own address":   func(int) (string, string) { return "", home },
		"one login from a network of IPv6": func(i int) (string, string) { return "", fmt.Sprintf("2001:db8:1:2::%x", i) },
	}
	for name, attack := range attacks {
		each(t, monday, func(t *testing.T, h *house) {
			ctx, login := t.Context(), sample.Login(h.Applicant)
			at := desk.Arrival{How: "password", From: home, Device: "the browser of before"}
			_, err := h.Desk.SignedIn(ctx, h.Applicant.ID, at)
			h.ok(err)
			owners, looked := 0, 0
			for i := range 200 {
				whose, from := attack(i)
				if whose == "" {
					whose = login
				}
				_, err := h.Desk.SignIn(ctx, whose, "wrong", desk.Arrival{From: from, Device: "another browser"})
				if !slowed(err) {
					wrong(t, err)
					looked++
				}
				h.Pass(250 * time.Millisecond)
				if i%40 != 39 {
					continue
				}
				if _, err := h.Desk.SignIn(ctx, login, sample.Password, at); err != nil {
					t.Errorf("%s: the owner, after %d tries: %v", name, i+1, err)
				}
				h.ok(h.Desk.Reauthenticate(ctx, h.Applicant, sample.Password, home))
				owners++
			}
			if looked > 60 || owners != 5 {
				t.Errorf("%s: %d of 200 guesses were looked at, the owner came %d times", name, looked, owners)
			}
			if n := h.count("audit_entries", "act = 'sign-in-failed'"); n > 60 {
				t.Errorf("trap 23: %s: %d entries", name, n)
			}
		})
	}
}

// Whoever has the browser of before and not the password is slowed by its own tries.
func TestKnownBrowsersAreSlowedToo(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		ctx, login := t.Context(), sample.Login(h.Applicant)
		at := desk.Arrival{How: "password", From: "192.0.2.20", Device: "the browser of before"}
		_, err := h.Desk.SignedIn(ctx, h.Applicant.ID, at)
		h.ok(err)
		for range 5 {
			_, err := h.Desk.SignIn(ctx, login, "wrong", at)
			wrong(t, err)
		}
		if _, err := h.Desk.SignIn(ctx, login, sample.Password, at); !slowed(err) {
			t.Errorf("after five wrong passwords: %v", err)
		}
		// Its mark helps with no other account.
		for range 5 {
			_, err := h.Desk.SignIn(ctx, sample.Login(h.Administrator), "wrong", at)
			wrong(t, err)
		}
		if _, err := h.Desk.SignIn(ctx, sample.Login(h.Administrator), sample.Password, at); !slowed(err) {
			t.Errorf("another's account, after five wrong passwords: %v", err)
		}
	})
}

// A reset of a password cannot be asked away: whoever asks all day, at the worst moments, leaves the owner a mail within
// each hour, and does not fill the log (trap 23).
func TestResetIsNotAskedAway(t *testing.T) {
	for _, pause := range []time.Duration{50 * time.Minute, 20 * time.Minute, 30 * time.Second} {
		each(t, monday, func(t *testing.T, h *house) {
			ctx, login, address := t.Context(), sample.Login(h.Applicant), sample.Email(h.Applicant)
			began := h.Elapsed()
			for hours := 1; h.Elapsed().Sub(began) < 12*time.Hour; {
				h.ok(h.Desk.AskReset(ctx, login, "203.0.113.1"))
				h.Pass(pause)
				if h.Elapsed().Sub(began) < time.Duration(hours)*2*time.Hour {
					continue
				}
				if mails := h.mailed(application.MailReset, address); mails < hours || mails > hours*8 {
					t.Errorf("every %v: after %d hours %d mails", pause, 2*hours, mails)
				}
				hours++
			}
			if n := h.count("audit_entries", "act IN ('ask-reset', 'ask-reset-in-vain')"); n > 80 {
				t.Errorf("every %v: %d entries", pause, n)
			}
			for i := range 200 {
				h.ok(h.Desk.AskReset(ctx, fmt.Sprintf("nobody-%d", i), "203.0.113.77"))
			}
			if n := h.count("sign_in_tries", "subject LIKE 'reset:nobody%'"); n > 25 {
				t.Errorf("%d counters of logins that nobody has", n)
			}
		})
	}
}

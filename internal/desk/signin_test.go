package desk_test

import (
	"errors"
	"testing"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// signIn is a session of a person whose password was right.
func (h *house) signIn(who account.Actor) desk.Session {
	h.t.Helper()
	how := "password"
	if who.Role.OfCentre() {
		how = "password+totp" // what the second step proves is another test's matter
	}
	return h.signInBy(who, desk.Arrival{How: how, From: "192.0.2.1", Agent: "a browser", Device: "mark"})
}

func (h *house) signInBy(who account.Actor, by desk.Arrival) desk.Session {
	h.t.Helper()
	proof, err := h.Desk.SignIn(h.t.Context(), sample.Login(who), sample.Password, by)
	h.ok(err)
	session, err := h.Desk.SignedIn(h.t.Context(), proof.Account, by)
	h.ok(err)
	return session
}

// ASVS 7.3.1, 7.3.2, 7.4.1, 7.5.2: a session ends after 30 minutes without a visit, after 12 hours in any case, and
// when its owner ends it.
func TestSessionsEnd(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		over := func(name string, s desk.Session) {
			t.Helper()
			if _, err := h.Desk.Actor(t.Context(), s.SignIn); !errors.Is(err, desk.ErrNotFound) {
				t.Errorf("%s: the session goes on: %v", name, err)
			}
		}
		on := func(name string, s desk.Session) desk.Session {
			t.Helper()
			now, err := h.Desk.Actor(t.Context(), s.SignIn)
			if err != nil {
				t.Errorf("%s: the session is over: %v", name, err)
			}
			return now
		}
		idle := h.signIn(h.Applicant)
		h.Pass(desk.SessionIdle - time.Second)
		on("a second before 30 minutes", idle)
		h.Pass(time.Second)
		over("30 minutes without a visit", idle)
		long := h.signIn(h.Applicant)
		for range 35 {
			h.Pass(20 * time.Minute)
			var err error
			long, err = h.Desk.Seen(t.Context(), on("visited every 20 minutes", long))
			h.ok(err)
		}
		h.Pass(20*time.Minute - time.Second)
		equal(t, "the last minutes end with the 12 hours", on("11:59:59", long).EndsAt, long.LastsUntil)
		h.Pass(time.Second)
		over("12 hours in all", long)
		h.ok(h.Desk.ForgetSignIns(t.Context()))
		equal(t, "ended by time", h.count("sign_ins", "why_ended = 'time'"), 2)

		one, two, three, other := h.signIn(h.Applicant), h.signIn(h.Applicant), h.signIn(h.Applicant), h.signIn(h.Viewer)
		listed, err := h.Desk.SignIns(t.Context(), h.Applicant)
		h.ok(err)
		equal(t, "listed", len(listed), 3)
		if err := h.Desk.EndSignIn(t.Context(), h.Applicant, other.SignIn); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("somebody else's session: %v", err)
		}
		h.ok(h.Desk.EndSignIn(t.Context(), h.Applicant, one.SignIn))
		over("ended by its owner", one)
		h.ok(h.Desk.EndOtherSignIns(t.Context(), h.Applicant, two.SignIn))
		over("ended with the others", three)
		on("kept", two)
		on("of somebody else", other)
		h.ok(h.Desk.SignOut(t.Context(), h.Applicant, two.SignIn))
		over("signed out", two)
		h.Pass(91 * 24 * time.Hour)
		h.ok(h.Desk.ForgetSignIns(t.Context()))
		h.Pass(91 * 24 * time.Hour)
		h.ok(h.Desk.ForgetSignIns(t.Context()))
		equal(t, "trap 23: rows after half a year", h.count("sign_ins", "1 = 1"), 0)
	})
}

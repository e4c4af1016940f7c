package desk_test

import (
	"errors"
	"path"
	"testing"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// R-APP-11: the wish is judged by the instant of registration. A closing day entered after it, on the very
// day that was wished, leaves the application approvable; only the start moves (R-EX-4).
func TestClosingDayAfterRegistration(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		ref := h.UnderExamination(sample.S2("2024-12-12"))
		h.At("2024-12-03T09:00:00+09:00")
		_, err := h.Desk.Import(t.Context(), operator(), desk.Setup{ClosingDays: []desk.NewClosingDay{{Day: day("2024-12-12"), Name: "臨時休業"}}}, false)
		h.ok(err)
		x, err := h.Desk.Examine(t.Context(), h.Examiner, ref.ID)
		h.ok(err)
		for _, check := range x.Checks {
			if !check.Green() {
				t.Errorf("check %s is red: %v", check.Rule, check.Problems)
			}
		}
		equal(t, "earliest start", x.Earliest, day("2024-12-13"))
		_, err = h.approve(ref, 1, "2024-12-12", "")
		broken(t, err, "R-EX-4", "start")
		_, err = h.approve(ref, 1, "2024-12-13", x.EarliestReason)
		h.ok(err)
	})
}

// A person who has lost the password gets a new link: the ones before are over, the password works until
// the new one is used, and using it ends every session of before.
func TestNewLink(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		login := sample.Login(h.Applicant)
		before := h.signIn(h.Applicant)
		link := func() string {
			report, err := h.Desk.Import(t.Context(), operator(), desk.Setup{Links: []string{login}}, false)
			h.ok(err)
			return path.Base(report.Links[login])
		}
		first, second := link(), link()
		if _, err := h.Desk.SetupLink(t.Context(), first); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("the link before is over: got %v", err)
		}
		h.ok(h.Desk.SetFirstPassword(t.Context(), second, "a quite different phrase", "a quite different phrase"))
		_, err := h.Desk.SignIn(t.Context(), login, "a quite different phrase", desk.Arrival{From: "192.0.2.1"})
		h.ok(err)
		if _, err := h.Desk.Actor(t.Context(), before.SignIn); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("the session of before goes on: %v", err)
		}
		_, err = h.Desk.Import(t.Context(), operator(), desk.Setup{Links: []string{"nobody"}}, false)
		broken(t, err, "ASVS-6.4.1", "login")
	})
}

// R-EX-4: the reason belongs to a difference; a text left in the field while the start is as wished would be
// shown as 希望日と異なる理由.
func TestNoReasonWithoutADifference(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref := h.UnderExamination(sample.S2("2024-12-12"))
		_, err := h.approve(ref, 1, "2024-12-12", "書きかけの理由")
		h.ok(err)
		equal(t, "R-EX-4 reason", h.Case(h.Applicant, ref.ID).StartReason, "")
	})
}

// S7: the examiner sees what changed in the settings too, not only in the registered document.
func TestSettingsChangedSinceTheVersionBefore(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref := h.Returned(sample.S2("2024-12-12"))
		changed := sample.CompleteTab(h.Desk.Catalogue, application.NameTab, 1)
		changed["address"] = "東京都港区海岸2-2-2"
		h.ok(h.Desk.SaveSettings(t.Context(), h.Applicant, h.Ref(ref.ID), 1, application.NameTab, changed))
		_, err := h.Desk.Register(t.Context(), h.Applicant, h.Ref(ref.ID), true)
		h.ok(err)
		x, err := h.Desk.Examine(t.Context(), h.Examiner, ref.ID)
		h.ok(err)
		if len(x.Since) != 1 || x.Since[0].Field != "settings.1.name.address" || x.Since[0].After != changed["address"] {
			t.Errorf("S7 changed since the version before: %+v", x.Since)
		}
	})
}

// R-APP-17: which rules of use were confirmed, and when, stands with the version and in the evidence.
func TestRulesOfUseAreKept(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.Registered(sample.S2("2024-12-12"))
		version := h.Desk.Operator.RulesVersion
		equal(t, "R-APP-17 version and time", h.count("application_versions", "rules_version = $1 AND registered_at = $2",
			version, "2024-12-02T01:00:00.000000Z"), 1)
		equal(t, "R-APP-17 evidence", h.count("audit_entries", "act = 'register' AND entry LIKE $1", "%"+version+"%"), 1)
	})
}

// The letter of a return says until when an answer is awaited (lifecycle.md, expire return).
func TestReturnSaysUntilWhen(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref := h.Returned(sample.S2("2024-12-12"))
		letters := h.letters(ref.ID, application.MailReturned)
		equal(t, "letters", len(letters), 2)
		for _, l := range letters {
			equal(t, "the day of the withdrawal", l.ExpiresOn, day("2025-03-02"))
		}
	})
}

// E2, R-SEC-7: the card of unread passwords is for those who may read them.
func TestUnreadPasswordsAreForReaders(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.Approved(sample.S2("2024-12-12"))
		colleague := h.Applicant
		colleague.ID = "p-colleague"
		for actor, want := range map[account.Actor]int{h.Applicant: 1, h.Administrator: 1, colleague: 0} {
			menu, err := h.Desk.Top(t.Context(), actor)
			h.ok(err)
			equal(t, "cards of "+string(actor.ID), len(menu.Todo), want)
		}
	})
}

// Somebody elsewhere who knows a login cannot keep its owner out: the wait is that of the address.
func TestWrongPasswordsElsewhereKeepNobodyOut(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		login := sample.Login(h.Applicant)
		for looked := 0; looked < 9; {
			_, err := h.Desk.SignIn(t.Context(), login, "wrong", desk.Arrival{From: "203.0.113.1"})
			if _, slowed := errors.AsType[*desk.TooManyTries](err); slowed {
				h.Pass(time.Minute)
				continue
			}
			looked++
		}
		_, err := h.Desk.SignIn(t.Context(), login, sample.Password, desk.Arrival{From: "203.0.113.1"})
		if _, slowed := errors.AsType[*desk.TooManyTries](err); !slowed {
			t.Errorf("the guesser is not slowed: %v", err)
		}
		_, err = h.Desk.SignIn(t.Context(), login, sample.Password, desk.Arrival{From: "192.0.2.20"})
		h.ok(err)
		h.ok(h.Desk.ForgetTries(t.Context()))
		if h.count("sign_in_tries", "1 = 1") == 0 {
			t.Error("what still counts was forgotten")
		}
		h.Pass(2 * time.Hour)
		h.ok(h.Desk.ForgetTries(t.Context()))
		equal(t, "failures kept", h.count("sign_in_tries", "1 = 1"), 0)
	})
}

// R-ID-3: an existing number and its method are of one class.
func TestImportedNumbersFitTheirMethod(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		e := sample.Setup().Establishments[0]
		e.ID = "later"
		for number, fits := range map[string]bool{"001": false, "B0A": true} {
			e.Codes = []desk.NewCode{{Code: "1ZNAC", Category: "common",
				IDs: []desk.NewID{{Number: number, Trades: []string{"customs-broker"}, Method: "netnaccs"}}}}
			_, err := h.Desk.Import(t.Context(), operator(), desk.Setup{Establishments: []desk.NewEstablishment{e}}, true)
			if fits {
				h.ok(err)
				continue
			}
			broken(t, err, "R-ID-3", "ids.0.number")
		}
	})
}

// R-APP-11, C1: what arrives after 17:00 waits from the next business day on.
func TestWaitingCountsFromTheBaseDay(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		h.Registered(sample.S2("2024-12-13"))
		h.At("2024-12-02T17:00:01+09:00")
		h.Registered(sample.S2("2024-12-13"))
		h.At("2024-12-04T10:00:00+09:00")
		queue, err := h.Desk.Queue(t.Context(), h.Examiner, desk.ListQuery{})
		h.ok(err)
		same(t, "waiting", []int{queue.Rows[0].Waiting, queue.Rows[1].Waiting}, []int{2, 1})
	})
}

// R-EX-9: the first day to which a start date can be moved is said, and taken.
func TestEarliestChangeOfStart(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(incomplete(sample.S2("2024-12-12")))
		h.At("2024-12-06T10:00:00+09:00")
		equal(t, "incomplete: today + 6 BD", h.Case(h.Supervisor, ref.ID).EarliestChange, day("2024-12-16"))
		early := desk.StartChangeForm{Start: "2024-12-13", Reason: "準備のため"}
		broken(t, h.Desk.ChangeStart(t.Context(), h.Supervisor, h.Ref(ref.ID), early), "R-EX-9", "start")
		h.ok(h.Desk.ChangeStart(t.Context(), h.Supervisor, h.Ref(ref.ID), desk.StartChangeForm{Start: "2024-12-16", Reason: "準備のため"}))
	})
}

// R-APP-13: taking the earliest day keeps what else was kept of the page.
func TestUseEarliestKeepsTheRest(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		ref := h.Draft(sample.S2("2024-12-12"))
		h.ok(h.Desk.KeepTyped(t.Context(), h.Applicant, h.Ref(ref.ID), "start", map[string][]string{"desired": {"x"}, "reason": {"書きかけ"}}))
		h.ok(h.Desk.UseEarliest(t.Context(), h.Applicant, h.Ref(ref.ID)))
		kept := h.Case(h.Applicant, ref.ID).Draft.Typed["start"]
		same(t, "reason", kept["reason"], []string{"書きかけ"})
		equal(t, "desired", len(kept["desired"]), 0)
		problems, err := h.Desk.StartProblems(t.Context(), desk.StartForm{Kinds: []string{"user-code"}, Desired: "令和6年12月12日", Reason: "書きかけ"})
		h.ok(err)
		equal(t, "a day as people write it", len(problems), 0)
		problems, err = h.Desk.StartProblems(t.Context(), desk.StartForm{Desired: "2024-12-01"})
		h.ok(err)
		for _, field := range []string{"kinds", "desired", "reason"} {
			equal(t, "problems at "+field, len(problems.At(field)), 1)
		}
	})
}

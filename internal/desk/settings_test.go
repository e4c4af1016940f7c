package desk_test

import (
	"slices"
	"testing"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// R-SET-2: while the centre examines, settings can be completed, and the examiner's page stays valid.
func TestSettingsWhileExamined(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		o := incomplete(sample.S2("2024-12-12"))
		ref := h.UnderExamination(o)
		x, err := h.Desk.Examine(t.Context(), h.Examiner, ref.ID)
		h.ok(err)
		digest := x.Case.Digest
		h.Complete(h.Applicant, ref.ID, o)
		equal(t, "R-SET-2 version", h.Ref(ref.ID).Version, ref.Version)
		view := h.Case(h.Examiner, ref.ID)
		equal(t, "complete", view.SettingsComplete, true)
		equal(t, "R-APP-16 the digest stays", view.Digest, digest)
		equal(t, "no mail before the approval", len(h.letters(ref.ID, application.MailSettingsComplete)), 0)
		_, err = h.approve(ref, 1, "2024-12-12", "")
		h.ok(err)
		equal(t, "settings facts", h.count("code_settings", "revoked_at IS NULL"), 3)
	})
}

func TestSettingsInEveryState(t *testing.T) {
	o := incomplete(sample.S2("2024-12-12"))
	for name, make := range map[string]func(*house) desk.Ref{
		"draft":             func(h *house) desk.Ref { return h.Draft(o) },
		"registered":        func(h *house) desk.Ref { ref, _ := h.Registered(o); return ref },
		"under examination": func(h *house) desk.Ref { return h.UnderExamination(o) },
		"returned":          func(h *house) desk.Ref { return h.Returned(o) },
		"approved":          func(h *house) desk.Ref { ref, _ := h.Approved(o); return ref },
	} {
		t.Run("R-SET-2 "+name, func(t *testing.T) {
			eachSound(t, monday, func(t *testing.T, h *house) {
				ref := make(h)
				equal(t, "before", h.Case(h.Applicant, ref.ID).SettingsComplete, false)
				h.Complete(h.Administrator, ref.ID, o)
				equal(t, "after", h.Case(h.Applicant, ref.ID).SettingsComplete, true)
				if refs := h.reregistered(ref); refs != "" {
					equal(t, "after the registration", h.Case(h.Applicant, ref.ID).SettingsComplete, true)
				}
			})
		})
	}
}

// reregistered registers what can be registered and returns the receipt number.
func (h *house) reregistered(ref desk.Ref) string {
	h.t.Helper()
	if !slices.Contains(h.Case(h.Applicant, ref.ID).Allowed, application.Register) {
		return ""
	}
	receipt, err := h.Desk.Register(h.t.Context(), h.Applicant, h.Ref(ref.ID), true)
	h.ok(err)
	return receipt
}

// R-SET-1 and R-SET-2 after the approval.
func TestSettingsAfterApproval(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		o := incomplete(sample.S2("2024-12-12"))
		ref, _ := h.Approved(o)
		equal(t, "no facts while incomplete", h.count("code_settings", "1 = 1"), 0)
		h.At("2024-12-06T23:59:59+09:00")
		h.Complete(h.Applicant, ref.ID, o)
		same(t, "システム設定の完了", to(h.letters(ref.ID, application.MailSettingsComplete)), h.aAndM())
		equal(t, "R-SET-2 facts", h.count("code_settings", "valid_from = '2024-12-12'"), 3)
		open := sample.IncompleteTab(h.Desk.Catalogue, application.NameTab, 1)
		err := h.unchanged("R-SET-2 incomplete again", func() error {
			return h.Desk.SaveSettings(t.Context(), h.Applicant, h.Ref(ref.ID), 1, application.NameTab, open)
		})
		broken(t, err, "R-SET-2", "")
		changed := sample.CompleteTab(h.Desk.Catalogue, application.NameTab, 1)
		changed["address"] = "東京都港区海岸2-2-2"
		h.ok(h.Desk.SaveSettings(t.Context(), h.Applicant, h.Ref(ref.ID), 1, application.NameTab, changed))
		equal(t, "R-CON-2 the fact before is revoked", h.count("code_settings", "revoked_at IS NOT NULL"), 1)
		equal(t, "one completion mailed", len(h.letters(ref.ID, application.MailSettingsComplete)), 2)
		h.At("2024-12-07T00:00:00+09:00")
		err = h.unchanged("R-SET-2 after the deadline", func() error {
			return h.Desk.SaveSettings(t.Context(), h.Applicant, h.Ref(ref.ID), 1, application.NameTab, changed)
		})
		refused(t, err, application.NotMet)
		equal(t, "not void", h.Case(h.Applicant, ref.ID).State, application.Approved)
	})
	eachSound(t, monday, func(t *testing.T, h *house) {
		o := incomplete(sample.S2("2024-12-12"))
		ref, _ := h.Approved(o)
		h.At("2024-12-07T00:00:00+09:00")
		err := h.unchanged("R-SET-1 too late", func() error { return h.CompleteErr(h.Applicant, ref.ID, o) })
		refused(t, err, application.WrongState)
	})
}

func TestSettingsRefusals(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Registered(sample.S2("2024-12-12"))
		save := func(placeholder int, tab string, change func(map[string]string)) error {
			values := sample.CompleteTab(h.Desk.Catalogue, application.NameTab, 1)
			change(values)
			return h.unchanged("refused settings", func() error {
				return h.Desk.SaveSettings(t.Context(), h.Applicant, ref, placeholder, tab, values)
			})
		}
		none := func(map[string]string) {}
		for _, err := range []error{save(2, application.NameTab, none), save(1, "airline", none), save(1, "", none)} {
			if err != desk.ErrNotFound {
				t.Errorf("want nothing found, got %v", err)
			}
		}
		broken(t, save(1, application.NameTab, func(v map[string]string) { v["phone"] = "x" }), "R-SET-3", "phone")
		broken(t, save(1, application.NameTab, func(v map[string]string) { v["extra"] = "x" }), "R-SET-3", "extra")
	})
}

// Trap 28 and R-SET-1, R-SEC-3: a closing day entered later moves no promise.
func TestTrap28PromisesStand(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Approved(incomplete(sample.S2("2024-12-12")))
		closing := desk.Setup{ClosingDays: []desk.NewClosingDay{{Day: day("2024-12-10"), Name: "臨時休業"}, {Day: day("2024-12-13"), Name: "臨時休業"}}}
		_, err := h.Desk.Import(t.Context(), operator(), closing, false)
		h.ok(err)
		view := h.Case(h.Applicant, ref.ID)
		equal(t, "deadline", view.SettingsDeadline, day("2024-12-06"))
		equal(t, "last reading day", view.Reading.Period.LastDay, day("2024-12-16"))
		next, _ := h.Approved(sample.S2("2024-12-12"))
		h.ok(err)
		equal(t, "the next one counts it", h.Case(h.Applicant, next.ID).SettingsDeadline, day("2024-12-05"))
	})
}

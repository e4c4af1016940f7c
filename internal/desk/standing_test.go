package desk_test

import (
	"testing"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// Settings that stand under a code are those of a change that opens them and alters nothing: nobody has to type
// them again, and the change does not become void for want of them.
func TestOpenedTabsBeginWithWhatStands(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.approved(sample.S2("2024-12-12"))
		h.At("2024-12-12T10:00:00+09:00")
		h.tick()
		contact := h.Case(h.Applicant, h.Draft(sample.S1("2024-12-26")).ID).Document.Contact
		ref, err := h.Desk.Begin(t.Context(), h.Applicant)
		h.ok(err)
		h.ok(h.Desk.SaveStart(t.Context(), h.Applicant, ref, desk.StartForm{Kinds: []string{"user-code"}, Desired: "2024-12-26", Reason: "設定の見直し。"}))
		h.ok(h.Desk.SaveContact(t.Context(), h.Applicant, h.Ref(ref.ID), contact))
		form := sample.Keep(true, true)
		form.Settings = true
		_, err = h.Desk.SetExisting(t.Context(), h.Applicant, h.Ref(ref.ID), "1ANAC", form)
		h.ok(err)
		if !h.Case(h.Applicant, ref.ID).SettingsComplete {
			t.Error("R-SET-3 a draft shows what stands as complete")
		}
		_, err = h.Desk.Register(t.Context(), h.Applicant, h.Ref(ref.ID), true)
		h.ok(err)
		if !h.Case(h.Applicant, ref.ID).SettingsComplete {
			t.Error("R-SET-2 registered it is not complete any more")
		}
		h.ok(h.Desk.Claim(t.Context(), h.Examiner, h.Ref(ref.ID)))
		_, err = h.approve(h.Ref(ref.ID), 1, "2024-12-26", "")
		h.ok(err)
		h.At("2024-12-25T10:00:00+09:00")
		h.tick()
		equal(t, "R-SET-1 after the deadline", h.Case(h.Applicant, ref.ID).State, application.Approved)
		equal(t, "R-SET-4 nothing to remind of", len(h.letters(ref.ID, application.MailSettingsReminder)), 0)
	})
}

// What was issued again since can be read nowhere any more: nobody is asked to read it.
func TestNoReminderForDeadPasswords(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		old, _ := h.approved(sample.S2("2024-12-12"))
		h.At("2024-12-12T08:00:00+09:00")
		h.approved(sample.Order{By: h.Administrator, Reissue: []string{"1ANACA0A"}})
		h.At("2024-12-12T10:00:00+09:00")
		h.tick()
		equal(t, "R-SEC-10 reminders of the dead ones", len(h.letters(old.ID, application.MailPasswordReminder)), 0)
	})
}

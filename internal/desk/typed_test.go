package desk_test

import (
	"testing"

	"uketsuke/internal/application"
	"uketsuke/internal/sample"
)

// What 一時保存 kept bars the registration until its page is stored. It barred it for good where the page
// was stored as a record, and where the page had gone with its trade.
func TestKeptTypingNeverBarsForGood(t *testing.T) {
	const page = "settings.1." + application.NameTab
	typed := map[string][]string{"phone": {"x"}}
	t.Run("R-APP-13 settings stored while returned", func(t *testing.T) {
		eachSound(t, monday, func(t *testing.T, h *house) {
			ref := h.Returned(sample.S2("2024-12-12"))
			h.ok(h.Desk.KeepTyped(t.Context(), h.Applicant, h.Ref(ref.ID), page, typed))
			_, err := h.Desk.Register(t.Context(), h.Applicant, h.Ref(ref.ID), true)
			broken(t, err, "R-APP-13", "typed."+page)
			values := sample.CompleteTab(h.Desk.Catalogue, application.NameTab, 1)
			h.ok(h.Desk.SaveSettings(t.Context(), h.Applicant, h.Ref(ref.ID), 1, application.NameTab, values))
			equal(t, "kept pages", len(h.Case(h.Applicant, ref.ID).Draft.Typed), 0)
			_, err = h.Desk.Register(t.Context(), h.Applicant, h.Ref(ref.ID), true)
			h.ok(err)
		})
	})
	t.Run("R-APP-13 the tab went with its trade", func(t *testing.T) {
		eachSound(t, monday, func(t *testing.T, h *house) {
			draft := h.Draft(sample.S1("2024-12-12"))
			h.ok(h.Desk.KeepTyped(t.Context(), h.Applicant, h.Ref(draft.ID), "settings.1.customs-broker", typed))
			_, err := h.Desk.Register(t.Context(), h.Applicant, h.Ref(draft.ID), true)
			broken(t, err, "R-APP-13", "typed.settings.1.customs-broker")
			h.ok(h.Desk.RemoveRow(t.Context(), h.Applicant, h.Ref(draft.ID), 1, 0))
			_, err = h.Desk.Register(t.Context(), h.Applicant, h.Ref(draft.ID), true)
			h.ok(err)
		})
	})
	t.Run("R-APP-13 a new code that was begun is given up", func(t *testing.T) {
		eachSound(t, monday, func(t *testing.T, h *house) {
			draft := h.Draft(sample.S1("2024-12-12"))
			h.ok(h.Desk.KeepTyped(t.Context(), h.Applicant, h.Ref(draft.ID), "code.0", map[string][]string{"count": {"x"}}))
			_, err := h.Desk.Register(t.Context(), h.Applicant, h.Ref(draft.ID), true)
			broken(t, err, "R-APP-13", "typed.code.0")
			h.ok(h.Desk.RemoveCode(t.Context(), h.Applicant, h.Ref(draft.ID), 0))
			_, err = h.Desk.Register(t.Context(), h.Applicant, h.Ref(draft.ID), true)
			h.ok(err)
		})
	})
}

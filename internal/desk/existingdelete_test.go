package desk_test

import (
	"errors"
	"testing"

	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// R-APP-8: deleting a code instead of its last number ticks what it needs, and gives up what was chosen for it.
func TestDeletionInsteadOfTheLastNumber(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.approved(sample.S3("2024-12-12"))
		h.At("2024-12-12T10:00:00+09:00")
		h.tick()
		ref := h.Draft(sample.Order{Desired: "2024-12-24", Existing: map[string]desk.ExistingForm{"1BNAC": oneNumber("consolidator")}})
		same(t, "R-APP-1 before", h.Case(h.Applicant, ref.ID).Document.Kinds, []string{"ident-number"})
		codes, err := h.Desk.PreviewExisting(t.Context(), h.Applicant, ref.ID, "1BNAC", desk.ExistingForm{Block: sample.Block("netnaccs", "1", "consolidator")})
		h.ok(err)
		if len(codes) != 1 || len(codes[0].IDs) != 2 || codes[0].IDs[0].ID != "1BNACA0B" || codes[0].IDs[1].ID != "1BNACA0C" {
			t.Errorf("R-ID-6 the picture of the numbers: %+v", codes)
		}
		if _, err := h.Desk.PreviewExisting(t.Context(), h.Examiner, ref.ID, "1BNAC", desk.ExistingForm{}); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("R-APP-13 the centre sees a draft: %v", err)
		}
		placeholder, err := h.Desk.DeleteExisting(t.Context(), h.Applicant, h.Ref(ref.ID), "1bnac")
		h.ok(err)
		doc := h.Case(h.Applicant, ref.ID).Document
		same(t, "R-APP-1 after", doc.Kinds, []string{"user-code"})
		item, is := doc.ExistingOf(placeholder)
		if !is || !item.Delete || len(item.Add) > 0 {
			t.Errorf("R-APP-8 the item: %+v", item)
		}
		_, err = h.Desk.DeleteExisting(t.Context(), h.Applicant, h.Ref(ref.ID), "1ZNAC")
		if !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("R-APP-8 a code that is not held: %v", err)
		}
	})
}

// oneNumber asks for one number of a code without statistics.
func oneNumber(trade string) desk.ExistingForm {
	form := sample.Keep(false, false)
	form.Block = sample.Block("netnaccs", "1", trade)
	return form
}

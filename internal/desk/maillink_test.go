package desk_test

import (
	"testing"
	"time"

	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// R-MAIL-4: an invitation is sent again while its link can be used, and not once that is over.
func TestInvitationsAreSentAgainWhileTheirLinkHolds(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		newest := func() desk.MailPage {
			h.t.Helper()
			h.deliver(nil)
			list, err := h.Desk.Mails(t.Context(), h.Examiner, desk.MailQuery{})
			h.ok(err)
			return h.mail(list.Rows[0].ID)
		}
		h.ok(h.Desk.SendLink(t.Context(), h.Supervisor, sample.Tokyo, h.Applicant.ID))
		first := newest()
		equal(t, "its link can be used", len(first.WhyNot), 0)
		for range 2 { // the second is the repetition of a repetition
			_, err := h.Desk.Resend(t.Context(), h.Examiner, first.ID, first.Mark)
			h.ok(err)
			first = newest()
		}
		h.ok(h.Desk.SendLink(t.Context(), h.Supervisor, sample.Tokyo, h.Applicant.ID))
		second := newest()
		equal(t, "R-MAIL-4 a newer link took its place", len(h.mail(first.ID).WhyNot), 1)
		_, err := h.Desk.Resend(t.Context(), h.Examiner, first.ID, first.Mark)
		if len(problemsOf(err)) != 1 {
			t.Errorf("R-MAIL-4 sent again: %v", err)
		}
		equal(t, "the newer link can be used", len(second.WhyNot), 0)
		h.Pass(7*24*time.Hour + time.Minute)
		equal(t, "R-MAIL-4 its time is over", len(h.mail(second.ID).WhyNot), 1)
	})
}

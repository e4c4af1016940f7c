package desk_test

import (
	"strings"
	"testing"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
	"uketsuke/internal/store/query"
)

// E2, R-SEC-9: what a re-issue has taken the place of is not to be read any more, and nobody is asked to.
func TestReplacedPasswordsAreNotToDo(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		old, _ := h.approved(sample.S2("2024-12-12"))
		h.At("2024-12-12T10:00:00+09:00")
		h.tick()
		reissue, _ := h.approved(sample.Order{By: h.Administrator, Reissue: []string{"1ANACA0A"}})
		top, err := h.Desk.Top(t.Context(), h.Administrator)
		h.ok(err)
		var cards []string
		for _, what := range top.Todo {
			if what.Kind == desk.TodoPasswords {
				cards = append(cards, what.Application)
			}
		}
		same(t, "R-SEC-9 cards of unread passwords", cards, []string{reissue.ID})
		h.deliver(func(query.Outbox) error { return nil })
		page := h.mailTo(old.ID, application.MailInEffect, sample.Email(h.Administrator))
		if !strings.Contains(page.WhyNot.Error(), "参照期間") {
			t.Errorf("R-MAIL-4 a mail that speaks of the old passwords goes out again: %v", page.WhyNot)
		}
	})
}

// R-SEC-8: mails speak no more of passwords that were erased early, wherever the start date goes.
func TestErasedPasswordsAreNotAnnounced(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.approved(sample.S2("2024-12-12"))
		h.ok(h.Desk.EraseSecrets(t.Context(), h.Administrator, ref))
		h.ok(h.Desk.ChangeStart(t.Context(), h.Supervisor, h.Ref(ref.ID), desk.StartChangeForm{Start: "2024-12-16", Reason: "準備のため"}))
		h.At("2024-12-16T09:00:00+09:00")
		h.tick()
		for _, kind := range []application.Mail{application.MailStartDateChanged, application.MailInEffect} {
			letters := h.letters(ref.ID, kind)
			equal(t, "letters of "+string(kind), len(letters), 2)
			for _, letter := range letters {
				if body := h.written(letter).Body; strings.Contains(body, "パスワード") {
					t.Errorf("R-SEC-8 %s: %s", kind, body)
				}
			}
		}
	})
}

// R-APP-9, R-CON-4: a bonded area is free when the deadline has ended its application, whether or not a job has
// recorded it, and stays with who reserves it then.
func TestAreaOfAMissedDeadlineIsFree(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		missed := sample.Warehouse("2024-12-12", 1)
		missed.Incomplete = true
		h.approved(missed)
		other := func() error {
			draft := h.Draft(sample.Warehouse("2025-01-14", 5))
			if err := h.Desk.SaveSettings(t.Context(), h.Applicant, draft, 1, "bonded-warehouse",
				sample.CompleteTab(h.Desk.Catalogue, "bonded-warehouse", 1)); err != nil {
				return err
			}
			_, err := h.Desk.Register(t.Context(), h.Applicant, h.Ref(draft.ID), true)
			return err
		}
		h.At("2024-12-06T23:59:59+09:00")
		broken(t, other(), "R-APP-9", "bonded_area")
		h.At("2024-12-07T00:00:00+09:00")
		h.ok(other())
		before := h.rows("SELECT code, application FROM bonded_areas")
		h.tick()
		same(t, "R-APP-9 after the recording", h.rows("SELECT code, application FROM bonded_areas"), before)
	})
}

// S10: a change, a deletion and a re-issue are found by the code and the ID that they are about, before anything is
// decided.
func TestFoundByWhatItTouches(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.approved(sample.S3("2024-12-12"))
		h.At("2024-12-12T10:00:00+09:00")
		h.tick()
		_, deletion := h.Registered(sample.Order{Desired: "2024-12-24", Existing: map[string]desk.ExistingForm{"1BNAC": {Delete: true}}})
		_, change := h.Registered(sample.Order{Desired: "2024-12-24", Existing: map[string]desk.ExistingForm{"1ANAC": sample.Keep(false, true)}})
		_, reissue := h.Registered(sample.Order{By: h.Administrator, Reissue: []string{"1ANACA0A"}})
		for typed, want := range map[string][]string{
			"１ｂｎａｃ": {"2400001A", deletion}, "1BNACA0A": {"2400001A", deletion},
			"1anac": {"2400001A", change, reissue}, "1ANACA0A": {"2400001A", reissue},
		} {
			page, err := h.Desk.Queue(t.Context(), h.Examiner, desk.ListQuery{Queue: "found", Search: typed})
			h.ok(err)
			var found []string
			for _, row := range page.Rows {
				found = append(found, row.Receipt)
			}
			same(t, "S10 found by "+typed, found, want)
		}
	})
}

// A copy of a change that is in effect asks for nothing any more: it is no change that changes nothing (R-APP-1).
func TestCopyOfAChangeInEffect(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.approved(sample.S1("2024-12-12"))
		h.At("2024-12-12T10:00:00+09:00")
		h.tick()
		form := sample.Keep(true, true)
		form.IDs = map[string]desk.IDForm{"1ANACA0A": {SingleSignOn: "yes", Trades: []string{"customs-broker", "consolidator"}}}
		ref, _ := h.approved(sample.Order{Desired: "2024-12-24", Existing: map[string]desk.ExistingForm{"1ANAC": form}})
		h.At("2024-12-24T10:00:00+09:00")
		h.tick()
		copied, err := h.Desk.CopyAsNew(t.Context(), h.Applicant, ref.ID)
		h.ok(err)
		items := h.Case(h.Applicant, copied.ID).Document.Existing
		if len(items) != 1 || !items[0].AsksNothing() {
			t.Errorf("the copy asks for %+v", items)
		}
		_, err = h.Desk.Register(t.Context(), h.Applicant, copied, true)
		broken(t, err, "R-APP-1", "codes.1001")
	})
}

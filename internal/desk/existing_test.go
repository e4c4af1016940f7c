package desk_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// approved takes an order through the desk and says who was issued; complete settings unless the order says so.
func (h *house) approved(o sample.Order) (desk.Ref, desk.Approval) {
	h.t.Helper()
	ref, _ := h.Registered(o)
	h.ok(h.Desk.Claim(h.t.Context(), h.Examiner, ref))
	approval, err := h.approve(h.Ref(ref.ID), 1, o.Desired, "")
	h.ok(err)
	return h.Ref(ref.ID), approval
}

// on is the contract of Tokyo as of a day, one line per code.
func (h *house) on(on string) string {
	h.t.Helper()
	page, err := h.Desk.Contract(h.t.Context(), h.Applicant, sample.Tokyo, day(on))
	h.ok(err)
	var lines []string
	for _, code := range page.Contract.Codes {
		line := string(code.Code) + mark(code.StatsPaid) + mark(code.StatsFree)
		for _, id := range code.IDs {
			line += " " + string(id.ID) + ":" + strings.Join(id.Trades, "+")
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, " / ")
}

func mark(b bool) string {
	if b {
		return "○"
	}
	return "×"
}

func addNumber(trade string) desk.ExistingForm {
	form := sample.Keep(true, true)
	form.Block = sample.Block("netnaccs", "1", trade)
	return form
}

// TestS11AndS12 lives through the life of the codes of S3, and looks at the contract around each start date.
func TestS11AndS12(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.approved(sample.S3("2024-12-12"))
		h.At("2024-12-12T10:00:00+09:00")
		h.tick()
		number, issued := h.approved(sample.Order{Desired: "2024-12-23", Existing: map[string]desk.ExistingForm{"1ANAC": addNumber("customs-broker")}})
		if len(issued.Codes) != 1 || len(issued.Codes[0].IDs) != 1 || issued.Codes[0].IDs[0].ID != "1ANACA0B" {
			t.Errorf("S11 the number added: %+v", issued.Codes)
		}
		same(t, "S11 申込情報", table(h.Case(h.Applicant, number.ID).Rows), []string{"追加 共用 通関 net 1ANAC A0B 1 ○ ○"})
		same(t, "S11 items", []string{h.Case(h.Applicant, number.ID).Items}, []string{"識別番号（追加）"})

		deletion, issued := h.approved(sample.Order{Desired: "2024-12-24", Existing: map[string]desk.ExistingForm{"1BNAC": {Delete: true}}})
		equal(t, "S11 nothing is issued by a deletion", len(issued.Codes), 0)
		view := h.Case(h.Applicant, deletion.ID)
		same(t, "S11 申込情報", table(view.Rows), []string{"削除 共用 混載 net 1BNAC A0A 1 × ×"})
		if view.Reading != nil || len(view.Issued) > 0 || view.SettingsNeeded {
			t.Errorf("R-SEC-11 a deletion has no ID page, and no settings: %+v", view)
		}
		for _, letter := range h.letters(deletion.ID, application.MailApproved) {
			if letter.IDsIssued || strings.Contains(h.written(letter).Body, "パスワード") {
				t.Errorf("R-SEC-11 the mail of a deletion speaks of passwords: %s", h.written(letter).Body)
			}
		}

		h.At("2024-12-24T10:00:00+09:00")
		h.tick()
		change := sample.Keep(false, true)
		paid, _ := h.approved(sample.Order{Desired: "2025-01-09", Existing: map[string]desk.ExistingForm{"1ANAC": change}})
		same(t, "S11 before and after", table(h.Case(h.Applicant, paid.ID).Rows),
			[]string{"変更前 共用 通関 net 1ANAC A0A A0B 2 ○ ○", "変更後 共用 通関 net 1ANAC A0A A0B 2 × ○"})

		for _, c := range []struct{ on, want string }{
			{"2024-12-11", ""},
			{"2024-12-12", "1ANAC○○ 1ANACA0A:customs-broker / 1BNAC×× 1BNACA0A:consolidator"},
			{"2024-12-13", "1ANAC○○ 1ANACA0A:customs-broker / 1BNAC×× 1BNACA0A:consolidator"},
			{"2024-12-22", "1ANAC○○ 1ANACA0A:customs-broker / 1BNAC×× 1BNACA0A:consolidator"},
			{"2024-12-23", "1ANAC○○ 1ANACA0A:customs-broker 1ANACA0B:customs-broker / 1BNAC×× 1BNACA0A:consolidator"},
			{"2024-12-24", "1ANAC○○ 1ANACA0A:customs-broker 1ANACA0B:customs-broker"},
			{"2024-12-25", "1ANAC○○ 1ANACA0A:customs-broker 1ANACA0B:customs-broker"},
			{"2025-01-08", "1ANAC○○ 1ANACA0A:customs-broker 1ANACA0B:customs-broker"},
			{"2025-01-09", "1ANAC×○ 1ANACA0A:customs-broker 1ANACA0B:customs-broker"},
			{"2025-01-10", "1ANAC×○ 1ANACA0A:customs-broker 1ANACA0B:customs-broker"},
		} {
			equal(t, "S12 on "+c.on, h.on(c.on), c.want)
		}

		h.At("2025-01-09T10:00:00+09:00")
		h.tick()
		_, issued = h.approved(sample.S2("2025-01-22"))
		equal(t, "R-ID-6 the code of the deletion is never issued again", string(issued.Codes[0].Code), "1CNAC")
	})
}

// TestVoidChangeBringsBack: what a change or deletion would have made is taken back with it (R-EX-8).
func TestVoidChangeBringsBack(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.approved(sample.S3("2024-12-12"))
		h.At("2024-12-12T10:00:00+09:00")
		h.tick()
		before := h.on("2025-02-03")
		ref, _ := h.approved(sample.Order{Desired: "2024-12-23", Existing: map[string]desk.ExistingForm{
			"1ANAC": addNumber("customs-broker"), "1BNAC": {Delete: true}}})
		equal(t, "R-CON-1 as it will be", h.on("2024-12-23"), "1ANAC○○ 1ANACA0A:customs-broker 1ANACA0B:customs-broker")
		h.ok(h.Desk.ChangeStart(t.Context(), h.Supervisor, ref, desk.StartChangeForm{Start: "2025-01-06", Reason: "準備のため"}))
		equal(t, "R-EX-9 the day it was to be", h.on("2024-12-23"), before)
		equal(t, "R-EX-9 moved", h.on("2025-01-06"), "1ANAC○○ 1ANACA0A:customs-broker 1ANACA0B:customs-broker")
		h.ok(h.Desk.Void(t.Context(), h.Supervisor, h.Ref(ref.ID), "誤りのため"))
		equal(t, "R-EX-8 taken back", h.on("2025-02-03"), before)
		again, issued := h.approved(sample.Order{Desired: "2024-12-23", Existing: map[string]desk.ExistingForm{"1ANAC": addNumber("customs-broker")}})
		equal(t, "R-ID-6 the number of the void application is retired", string(issued.Codes[0].IDs[0].ID), "1ANACA0C")
		equal(t, "R-CON-1 the new one", h.Case(h.Applicant, again.ID).Start, day("2024-12-23"))
	})
}

func TestOpenApplicationsDoNotTouchOneCode(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.approved(sample.S3("2024-12-12"))
		_, err := h.Desk.SetExisting(t.Context(), h.Applicant, h.Draft(sample.Order{Desired: "2024-12-12"}), "1ANAC", desk.ExistingForm{Delete: true})
		if !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("R-APP-10 a code is touched from its start date on: %v", err)
		}
		h.At("2024-12-12T10:00:00+09:00")
		delete1 := map[string]desk.ExistingForm{"1BNAC": {Delete: true}}
		late := h.Draft(sample.Order{Desired: "2024-12-24", Existing: delete1})
		first, receipt := h.Registered(sample.Order{Desired: "2024-12-24", Existing: delete1})
		err = h.unchanged("register", func() error {
			_, err := h.Desk.Register(t.Context(), h.Applicant, late, true)
			return err
		})
		broken(t, err, "R-APP-10", "codes.1001")
		if !strings.Contains(err.Error(), receipt) {
			t.Errorf("R-APP-10 names the other's receipt number %s: %v", receipt, err)
		}
		_, err = h.Desk.SetExisting(t.Context(), h.Applicant, h.Draft(sample.Order{Desired: "2024-12-24"}), "1BNAC", desk.ExistingForm{Delete: true})
		broken(t, err, "R-APP-10", "")
		held, err := h.Desk.Held(t.Context(), h.Applicant, late.ID)
		h.ok(err)
		equal(t, "R-APP-10 said on the list", held[1].TouchedBy, receipt)
		h.ok(h.Desk.Withdraw(t.Context(), h.Applicant, first))
		_, err = h.Desk.Register(t.Context(), h.Applicant, late, true)
		h.ok(err)
		h.ok(h.Desk.Claim(t.Context(), h.Examiner, h.Ref(late.ID)))
		_, err = h.approve(h.Ref(late.ID), 1, "2024-12-24", "")
		h.ok(err)
		_, err = h.Desk.SetExisting(t.Context(), h.Applicant, h.Draft(sample.Order{Desired: "2024-12-24"}), "1BNAC", desk.ExistingForm{Delete: true})
		broken(t, err, "R-APP-10", "")
		h.At("2024-12-24T00:00:00+09:00")
		_, err = h.Desk.SetExisting(t.Context(), h.Applicant, h.Draft(sample.Order{Desired: "2025-01-14"}), "1BNAC", desk.ExistingForm{Delete: true})
		if !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("R-APP-10 in effect: the code is gone: %v", err)
		}
	})
}

func TestReissue(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		old, _ := h.approved(sample.S1("2024-12-12"))
		notice, err := h.Desk.ReadSecrets(t.Context(), h.Administrator, old.ID)
		h.ok(err)
		h.At("2024-12-13T10:00:00+09:00")
		h.tick()
		order := sample.Order{By: h.Administrator, Reissue: []string{"1ANACA0A"}}
		draft := h.Draft(sample.Order{By: h.Administrator, Reissue: []string{"1ANACA0A"}})
		_, err = h.Desk.Register(t.Context(), h.Applicant, draft, true)
		broken(t, err, "R-SEC-9", "kinds")

		ref, _ := h.Registered(order)
		_, err = h.Desk.Register(t.Context(), h.Administrator, draft, true)
		broken(t, err, "R-APP-10", "reissue")
		h.ok(h.Desk.Claim(t.Context(), h.Examiner, ref))
		x, err := h.Desk.Examine(t.Context(), h.Examiner, ref.ID)
		h.ok(err)
		equal(t, "R-SEC-9 readable to +2 BD", x.LastReading, day("2024-12-17"))
		approval, err := h.approve(h.Ref(ref.ID), 1, "", "")
		h.ok(err)
		equal(t, "R-SEC-9 in effect at once", h.Case(h.Administrator, ref.ID).State, application.InEffect)
		equal(t, "R-SEC-9 last reading day", approval.ReadLast, day("2024-12-17"))

		fresh, err := h.Desk.ReadSecrets(t.Context(), h.Administrator, ref.ID)
		h.ok(err)
		equal(t, "R-SEC-9 one ID", len(fresh.IDs), 1)
		if fresh.IDs[0].ID != "1ANACA0A" || len(fresh.IDs[0].Password) == 0 || bytes.Equal(fresh.IDs[0].Password, notice.IDs[0].Password) {
			t.Errorf("R-SEC-9 new secrets: %v", fresh.IDs[0].ID)
		}
		again, err := h.Desk.ReadSecrets(t.Context(), h.Administrator, old.ID)
		h.ok(err)
		if !again.IDs[0].Replaced || len(again.IDs[0].Password) > 0 || again.IDs[1].Replaced || !bytes.Equal(again.IDs[1].Password, notice.IDs[1].Password) {
			t.Errorf("R-SEC-9 the old ones of A0A are dead, those of A0B live: %t %t", again.IDs[0].Replaced, again.IDs[1].Replaced)
		}
		last, _ := h.Registered(sample.Order{By: h.Administrator, Reissue: []string{"1ANACA0B"}})
		h.ok(h.Desk.Claim(t.Context(), h.Examiner, last))
		_, err = h.approve(h.Ref(last.ID), 1, "", "")
		h.ok(err)
		keys, err := h.Ring.List()
		h.ok(err)
		equal(t, "R-SEC-9 the key of the first issue is gone with its last password", len(keys), 2)
		h.tick()
		equal(t, "R-SEC-9 nobody is told of a start date", len(h.letters(ref.ID, application.MailInEffect)), 0)
		h.At("2024-12-18T00:00:00+09:00")
		_, err = h.Desk.ReadSecrets(t.Context(), h.Administrator, ref.ID)
		if _, closed := errors.AsType[*desk.NotReadable](err); !closed {
			t.Errorf("R-SEC-9 after the period: %v", err)
		}
	})
}

func TestEraseSecrets(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.approved(sample.S1("2024-12-12"))
		if err := h.unchanged("erase", func() error { return h.Desk.EraseSecrets(t.Context(), h.Applicant, ref) }); err == nil {
			t.Error("R-SEC-8 only an administrator erases")
		}
		h.ok(h.Desk.EraseSecrets(t.Context(), h.Administrator, ref))
		_, err := h.Desk.ReadSecrets(t.Context(), h.Administrator, ref.ID)
		if _, closed := errors.AsType[*desk.NotReadable](err); !closed {
			t.Errorf("R-SEC-8 erased: %v", err)
		}
		keys, err := h.Ring.List()
		h.ok(err)
		equal(t, "R-SEC-8 keys", len(keys), 0)
		h.ok(h.Desk.ChangeStart(t.Context(), h.Supervisor, h.Ref(ref.ID), desk.StartChangeForm{Start: "2024-12-16", Reason: "準備のため"}))
		if _, err = h.Desk.ReadSecrets(t.Context(), h.Administrator, ref.ID); err == nil {
			t.Error("R-SEC-8 erased secrets stay erased")
		}
	})
}

// TestAreasOfExistingCodes: an area stands under one code until that code gives it up and the change is in effect
// (R-APP-9).
func TestAreasOfExistingCodes(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.approved(sample.Warehouse("2024-12-12", 1))
		h.At("2024-12-12T10:00:00+09:00")
		h.tick()
		other := func() error {
			draft := h.Draft(sample.Warehouse("2025-01-14", 5))
			return h.Desk.SaveSettings(t.Context(), h.Applicant, draft, 1, "bonded-warehouse", sample.CompleteTab(h.Desk.Catalogue, "bonded-warehouse", 1))
		}
		broken(t, other(), "R-APP-9", "bonded_area")
		ref, _ := h.approved(sample.Order{Desired: "2024-12-23", Existing: map[string]desk.ExistingForm{"1ANAC": {Delete: true}}})
		broken(t, other(), "R-APP-9", "bonded_area")
		h.At("2024-12-23T00:00:00+09:00")
		equal(t, "R-CON-4 no job has run", h.Case(h.Applicant, ref.ID).State, application.InEffect)
		if err := other(); err != nil {
			t.Errorf("R-APP-9 free from the day of the deletion, whether or not a job has run: %v", err)
		}
	})
}

// What was kept typed about a code bars the registration (R-APP-13), but not once the code has left the contract:
// nobody could open that page any more (trap 32).
func TestKeptTypingOfACodeThatIsGone(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.approved(sample.S3("2024-12-12"))
		h.At("2024-12-12T10:00:00+09:00")
		h.tick()
		draft := h.Draft(sample.S2("2025-01-14"))
		h.ok(h.Desk.KeepTyped(t.Context(), h.Applicant, draft, "existing.1BNAC", map[string][]string{"category": {"x"}}))
		_, err := h.Desk.Register(t.Context(), h.Applicant, h.Ref(draft.ID), true)
		broken(t, err, "R-APP-13", "typed.existing.1BNAC")
		h.approved(sample.Order{Desired: "2024-12-23", Existing: map[string]desk.ExistingForm{"1BNAC": {Delete: true}}})
		h.At("2024-12-23T10:00:00+09:00")
		_, err = h.Desk.Register(t.Context(), h.Applicant, h.Ref(draft.ID), true)
		h.ok(err)
	})
}

package desk_test

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/sample"
	"uketsuke/internal/store"
	"uketsuke/internal/store/storetest"
)

// s11 lives through S3 and S11: a number added, a code deleted, statistics paid off, passwords issued again. It
// ends on 2025-01-10.
func s11(h *house) {
	h.t.Helper()
	first, _ := h.approved(sample.S3("2024-12-12"))
	_, err := h.Desk.ReadSecrets(h.t.Context(), h.Administrator, first.ID)
	h.ok(err)
	h.At("2024-12-12T10:00:00+09:00")
	h.tick()
	h.approved(sample.Order{Desired: "2024-12-23", Existing: map[string]desk.ExistingForm{"1ANAC": addNumber("customs-broker")}})
	h.approved(sample.Order{Desired: "2024-12-24", Existing: map[string]desk.ExistingForm{"1BNAC": {Delete: true}}})
	h.At("2024-12-24T10:00:00+09:00")
	h.tick()
	h.approved(sample.Order{Desired: "2025-01-09", Existing: map[string]desk.ExistingForm{"1ANAC": sample.Keep(false, true)}})
	ref, _ := h.Registered(sample.Order{By: h.Administrator, Reissue: []string{"1ANACA0A"}})
	h.ok(h.Desk.Claim(h.t.Context(), h.Examiner, ref))
	_, err = h.approve(h.Ref(ref.ID), 1, "", "")
	h.ok(err)
	h.At("2025-01-10T10:00:00+09:00")
	h.tick()
}

// said is a life on a few lines.
func said(l desk.Life) []string {
	lines := []string{fmt.Sprintf("%s %s~%s by %s", l.State, l.Since, l.Until, l.Born.Receipt)}
	for _, turn := range l.Turns {
		line := turn.Day.String()
		for _, o := range turn.Origins {
			line += " " + o.Receipt
		}
		for _, d := range turn.Differences {
			line += fmt.Sprintf(" [%s %t→%t]", d.Subject(), d.Before.Kind != "", d.After.Kind != "")
		}
		lines = append(lines, line+" tabs "+strings.Join(turn.Tabs, ","))
	}
	for _, r := range l.Reissues {
		lines = append(lines, fmt.Sprintf("reissue of %s by %s on %s", r.ID, r.Origin.Receipt, calendar.DateOf(r.At)))
	}
	for _, lapse := range l.Lapses {
		lines = append(lines, fmt.Sprintf("lapsed %s of %s", lapse.Day, lapse.Origin.Receipt))
	}
	for _, id := range l.IDs {
		lines = append(lines, fmt.Sprintf("%s %s", id.ID, id.State))
	}
	return append(lines, fmt.Sprintf("read %d", l.Readings))
}

// S11: the history of a code and of its IDs, from birth to tombstone.
func TestLifeOfCodesAndIDs(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		s11(h)
		life := func(actor account.Actor, subject string) []string {
			l, err := h.Desk.CodeLife(t.Context(), actor, sample.Tokyo, subject)
			if len(subject) == 8 {
				l, err = h.Desk.IDLife(t.Context(), actor, sample.Tokyo, subject)
			}
			h.ok(err)
			return said(l)
		}
		same(t, "the code that was changed", life(h.Applicant, "1ANAC"), []string{"held 2024-12-12~ by 2400001A",
			"2024-12-12 2400001A [1ANAC false→true] [1ANACA0A false→true] tabs customs-broker,name",
			"2024-12-23 2400002A [1ANACA0B false→true] tabs ", "2025-01-09 2400004A [1ANAC true→true] tabs ",
			"reissue of 1ANACA0A by 2400005A on 2024-12-24", "1ANACA0A held", "1ANACA0B held", "read 1"})
		same(t, "the code that was deleted", life(h.Viewer, "1BNAC"), []string{"deleted 2024-12-12~2024-12-24 by 2400001A",
			"2024-12-12 2400001A [1BNAC false→true] [1BNACA0A false→true] tabs consolidator,name",
			"2024-12-24 2400003A [1BNAC true→false] [1BNACA0A true→false] tabs ", "1BNACA0A deleted", "read 1"})
		same(t, "an ID with a re-issue", life(h.Examiner, "1ANACA0A"), []string{"held 2024-12-12~ by 2400001A", "2024-12-12 2400001A [1ANACA0A false→true] tabs ",
			"reissue of 1ANACA0A by 2400005A on 2024-12-24", "1ANACA0B held", "read 1"})
		same(t, "an ID that was added", life(h.Applicant, "1anacA0B"), []string{"held 2024-12-23~ by 2400002A", "2024-12-23 2400002A [1ANACA0B false→true] tabs ",
			"1ANACA0A held", "read 0"})
		same(t, "an ID that went with its code", life(h.Applicant, "1BNACA0A"), []string{"deleted 2024-12-12~2024-12-24 by 2400001A",
			"2024-12-12 2400001A [1BNACA0A false→true] tabs ", "2024-12-24 2400003A [1BNACA0A true→false] tabs ", "read 1"})
		for _, c := range []struct {
			name, establishment, code string
			actor                     account.Actor
		}{
			{"trap 27 another establishment's person", sample.Tokyo, "1ANAC", h.SecondApplicant},
			{"trap 27 its own address with another's code", sample.Second, "1ANAC", h.SecondApplicant},
			{"trap 27 the centre under the wrong establishment", sample.Other, "1ANAC", h.Examiner},
			{"never issued", sample.Tokyo, "1ZNAC", h.Applicant},
			{"no code", sample.Tokyo, "x' OR 1=1", h.Applicant},
		} {
			if _, err := h.Desk.CodeLife(t.Context(), c.actor, c.establishment, c.code); !errors.Is(err, desk.ErrNotFound) {
				t.Errorf("%s: %v", c.name, err)
			}
			if _, err := h.Desk.IDLife(t.Context(), c.actor, c.establishment, c.code+"A0A"); !errors.Is(err, desk.ErrNotFound) {
				t.Errorf("%s: ID: %v", c.name, err)
			}
		}
	})
}

// R-SET-1, R-CON-4: what a missed deadline makes void is a tombstone from its instant on, and no answer changes
// when a job records it.
func TestVoidIsATombstoneBeforeItIsRecorded(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.approved(sample.S3("2024-12-12"))
		h.At("2024-12-12T10:00:00+09:00")
		h.tick()
		order := incomplete(sample.S2("2024-12-23"))
		order.Existing = map[string]desk.ExistingForm{"1BNAC": {Delete: true}}
		h.approved(order) // deadline 2024-12-17
		told := func() []string {
			var all []string
			for on := day("2024-12-10"); on.Before(day("2024-12-25")); on = on.AddDays(1) {
				page, err := h.Desk.Contract(t.Context(), h.Applicant, sample.Tokyo, on)
				h.ok(err)
				all = append(all, fmt.Sprintf("%s %+v", on, page.Contract))
			}
			return all
		}
		life := func() desk.Life {
			l, err := h.Desk.CodeLife(t.Context(), h.Applicant, sample.Tokyo, "1CNAC")
			h.ok(err)
			return l
		}
		if l := life(); l.State != desk.LifeComing || l.Since != day("2024-12-23") || l.State.Tombstone() {
			t.Errorf("R-CON-1 before the deadline: %v", said(l))
		}
		then := told()
		h.At("2024-12-18T00:00:00+09:00")
		unrecorded, state := told(), said(life())
		equal(t, "R-SET-1", life().State, desk.LifeVoid)
		if !life().State.Tombstone() || len(life().Lapses) != 1 || len(life().Turns) != 0 {
			t.Errorf("R-SET-1 a tombstone: %v", state)
		}
		same(t, "R-CON-2 past days", unrecorded[:8], then[:8])
		if slices.ContainsFunc(unrecorded[8:], func(line string) bool { return !strings.Contains(line, "1BNACA0A") || strings.Contains(line, "1CNAC") }) {
			t.Errorf("R-SET-1 the deletion and the new code vanish: %v", unrecorded)
		}
		h.At("2024-12-20T10:00:00+09:00")
		h.tick()
		same(t, "R-CON-4 recorded", told(), unrecorded)
		same(t, "R-CON-4 recorded life", said(life()), state)
	})
}

// R-ID-6: a code that was brought without anything that holds is a tombstone too.
func TestNeverInEffect(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		h.approved(sample.S3("2024-12-12"))
		ref, _ := h.approved(sample.S1("2024-12-13"))
		h.ok(h.Desk.Void(t.Context(), h.Supervisor, ref, "誤りのため"))
		l, err := h.Desk.CodeLife(t.Context(), h.Examiner, sample.Tokyo, "1CNAC")
		h.ok(err)
		if l.State != desk.LifeVoid || l.Born.EndReason != "誤りのため" || len(l.IDs) != 2 || l.IDs[0].State != desk.LifeVoid {
			t.Errorf("R-EX-8 %v, %q", said(l), l.Born.EndReason)
		}
		if _, err := h.raw.ExecContext(t.Context(), "DELETE FROM code_terms WHERE code = '1BNAC'"); err != nil {
			t.Fatal(err)
		}
		if l, err = h.Desk.CodeLife(t.Context(), h.Examiner, sample.Tokyo, "1BNAC"); err != nil || l.State != desk.LifeNeverInEffect {
			t.Errorf("R-ID-6 %v, %v", err, said(l))
		}
	})
}

// E3: what differs between two days.
func TestCompareContract(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		s11(h)
		compare := func(actor account.Actor, from, to string) (desk.ContractComparison, error) {
			f, _ := calendar.ParseDate(from)
			u, _ := calendar.ParseDate(to)
			return h.Desk.CompareContract(t.Context(), actor, sample.Tokyo, f, u)
		}
		c, err := compare(h.Applicant, "2024-12-13", "2025-01-09")
		h.ok(err)
		var got []string
		for _, d := range c.Change.Differences() {
			got = append(got, fmt.Sprintf("%s %t→%t", d.Subject(), d.Before.Kind != "", d.After.Kind != ""))
		}
		same(t, "S11", got, []string{"1ANAC true→true", "1BNAC true→false", "1ANACA0B false→true", "1BNACA0A true→false"})
		if c, err = compare(h.Examiner, "", ""); err != nil || c.From != day("2025-01-10") || c.To != c.From || len(c.Change.Differences()) > 0 {
			t.Errorf("nothing is coming: %+v, %v", c, err)
		}
		h.approved(sample.S2("2025-01-22"))
		if c, err = compare(h.Viewer, "", ""); err != nil || c.To != day("2025-01-22") || len(c.Change.Differences()) != 2 {
			t.Errorf("R-CON-1 until the last change that is coming: %s, %v", c.To, err)
		}
		if _, err = compare(h.Viewer, "2025-01-22", "2025-01-21"); err == nil || len(problemsOf(err).At("to")) != 1 {
			t.Errorf("the wrong way round: %v", err)
		}
		if _, err = compare(h.OtherApplicant, "", ""); !errors.Is(err, desk.ErrNotFound) {
			t.Errorf("trap 27: %v", err)
		}
	})
}

func problemsOf(err error) problem.List {
	l, _ := errors.AsType[problem.List](err)
	return l
}

// Trap 16: opening the contract, or the life of a code, costs the same number of statements after ten changes as
// after one; nothing is kept between requests that would have to be built anew.
func TestStatementsDoNotGrowWithHistory(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		h.approved(sample.S3("2024-12-12"))
		counts := func() [2]int {
			ctx, contract := store.Counting(t.Context())
			_, err := h.Desk.Contract(ctx, h.Applicant, sample.Tokyo, calendar.Date{})
			h.ok(err)
			ctx, life := store.Counting(t.Context())
			_, err = h.Desk.CodeLife(ctx, h.Applicant, sample.Tokyo, "1ANAC")
			h.ok(err)
			return [2]int{len(contract.Take()), len(life.Take())}
		}
		few := counts()
		for _, month := range []string{"2025-01", "2025-02", "2025-03", "2025-04"} {
			h.At(month + "-06T10:00:00+09:00")
			h.tick()
			held, err := h.Desk.Contract(t.Context(), h.Applicant, sample.Tokyo, calendar.Date{})
			h.ok(err)
			paid := held.Contract.Codes[0].StatsPaid
			h.approved(sample.Order{Desired: month + "-21", Existing: map[string]desk.ExistingForm{"1ANAC": sample.Keep(!paid, true), "1BNAC": addNumber2()}})
		}
		equal(t, "trap 16 statements of the contract and of a code's life", counts(), few)
		t.Logf("the contract takes %d statements, the life of a code %d", few[0], few[1])
	})
}

func addNumber2() desk.ExistingForm {
	form := sample.Keep(false, false)
	form.Block = sample.Block("netnaccs", "1", "consolidator")
	return form
}

// A database that an older product filled, migrated, is sound, and tells the contract of its days.
func TestStoredCopyIsSound(t *testing.T) {
	eachStored(t, func(t *testing.T, w *sample.World) {
		page, err := w.Desk.Contract(t.Context(), w.Viewer, sample.Tokyo, day("2024-12-20"))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, line := range page.Contract.Lines() {
			if line.Kind != contract.OfPart {
				got = append(got, line.Subject+" "+strings.Join(line.Trades, "+")+" "+line.Since.String())
			}
		}
		same(t, "R-CON-2 the contract", got, []string{"1ANAC customs-broker 2024-12-12", "1BNAC consolidator 2024-12-12", "1CNAC bonded-warehouse 2024-12-20",
			"1ANACA0A customs-broker 2024-12-12", "1BNACA0A consolidator 2024-12-12", "1CNACA0A bonded-warehouse 2024-12-20"})
		l, err := w.Desk.CodeLife(t.Context(), w.Viewer, sample.Tokyo, "1DNAC")
		if err != nil || l.State != desk.LifeVoid {
			t.Errorf("R-SET-1 the void code: %v, %v", said(l), err)
		}
		findings, err := w.Desk.Check(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range findings {
			if f.Rule != "R-SEC-6" { // its key ring is gone
				t.Errorf("the check finds: %s", f)
			}
		}
	})
}

func eachStored(t *testing.T, f func(*testing.T, *sample.World)) {
	t.Helper()
	storetest.EachStored(t, "0001", func(t *testing.T, dsn string, _ *sql.DB) {
		db := storetest.Open(t, dsn)
		if err := db.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		f(t, sample.On(t, db, "2025-01-10T10:00:00+09:00"))
	})
}

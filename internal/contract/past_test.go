package contract

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/calendar"
	"uketsuke/internal/userid"

	"pgregory.net/rapid"
)

// s12 are the facts of S3 and of S11's three changes: a number added, a code deleted, statistics paid off.
func s12() Facts {
	by := func(application, recorded, from string) Fact {
		return Fact{ValidFrom: d(from), RecordedAt: d(recorded).At(11, 0), BornBy: application}
	}
	s3, add := by("a1", "2024-12-02", "2024-12-12"), by("a2", "2024-12-12", "2024-12-23")
	gone, off := by("a3", "2024-12-12", "2024-12-24"), by("a4", "2024-12-24", "2025-01-09")
	return Facts{
		Codes: []CodeTerm{{Fact: s3, Code: "1ANAC", Category: "common"}, {Fact: s3, Code: "1BNAC", Category: "common"},
			{Fact: gone, Code: "1BNAC", Category: "common", Ended: true}},
		IDs: []IDTerm{{Fact: s3, ID: "1ANACA0A", Trades: []string{"customs"}, Method: "netnaccs"}, {Fact: s3, ID: "1BNACA0A", Trades: []string{"consolidator"}, Method: "netnaccs"},
			{Fact: add, ID: "1ANACA0B", Trades: []string{"customs"}, Method: "netnaccs"}, {Fact: gone, ID: "1BNACA0A", Trades: []string{"consolidator"}, Method: "netnaccs", Ended: true}},
		Services: []CodeService{{s3, "1ANAC", true, true, false}, {s3, "1BNAC", false, false, false}, {off, "1ANAC", false, true, false}},
	}
}

// S12: the day before, the day of and the day after each start date. That 1BNAC will be deleted was known from
// 2024-12-12 on, so it stands on the days from then on and on no day before.
func TestS12(t *testing.T) {
	const (
		none = ""
		s3   = "1ANAC common true/true/false 2024-12-12~ [1ANACA0A customs 2024-12-12~]; 1BNAC common false/false/false 2024-12-12~2024-12-24 [1BNACA0A consolidator 2024-12-12~2024-12-24]"
		two  = "1ANAC common true/true/false 2024-12-12~ [1ANACA0A customs 2024-12-12~] [1ANACA0B customs 2024-12-23~]"
		bye  = "; 1BNAC common false/false/false 2024-12-12~2024-12-24 [1BNACA0A consolidator 2024-12-12~2024-12-24]"
		free = "1ANAC common false/true/false 2024-12-12~ [1ANACA0A customs 2024-12-12~] [1ANACA0B customs 2024-12-23~]"
	)
	for _, c := range []struct{ on, want string }{
		{"2024-12-11", none}, {"2024-12-12", s3}, {"2024-12-13", s3},
		{"2024-12-22", s3}, {"2024-12-23", two + bye}, {"2024-12-24", two}, {"2024-12-25", two},
		{"2025-01-08", two}, {"2025-01-09", free}, {"2025-01-10", free},
	} {
		if got := text(AsOf(s12(), d(c.on), nil)); got != c.want {
			t.Errorf("S12 on %s\n got %s\nwant %s", c.on, got, c.want)
		}
	}
}

// What is decided after a day changes nothing of the answer about it, not even until when something is to last.
func TestUntilIsAsKnownOnTheDay(t *testing.T) {
	facts := s12()
	for i := range facts.Codes {
		if facts.Codes[i].Ended {
			facts.Codes[i].RecordedAt = d("2024-12-20").At(11, 0)
			facts.Codes[i].RevokedAt = d("2024-12-22").At(9, 0)
		}
	}
	for on, want := range map[string]string{"2024-12-19": "", "2024-12-20": "2024-12-24", "2024-12-21": "2024-12-24", "2024-12-22": "", "2024-12-24": ""} {
		if got := AsOf(facts, d(on), nil).Codes[1].Until; got != d(want) {
			t.Errorf("R-CON-2 on %s: 1BNAC until %q, want %q", on, got, want)
		}
	}
}

// A history is written as the desk writes it: every change is decided on a day and begins on a later one; one that
// has not begun may be taken back, by a person at once, or by its missed deadline, which is recorded late or never.
type history struct {
	facts    Facts
	deadline map[string]calendar.Date // of applications whose settings stay incomplete
}

func (h *history) decide(t *rapid.T, now time.Time, n int) {
	today := calendar.DateOf(now)
	start := today.AddDays(rapid.IntRange(2, 9).Draw(t, "start"))
	f := Fact{ValidFrom: start, RecordedAt: now, BornBy: fmt.Sprint("a", n)}
	id := rapid.SampledFrom([]userid.ID{"1ANACA0A", "1ANACA0B", "1BNACA0A"}).Draw(t, "id")
	switch rapid.IntRange(0, 3).Draw(t, "what") {
	case 0:
		h.facts = plus(h.facts, addition(f, id, fmt.Sprint("t", n)))
	case 1:
		h.facts = plus(h.facts, Facts{IDs: []IDTerm{{Fact: f, ID: id, Ended: true}}})
	case 2:
		h.facts = plus(h.facts, Facts{Codes: []CodeTerm{{Fact: f, Code: id.Code(), Category: "common", Ended: true}}})
	case 3:
		h.facts = plus(h.facts, Facts{Services: []CodeService{{f, id.Code(), n%2 == 0, n%3 == 0, false}}})
	}
	if rapid.IntRange(0, 3).Draw(t, "incomplete") == 0 {
		h.deadline[f.BornBy] = start.AddDays(-2)
	}
}

// takeBack revokes what one application has decided and has not begun.
func (h *history) takeBack(application string, at time.Time) {
	for _, f := range h.facts.all() {
		if f.BornBy == application && !at.Before(f.ValidFrom.Start()) {
			return
		}
	}
	h.facts = h.facts.EndedBy(application, at)
}

// now is what the desk reads: the facts, and which applications are void though nobody has recorded it.
func (h *history) now(at time.Time) (Facts, Voided) {
	void, facts := map[string]bool{}, h.facts
	for application, deadline := range h.deadline {
		if end := deadline.AddDays(1).Start(); !at.Before(end) {
			void[application] = true
			facts = facts.EndedBy(application, end)
		}
	}
	return facts, func(application string) bool { return void[application] }
}

// R-CON-2: once a day is over, the answer about it never changes, whatever is decided, taken back or missed later.
func TestPastDaysNeverChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := &history{deadline: map[string]calendar.Date{}}
		first := d("2024-12-02")
		answers := map[calendar.Date]string{}
		now := first.At(10, 0)
		for n := range rapid.IntRange(1, 14).Draw(t, "steps") {
			switch rapid.IntRange(0, 4).Draw(t, "step") {
			case 0:
				h.takeBack(fmt.Sprint("a", rapid.IntRange(0, 13).Draw(t, "whose")), now)
			case 1: // a job records a missed deadline, with the true instant
				for application, deadline := range h.deadline {
					if end := deadline.AddDays(1).Start(); !now.Before(end) {
						h.takeBack(application, end)
					}
				}
			default:
				h.decide(t, now, n)
			}
			facts, voided := h.now(now)
			for day := first; day.Before(calendar.DateOf(now)); day = day.AddDays(1) {
				got := text(AsOf(facts, day, voided))
				if was, known := answers[day]; known && was != got {
					t.Fatalf("R-CON-2 on %s: it was\n%s\nand at %s it is\n%s", day, was, now, got)
				}
				answers[day] = got
			}
			now = now.Add(time.Duration(rapid.IntRange(1, 80).Draw(t, "hours")) * time.Hour)
		}
	})
}

// R-CON-1: today's contract with every coming change made to it is the contract of the day to come.
func TestComingComposes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := &history{deadline: map[string]calendar.Date{}}
		now := d("2024-12-02").At(10, 0)
		for n := range rapid.IntRange(1, 12).Draw(t, "steps") {
			h.decide(t, now, n)
			now = now.Add(time.Duration(rapid.IntRange(1, 60).Draw(t, "hours")) * time.Hour)
		}
		facts, voided := h.now(now)
		today := calendar.DateOf(now)
		lines := map[string]Line{}
		for _, l := range AsOf(facts, today, voided).Lines() {
			lines[l.Subject] = l
		}
		coming := Coming(facts, today, voided)
		for n := range 14 {
			day := today.AddDays(n)
			for len(coming) > 0 && coming[0].Day == day {
				for _, difference := range coming[0].Differences() {
					if delete(lines, difference.Subject()); difference.After.Kind != "" {
						lines[difference.Subject()] = difference.After
					}
				}
				coming = coming[1:]
			}
			want := AsOf(facts, day, voided).Lines()
			if len(want) != len(lines) || slices.ContainsFunc(want, func(l Line) bool { return !sameLine(l, lines[l.Subject]) }) {
				t.Fatalf("R-CON-1 on %s: composed %v, want %v", day, lines, want)
			}
		}
	})
}

// R-SET-1, R-CON-4: what a void application brought vanishes, before any job has recorded it as after.
func TestVoidVanishesUnrecorded(t *testing.T) {
	facts := s12()
	void := func(application string) bool { return application == "a2" || application == "a3" }
	recorded := facts.EndedBy("a2", d("2024-12-18").Start()).EndedBy("a3", d("2024-12-18").Start())
	for on := d("2024-12-11"); on.Before(d("2025-01-11")); on = on.AddDays(1) {
		unrecorded := facts.EndedBy("a2", d("2024-12-18").Start()).EndedBy("a3", d("2024-12-18").Start())
		a, b, c := AsOf(facts, on, void), AsOf(unrecorded, on, void), AsOf(recorded, on, nil)
		if strings.Contains(text(a), "1ANACA0B") || text(b) != text(c) {
			t.Errorf("R-SET-1 on %s: %s, %s, %s", on, text(a), text(b), text(c))
		}
		if on.After(d("2024-12-12")) && !strings.Contains(text(a), "1BNACA0A") {
			t.Errorf("R-EX-8 on %s the code that was to be deleted stands: %s", on, text(a))
		}
	}
}

func TestTurns(t *testing.T) {
	var days []string
	for _, turn := range Turns(s12().OfCode("1ANAC"), nil) {
		for _, difference := range turn.Differences {
			days = append(days, fmt.Sprintf("%s %s %s %t %t", turn.Day, difference.Subject(), strings.Join(turn.BornBy, "+"), difference.Before.Kind != "", difference.After.Kind != ""))
		}
	}
	want := []string{"2024-12-12 1ANAC a1 false true", "2024-12-12 1ANACA0A a1 false true", "2024-12-23 1ANACA0B a2 false true", "2025-01-09 1ANAC a4 true true"}
	if !slices.Equal(days, want) {
		t.Errorf("S11 the life of 1ANAC: %q, want %q", days, want)
	}
	moved := s12().EndedBy("a2", d("2024-12-13").At(9, 0))
	lapses := Lapses(moved.OfID("1ANACA0B"), nil)
	if len(lapses) != 1 || lapses[0].BornBy != "a2" || lapses[0].Day != d("2024-12-23") || len(Turns(moved.OfID("1ANACA0B"), nil)) != 1 {
		t.Errorf("R-EX-8 what came to nothing: %+v, %+v", lapses, Turns(moved.OfID("1ANACA0B"), nil))
	}
}

func TestDifferences(t *testing.T) {
	before := Contract{Plan: "A", Terminals: 2, GeneralPlan: "B", Codes: []Code{{Code: "1ANAC", StatsPaid: true, IDs: []ID{{ID: "1ANACA0A", Trades: []string{"a"}}, {ID: "1ANAC001"}}}}}
	after := Contract{Plan: "A", Terminals: 3, GeneralPlan: "B", Codes: []Code{{Code: "1ANAC", Until: d("2030-01-01"), IDs: []ID{{ID: "1ANACA0A", Trades: []string{"a"}}}}, {Code: "1BNAC"}}}
	var got []string
	for _, x := range Compare(before, after).Differences() {
		got = append(got, fmt.Sprintf("%s %s %t %t", x.Kind(), x.Subject(), x.Before.Kind != "", x.After.Kind != ""))
	}
	want := []string{"part net true true", "code 1ANAC true true", "code 1BNAC false true", "id 1ANAC001 true false"}
	if !slices.Equal(got, want) {
		t.Errorf("differences %q, want %q", got, want)
	}
	if lines := before.Lines(); len(lines) != 5 || !lines[2].StandsOn(userid.Net) || !lines[2].StandsOn(userid.General) || lines[4].StandsOn(userid.Net) {
		t.Errorf("E3 lines %+v", lines)
	}
}

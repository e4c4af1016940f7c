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

func d(s string) calendar.Date {
	if s == "" {
		return calendar.Date{}
	}
	return calendar.MustDate(s)
}

// fact is one of application "a1" recorded on 2024-12-02.
func fact(from, to string) Fact {
	return Fact{ValidFrom: d(from), ValidTo: d(to), RecordedAt: d("2024-12-02").At(11, 0), BornBy: "a1"}
}

func revoked(f Fact) Fact {
	f.RevokedAt = f.RecordedAt.Add(time.Hour)
	return f
}

// addition is the contract facts of one code with one ID.
func addition(f Fact, id userid.ID, trades ...string) Facts {
	return Facts{
		Codes:    []CodeTerm{{Fact: f, Code: id.Code(), Category: "common"}},
		IDs:      []IDTerm{{Fact: f, ID: id, Trades: trades, Method: "netnaccs", SingleSignOn: len(trades) > 1}},
		Services: []CodeService{{f, id.Code(), true, true, false}},
	}
}

func plus(all ...Facts) Facts {
	var sum Facts
	for _, f := range all {
		sum.Codes = append(sum.Codes, f.Codes...)
		sum.IDs = append(sum.IDs, f.IDs...)
		sum.Services = append(sum.Services, f.Services...)
		sum.Terms = append(sum.Terms, f.Terms...)
		sum.Establishment = append(sum.Establishment, f.Establishment...)
	}
	return sum
}

// text writes a contract on one line for the tables.
func text(c Contract) string {
	var parts []string
	for _, code := range c.Codes {
		part := fmt.Sprintf("%s %s %t/%t/%t %s~%s", code.Code, code.Category, code.StatsPaid, code.StatsFree, code.Archive, code.Since, code.Until)
		for _, id := range code.IDs {
			part += fmt.Sprintf(" [%s %s %s~%s]", id.ID, strings.Join(id.Trades, "+"), id.Since, id.Until)
		}
		parts = append(parts, part)
	}
	if c.Plan != "" {
		parts = append(parts, fmt.Sprintf("plan %s × %d", c.Plan, c.Terminals))
	}
	return strings.Join(parts, "; ")
}

func TestAsOf(t *testing.T) {
	s3 := plus(addition(fact("2024-12-12", ""), "1BNACA0A", "consolidator"), addition(fact("2024-12-12", ""), "1ANACA0A", "customs-broker"))
	off := fact("2025-02-03", "")
	off.BornBy, off.RecordedAt = "a2", d("2025-01-20").Start()
	changed := addition(fact("2024-12-12", ""), "1ANACA0A", "customs-broker")
	changed.Services = []CodeService{{fact("2024-12-12", "2025-02-03"), "1ANAC", true, true, false}, {off, "1ANAC", false, true, false}}
	terms := Facts{Terms: []ContractTerm{{Fact: fact("2020-04-01", "2025-01-06"), Plan: "A", Terminals: 2}, {Fact: fact("2025-01-06", ""), Plan: "B", Terminals: 3}}}
	moved := plus(addition(revoked(fact("2024-12-12", "")), "1ANACA0A", "customs-broker"), addition(fact("2024-12-26", ""), "1ANACA0A", "customs-broker"))
	for _, c := range []struct {
		name  string
		facts Facts
		on    string
		want  string
	}{
		{"R-CON-1 the day before the start", s3, "2024-12-11", ""},
		{"R-CON-1 the day of the start, sorted", s3, "2024-12-12",
			"1ANAC common true/true/false 2024-12-12~ [1ANACA0A customs-broker 2024-12-12~]; 1BNAC common true/true/false 2024-12-12~ [1BNACA0A consolidator 2024-12-12~]"},
		{"R-CON-1 the day after", addition(fact("2024-12-12", ""), "1ANACA0A", "a", "b"), "2024-12-13",
			"1ANAC common true/true/false 2024-12-12~ [1ANACA0A a+b 2024-12-12~]"},
		{"R-CON-2 the last day before the end", addition(fact("2024-12-12", "2025-03-01"), "1ANACA0A", "a"), "2025-02-28",
			"1ANAC common true/true/false 2024-12-12~2025-03-01 [1ANACA0A a 2024-12-12~2025-03-01]"},
		{"R-CON-2 the end is the first day without", addition(fact("2024-12-12", "2025-03-01"), "1ANACA0A", "a"), "2025-03-01", ""},
		{"R-CON-2 revoked facts do not count", addition(revoked(fact("2024-12-12", "")), "1ANACA0A", "a"), "2024-12-20", ""},
		{"R-EX-9 a moved start, in between", moved, "2024-12-25", ""},
		{"R-EX-9 a moved start, on the new day", moved, "2024-12-26", "1ANAC common true/true/false 2024-12-26~ [1ANACA0A customs-broker 2024-12-26~]"},
		{"S11 statistics before their change", changed, "2025-02-02", "1ANAC common true/true/false 2024-12-12~ [1ANACA0A customs-broker 2024-12-12~]"},
		{"S11 statistics from their change", changed, "2025-02-03", "1ANAC common false/true/false 2024-12-12~ [1ANACA0A customs-broker 2024-12-12~]"},
		{"R-CON-2 plan before", terms, "2025-01-05", "plan A × 2"},
		{"R-CON-2 plan after", terms, "2025-01-06", "plan B × 3"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := text(AsOf(c.facts, d(c.on), nil)); got != c.want {
				t.Errorf("on %s\n got %s\nwant %s", c.on, got, c.want)
			}
		})
	}
}

func TestVoidedFactsDoNotCount(t *testing.T) {
	facts := addition(fact("2024-12-10", ""), "1ANACA0A", "a")
	voided := func(application string) bool { return application == "a1" }
	if got := AsOf(facts, d("2024-12-20"), voided); len(got.Codes) > 0 {
		t.Errorf("R-CON-4 a missed deadline, recorded or not: %s", text(got))
	}
	if got := AsOf(facts, d("2024-12-20"), func(application string) bool { return application == "a2" }); len(got.Codes) != 1 {
		t.Errorf("R-CON-4 somebody else's: %s", text(got))
	}
	if coming := Coming(facts, d("2024-12-02"), voided); len(coming) > 0 {
		t.Errorf("R-CON-4 a voided application is coming: %v", coming)
	}
}

func TestSinceRunsThroughChanges(t *testing.T) {
	facts := Facts{IDs: []IDTerm{
		{fact("2024-12-12", "2025-02-03"), "1ANACA0A", []string{"a"}, "netnaccs", false, false},
		{fact("2025-02-03", "2025-06-01"), "1ANACA0A", []string{"a", "b"}, "netnaccs", true, false},
		{fact("2025-07-01", ""), "1ANACA0A", []string{"a"}, "netnaccs", false, false},
	}, Codes: []CodeTerm{{Fact: fact("2024-12-12", ""), Code: "1ANAC", Category: "common"}}}
	for on, want := range map[string]string{
		"2025-01-01": "[1ANACA0A a 2024-12-12~2025-06-01]",
		"2025-05-31": "[1ANACA0A a+b 2024-12-12~2025-06-01]",
		"2025-07-01": "[1ANACA0A a 2025-07-01~]",
	} {
		if got := text(AsOf(facts, d(on), nil)); !strings.HasSuffix(got, want) {
			t.Errorf("R-CON-2 on %s: %s, want %s", on, got, want)
		}
	}
	if got := text(AsOf(facts, d("2025-06-15"), nil)); strings.Contains(got, "[") {
		t.Errorf("R-CON-2 in the gap: %s", got)
	}
}

func TestComing(t *testing.T) {
	facts := plus(addition(fact("2024-12-12", "2025-03-01"), "1ANACA0A", "a"),
		Facts{IDs: []IDTerm{{fact("2025-02-03", ""), "1ANACA0B", []string{"b"}, "netnaccs", false, false}}},
		Facts{Terms: []ContractTerm{{Fact: fact("2020-04-01", "2025-04-01"), Plan: "A", Terminals: 2}, {Fact: fact("2025-04-01", ""), Plan: "A", Terminals: 2}}},
		Facts{Establishment: []EstablishmentTerm{{Fact: fact("2020-04-01", "2025-05-01"), Name: "東京"}, {Fact: fact("2025-05-01", ""), Name: "東京第一"}}})
	var days []string
	for _, c := range Coming(facts, d("2024-12-12"), nil) {
		days = append(days, c.Day.String())
	}
	// 2025-04-01 says the same again, so nothing is coming then.
	if want := []string{"2025-02-03", "2025-03-01", "2025-05-01"}; !slices.Equal(days, want) {
		t.Errorf("R-CON-1 coming on %v, want %v", days, want)
	}
	first := Coming(facts, d("2024-12-11"), nil)[0]
	if first.Day != d("2024-12-12") || len(first.AddedCodes) != 1 || len(first.AddedIDs) != 1 || len(first.RemovedCodes) != 0 {
		t.Errorf("R-CON-1 what is added: %+v", first)
	}
	removed := Coming(facts, d("2025-02-28"), nil)[0]
	if len(removed.RemovedCodes) != 1 || len(removed.RemovedIDs) != 2 {
		t.Errorf("R-CON-1 a code goes with its IDs: %+v", removed)
	}
}

func TestCompareChanged(t *testing.T) {
	before := Contract{Codes: []Code{{Code: "1ANAC", StatsPaid: true, IDs: []ID{{ID: "1ANACA0A", Trades: []string{"a"}}}}}}
	after := Contract{Day: d("2025-02-03"), Codes: []Code{{Code: "1ANAC", IDs: []ID{{ID: "1ANACA0A", Trades: []string{"a", "b"}}}}}}
	c := Compare(before, after)
	if len(c.ChangedCodes) != 1 || len(c.ChangedIDs) != 1 || len(c.AddedIDs)+len(c.RemovedIDs)+len(c.AddedCodes)+len(c.RemovedCodes) > 0 {
		t.Errorf("S11 changed: %+v", c)
	}
}

// TestNothingDependsOnTheOrderOfFacts, and a day lies within the days given for each code it has.
func TestNothingDependsOnTheOrderOfFacts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var facts Facts
		for i := range rapid.IntRange(0, 6).Draw(t, "facts") {
			from := d("2024-12-01").AddDays(rapid.IntRange(0, 10).Draw(t, "from"))
			f := Fact{ValidFrom: from, RecordedAt: d("2024-11-01").Start().Add(time.Duration(i) * time.Second)}
			if rapid.Bool().Draw(t, "ends") {
				f.ValidTo = from.AddDays(rapid.IntRange(1, 5).Draw(t, "length"))
			}
			id := rapid.SampledFrom([]userid.ID{"1ANACA0A", "1ANACA0B", "1BNACA0A"}).Draw(t, "id")
			facts = plus(facts, addition(f, id, fmt.Sprint("t", i)))
		}
		reversed := plus(facts)
		slices.Reverse(reversed.Codes)
		slices.Reverse(reversed.IDs)
		slices.Reverse(reversed.Services)
		for n := range 20 {
			day := d("2024-11-28").AddDays(n)
			c := AsOf(facts, day, nil)
			if text(c) != text(AsOf(reversed, day, nil)) {
				t.Fatalf("R-CON-2 on %s: %s or %s", day, text(c), text(AsOf(reversed, day, nil)))
			}
			for _, code := range c.Codes {
				if day.Before(code.Since) || !code.Until.IsZero() && !day.Before(code.Until) {
					t.Fatalf("R-CON-2 %s is not from %s until %s", day, code.Since, code.Until)
				}
			}
		}
	})
}

// TestEnded: a deletion is a term that says so; taking it back (void) needs nothing but its own revocation.
func TestEnded(t *testing.T) {
	ends := fact("2025-02-03", "")
	ends.BornBy = "a2"
	stands := addition(fact("2024-12-12", ""), "1ANACA0A", "a")
	deleted := Facts{Codes: []CodeTerm{{Fact: ends, Code: "1ANAC", Category: "common", Ended: true}},
		IDs: []IDTerm{{Fact: ends, ID: "1ANACA0A", Trades: []string{"a"}, Method: "netnaccs", Ended: true}}}
	facts := plus(stands, deleted)
	for on, want := range map[string]string{
		"2025-02-02": "1ANAC common true/true/false 2024-12-12~2025-02-03 [1ANACA0A a 2024-12-12~2025-02-03]",
		"2025-02-03": "",
		"2025-02-04": "",
	} {
		if got := text(AsOf(facts, d(on), nil)); got != want {
			t.Errorf("S11 on %s: %q, want %q", on, got, want)
		}
	}
	voided := func(application string) bool { return application == "a2" }
	if got := text(AsOf(facts, d("2025-02-03"), voided)); got != "1ANAC common true/true/false 2024-12-12~ [1ANACA0A a 2024-12-12~]" {
		t.Errorf("R-EX-8 a deletion that came to nothing: %q", got)
	}
	number := plus(stands, Facts{IDs: []IDTerm{{Fact: ends, ID: "1ANACA0A", Ended: true}}})
	if got := text(AsOf(number, d("2025-02-03"), nil)); got != "1ANAC common true/true/false 2024-12-12~" {
		t.Errorf("R-APP-8 one number deleted: %q", got)
	}
}

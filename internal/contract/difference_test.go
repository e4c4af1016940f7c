package contract

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"uketsuke/internal/userid"
)

// R-CON-1: whatever is said of a code or an ID, a change of it is told, as a change of that thing and of no other.
func TestEveryChangeIsTold(t *testing.T) {
	t.Parallel()
	code := func(change func(*Code)) Contract {
		c := Code{Code: "1ANAC", Category: "common", StatsPaid: true, StatsFree: true, Archive: true,
			IDs: []ID{{ID: "1ANACA0A", Trades: []string{"a", "b"}, Method: "netnaccs", SingleSignOn: true}}}
		change(&c)
		return Contract{Plan: "A", Terminals: 2, GeneralPlan: "B", GeneralTerminals: 1, Codes: []Code{c}}
	}
	was := code(func(*Code) {})
	for _, row := range []struct {
		name    string
		becomes Contract
		want    string
	}{
		{"R-CON-1 nothing", code(func(*Code) {}), ""},
		{"R-CON-1 until when it exists is no difference", code(func(c *Code) { c.Until, c.IDs[0].Until = d("2030-01-01"), d("2030-01-01") }), ""},
		{"R-APP-6 category", code(func(c *Code) { c.Category = "air" }), "code 1ANAC"},
		{"R-APP-5 paid statistics", code(func(c *Code) { c.StatsPaid = false }), "code 1ANAC"},
		{"R-APP-5 free statistics", code(func(c *Code) { c.StatsFree = false }), "code 1ANAC"},
		{"R-APP-5 archive", code(func(c *Code) { c.Archive = false }), "code 1ANAC"},
		{"R-APP-8 trades", code(func(c *Code) { c.IDs[0].Trades = []string{"a"} }), "id 1ANACA0A"},
		{"R-APP-8 method", code(func(c *Code) { c.IDs[0].Method = "mail" }), "id 1ANACA0A"},
		{"R-APP-2 single sign-on", code(func(c *Code) { c.IDs[0].SingleSignOn = false }), "id 1ANACA0A"},
	} {
		t.Run(row.name, func(t *testing.T) {
			change := Compare(was, row.becomes)
			var got []string
			for _, x := range change.Differences() {
				got = append(got, fmt.Sprint(x.Kind(), " ", x.Subject()))
			}
			if strings.Join(got, ", ") != row.want {
				t.Errorf("differences %q, want %q", got, row.want)
			}
			codes, ids := len(change.ChangedCodes) == 1, len(change.ChangedIDs) == 1
			if codes != strings.HasPrefix(row.want, "code") || ids != strings.HasPrefix(row.want, "id") || change.any() != (row.want != "") {
				t.Errorf("changed codes %v, changed IDs %v, any %t", change.ChangedCodes, change.ChangedIDs, change.any())
			}
		})
	}
}

// R-CON-1: differences stand in the order of the lines, also those of what goes.
func TestDifferencesInOrder(t *testing.T) {
	t.Parallel()
	id := func(id userid.ID) []ID { return []ID{{ID: id, Trades: []string{"a"}}} }
	before := Contract{Plan: "A", Codes: []Code{{Code: "1ANAC", IDs: id("1ANACA0A")}, {Code: "1BNAC", IDs: id("1BNACA0A")}}}
	after := Contract{Plan: "B", Codes: []Code{{Code: "1ANAC", IDs: id("1ANACA0B")}, {Code: "1CNAC", IDs: id("1CNACA0A")}}}
	var got []string
	for _, x := range Compare(before, after).Differences() {
		got = append(got, string(x.Kind())+" "+x.Subject())
	}
	want := []string{"part net", "code 1CNAC", "code 1BNAC", "id 1ANACA0B", "id 1CNACA0A", "id 1ANACA0A", "id 1BNACA0A"}
	if !slices.Equal(got, want) {
		t.Errorf("differences %q, want %q", got, want)
	}
}

// R-ID-3: a line stands on the sides of the contract on which its IDs are; a code without any must not be lost.
func TestLinesStandOnASide(t *testing.T) {
	t.Parallel()
	c := Contract{Plan: "A", Codes: []Code{
		{Code: "1ANAC", IDs: []ID{{ID: "1ANACA0A"}}}, {Code: "1BNAC", IDs: []ID{{ID: "1BNAC001"}}},
		{Code: "1CNAC", IDs: []ID{{ID: "1CNACA0A"}, {ID: "1CNAC001"}}}, {Code: "1DNAC"},
	}}
	for class, want := range map[userid.Class]string{
		userid.Net:     "net 1ANAC 1CNAC 1DNAC 1ANACA0A 1CNACA0A",
		userid.General: "general 1BNAC 1CNAC 1BNAC001 1CNAC001",
	} {
		var got []string
		for _, l := range c.Lines() {
			if l.StandsOn(class) {
				got = append(got, l.Subject)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("R-ID-3 %s: %q, want %s", class, got, want)
		}
	}
}

// R-CON-2: a fact that says again what was so already is no turn in the life of a code.
func TestSameAgainIsNoTurn(t *testing.T) {
	t.Parallel()
	again := fact("2025-02-03", "")
	again.BornBy = "a2"
	facts := plus(addition(fact("2024-12-12", ""), "1ANACA0A", "a"), addition(again, "1ANACA0A", "a"))
	if turns := Turns(facts, nil); len(turns) != 1 || turns[0].Day != d("2024-12-12") || !slices.Equal(turns[0].BornBy, []string{"a1"}) {
		t.Errorf("R-CON-2 %+v", turns)
	}
}

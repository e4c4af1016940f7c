package application

import (
	"slices"
	"testing"

	"uketsuke/internal/userid"
)

func TestPlanOfExistingCodes(t *testing.T) {
	t.Parallel()
	cat := loaded(t)
	if plan := Plan(asks("user-code", "1ANAC", func(e *ExistingItem) { e.StatsPaid = false }), cat); len(plan) != 0 {
		t.Errorf("R-SEC-11 a change that asks for no number issues nothing: %+v", plan)
	}
	added := asks("ident-number", "1ANAC", func(e *ExistingItem) {
		e.Add = []Row{net("customs-broker"), {Trades: []string{"consolidator"}, Method: "webnaccs", Count: 2}}
	})
	added.Codes = []CodeItem{{Placeholder: 1, Rows: []Row{net("airline")}}}
	plan := Plan(added, cat)
	want := []PlannedNumber{{0, userid.Net}, {1, userid.General}, {1, userid.General}}
	if len(plan) != 2 || plan[0].Existing != "" || plan[1].Existing != "1ANAC" || plan[1].Placeholder != FirstExisting || !slices.Equal(plan[1].Numbers, want) {
		t.Errorf("R-APP-8 numbers are added to the code that exists, in the order of the rows: %+v", plan)
	}
}

func TestPreview(t *testing.T) {
	t.Parallel()
	cat := loaded(t)
	doc := asks("ident-number", "1ANAC", func(e *ExistingItem) { e.Add = []Row{net("customs-broker")} })
	doc.Codes = []CodeItem{{Placeholder: 1, Rows: []Row{net("airline")}}, {Placeholder: 2, Rows: []Row{net("airline")}}, {Placeholder: 3, Rows: []Row{net("airline")}}}
	issued := Preview(doc, cat, []userid.Code{"1BNAC"}, map[userid.ID]bool{"1ANACA0A": true, "1ANACA0B": true})
	if len(issued) != 2 || issued[1].Code != "1BNAC" || issued[1].Rows[0][0] != "1BNACA0A" || issued[FirstExisting].Rows[0][0] != "1ANACA0C" {
		t.Errorf("R-ID-8 R-ID-9 codes that are not given are left out, additions to codes that exist are not: %+v", issued)
	}

	var full CodeItem
	for range 11 {
		full.Rows = append(full.Rows, Row{Trades: []string{"customs-broker"}, Method: "webnaccs", Count: 99})
	}
	var ids []userid.ID
	for _, row := range Preview(application(full), cat, []userid.Code{"1ANAC"}, nil)[1].Rows {
		ids = append(ids, row...)
	}
	if len(ids) != 999 || ids[0] != "1ANAC001" || ids[998] != "1ANAC999" {
		t.Errorf("R-ID-4 numbers beyond the end of a series are left out: %d of them, %v", len(ids), ids[len(ids)-1])
	}
}

package application

import (
	"slices"
	"strings"
	"testing"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/contract"
	"uketsuke/internal/problem"
	"uketsuke/internal/userid"
)

// held is the contract of S3 with a warehouse: 1ANAC 通関 with statistics, 1BNAC 混載, 1CNAC 保税蔵置場 twice.
func held() map[userid.Code]CodeState {
	id := func(id userid.ID, trades ...string) IDState {
		return IDState{ID: id, Trades: trades, Method: "netnaccs", SingleSignOn: len(trades) > 1}
	}
	return map[userid.Code]CodeState{
		"1ANAC": {Category: CategoryCommon, StatsPaid: true, StatsFree: true, IDs: []IDState{id("1ANACA0A", "customs-broker")}},
		"1BNAC": {Category: CategoryCommon, IDs: []IDState{id("1BNACA0A", "consolidator")}},
		"1CNAC": {Category: CategoryCommon, IDs: []IDState{id("1CNACA0A", "bonded-warehouse"), id("1CNACA0B", "bonded-warehouse")}},
	}
}

func holdingGround(t testing.TB) Ground {
	g := ground(t)
	g.Holding = held()
	g.NumbersUsed = map[userid.Code]map[userid.Class]int{"1ANAC": {userid.Net: 1}}
	return g
}

// asks is an application about the existing code, changed by f.
func asks(kind string, code userid.Code, f func(*ExistingItem)) Document {
	doc := application()
	doc.Kinds = []string{kind}
	item := NewExisting(FirstExisting, code, held()[code])
	f(&item)
	doc.Existing = []ExistingItem{item}
	return doc
}

func TestExistingProblems(t *testing.T) {
	delete1 := func(e *ExistingItem) { e.Delete = true }
	for _, c := range []struct {
		name        string
		doc         Document
		ground      func(*Ground)
		field, rule string
	}{
		{"R-APP-8 S11 add a number", asks("ident-number", "1ANAC", func(e *ExistingItem) { e.Add = []Row{net("customs-broker")} }), nil, "", ""},
		{"R-APP-8 S11 delete a code", asks("user-code", "1BNAC", delete1), nil, "", ""},
		{"R-APP-8 S11 paid statistics off", asks("user-code", "1ANAC", func(e *ExistingItem) { e.StatsPaid = false }), nil, "", ""},
		{"R-APP-8 another trade for an ID", asks("user-code", "1BNAC", func(e *ExistingItem) {
			e.IDs = []IDChange{{"1BNACA0A", true, []string{"consolidator", "customs-broker"}}}
		}), nil, "", ""},
		{"R-APP-8 settings only", asks("user-code", "1BNAC", func(e *ExistingItem) { e.Settings = true }), nil, "", ""},
		{"R-APP-8 delete one of two numbers", asks("ident-number", "1CNAC", func(e *ExistingItem) { e.Remove = []userid.ID{"1CNACA0A"} }), nil, "", ""},
		{"R-APP-8 delete the last number", asks("ident-number", "1ANAC", func(e *ExistingItem) { e.Remove = []userid.ID{"1ANACA0A"} }), nil,
			"codes.1001.remove", "R-APP-8"},
		{"R-APP-8 the last number with another in its place", asks("ident-number", "1ANAC", func(e *ExistingItem) {
			e.Remove, e.Add = []userid.ID{"1ANACA0A"}, []Row{net("customs-broker")}
		}), nil, "", ""},
		{"R-APP-8 a number of another code", asks("ident-number", "1CNAC", func(e *ExistingItem) { e.Remove = []userid.ID{"1BNACA0A"} }), nil,
			"codes.1001.remove", "R-APP-8"},
		{"R-APP-8 change what is deleted", asks("ident-number", "1CNAC", func(e *ExistingItem) {
			e.Remove, e.Settings = []userid.ID{"1CNACA0A"}, false
			e.IDs = []IDChange{{"1CNACA0A", false, []string{"customs-broker"}}}
		}), func(g *Ground) {}, "codes.1001.ids.1CNACA0A.trades", "R-APP-8"},
		{"R-APP-8 delete and change", asks("user-code", "1ANAC", func(e *ExistingItem) { e.Delete, e.StatsPaid = true, false }), nil, "codes.1001", "R-APP-8"},
		{"R-APP-8 not in the contract", asks("user-code", "1BNAC", delete1), func(g *Ground) { delete(g.Holding, "1BNAC") }, "codes.1001", "R-APP-8"},
		{"R-APP-8 the contract has changed since", asks("user-code", "1BNAC", delete1), func(g *Ground) {
			s := g.Holding["1BNAC"]
			s.StatsPaid = true
			g.Holding["1BNAC"] = s
		}, "codes.1001", "R-APP-8"},
		{"R-APP-1 nothing changes", asks("user-code", "1BNAC", func(*ExistingItem) {}), nil, "codes", "R-APP-1"},
		{"R-APP-1 numbers without their kind", asks("user-code", "1ANAC", func(e *ExistingItem) {
			e.StatsPaid, e.Add = false, []Row{net("customs-broker")}
		}), nil, "codes.1001", "R-APP-1"},
		{"R-APP-1 the kind without numbers", asks("ident-number", "1ANAC", func(e *ExistingItem) { e.StatsPaid = false }), nil, "codes", "R-APP-1"},
		{"R-APP-10 another application touches it", asks("user-code", "1BNAC", delete1),
			func(g *Ground) { g.TouchedBy = map[string]string{"1BNAC": "2400007A"} }, "codes.1001", "R-APP-10"},
		{"R-APP-3 single sign-on needs two", asks("user-code", "1BNAC", func(e *ExistingItem) {
			e.IDs = []IDChange{{"1BNACA0A", true, []string{"consolidator"}}}
		}), nil, "codes.1001.ids.1BNACA0A.trades", "R-APP-3"},
		{"R-APP-4 another group", asks("ident-number", "1ANAC", func(e *ExistingItem) { e.Add = []Row{net("bonded-warehouse")} }), nil,
			"codes.1001.add.0.trades", "R-APP-4"},
		{"R-APP-5 the trade that may have them goes", asks("user-code", "1ANAC", func(e *ExistingItem) {
			e.StatsPaid = false
			e.IDs = []IDChange{{"1ANACA0A", false, []string{"consolidator"}}}
		}), nil, "codes.1001.statistics_free", "R-APP-5"},
		{"R-APP-6 a category against what stays", asks("user-code", "1CNAC", func(e *ExistingItem) {
			e.Category = CategorySea
			e.Before.IDs[0].Trades, e.Before.IDs[1].Trades = []string{"consolidator"}, []string{"consolidator"}
		}), func(g *Ground) {
			s := g.Holding["1CNAC"]
			s.IDs[0].Trades, s.IDs[1].Trades = []string{"consolidator"}, []string{"consolidator"}
		}, "codes.1001.ids.1CNACA0A.trades", "R-APP-6"},
		{"R-APP-7 a count", asks("ident-number", "1ANAC", func(e *ExistingItem) { e.Add = []Row{{Trades: []string{"customs-broker"}, Method: "netnaccs"}} }), nil,
			"codes.1001.add.0.count", "R-APP-7"},
		{"R-APP-7 the same row twice", asks("ident-number", "1ANAC", func(e *ExistingItem) { e.Add = []Row{net("customs-broker"), net("customs-broker")} }), nil,
			"codes.1001.add.1", "R-APP-7"},
		{"R-APP-7 a retired method stays", asks("user-code", "1ANAC", func(e *ExistingItem) {
			e.StatsPaid = false
			e.Before.IDs[0].Method = "direct"
		}), func(g *Ground) { g.Holding["1ANAC"].IDs[0].Method = "direct" }, "", ""},
		{"R-ID-4 the series is used up", asks("ident-number", "1ANAC", func(e *ExistingItem) { e.Add = []Row{net("customs-broker")} }),
			func(g *Ground) { g.NumbersUsed["1ANAC"][userid.Net] = userid.Net.Capacity() }, "codes.1001.add", "R-ID-4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := holdingGround(t)
			if c.ground != nil {
				c.ground(&g)
			}
			l := Problems(c.doc, nil, g)
			wellFormed(t, l)
			found := slices.ContainsFunc(l, func(p problem.Problem) bool { return p.Field == c.field && p.Rule == c.rule })
			if c.rule == "" && len(l) > 0 || c.rule != "" && !found {
				t.Errorf("got %+v, want %s at %q", l, c.rule, c.field)
			}
		})
	}
}

func TestReissueProblems(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Document, *Ground)
		field  string
		rule   string
	}{
		{"R-SEC-9 no start date, no codes", func(*Document, *Ground) {}, "", ""},
		{"R-SEC-9 an applicant", func(_ *Document, g *Ground) { g.Asker = account.Applicant }, "kinds", "R-SEC-9"},
		{"R-SEC-9 with other items", func(doc *Document, _ *Ground) {
			doc.Kinds, doc.Desired = append(doc.Kinds, "user-code"), d("2024-12-12")
			doc.Codes = s3().Codes
		}, "kinds", "R-SEC-9"},
		{"R-SEC-9 none", func(doc *Document, _ *Ground) { doc.Reissue = nil }, "reissue", "R-SEC-9"},
		{"R-SEC-9 not held", func(doc *Document, _ *Ground) { doc.Reissue = []userid.ID{"1ZNACA0A"} }, "reissue", "R-SEC-9"},
		{"R-SEC-9 twice", func(doc *Document, _ *Ground) { doc.Reissue = append(doc.Reissue, doc.Reissue[0]) }, "reissue", "R-SEC-9"},
		{"R-APP-10 another re-issue of the ID", func(_ *Document, g *Ground) { g.TouchedBy = map[string]string{"reissue:1ANACA0A": "2400007A"} }, "reissue", "R-APP-10"},
		{"R-APP-10 a change of the code is no conflict", func(_ *Document, g *Ground) { g.TouchedBy = map[string]string{"1ANAC": "2400007A"} }, "", ""},
		{"R-APP-1 IDs without the kind", func(doc *Document, _ *Ground) {
			doc.Kinds, doc.Desired, doc.Codes = []string{"user-code"}, d("2024-12-12"), s3().Codes
		}, "reissue", "R-APP-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc, g := application(), holdingGround(t)
			doc.Kinds, doc.Desired, doc.Reissue = []string{"password-reissue"}, calendar.Date{}, []userid.ID{"1ANACA0A"}
			g.Asker = account.Administrator
			c.change(&doc, &g)
			l := Problems(doc, nil, g)
			wellFormed(t, l)
			expectOne(t, l, c.field, c.rule)
		})
	}
}

// TestExistingTable is S11's before and after in 申込情報.
func TestExistingTable(t *testing.T) {
	cat := loaded(t)
	doc := asks("user-code", "1ANAC", func(e *ExistingItem) { e.StatsPaid, e.Add = false, []Row{net("customs-broker")} })
	deleted := NewExisting(FirstExisting+1, "1CNAC", held()["1CNAC"])
	deleted.Delete = true
	doc.Existing = append(doc.Existing, deleted)
	want := []string{
		"変更前|共用|通関|net|1ANAC|A0A|1|○|○",
		"変更後|共用|通関|net|1ANAC|A0A|1|×|○",
		"追加|共用|通関|net|1ANAC|－|1|×|○",
		"削除|共用|保税|net|1CNAC|A0A A0B|2|×|×",
	}
	var got []string
	for _, r := range TableRows(doc, cat, nil) {
		got = append(got, written(r))
	}
	if !slices.Equal(got, want) {
		t.Errorf("S11 rows\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	issued := Preview(doc, cat, nil, map[userid.ID]bool{"1ANACA0A": true})
	if got := written(TableRows(doc, cat, issued)[2]); got != "追加|共用|通関|net|1ANAC|A0B|1|×|○" {
		t.Errorf("S11 the lowest never-used number: %s", got)
	}
	if got := ItemNames(doc, cat); !slices.Equal(got, []string{"利用者コード（変更・削除）"}) {
		t.Errorf("R-APP-1 items in words: %v", got)
	}
}

// TestExistingEffects: what a change, a deletion and an addition make of the contract, and of nothing else.
func TestExistingEffects(t *testing.T) {
	cat := loaded(t)
	doc := asks("user-code", "1ANAC", func(e *ExistingItem) { e.StatsPaid, e.Add = false, []Row{net("customs-broker")} })
	deleted := NewExisting(FirstExisting+1, "1BNAC", held()["1BNAC"])
	deleted.Delete = true
	fewer := NewExisting(FirstExisting+2, "1CNAC", held()["1CNAC"])
	fewer.Remove = []userid.ID{"1CNACA0B"}
	doc.Existing = append(doc.Existing, deleted, fewer)
	facts := contract.Facts{}
	base := contract.Fact{ValidFrom: d("2024-12-12"), BornBy: "a1"}
	for code, state := range held() {
		facts.Codes = append(facts.Codes, contract.CodeTerm{Fact: base, Code: code, Category: state.Category})
		facts.Services = append(facts.Services, contract.CodeService{Fact: base, Code: code, StatsPaid: state.StatsPaid, StatsFree: state.StatsFree})
		for _, id := range state.IDs {
			facts.IDs = append(facts.IDs, contract.IDTerm{Fact: base, ID: id.ID, Trades: id.Trades, Method: id.Method})
		}
	}
	before := contract.AsOf(facts, d("2025-02-02"), nil)
	effects := Effects("a2", doc, Preview(doc, cat, nil, map[userid.ID]bool{"1ANACA0A": true}), d("2025-02-03"), at("2025-01-20", 10, 0))
	facts.Codes, facts.IDs = append(facts.Codes, effects.Codes...), append(facts.IDs, effects.IDs...)
	facts.Services = append(facts.Services, effects.Services...)
	for _, day := range []string{"2025-02-02", "2025-02-03", "2025-02-04"} {
		var got []string
		for _, code := range contract.AsOf(facts, d(day), nil).Codes {
			text := string(code.Code) + choose(code.StatsPaid, "○", "×") + choose(code.StatsFree, "○", "×")
			for _, id := range code.IDs {
				text += " " + string(id.ID)
			}
			got = append(got, text)
		}
		want := []string{"1ANAC×○ 1ANACA0A 1ANACA0B", "1CNAC×× 1CNACA0A"}
		if day == "2025-02-02" {
			want = []string{"1ANAC○○ 1ANACA0A", "1BNAC×× 1BNACA0A", "1CNAC×× 1CNACA0A 1CNACA0B"}
		}
		if !slices.Equal(got, want) {
			t.Errorf("S12 on %s: %v, want %v", day, got, want)
		}
	}
	c := contract.Compare(before, contract.AsOf(facts, d("2025-02-03"), nil))
	if len(c.AddedIDs) != 1 || len(c.RemovedIDs) != 2 || len(c.RemovedCodes) != 1 || len(c.ChangedCodes) != 1 || len(c.ChangedIDs) != 0 {
		t.Errorf("R-APP-8 only what was asked for changes: %+v", c)
	}
}

func TestExistingTabs(t *testing.T) {
	cat := loaded(t)
	trade := asks("user-code", "1BNAC", func(e *ExistingItem) {
		e.IDs = []IDChange{{"1BNACA0A", true, []string{"consolidator", "customs-broker"}}}
	})
	for name, c := range map[string]struct {
		doc  Document
		want []string
	}{
		"R-SET-3 a trade that is new opens its tab":   {trade, []string{"customs-broker"}},
		"R-SET-3 settings open every tab":             {asks("user-code", "1ANAC", func(e *ExistingItem) { e.Settings = true }), []string{"name", "customs-broker"}},
		"R-SET-3 a number of a trade it has opens no": {asks("ident-number", "1ANAC", func(e *ExistingItem) { e.Add = []Row{net("customs-broker")} }), nil},
		"R-SET-3 a deletion opens none":               {asks("user-code", "1ANAC", func(e *ExistingItem) { e.Delete = true }), nil},
	} {
		got, known := c.doc.TabsAt(FirstExisting, cat)
		if !known || !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
		if needs := NeedsSettings(c.doc, cat); needs != (len(c.want) > 0) {
			t.Errorf("R-SET-1 %s: needs settings %t", name, needs)
		}
	}
}

func TestRefreshed(t *testing.T) {
	doc := asks("user-code", "1CNAC", func(e *ExistingItem) { e.Remove = []userid.ID{"1CNACA0B"}; e.StatsPaid = true })
	gone := NewExisting(FirstExisting+1, "1BNAC", held()["1BNAC"])
	// What is gone stands first: it must not take what follows with it.
	doc.Existing, doc.Reissue = []ExistingItem{gone, doc.Existing[0]}, []userid.ID{"1ANACA0A", "1BNACA0A"}
	now := held()
	delete(now, "1BNAC")
	state := now["1CNAC"]
	state.IDs = state.IDs[:1]
	state.Category = CategoryAir
	now["1CNAC"] = state
	fresh := Refreshed(doc, now)
	if len(fresh.Existing) != 1 || !slices.Equal(fresh.Reissue, []userid.ID{"1ANACA0A"}) {
		t.Fatalf("R-APP-8 what is gone falls away: %+v", fresh)
	}
	item := fresh.Existing[0]
	if item.Category != CategoryAir || !item.StatsPaid || len(item.Remove) != 0 || !item.Before.Same(state) {
		t.Errorf("R-APP-8 the item follows the contract where it asked nothing: %+v", item)
	}
}

// A placeholder of an existing code is never given to another one: the settings recorded under it would be the other's.
func TestNextExistingIsNeverUsedTwice(t *testing.T) {
	doc := Document{LastExisting: FirstExisting + 4}
	if got := doc.NextExisting(); got != FirstExisting+5 {
		t.Errorf("after all were taken out: %d", got)
	}
	if got := (Document{}).NextExisting(); got != FirstExisting {
		t.Errorf("the first: %d", got)
	}
}

package application

import (
	"fmt"
	"slices"
	"testing"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/contract"
	"uketsuke/internal/userid"
)

// warehouse is a code with two IDs as the contract has it.
func warehouse() CodeState { return held()["1CNAC"] }

// TestSameCode: two states are the same only if nothing at all differs (R-APP-8).
func TestSameCode(t *testing.T) {
	t.Parallel()
	if !warehouse().Same(warehouse()) {
		t.Error("R-APP-8 a code differs from itself")
	}
	for name, change := range map[string]func(*CodeState){
		"category":        func(s *CodeState) { s.Category = CategoryAir },
		"paid statistics": func(s *CodeState) { s.StatsPaid = true },
		"free statistics": func(s *CodeState) { s.StatsFree = true },
		"archive":         func(s *CodeState) { s.Archive = true },
		"an ID":           func(s *CodeState) { s.IDs[1].ID = "1CNACA0C" },
		"an ID less":      func(s *CodeState) { s.IDs = s.IDs[:1] },
		"single sign-on":  func(s *CodeState) { s.IDs[1].SingleSignOn = true },
		"a method":        func(s *CodeState) { s.IDs[1].Method = "webnaccs" },
		"trades":          func(s *CodeState) { s.IDs[1].Trades = []string{"container-yard"} },
	} {
		other := warehouse()
		change(&other)
		if warehouse().Same(other) || other.Same(warehouse()) {
			t.Errorf("R-APP-8 the contract changed in %s, and nobody is told", name)
		}
	}
}

// TestWhatAnItemAsks: each thing that can be asked of a code that exists counts by itself (R-APP-8).
func TestWhatAnItemAsks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                    string
		change                  func(*ExistingItem)
		nothing, code, services bool
	}{
		{"R-APP-8 nothing", func(*ExistingItem) {}, true, false, false},
		{"R-APP-8 deletion", func(e *ExistingItem) { e.Delete = true }, false, false, false},
		{"R-APP-8 category", func(e *ExistingItem) { e.Category = CategorySea }, false, true, false},
		{"R-APP-8 paid statistics", func(e *ExistingItem) { e.StatsPaid = true }, false, true, true},
		{"R-APP-8 free statistics", func(e *ExistingItem) { e.StatsFree = true }, false, true, true},
		{"R-APP-8 archive", func(e *ExistingItem) { e.Archive = true }, false, true, true},
		{"R-APP-8 trades of an ID", func(e *ExistingItem) { e.IDs = []IDChange{{ID: "1CNACA0A"}} }, false, true, false},
		{"R-APP-8 settings", func(e *ExistingItem) { e.Settings = true }, false, true, false},
		{"R-APP-8 a number more", func(e *ExistingItem) { e.Add = []Row{net("bonded-warehouse")} }, false, false, false},
		{"R-APP-8 a number less", func(e *ExistingItem) { e.Remove = []userid.ID{"1CNACA0A"} }, false, false, false},
	} {
		item := NewExisting(FirstExisting, "1CNAC", warehouse())
		c.change(&item)
		if got := [3]bool{item.AsksNothing(), item.ChangesCode(), item.ChangesServices()}; got != [3]bool{c.nothing, c.code, c.services} {
			t.Errorf("%s: asks nothing, changes the code, its services: %t", c.name, got)
		}
	}
}

func TestMoreExistingProblems(t *testing.T) {
	t.Parallel()
	numbers := []string{"ident-number"}
	both := []string{"user-code", "ident-number"}
	codes := []string{"user-code"}
	of := func(kinds []string, code userid.Code, f func(*ExistingItem)) Document {
		doc := asks("", code, f)
		doc.Kinds = kinds
		return doc
	}
	twice := func(second int) Document {
		doc := of(codes, "1BNAC", func(e *ExistingItem) { e.StatsPaid = true })
		doc.Existing = append(doc.Existing, doc.Existing[0])
		doc.Existing[1].Placeholder = second
		return doc
	}
	many := func(n int) []Row {
		var rows []Row
		for range n {
			rows = append(rows, net("vanished"))
		}
		return rows
	}
	for _, c := range []struct {
		name   string
		doc    Document
		ground func(*Ground)
		want   []string // field and rule of each problem
	}{
		{"R-APP-1 a code twice", twice(FirstExisting + 1), nil, []string{"codes.1002 R-APP-1"}},
		{"R-APP-1 the last placeholder of new codes is none of existing ones", func() Document {
			doc := of(codes, "1BNAC", func(e *ExistingItem) { e.StatsPaid = true })
			doc.Existing[0].Placeholder = FirstExisting - 1
			return doc
		}(), nil, []string{"codes.1000 R-APP-1"}},
		{"R-APP-1 an item that asks nothing", of(both, "1BNAC", func(*ExistingItem) {}), nil,
			[]string{"codes R-APP-1", "codes R-APP-1", "codes.1001 R-APP-1"}},
		{"R-APP-1 a deletion without its kind", of(numbers, "1BNAC", func(e *ExistingItem) { e.Delete = true }), nil,
			[]string{"codes R-APP-1", "codes.1001 R-APP-1"}},
		{"R-APP-1 a change without its kind", of(numbers, "1ANAC", func(e *ExistingItem) { e.StatsPaid, e.Add = false, []Row{net("customs-broker")} }), nil,
			[]string{"codes.1001 R-APP-1"}},
		{"R-APP-1 numbers to delete without their kind", of(codes, "1CNAC", func(e *ExistingItem) { e.StatsPaid, e.Remove = true, []userid.ID{"1CNACA0A"} }), nil,
			[]string{"codes.1001 R-APP-1"}},
		{"R-APP-8 one number for another", of(numbers, "1CNAC", func(e *ExistingItem) { e.Remove, e.Add = []userid.ID{"1CNACA0A"}, []Row{net("bonded-warehouse")} }), nil, nil},
		{"R-APP-8 a code that is deleted loses no number besides", of(both, "1CNAC", func(e *ExistingItem) { e.Delete, e.Remove = true, []userid.ID{"1CNACA0A"} }), nil,
			[]string{"codes.1001 R-APP-8"}},
		{"R-APP-8 nor has it one exchanged", of(both, "1CNAC", func(e *ExistingItem) {
			e.Delete, e.Remove, e.Add = true, []userid.ID{"1CNACA0A"}, []Row{net("bonded-warehouse")}
		}), nil, []string{"codes.1001 R-APP-8"}},
		{"R-APP-8 a number deleted twice", of(numbers, "1CNAC", func(e *ExistingItem) { e.Remove = []userid.ID{"1CNACA0A", "1CNACA0A"} }), nil,
			[]string{"codes.1001.remove R-APP-8"}},
		{"R-APP-8 an ID changed twice", of(codes, "1CNAC", func(e *ExistingItem) {
			e.IDs = []IDChange{{"1CNACA0A", false, []string{"container-yard"}}, {"1CNACA0A", false, []string{"container-yard"}}}
		}), nil, []string{"codes.1001.ids.1CNACA0A.trades R-APP-8"}},
		{"R-APP-8 an ID of another code changed", of(codes, "1CNAC", func(e *ExistingItem) { e.IDs = []IDChange{{"1BNACA0A", false, []string{"container-yard"}}} }), nil,
			[]string{"codes.1001.ids.1BNACA0A.trades R-APP-8"}},
		{"R-APP-8 a code that has no number loses none", of(codes, "1CNAC", func(e *ExistingItem) { e.Category, e.Before.IDs = CategoryAir, nil }),
			func(g *Ground) { g.Holding["1CNAC"] = CodeState{Category: CategoryCommon} }, nil},
		{"R-APP-1 no category", of(codes, "1CNAC", func(e *ExistingItem) { e.Category = "" }), nil, []string{"codes.1001.category R-APP-1"}},
		{"R-APP-7 as many rows as may be", of(numbers, "1CNAC", func(e *ExistingItem) { e.Add = many(rowsMax) }), nil, func() []string {
			var all []string
			for i := range rowsMax {
				all = append(all, fmt.Sprintf("codes.1001.add.%d.trades R-APP-1", i))
			}
			for i := 1; i < rowsMax; i++ {
				all = append(all, fmt.Sprintf("codes.1001.add.%d R-APP-7", i))
			}
			return all
		}()},
		{"R-APP-7 one row more", of(numbers, "1CNAC", func(e *ExistingItem) { e.Add = many(rowsMax + 1) }), nil, []string{"codes.1001 R-APP-7"}},
		{"R-APP-7 a method that is no longer offered stays with a changed ID", of(codes, "1CNAC", func(e *ExistingItem) {
			e.Before.IDs[0].Method = "direct"
			e.IDs = []IDChange{{"1CNACA0A", false, []string{"container-yard"}}}
		}), func(g *Ground) { g.Holding["1CNAC"].IDs[0].Method = "direct" }, nil},
		{"R-APP-7 but is not asked for again", of(numbers, "1CNAC", func(e *ExistingItem) {
			e.Add = []Row{{Trades: []string{"bonded-warehouse"}, Method: "direct", Count: 1}}
		}), nil, []string{"codes.1001.add.0.method R-APP-7"}},
		{"R-APP-2 what stays as it was is not judged anew", of(codes, "1CNAC", func(e *ExistingItem) {
			e.StatsPaid, e.Before.IDs[1].Trades = true, []string{"bonded-warehouse", "container-yard"}
		}), func(g *Ground) { g.Holding["1CNAC"].IDs[1].Trades = []string{"bonded-warehouse", "container-yard"} }, nil},
		{"R-APP-3 the second ID is named as itself", of(codes, "1CNAC", func(e *ExistingItem) {
			e.IDs = []IDChange{{"1CNACA0B", true, []string{"bonded-warehouse"}}}
		}), nil, []string{"codes.1001.ids.1CNACA0B.trades R-APP-3"}},
		{"R-APP-4 the change that brings another group is named", of(codes, "1CNAC", func(e *ExistingItem) {
			e.IDs = []IDChange{{"1CNACA0B", false, []string{"insurer"}}}
		}), nil, []string{"codes.1001.ids.1CNACA0B.trades R-APP-4"}},
		{"R-APP-4 and so is the row", of(numbers, "1CNAC", func(e *ExistingItem) { e.Add = []Row{net("bonded-warehouse"), net("insurer")} }), nil,
			[]string{"codes.1001.add.1.trades R-APP-4"}},
		{"R-APP-7 a row like that of an ID that is kept is another number", of(numbers, "1CNAC", func(e *ExistingItem) { e.Add = []Row{net("bonded-warehouse")} }), nil, nil},
		{"R-ID-4 as many as are left", of(numbers, "1CNAC", func(e *ExistingItem) {
			e.Add = []Row{{Trades: []string{"bonded-warehouse"}, Method: "webnaccs", Count: 9}}
		}), func(g *Ground) { g.NumbersUsed["1CNAC"] = map[userid.Class]int{userid.General: 990} }, nil},
		{"R-ID-4 one more", of(numbers, "1CNAC", func(e *ExistingItem) {
			e.Add = []Row{{Trades: []string{"bonded-warehouse"}, Method: "webnaccs", Count: 10}}
		}), func(g *Ground) { g.NumbersUsed["1CNAC"] = map[userid.Class]int{userid.General: 990} }, []string{"codes.1001.add R-ID-4"}},
		{"R-ID-4 rows together", of(numbers, "1CNAC", func(e *ExistingItem) {
			e.Add = []Row{{Trades: []string{"bonded-warehouse"}, Method: "webnaccs", Count: 5}, {Trades: []string{"bonded-warehouse"}, Method: "mail", Count: 5}}
		}), func(g *Ground) { g.NumbersUsed["1CNAC"] = map[userid.Class]int{userid.General: 990} }, []string{"codes.1001.add R-ID-4"}},
		{"R-ID-4 a count below nothing makes no room", of(numbers, "1CNAC", func(e *ExistingItem) {
			e.Add = []Row{{Trades: []string{"bonded-warehouse"}, Method: "webnaccs", Count: 10}, {Trades: []string{"bonded-warehouse"}, Method: "mail", Count: -5}}
		}), func(g *Ground) { g.NumbersUsed["1CNAC"] = map[userid.Class]int{userid.General: 990} },
			[]string{"codes.1001.add.1.count R-APP-7", "codes.1001.add R-ID-4"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := holdingGround(t)
			if c.ground != nil {
				c.ground(&g)
			}
			l := append(CodesProblems(c.doc, g), ExistingProblems(c.doc, g)...)
			var got []string
			for _, p := range l {
				got = append(got, p.Field+" "+p.Rule)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q: %v", got, c.want, l)
			}
			wellFormed(t, l)
		})
	}
}

func TestWhatIsLeftOfASeriesIsSaid(t *testing.T) {
	t.Parallel()
	g := holdingGround(t)
	g.NumbersUsed["1CNAC"] = map[userid.Class]int{userid.General: 990}
	item := asks("ident-number", "1CNAC", func(e *ExistingItem) {
		e.Add = []Row{{Trades: []string{"bonded-warehouse"}, Method: "webnaccs", Count: 10}}
	}).Existing[0]
	said(t, "R-ID-4", ExistingItemProblems([]string{"ident-number"}, item, g), "「1CNAC」", "残り9個")
}

func TestReissueAskedByNobody(t *testing.T) {
	t.Parallel()
	g := holdingGround(t)
	doc := Document{Kinds: []string{"password-reissue"}, Reissue: []userid.ID{"1ANACA0A"}}
	for asker, want := range map[account.Role]string{"": "", account.Administrator: "", account.Applicant: "R-SEC-9", account.Viewer: "R-SEC-9"} {
		g.Asker = asker
		expectOne(t, ReissueProblems(doc, g), "kinds", want)
	}
	g.Asker = ""
	g.TouchedBy = map[string]string{"reissue:1BNACA0A": "2400007A"}
	expectOne(t, ReissueProblems(doc, g), "", "") // R-APP-10: another ID's re-issue is no conflict
	doc.Reissue = []userid.ID{"1ANACA0A", "1BNACA0A", "1ANACA0A"}
	l := ReissueProblems(doc, g)
	if len(l) != 2 || l[0].Rule != "R-APP-10" || l[1].Rule != "R-SEC-9" {
		t.Errorf("R-SEC-9 each ID once, R-APP-10 in no other request: %v", l)
	}
	if l := ReissueProblems(Document{Kinds: []string{"user-code"}}, g); len(l) > 0 {
		t.Errorf("R-SEC-9 nothing is asked: %v", l)
	}
}

// TestTicked: the kinds follow what is asked of existing codes (R-APP-8).
func TestTicked(t *testing.T) {
	t.Parallel()
	change := func(e *ExistingItem) { e.StatsPaid = !e.StatsPaid }
	remove := func(e *ExistingItem) { e.Remove = []userid.ID{"1CNACA0A"} }
	for _, c := range []struct {
		name  string
		kinds []string
		ask   func(*ExistingItem)
		want  []string
	}{
		{"R-APP-8 the last number goes with its code", []string{"ident-number"}, func(e *ExistingItem) { e.Delete = true }, []string{"user-code"}},
		{"R-APP-8 a change needs the codes' kind", []string{"ident-number"}, func(e *ExistingItem) { change(e); remove(e) }, []string{"user-code", "ident-number"}},
		{"R-APP-8 and has it once", []string{"user-code"}, change, []string{"user-code"}},
		{"R-APP-8 numbers to delete keep theirs", []string{"ident-number"}, remove, []string{"ident-number"}},
		{"R-APP-8 numbers to add too", []string{"ident-number"}, func(e *ExistingItem) { e.Add = []Row{net("bonded-warehouse")} }, []string{"ident-number"}},
		{"R-APP-8 one for another too", []string{"user-code", "ident-number"}, func(e *ExistingItem) { remove(e); e.Add = []Row{net("bonded-warehouse")} }, []string{"user-code", "ident-number"}},
		{"R-APP-8 nothing asked, no numbers", []string{"user-code", "ident-number"}, func(*ExistingItem) {}, []string{"user-code"}},
	} {
		doc := asks("", "1CNAC", c.ask)
		doc.Kinds = c.kinds
		before := slices.Clone(c.kinds)
		if got := Ticked(doc); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		if !slices.Equal(doc.Kinds, before) {
			t.Errorf("%s: the document's own kinds became %v", c.name, doc.Kinds)
		}
	}
	if doc := (Document{Kinds: []string{"ident-number"}}); doc.AsksCodes() || !doc.AsksNumbers() {
		t.Error("R-APP-1 what is ticked is asked for, and nothing else")
	}
}

// TestRefreshedChoices: what was chosen stays, what was the contract's follows it (R-APP-8).
func TestRefreshedChoices(t *testing.T) {
	t.Parallel()
	doc := asks("user-code", "1CNAC", func(e *ExistingItem) {
		e.Category = CategorySea
		e.IDs = []IDChange{{"1CNACA0A", true, []string{"container-yard", "bonded-warehouse"}}, {"1CNACA0B", false, []string{"container-yard"}}, {"1CNACA0Z", false, nil}}
		e.Remove = []userid.ID{"1CNACA0B", "1CNACA0Z"}
	})
	now := held()
	state := now["1CNAC"]
	state.Category, state.StatsPaid = CategoryAir, true
	state.IDs = []IDState{{ID: "1CNACA0A", SingleSignOn: true, Trades: []string{"bonded-warehouse", "container-yard"}, Method: "netnaccs"}, state.IDs[1]}
	now["1CNAC"] = state
	item := Refreshed(doc, now).Existing[0]
	if item.Category != CategorySea || !item.StatsPaid || item.ChangesServices() {
		t.Errorf("R-APP-8 the choice stays, the services follow: %+v", item)
	}
	if len(item.IDs) != 1 || item.IDs[0].ID != "1CNACA0B" || !slices.Equal(item.Remove, []userid.ID{"1CNACA0B"}) {
		t.Errorf("R-APP-8 what has come true, and what is gone, is asked no more: %+v %v", item.IDs, item.Remove)
	}
	if len(doc.Existing[0].IDs) != 3 || len(doc.Existing[0].Remove) != 2 || doc.Existing[0].IDs[0].ID != "1CNACA0A" {
		t.Errorf("R-APP-8 the document itself was altered: %+v", doc.Existing[0])
	}
	for name, c := range map[string]struct {
		change IDChange
		want   bool
	}{
		"in another order":       {IDChange{"1CNACA0A", true, []string{"container-yard", "bonded-warehouse"}}, true},
		"another ID":             {IDChange{"1CNACA0B", true, []string{"container-yard", "bonded-warehouse"}}, false},
		"without single sign-on": {IDChange{"1CNACA0A", false, []string{"container-yard", "bonded-warehouse"}}, false},
		"other trades":           {IDChange{"1CNACA0A", true, []string{"container-yard"}}, false},
	} {
		if got := state.isAlready(c.change); got != c.want {
			t.Errorf("R-APP-8 %s: is already %t", name, got)
		}
	}
}

func TestStateOf(t *testing.T) {
	t.Parallel()
	code := contract.Code{Code: "1CNAC", Category: CategorySea, StatsPaid: true, Archive: true,
		IDs: []contract.ID{{ID: "1CNACA0A", Trades: []string{"nvocc"}, Method: "netnaccs", SingleSignOn: true}}}
	want := CodeState{Category: CategorySea, StatsPaid: true, Archive: true, IDs: []IDState{{ID: "1CNACA0A", SingleSignOn: true, Trades: []string{"nvocc"}, Method: "netnaccs"}}}
	if got := StateOf(code); !got.Same(want) {
		t.Errorf("R-APP-8: %+v, want %+v", got, want)
	}
}

// TestItems: one number names each item of an application.
func TestItems(t *testing.T) {
	t.Parallel()
	cat := loaded(t)
	doc := s3()
	doc.Existing = asks("", "1CNAC", func(e *ExistingItem) { e.Add, e.Settings = []Row{net("bonded-warehouse")}, true }).Existing
	doc.Existing = append(doc.Existing, NewExisting(FirstExisting+6, "1BNAC", held()["1BNAC"]))
	doc.Reissue = []userid.ID{"1ANACA0A", "1ANACA0A"}
	if got := doc.Placeholders(); !slices.Equal(got, []int{1, 2, FirstExisting, FirstExisting + 6}) {
		t.Errorf("R-ID-8 placeholders: %v", got)
	}
	if got := doc.NextExisting(); got != FirstExisting+7 {
		t.Errorf("R-ID-8 the next one is %d", got)
	}
	if got := doc.Touches(); !slices.Equal(got, []string{"1BNAC", "1CNAC", ReissueSubject("1ANACA0A")}) || got[2] != "reissue:1ANACA0A" {
		t.Errorf("R-APP-10 touches %q", got)
	}
	for placeholder, want := range map[int]struct {
		name string
		rows int
		tabs []string
		is   bool
	}{
		2:                 {"追加2", 1, []string{"name", "consolidator"}, true},
		FirstExisting:     {"1CNAC", 1, []string{"name", "bonded-warehouse"}, true},
		FirstExisting + 6: {"1BNAC", 0, nil, true},
		9:                 {"追加9", 0, nil, false},
	} {
		item, is := doc.Asked(placeholder)
		tabs, known := doc.TabsAt(placeholder, cat)
		if got := doc.ItemName(placeholder); got != want.name || is != want.is || known != want.is || len(item.Rows) != want.rows || !slices.Equal(tabs, want.tabs) {
			t.Errorf("%d is %q with %d rows and tabs %v, there %t, want %+v", placeholder, got, len(item.Rows), tabs, is, want)
		}
	}
	for kinds, want := range map[string]bool{"password-reissue": true, "user-code": false, "": false} {
		if got := (Document{Kinds: []string{kinds}}).IsReissue(); got != want {
			t.Errorf("R-SEC-9 %q is a re-issue: %t", kinds, got)
		}
	}
	if (Document{Kinds: []string{"password-reissue", "user-code"}}).IsReissue() {
		t.Error("R-SEC-9 with another kind beside it, it is none")
	}
}

// TestNeedsStart: all kinds but the re-issue have a start date (R-SEC-9).
func TestNeedsStart(t *testing.T) {
	t.Parallel()
	cat := loaded(t)
	for _, c := range []struct {
		kinds []string
		want  bool
	}{
		{nil, true}, {[]string{"user-code"}, true}, {[]string{"password-reissue"}, false}, {[]string{"vanished"}, true},
		{[]string{"password-reissue", "user-code"}, true}, {[]string{"password-reissue", "password-reissue"}, false},
	} {
		if got := NeedsStart(c.kinds, cat); got != c.want {
			t.Errorf("R-SEC-9 %v: %t", c.kinds, got)
		}
	}
	g := ground(t)
	expectOne(t, StartPageProblems([]string{"password-reissue"}, calendar.Date{}, "失念したため", g), "", "")
	expectOne(t, StartPageProblems([]string{"user-code"}, calendar.Date{}, "新規", g), "desired", "R-APP-11")
	said(t, "R-APP-1 a kind twice is named", KindProblems([]string{"user-code", "user-code"}, cat), "「利用者コード」が重複")
	said(t, "R-APP-1 a kind that is not offered is named", KindProblems([]string{"terminal"}, cat), "お申し込みいただけません")
	expectOne(t, KindProblems([]string{"user-code", "ident-number"}, cat), "", "")
	expectOne(t, KindProblems([]string{"password-reissue"}, cat), "", "")
}

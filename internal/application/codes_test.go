package application

import (
	"strings"
	"testing"

	"uketsuke/internal/problem"
	"uketsuke/internal/userid"
)

// said wants exactly one problem, with these words in its sentence.
func said(t *testing.T, name string, l problem.List, words ...string) {
	t.Helper()
	if len(l) != 1 {
		t.Errorf("%s: got %v, want one problem", name, l)
		return
	}
	for _, word := range words {
		if !strings.Contains(l[0].String(), word) {
			t.Errorf("%s: %q does not say %q", name, l[0], word)
		}
	}
}

// times is a code's row, as often as wanted under different methods, so that no row is another's double.
func times(item CodeItem, counts ...int) CodeItem {
	trades := []string{"customs-broker", "importer-exporter", "self-clearance"}
	methods := []string{"webnaccs", "interactive", "smtp-two-way", "mail", "net-api", "ebms"}
	for i, count := range counts {
		item.Rows = append(item.Rows, Row{Trades: trades[i/len(methods) : i/len(methods)+1], Method: methods[i%len(methods)], Count: count})
	}
	return item
}

func TestHowManyCodes(t *testing.T) {
	t.Parallel()
	codes := func(n int) Document {
		doc := application(make([]CodeItem, n)...)
		for i := range doc.Codes {
			doc.Codes[i].Rows = []Row{net("customs-broker")}
		}
		return doc
	}
	g := ground(t)
	g.MaxCodes, g.FreeCodes = 4, 3
	said(t, "R-APP-7 the sentence says how many and how many too many", CodesProblems(codes(6), g), "4個まで", "2個減らして")
	said(t, "R-APP-7 the sentence says how many are free", CodesProblems(codes(4), g), "残り3個", "1個減らすか")
	expectOne(t, CodesProblems(codes(3), g), "", "") // R-APP-7: as many as are free
	g.FreeCodes = -1
	said(t, "R-APP-7 fewer than none are free", CodesProblems(codes(2), g), "残り0個", "2個減らすか")
}

func TestWhereCodesMayBe(t *testing.T) {
	t.Parallel()
	deletes := asks("user-code", "1BNAC", func(e *ExistingItem) { e.Delete = true })
	settings := asks("user-code", "1BNAC", func(e *ExistingItem) { e.Settings = true })
	both := s3()
	both.Existing = deletes.Existing
	numbers := asks("ident-number", "1ANAC", func(e *ExistingItem) { e.Add = []Row{net("customs-broker")} })
	ticked := numbers
	ticked.Kinds = []string{"user-code", "ident-number"}
	stray := s3()
	stray.Kinds = []string{"ident-number"}
	for _, c := range []struct {
		name string
		doc  Document
		rule string
	}{
		{"R-APP-1 a deletion is something asked of codes", deletes, ""},
		{"R-APP-1 so is a change of settings", settings, ""},
		{"R-APP-1 so are both, new codes and others deleted", both, ""},
		{"R-APP-1 numbers alone ask nothing of codes", numbers, ""},
		{"R-APP-1 codes were ticked, but only numbers are there", ticked, "R-APP-1"},
		{"R-APP-1 codes without their kind", stray, "R-APP-1"},
	} {
		t.Run(c.name, func(t *testing.T) { expectOne(t, CodesProblems(c.doc, ground(t)), "codes", c.rule) })
	}
}

func TestPlaceholdersOfNewCodes(t *testing.T) {
	t.Parallel()
	for placeholder, ok := range map[int]bool{-1: false, 0: false, 1: true, FirstExisting - 1: true, FirstExisting: false} {
		doc := s2()
		doc.Codes[0].Placeholder = placeholder
		if l := CodesProblems(doc, ground(t)); (len(l) == 0) != ok {
			t.Errorf("R-APP-1 placeholder %d: %v", placeholder, l)
		}
	}
}

func TestRowsOfACode(t *testing.T) {
	t.Parallel()
	g := ground(t)
	var full CodeItem
	full.Category = CategoryCommon
	for range rowsMax {
		full.Rows = append(full.Rows, net("vanished"))
	}
	for _, p := range CodeProblems(full, g) {
		if p.Field == "rows" {
			t.Errorf("R-APP-7 as many rows as may be: %v", p)
		}
	}
	full.Rows = append(full.Rows, net("vanished"))
	said(t, "R-APP-7 one more says that alone", CodeProblems(full, g), "50行まで")
	twice := CodeItem{Category: CategoryCommon, Rows: []Row{net("consolidator"), net("customs-broker"), net("airline"), net("customs-broker")}}
	said(t, "R-APP-7 the row that has it already is named", CodeProblems(twice, g), "2行目と同じ", "2行目の識別番号の数を増やして")
	said(t, "R-APP-4 both trades are named", CodeProblems(CodeItem{Category: CategoryCommon, Rows: []Row{net("insurer"), net("vanished"), net("airline")}}, g)[1:], "損害保険会社", "航空会社")
}

func TestNumbersOfASeries(t *testing.T) {
	t.Parallel()
	g := ground(t)
	common := CodeItem{Category: CategoryCommon}
	expectOne(t, CodeProblems(times(common, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 9), g), "", "") // R-ID-4: all 999
	said(t, "R-ID-4 one more than all", CodeProblems(times(common, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 10), g), "合計1000")
	l := CodeProblems(times(common, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, -500), g)
	if len(l.At("rows")) != 1 || len(l.At("rows.11.count")) != 1 {
		t.Errorf("R-APP-7 a count below nothing makes no room for others: %v", l)
	}
	if userid.Net.Capacity() < CountMax*rowsMax {
		l := CodeProblems(CodeItem{Category: CategoryCommon, Rows: []Row{{Trades: []string{"customs-broker"}, Method: "netnaccs", Count: userid.Net.Capacity() + 1}}}, g)
		if len(l.At("rows")) != 1 {
			t.Errorf("R-ID-4 the series of netNACCS ends too: %v", l)
		}
	}
}

func TestCodesFromBeforeThePortal(t *testing.T) {
	t.Parallel()
	cat := loaded(t)
	for _, c := range []struct {
		name  string
		row   Row
		field string
		rule  string
	}{
		{"R-APP-7 a method that is no longer offered stands", Row{Trades: []string{"airline"}, Method: "direct", Count: 1}, "", ""},
		{"R-APP-7 more than one application may ask for", Row{Trades: []string{"airline"}, Method: "webnaccs", Count: CountMax + 1}, "", ""},
		{"R-APP-7 but not none", Row{Trades: []string{"airline"}, Method: "webnaccs"}, "rows.0.count", "R-APP-7"},
		{"R-APP-7 nor a method that never was", Row{Trades: []string{"airline"}, Method: "telex", Count: 1}, "rows.0.method", "R-APP-7"},
		{"R-APP-2 nor two trades without single sign-on", Row{Trades: []string{"airline", "consolidator"}, Method: "direct", Count: 1}, "rows.0.trades", "R-APP-2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			expectOne(t, ExistingCodeProblems(CodeItem{Category: CategoryCommon, Rows: []Row{c.row}}, cat), c.field, c.rule)
		})
	}
}

// TestCategoriesAndMedia is R-APP-6: air excludes sea trades and the reverse, and nothing else is excluded.
func TestCategoriesAndMedia(t *testing.T) {
	t.Parallel()
	cat := loaded(t)
	for _, c := range []struct {
		category, trade string
		ok              bool
	}{
		{CategoryCommon, "customs-broker", true}, {CategoryCommon, "airline", true}, {CategoryCommon, "nvocc", true},
		{CategoryAir, "customs-broker", true}, {CategoryAir, "airline", true}, {CategoryAir, "nvocc", false},
		{CategorySea, "customs-broker", true}, {CategorySea, "airline", false}, {CategorySea, "nvocc", true},
	} {
		l := RowProblems(net(c.trade), c.category, cat)
		if c.ok != (len(l) == 0) {
			t.Errorf("R-APP-6 %s under %s: %v", c.trade, c.category, l)
		}
		if !c.ok {
			said(t, "R-APP-6 category and trade are named", l, "「"+CategoryName(c.category)+"」", "を「共用」にするか")
		}
		for _, choice := range Offer(CodeItem{Category: c.category}, false, nil, cat) {
			if choice.Key == c.trade && choice.Possible != c.ok {
				t.Errorf("R-APP-6 %s under %s is offered: %t", c.trade, c.category, choice.Possible)
			}
		}
	}
	if name := CategoryName("space"); name != "space" {
		t.Errorf("trap 11 a category that is gone keeps its key: %q", name)
	}
}

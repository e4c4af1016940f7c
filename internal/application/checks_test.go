package application

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/problem"
	"uketsuke/internal/userid"
)

// catalogueOnce is shared: no test changes what it has loaded.
var catalogueOnce = sync.OnceValues(func() (*catalogue.Catalogue, error) { return catalogue.Load(nil) })

func loaded(t testing.TB) *catalogue.Catalogue {
	t.Helper()
	cat, err := catalogueOnce()
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

func ground(t testing.TB) Ground {
	return Ground{Catalogue: loaded(t), Calendar: cal, RegisteredAt: at("2024-12-02", 10, 0), FreeCodes: 34}
}

func contact() Contact {
	return Contact{Name: "見本 花子", Kana: "ミホン ハナコ", Department: "通関部", Position: "主任",
		Phone: "03-1234-5678", Extension: "123", Fax: "0312345679", Email: "hanako@mihon.example", Confirmed: true}
}

// net is a row without single sign-on.
func net(trade string) Row { return Row{Trades: []string{trade}, Method: "netnaccs", Count: 1} }

// shared is a row with single sign-on.
func shared(trades ...string) Row {
	return Row{SingleSignOn: true, Trades: trades, Method: "netnaccs", Count: 1}
}

func application(codes ...CodeItem) Document {
	for i := range codes {
		codes[i].Placeholder = i + 1
		if codes[i].Category == "" {
			codes[i].Category = CategoryCommon
		}
	}
	return Document{Kinds: []string{"user-code"}, Desired: d("2024-12-12"), Reason: "新規業務のため",
		Contact: contact(), Codes: codes, LastPlaceholder: len(codes)}
}

// The content of the scenarios.
func s1() Document {
	return application(CodeItem{Rows: []Row{net("customs-broker"), net("consolidator")}, StatsPaid: true, StatsFree: true})
}
func s2() Document {
	return application(CodeItem{Rows: []Row{shared("customs-broker", "consolidator")}, StatsPaid: true, StatsFree: true})
}
func s3() Document {
	return application(CodeItem{Rows: []Row{net("customs-broker")}, StatsPaid: true, StatsFree: true},
		CodeItem{Rows: []Row{net("consolidator")}})
}

func TestScenariosPass(t *testing.T) {
	for name, doc := range map[string]Document{"S1": s1(), "S2": s2(), "S3": s3()} {
		if l := Problems(doc, nil, ground(t)); len(l) > 0 {
			t.Errorf("%s: %v", name, l)
		}
		for _, c := range Checks(doc, nil, ground(t)) {
			if !c.Green() || c.Title == "" {
				t.Errorf("%s: %s is red: %v", name, c.Rule, c.Problems)
			}
		}
	}
}

func TestProblems(t *testing.T) {
	long := strings.Repeat("あ", 501)
	code := func(change func(*CodeItem)) func(*Document) {
		return func(doc *Document) { change(&doc.Codes[0]) }
	}
	rows := func(rows ...Row) func(*Document) {
		return code(func(c *CodeItem) { c.Rows = rows; c.StatsPaid, c.StatsFree = false, false })
	}
	person := func(change func(*Contact)) func(*Document) {
		return func(doc *Document) { change(&doc.Contact) }
	}
	for _, c := range []struct {
		name        string
		change      func(*Document)
		field, rule string // "" when nothing is wrong
	}{
		{"R-APP-1 no kind", func(doc *Document) { doc.Kinds, doc.Codes = nil, nil }, "kinds", "R-APP-1"},
		{"R-APP-1 an unknown kind", func(doc *Document) { doc.Kinds = append(doc.Kinds, "moon") }, "kinds", "R-APP-1"},
		{"R-APP-1 a kind not offered", func(doc *Document) { doc.Kinds = append(doc.Kinds, "terminal") }, "kinds", "R-APP-1"},
		{"R-APP-1 a kind twice", func(doc *Document) { doc.Kinds = append(doc.Kinds, "user-code") }, "kinds", "R-APP-1"},
		{"R-APP-1 no codes", func(doc *Document) { doc.Codes = nil }, "codes", "R-APP-1"},
		{"R-APP-1 a code without rows", rows(), "codes.1.rows", "R-APP-1"},
		{"R-APP-1 no category", code(func(c *CodeItem) { c.Category = "" }), "codes.1.category", "R-APP-1"},
		{"R-APP-1 an unknown trade (trap 11)", rows(net("vanished")), "codes.1.rows.0.trades", "R-APP-1"},
		{"R-APP-1 a placeholder twice", func(doc *Document) { doc.Codes = append(doc.Codes, doc.Codes[0]) }, "codes.1", "R-APP-1"},
		{"R-APP-2 no trade", rows(Row{Method: "netnaccs", Count: 1}), "codes.1.rows.0.trades", "R-APP-2"},
		{"R-APP-2 two trades without single sign-on", rows(Row{Trades: []string{"customs-broker", "consolidator"}, Method: "netnaccs", Count: 1}),
			"codes.1.rows.0.trades", "R-APP-2"},
		{"R-APP-3 one trade with single sign-on", rows(shared("customs-broker")), "codes.1.rows.0.trades", "R-APP-3"},
		{"R-APP-3 a trade that cannot share", rows(shared("customs-broker", "self-clearance")), "codes.1.rows.0.trades", "R-APP-3"},
		{"R-APP-3 two trades that can", rows(shared("customs-broker", "importer-exporter")), "", ""},
		{"R-APP-4 S4 two groups", rows(net("customs-broker"), net("bonded-warehouse")), "codes.1.rows.1.trades", "R-APP-4"},
		{"R-APP-5 free statistics on 混載 alone (S3)", rows(net("consolidator")), "", ""},
		{"R-APP-5 free statistics refused", code(func(c *CodeItem) { c.Rows = []Row{net("consolidator")} }), "codes.1.statistics_free", "R-APP-5"},
		{"R-APP-5 paid statistics refused", code(func(c *CodeItem) { c.Rows, c.StatsFree = []Row{net("captain-agent")}, false }),
			"codes.1.statistics_paid", "R-APP-5"},
		{"R-APP-5 archive for no trade of it", code(func(c *CodeItem) { c.Archive = true }), "codes.1.bonded_archive", "R-APP-5"},
		{"R-APP-5 archive without paid statistics", code(func(c *CodeItem) {
			*c = CodeItem{Placeholder: 1, Category: CategoryAir, Rows: []Row{net("airline")}, Archive: true}
		}), "codes.1.bonded_archive", "R-APP-5"},
		{"R-APP-5 the union of the trades counts", code(func(c *CodeItem) { c.Rows = append(c.Rows, net("airline")); c.Archive = true }), "", ""},
		{"R-APP-6 sea under air", func(doc *Document) {
			rows(net("nvocc"))(doc)
			doc.Codes[0].Category = CategoryAir
		}, "codes.1.rows.0.trades", "R-APP-6"},
		{"R-APP-6 air under sea", func(doc *Document) { doc.Codes[0].Category = CategorySea }, "codes.1.rows.1.trades", "R-APP-6"},
		{"R-APP-6 common under air", func(doc *Document) { doc.Codes[0].Category = CategoryAir }, "", ""},
		{"R-APP-7 count 0", code(func(c *CodeItem) { c.Rows[0].Count = 0 }), "codes.1.rows.0.count", "R-APP-7"},
		{"R-APP-7 count 99", code(func(c *CodeItem) { c.Rows[0].Count = 99 }), "", ""},
		{"R-APP-7 count 100", code(func(c *CodeItem) { c.Rows[0].Count = 100 }), "codes.1.rows.0.count", "R-APP-7"},
		{"R-APP-7 no method", code(func(c *CodeItem) { c.Rows[0].Method = "" }), "codes.1.rows.0.method", "R-APP-7"},
		{"R-APP-7 an unknown method", code(func(c *CodeItem) { c.Rows[0].Method = "telex" }), "codes.1.rows.0.method", "R-APP-7"},
		{"R-APP-7 a method for history only", code(func(c *CodeItem) { c.Rows[0].Method = "direct" }), "codes.1.rows.0.method", "R-APP-7"},
		{"R-APP-7 the same row twice", code(func(c *CodeItem) { c.Rows = append(c.Rows, net("customs-broker")) }), "codes.1.rows.2", "R-APP-7"},
		{"R-APP-7 the same trades in another order", rows(shared("customs-broker", "consolidator"), shared("consolidator", "customs-broker")),
			"codes.1.rows.1", "R-APP-7"},
		{"R-APP-7 another method is another row", code(func(c *CodeItem) {
			c.Rows = append(c.Rows, Row{Trades: []string{"customs-broker"}, Method: "webnaccs", Count: 1})
		}), "", ""},
		{"R-APP-11 a wish too early", func(doc *Document) { doc.Desired = d("2024-12-10") }, "desired", "R-APP-11"},
		{"R-APP-12 no reason", func(doc *Document) { doc.Reason = "" }, "reason", "R-APP-12"},
		{"R-APP-12 500 characters", func(doc *Document) { doc.Reason = strings.Repeat("あ", 500) }, "", ""},
		{"R-APP-12 501 characters", func(doc *Document) { doc.Reason = long }, "reason", "R-APP-12"},
		{"R-APP-12 lines are let pass", func(doc *Document) { doc.Reason = "一\n二" }, "", ""},
		{"R-APP-12 other control characters are not", func(doc *Document) { doc.Reason = "一\x07" }, "reason", "R-APP-12"},
		{"R-APP-12 nor what turns the writing", func(doc *Document) { doc.Reason = "\u202e一" }, "reason", "R-APP-12"},
		{"R-APP-12 nor broken text", func(doc *Document) { doc.Reason = "\xff" }, "reason", "R-APP-12"},
		{"R-APP-12 no name", person(func(c *Contact) { c.Name = "" }), "contact.name", "R-APP-12"},
		{"R-APP-12 a name of two lines", person(func(c *Contact) { c.Name = "a\nb" }), "contact.name", "R-APP-12"},
		{"R-APP-12 a name of 41", person(func(c *Contact) { c.Name = long[:41*3] }), "contact.name", "R-APP-12"},
		{"R-APP-12 kana not kana", person(func(c *Contact) { c.Kana = "花子" }), "contact.kana", "R-APP-12"},
		{"R-APP-12 a department of 61", person(func(c *Contact) { c.Department = long[:61*3] }), "contact.department", "R-APP-12"},
		{"R-APP-12 a position too long", person(func(c *Contact) { c.Position = long[:41*3] }), "contact.position", "R-APP-12"},
		{"R-APP-12 9 digits", person(func(c *Contact) { c.Phone = "03-123-4567" }), "contact.phone", "R-APP-12"},
		{"R-APP-12 12 digits", person(func(c *Contact) { c.Phone = "090-1234-56789" }), "contact.phone", "R-APP-12"},
		{"R-APP-12 no phone", person(func(c *Contact) { c.Phone = "" }), "contact.phone", "R-APP-12"},
		{"R-APP-12 no fax needed", person(func(c *Contact) { c.Fax = "" }), "", ""},
		{"R-APP-12 a fax is a number", person(func(c *Contact) { c.Fax = "なし" }), "contact.fax", "R-APP-12"},
		{"R-APP-12 an extension is digits", person(func(c *Contact) { c.Extension = "12a" }), "contact.extension", "R-APP-12"},
		{"R-APP-12 no e-mail", person(func(c *Contact) { c.Email = "" }), "contact.email", "R-APP-12"},
		{"R-APP-12 not confirmed", person(func(c *Contact) { c.Confirmed = false }), "contact.confirmed", "R-APP-12"},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := s1()
			c.change(&doc)
			l := Problems(doc, nil, ground(t))
			expectOne(t, l, c.field, c.rule)
			wellFormed(t, l)
		})
	}
}

// wellFormed wants a rule and a finished sentence of every problem, and a red check for it.
func wellFormed(t *testing.T, l problem.List) {
	t.Helper()
	for _, p := range l {
		if s := p.String(); p.Rule == "" || strings.Contains(s, "%!") || !strings.HasSuffix(s, "。") {
			t.Errorf("problem %+v: %s", p, s)
		}
	}
}

func TestEveryProblemIsARedCheck(t *testing.T) {
	g := ground(t)
	g.TakenAreas = map[string]bool{"1AW71": true}
	doc := application(CodeItem{Category: "x", Rows: []Row{net("bonded-warehouse"), shared("consolidator"), {}}, Archive: true},
		CodeItem{Category: CategorySea, Rows: []Row{net("customs-broker"), net("customs-broker"), net("airline")}})
	doc.Reason, doc.Desired = "", calendar.Date{}
	doc.Kinds = append(doc.Kinds, "password-reissue")
	doc.Existing = []ExistingItem{NewExisting(FirstExisting, "1ZNAC", CodeState{})}
	g.TouchedBy = map[string]string{"1ZNAC": "2400007A"}
	settings := Settings{1: {"bonded-warehouse": {"bonded_area": "1AW71", "permitted_until": "いつか"}}}
	inChecks, rules := 0, map[string]bool{}
	for _, c := range Checks(doc, settings, g) {
		inChecks += len(c.Problems)
		rules[c.Rule] = c.Green()
	}
	l := Problems(doc, settings, g)
	wellFormed(t, l)
	if inChecks != len(l) {
		t.Errorf("R-EX-3: %d problems, %d of them under checks: %v", len(l), inChecks, l)
	}
	for rule, green := range rules {
		if green != (rule == "R-APP-4") && rule != "R-APP-4" {
			t.Errorf("R-EX-3: %s is green", rule)
		}
	}
}

func TestCodeLimits(t *testing.T) {
	many := make([]CodeItem, 21)
	for i := range many {
		many[i] = CodeItem{Rows: []Row{net("customs-broker")}}
	}
	g := ground(t)
	expectOne(t, Problems(application(many[:20]...), nil, g), "", "")
	expectOne(t, Problems(application(many...), nil, g), "codes", "R-APP-7")
	g.MaxCodes = 200
	expectOne(t, Problems(application(many...), nil, g), "", "")
	g.FreeCodes = 20
	expectOne(t, Problems(application(many...), nil, g), "codes", "R-APP-7")
	g.FreeCodes = 0
	expectOne(t, Problems(s1(), nil, g), "codes", "R-APP-7")
}

func TestMoreNumbersThanASeriesHolds(t *testing.T) {
	var item CodeItem
	item.Category = CategoryCommon
	for _, trade := range []string{"customs-broker", "importer-exporter", "self-clearance"} {
		for _, method := range []string{"webnaccs", "interactive", "smtp-two-way", "mail", "net-api", "ebms"} {
			item.Rows = append(item.Rows, Row{Trades: []string{trade}, Method: method, Count: 99})
		}
	}
	expectOne(t, CodeProblems(item, ground(t)), "rows", "R-APP-7")
	item.Rows = item.Rows[:10] // 990 of 999
	expectOne(t, CodeProblems(item, ground(t)), "", "")
	for len(item.Rows) <= rowsMax {
		item.Rows = append(item.Rows, item.Rows[0])
	}
	expectOne(t, CodeProblems(item, ground(t)), "rows", "R-APP-7")
}

func TestFoldContact(t *testing.T) {
	c := FoldContact(Contact{Name: " 見本　花子 ", Kana: "みほん ﾊﾅｺ", Phone: "０３ー１２３４−５６７８", Extension: "１２",
		Fax: "03 1234 5679", Email: " ｈａｎａｋｏ＠ｍｉｈｏｎ．ｅｘａｍｐｌｅ ", Confirmed: true})
	want := Contact{Name: "見本　花子", Kana: "ミホン ハナコ", Phone: "03-1234-5678", Extension: "12",
		Fax: "0312345679", Email: "hanako@mihon.example", Confirmed: true}
	if c != want {
		t.Errorf("S10: %+v", c)
	}
	expectOne(t, ContactProblems(c), "", "")
	if again := FoldContact(c); again != c {
		t.Errorf("S10: folding twice changes %+v", again)
	}
}

func TestEmail(t *testing.T) {
	for address, ok := range map[string]bool{
		"hanako@mihon.example": true, "h.a-n_a+1@sub.mihon.co.jp": true,
		"hanako": false, "hanako@": false, "@mihon.example": false, "a@b": false, "a b@mihon.example": false,
		"a@mihon..example": false, "a..b@mihon.example": false, ".a@mihon.example": false, "花子@mihon.example": false,
		"a@b.example>": false, "H <a@mihon.example>": false, "a@-mihon.example": false, "a,b@mihon.example": false,
		"a@mihon.example\r\nBcc: b@x.example": false, strings.Repeat("a", 250) + "@b.example": false, "a@[127.0.0.1]": false,
	} {
		c := FoldContact(contact())
		c.Email = address
		if l := ContactProblems(c).At("contact.email"); (len(l) == 0) != ok {
			t.Errorf("R-APP-12 %q: %v", address, l)
		}
	}
}

func TestRowsOf(t *testing.T) {
	ticked := []string{"customs-broker", "consolidator"}
	if rows := RowsOf(ticked, false, "netnaccs", 1); len(rows) != 2 || rows[0].Trades[0] != "customs-broker" ||
		rows[1].Trades[0] != "consolidator" || rows[1].SingleSignOn || rows[1].Count != 1 {
		t.Errorf("R-APP-2 S1: %+v", rows)
	}
	if rows := RowsOf(ticked, true, "netnaccs", 1); len(rows) != 1 || !rows[0].SingleSignOn || !slices.Equal(rows[0].Trades, ticked) {
		t.Errorf("R-APP-2 S2: %+v", rows)
	}
	if rows := RowsOf(nil, false, "netnaccs", 1); len(rows) != 1 {
		t.Errorf("R-APP-2 nothing ticked is one row to complain about: %+v", rows)
	}
}

func TestSplit(t *testing.T) {
	doc := application(CodeItem{Rows: []Row{net("customs-broker"), net("bonded-warehouse"), net("consolidator")},
		StatsPaid: true, StatsFree: true, Archive: true})
	if l := Problems(doc, nil, ground(t)); len(l) != 1 || l[0].Rule != "R-APP-4" {
		t.Fatalf("S4: %v", l)
	}
	parted, ok := SplitCode(doc, 1, loaded(t))
	if !ok || len(parted.Codes) != 2 || parted.Codes[0].Placeholder != 1 || parted.Codes[1].Placeholder != 2 || parted.LastPlaceholder != 2 {
		t.Fatalf("S4: %+v", parted)
	}
	if l := Problems(parted, nil, ground(t)); len(l) > 0 {
		t.Errorf("S4: the parts do not pass: %v", l)
	}
	if first := parted.Codes[0]; len(first.Rows) != 2 || first.Archive || !first.StatsFree {
		t.Errorf("S4: 追加1 %+v", first)
	}
	if second := parted.Codes[1]; len(second.Rows) != 1 || !second.Archive || second.StatsFree {
		t.Errorf("S4: 追加2 %+v", second)
	}
	if _, ok := SplitCode(s1(), 1, loaded(t)); ok {
		t.Error("S4: one group was parted")
	}
	if _, ok := SplitCode(s1(), 9, loaded(t)); ok {
		t.Error("S4: a code that is not there was parted")
	}
	mixed, ok := Split(CodeItem{Rows: []Row{shared("customs-broker", "bonded-warehouse")}}, loaded(t))
	if !ok || mixed[0].Rows[0].SingleSignOn || mixed[1].Rows[0].SingleSignOn {
		t.Errorf("S4: one trade of each group needs no single sign-on: %+v", mixed)
	}
	if _, ok := Split(CodeItem{Rows: []Row{net("customs-broker"), net("vanished")}}, loaded(t)); ok {
		t.Error("S4: an unknown trade was parted")
	}
}

func TestNextPlaceholderNeverRepeats(t *testing.T) {
	doc := s3()
	doc.Codes = doc.Codes[:1]
	if n := doc.NextPlaceholder(); n != 3 {
		t.Errorf("R-ID-8: %d after 追加2 was removed, want 3", n)
	}
}

// TestOffer: a trade is offered if and only if taking it breaks no rule (R-APP-3, 4, 6).
func TestOffer(t *testing.T) {
	cat, g := loaded(t), ground(t)
	for _, category := range Categories() {
		for _, before := range []string{"", "customs-broker", "airline", "bonded-warehouse", "nvocc"} {
			item := CodeItem{Category: category}
			if before != "" {
				item.Rows = []Row{{Trades: []string{before}, Method: "webnaccs", Count: 1}}
			}
			old := len(CodeProblems(item, g))
			if before == "" {
				old = 0
			}
			for _, sso := range []bool{false, true} {
				for _, c := range Offer(item, sso, nil, cat) {
					with := item
					with.Rows = append(slices.Clone(item.Rows), Row{Trades: []string{c.Key}, Method: "netnaccs", Count: 1})
					trade, _ := cat.Trade(c.Key)
					breaks := len(CodeProblems(with, g)) > old || sso && !trade.SSO
					if c.Possible == breaks || c.Possible != (c.Why.Text == "") {
						t.Errorf("%s, %s then %s, sso %t: possible %t, breaks %t: %s", category, before, c.Key, sso, c.Possible, breaks, c.Why)
					}
				}
			}
		}
	}
}

func TestStatisticsOffer(t *testing.T) {
	possible := func(paid bool, trades ...string) string {
		text := ""
		for _, c := range StatisticsOffer(trades, paid, loaded(t)) {
			text += fmt.Sprintf("%t ", c.Possible)
		}
		return text
	}
	for _, c := range []struct{ name, got, want string }{
		{"R-APP-5 S1", possible(true, "customs-broker", "consolidator"), "true true false "},
		{"R-APP-5 S3 追加2", possible(true, "consolidator"), "true false false "},
		{"R-APP-5 the archive", possible(true, "airline"), "true false true "},
		{"R-APP-5 the archive needs paid", possible(false, "airline"), "true false false "},
		{"R-APP-5 none", possible(true, "insurer"), "false false false "},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.name, c.got, c.want)
		}
	}
	for _, m := range MethodOffer(loaded(t)) {
		if m.Possible == (m.Key == "direct") {
			t.Errorf("R-APP-7 %s: %t", m.Key, m.Possible)
		}
	}
}

// written is a row of the table on one line.
func written(r TableRow) string {
	return fmt.Sprintf("%s|%s|%s|%s|%s|%s|%d|%s|%s", r.Operation, r.Category, strings.Join(r.Trades, "・"), r.Method,
		r.Code, r.Number, r.Count, choose(r.StatsPaid, "○", "×"), choose(r.StatsFree, "○", "×"))
}

func TestTable(t *testing.T) {
	for _, c := range []struct {
		name   string
		doc    Document
		codes  []userid.Code
		rows   []string
		issued []string
		legend []string
	}{
		{"S1", s1(), []userid.Code{"1ANAC"},
			[]string{"追加|共用|通関|net|追加1|－|1|○|○", "追加|共用|混載|net|追加1|－|1|○|○"},
			[]string{"追加|共用|通関|net|1ANAC|A0A|1|○|○", "追加|共用|混載|net|1ANAC|A0B|1|○|○"},
			[]string{"追加1 同士は同じ利用者コードになります"}},
		{"S2", s2(), []userid.Code{"1ANAC"},
			[]string{"追加|共用|通関・混載|net|追加1|－|1|○|○"},
			[]string{"追加|共用|通関・混載|net|1ANAC|A0A|1|○|○"}, nil},
		{"S3", s3(), []userid.Code{"1ANAC", "1BNAC"},
			[]string{"追加|共用|通関|net|追加1|－|1|○|○", "追加|共用|混載|net|追加2|－|1|×|×"},
			[]string{"追加|共用|通関|net|1ANAC|A0A|1|○|○", "追加|共用|混載|net|1BNAC|A0A|1|×|×"},
			[]string{"追加1 と 追加2 は異なる利用者コードになります"}},
		{"R-ID-4 two series under one code", application(CodeItem{Rows: []Row{
			{Trades: []string{"customs-broker"}, Method: "webnaccs", Count: 2}, net("customs-broker"), {Trades: []string{"consolidator"}, Method: "mail", Count: 1}}}),
			[]userid.Code{"1ANAC"},
			[]string{"追加|共用|通関|web|追加1|－|2|×|×", "追加|共用|通関|net|追加1|－|1|×|×", "追加|共用|混載|メール|追加1|－|1|×|×"},
			[]string{"追加|共用|通関|web|1ANAC|001 002|2|×|×", "追加|共用|通関|net|1ANAC|A0A|1|×|×", "追加|共用|混載|メール|1ANAC|003|1|×|×"},
			[]string{"追加1 同士は同じ利用者コードになります"}},
		{"trap 11 keys that are gone", application(CodeItem{Rows: []Row{{Trades: []string{"vanished"}, Method: "telex", Count: 1}}}), nil,
			[]string{"追加|共用|vanished|telex|追加1|－|1|×|×"}, []string{"追加|共用|vanished|telex|追加1|－|1|×|×"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			cat := loaded(t)
			for i, issued := range []Issued{nil, Preview(c.doc, cat, c.codes, nil)} {
				var got []string
				for _, r := range TableRows(c.doc, cat, issued) {
					got = append(got, written(r))
				}
				if want := [][]string{c.rows, c.issued}[i]; !slices.Equal(got, want) {
					t.Errorf("rows\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
			}
			if got := Legend(c.doc); !slices.Equal(got, c.legend) {
				t.Errorf("legend %q, want %q", got, c.legend)
			}
		})
	}
}

func TestPlan(t *testing.T) {
	plan := Plan(s3(), loaded(t))
	if len(plan) != 2 || plan[0].Placeholder != 1 || plan[1].Placeholder != 2 {
		t.Errorf("R-ID-8 one code per placeholder: %+v", plan)
	}
	plan = Plan(s1(), loaded(t))
	if want := []PlannedNumber{{0, userid.Net}, {1, userid.Net}}; len(plan) != 1 || !slices.Equal(plan[0].Numbers, want) {
		t.Errorf("R-ID-9 the order of the rows: %+v", plan)
	}
	if plan = Plan(s2(), loaded(t)); len(plan[0].Numbers) != 1 {
		t.Errorf("R-APP-2 the count is the row's, not the trades': %+v", plan)
	}
}

func TestEffects(t *testing.T) {
	doc, cat := s1(), loaded(t)
	facts := Effects("a1", doc, Preview(doc, cat, []userid.Code{"1ANAC"}, nil), d("2024-12-12"), at("2024-12-02", 11, 0))
	if len(facts.Codes) != 1 || facts.Codes[0].Code != "1ANAC" || facts.Codes[0].ValidFrom != d("2024-12-12") || facts.Codes[0].BornBy != "a1" {
		t.Errorf("R-CON-1 codes: %+v", facts.Codes)
	}
	if len(facts.Services) != 1 || !facts.Services[0].StatsPaid || !facts.Services[0].StatsFree || facts.Services[0].Archive {
		t.Errorf("R-CON-1 services: %+v", facts.Services)
	}
	if len(facts.IDs) != 2 || facts.IDs[0].ID != "1ANACA0A" || facts.IDs[1].ID != "1ANACA0B" || facts.IDs[1].Trades[0] != "consolidator" {
		t.Errorf("S1 IDs: %+v", facts.IDs)
	}
}

package application

import (
	"slices"
	"strings"
	"testing"

	"uketsuke/internal/account"
	"uketsuke/internal/contract"
	"uketsuke/internal/userid"
)

// TestExistingRowsSayWhatChanges: 申込情報 shows of a code that exists what is asked, and nothing else (R-APP-8).
func TestExistingRowsSayWhatChanges(t *testing.T) {
	t.Parallel()
	cat := loaded(t)
	mixed := func(e *ExistingItem) {
		e.Before.IDs = append(e.Before.IDs, IDState{ID: "1CNACA0C", Trades: []string{"bonded-warehouse"}, Method: "netnaccs", SingleSignOn: true},
			IDState{ID: "1CNAC001", Trades: []string{"bonded-warehouse"}, Method: "webnaccs"})
	}
	for _, c := range []struct {
		name string
		ask  func(*ExistingItem)
		want []string
	}{
		{"R-APP-8 one ID's trades", func(e *ExistingItem) { e.IDs = []IDChange{{"1CNACA0B", false, []string{"container-yard"}}} }, []string{
			"変更前|共用|保税|net|1CNAC|A0B|1|×|×", "変更後|共用|CY|net|1CNAC|A0B|1|×|×"}},
		{"R-APP-8 the category concerns every ID", func(e *ExistingItem) { e.Category = CategorySea }, []string{
			"変更前|共用|保税|net|1CNAC|A0A A0B|2|×|×", "変更後|海上|保税|net|1CNAC|A0A A0B|2|×|×"}},
		{"R-APP-8 so do the services", func(e *ExistingItem) { e.StatsPaid = true }, []string{
			"変更前|共用|保税|net|1CNAC|A0A A0B|2|×|×", "変更後|共用|保税|net|1CNAC|A0A A0B|2|○|×"}},
		{"R-APP-8 so do the settings", func(e *ExistingItem) { e.Settings = true }, []string{
			"変更前|共用|保税|net|1CNAC|A0A A0B|2|×|×", "変更後|共用|保税|net|1CNAC|A0A A0B|2|×|×"}},
		{"R-APP-8 but not an ID that goes", func(e *ExistingItem) { e.StatsPaid, e.Remove = true, []userid.ID{"1CNACA0A"} }, []string{
			"変更前|共用|保税|net|1CNAC|A0B|1|×|×", "変更後|共用|保税|net|1CNAC|A0B|1|○|×", "削除|共用|保税|net|1CNAC|A0A|1|×|×"}},
		{"R-APP-8 numbers to delete and to add", func(e *ExistingItem) { e.Remove, e.Add = []userid.ID{"1CNACA0B"}, []Row{net("bonded-warehouse")} }, []string{
			"削除|共用|保税|net|1CNAC|A0B|1|×|×", "追加|共用|保税|net|1CNAC|－|1|×|×"}},
		{"R-APP-8 a line for each trades, method and single sign-on", func(e *ExistingItem) { mixed(e); e.Delete = true }, []string{
			"削除|共用|保税|net|1CNAC|A0A A0B|2|×|×", "削除|共用|保税|net|1CNAC|A0C|1|×|×", "削除|共用|保税|web|1CNAC|001|1|×|×"}},
	} {
		var got []string
		for _, r := range TableRows(asks("user-code", "1CNAC", c.ask), cat, nil) {
			got = append(got, written(r))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s\n%s\nwant\n%s", c.name, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
	}
}

func TestTableOfWhatIsIssuedInPart(t *testing.T) {
	t.Parallel()
	rows := TableRows(s1(), loaded(t), Issued{1: {Code: "1ANAC", Rows: [][]userid.ID{{"1ANACA0A"}}}})
	if got := []string{rows[0].Number, rows[1].Number, rows[1].Code}; !slices.Equal(got, []string{"A0A", NotIssued, "追加1"}) {
		t.Errorf("trap 11 a row that nothing was issued for: %v", got)
	}
	rows = TableRows(s2(), loaded(t), Issued{1: {Code: "1ANAC", Rows: [][]userid.ID{nil}}})
	if rows[0].Number != NotIssued || rows[0].Code != "1ANAC" {
		t.Errorf("R-ID-8 a code without numbers: %+v", rows[0])
	}
}

// TestItemNames says of each kind what is asked, in the order of the words (R-APP-1, R-APP-8).
func TestItemNames(t *testing.T) {
	t.Parallel()
	cat := loaded(t)
	all := func(e *ExistingItem) {
		e.StatsPaid, e.Add, e.Remove = true, []Row{net("bonded-warehouse")}, []userid.ID{"1CNACA0A"}
	}
	for _, c := range []struct {
		name  string
		kinds []string
		codes int
		ask   func(*ExistingItem)
		want  []string
	}{
		{"R-APP-1 new codes", []string{"user-code"}, 1, nil, []string{"利用者コード（追加）"}},
		{"R-APP-1 codes changed", []string{"user-code"}, 0, func(e *ExistingItem) { e.StatsPaid = true }, []string{"利用者コード（変更）"}},
		{"R-APP-1 codes deleted", []string{"user-code"}, 0, func(e *ExistingItem) { e.Delete = true }, []string{"利用者コード（削除）"}},
		{"R-APP-1 numbers added", []string{"ident-number"}, 0, func(e *ExistingItem) { e.Add = []Row{net("bonded-warehouse")} }, []string{"識別番号（追加）"}},
		{"R-APP-1 numbers deleted", []string{"ident-number"}, 0, func(e *ExistingItem) { e.Remove = []userid.ID{"1CNACA0A"} }, []string{"識別番号（削除）"}},
		{"R-APP-1 everything", []string{"user-code", "ident-number"}, 1, all, []string{"利用者コード（追加・変更）", "識別番号（追加・削除）"}},
		{"R-APP-1 nothing yet", []string{"user-code", "ident-number"}, 0, func(*ExistingItem) {}, []string{"利用者コード", "識別番号"}},
		{"trap 11 a kind that is gone", []string{"vanished", "password-reissue"}, 0, nil, []string{"vanished", "パスワード再発行"}},
	} {
		doc := application(make([]CodeItem, c.codes)...)
		doc.Kinds = c.kinds
		if c.ask != nil {
			doc.Existing = asks("", "1CNAC", c.ask).Existing
		}
		if got := ItemNames(doc, cat); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestExistingDifferences: the examiner sees what differs in a code that exists (S7, R-APP-8).
func TestExistingDifferences(t *testing.T) {
	t.Parallel()
	cat := loaded(t)
	none := asks("user-code", "1CNAC", func(*ExistingItem) {})
	for _, c := range []struct {
		name string
		ask  func(*ExistingItem)
		want []Difference
	}{
		{"S7 an ID gets other trades", func(e *ExistingItem) {
			e.IDs = []IDChange{{"1CNACA0B", true, []string{"bonded-warehouse", "container-yard"}}}
		},
			[]Difference{{"1CNACA0B 業種", "codes.1001.ids.1CNACA0B", "保税", "保税・CY"}}},
		{"S7 a number to delete", func(e *ExistingItem) { e.Remove = []userid.ID{"1CNACA0B"} }, []Difference{
			{"1CNACA0B 削除", "codes.1001.remove.1CNACA0B", "", "1CNACA0B"}, {"1CNACA0B 業種", "codes.1001.ids.1CNACA0B", "保税", ""}}},
		{"S7 a number to add", func(e *ExistingItem) { e.Add = []Row{net("bonded-warehouse")} }, []Difference{
			{"1CNAC 1行目 シングルサインオン要否", "codes.1001.rows.0.single_sign_on", "", "否"}, {"1CNAC 1行目 業種", "codes.1001.rows.0.trades", "", "保税"},
			{"1CNAC 1行目 処理方式", "codes.1001.rows.0.method", "", "net"}, {"1CNAC 1行目 識別番号の数", "codes.1001.rows.0.count", "", "1"}}},
		{"S7 archive and settings", func(e *ExistingItem) { e.Archive, e.Settings = true, true }, []Difference{
			{"1CNAC 保税管理資料保存サービス", "codes.1001.bonded_archive", "×", "○"}, {"1CNAC システム設定", "codes.1001.settings", "変更しない", "変更する"}}},
	} {
		if got := Differences(none, asks("user-code", "1CNAC", c.ask), cat); !slices.Equal(got, c.want) {
			t.Errorf("%s: %+v\nwant %+v", c.name, got, c.want)
		}
	}
	got := Differences(none, asks("user-code", "1CNAC", func(e *ExistingItem) { e.Delete = true }), cat)
	if got[0] != (Difference{"1CNAC 申込内容", "codes.1001.operation", "変更", "削除"}) || slices.ContainsFunc(got[1:], func(d Difference) bool { return d.After != "" }) {
		t.Errorf("S7 a deletion takes the place of everything else: %+v", got)
	}
	again := none
	again.Reissue = []userid.ID{"1ANACA0A"}
	if got := Differences(none, again, cat); len(got) != 1 || got[0] != (Difference{"パスワード再発行", "reissue.1ANACA0A", "", "1ANACA0A"}) {
		t.Errorf("S7 a re-issue: %+v", got)
	}
	empty := application(CodeItem{Category: CategoryCommon, Rows: []Row{{Method: "netnaccs", Count: 1}}})
	for _, difference := range Differences(empty, application(), cat) {
		if difference.Before == "" {
			t.Errorf("S7 what was empty has not gone: %+v", difference)
		}
	}
	other := s1()
	other.Kinds, other.Contact.Fax = []string{"ident-number", "vanished"}, ""
	want := []Difference{{"申込内容", "kinds", "利用者コード", "識別番号・vanished"}, {"申込担当者 FAX番号", "contact.fax", "0312345679", ""}}
	if got := Differences(s1(), other, cat); !slices.Equal(got, want) {
		t.Errorf("S7 kinds and contact: %+v", got)
	}
}

// TestEffectsOfParts: an approval writes what it issued and what was asked, and nothing else (R-CON-2, R-APP-8).
func TestEffectsOfParts(t *testing.T) {
	t.Parallel()
	cat := loaded(t)
	of := func(doc Document, issued Issued) contract.Facts {
		return Effects("a1", doc, issued, d("2024-12-12"), at("2024-12-02", 11, 0))
	}
	facts := of(s3(), Issued{2: {Code: "1BNAC", Rows: [][]userid.ID{{"1BNACA0A"}}}})
	if len(facts.Codes) != 1 || facts.Codes[0].Code != "1BNAC" || len(facts.IDs) != 1 || len(facts.Services) != 1 {
		t.Errorf("R-CON-1 a code that was not issued keeps no other from being written: %+v", facts)
	}
	for _, c := range []struct {
		name                 string
		ask                  func(*ExistingItem)
		codes, services, ids int
		ended                []userid.ID
	}{
		{"R-APP-8 the category alone", func(e *ExistingItem) { e.Category = CategorySea }, 1, 0, 0, nil},
		{"R-APP-8 the services alone", func(e *ExistingItem) { e.Archive = true }, 0, 1, 0, nil},
		{"R-APP-8 one ID alone", func(e *ExistingItem) { e.IDs = []IDChange{{"1CNACA0B", false, []string{"container-yard"}}} }, 0, 0, 1, nil},
		{"R-APP-8 settings are no facts of the contract", func(e *ExistingItem) { e.Settings = true }, 0, 0, 0, nil},
		{"R-APP-8 one number ends", func(e *ExistingItem) { e.Remove = []userid.ID{"1CNACA0B"} }, 0, 0, 1, []userid.ID{"1CNACA0B"}},
		{"R-APP-8 a code ends with all its numbers", func(e *ExistingItem) { e.Delete = true }, 1, 0, 2, []userid.ID{"1CNACA0A", "1CNACA0B"}},
	} {
		doc := asks("user-code", "1CNAC", c.ask)
		facts := of(doc, Preview(doc, cat, nil, nil))
		var ended []userid.ID
		for _, term := range facts.IDs {
			if term.Ended {
				ended = append(ended, term.ID)
			}
		}
		if got := [3]int{len(facts.Codes), len(facts.Services), len(facts.IDs)}; got != [3]int{c.codes, c.services, c.ids} || !slices.Equal(ended, c.ended) {
			t.Errorf("%s: %d codes, services, IDs, ended %v: %+v", c.name, got, ended, facts)
		}
	}
	facts = of(asks("user-code", "1CNAC", func(e *ExistingItem) {
		e.IDs = []IDChange{{"1CNACA0B", true, []string{"container-yard", "bonded-warehouse"}}}
	}), nil)
	if id := facts.IDs[0]; id.ID != "1CNACA0B" || !id.SingleSignOn || !slices.Equal(id.Trades, []string{"container-yard", "bonded-warehouse"}) || id.Method != "netnaccs" {
		t.Errorf("R-APP-8 other trades, the method stays: %+v", id)
	}
}

// TestOfferWithWhatIsTicked: a ticked trade bars those of other groups, one that is gone bars nothing (R-APP-4, trap 11).
func TestOfferWithWhatIsTicked(t *testing.T) {
	t.Parallel()
	cat := loaded(t)
	possible := func(sso bool, ticked ...string) []string {
		var keys []string
		for _, c := range Offer(CodeItem{Category: CategoryCommon}, sso, ticked, cat) {
			if c.Possible {
				keys = append(keys, c.Key)
			}
		}
		return keys
	}
	if got := possible(false, "vanished"); len(got) != len(cat.Trades) {
		t.Errorf("trap 11 a trade that is gone bars others: only %v", got)
	}
	if got := possible(false, "container-yard"); !slices.Equal(got, []string{"bonded-warehouse", "container-yard"}) {
		t.Errorf("R-APP-4 beside 保税蔵置場's group: %v", got)
	}
	for _, key := range []string{"self-clearance", "insurer"} {
		if slices.Contains(possible(true), key) || !slices.Contains(possible(false), key) {
			t.Errorf("R-APP-3 %s is barred with single sign-on and only with it", key)
		}
	}
	for _, c := range []struct {
		name   string
		trades []string
		paid   bool
		words  string // why the archive is not possible, "" when it is
	}{
		{"R-APP-5 for the trade", []string{"airline"}, true, ""},
		{"R-APP-5 paid statistics are missing", []string{"airline"}, false, needsPaid},
		{"R-APP-5 not for the trade", []string{"customs-broker"}, true, noArchive},
		{"R-APP-5 not for the trade, paid or not", []string{"customs-broker"}, false, noArchive},
	} {
		archive := StatisticsOffer(c.trades, c.paid, cat)[2]
		if archive.Key != ServiceArchive || archive.Possible != (c.words == "") || archive.Why.Text != c.words || archive.Name == "" || archive.English == "" {
			t.Errorf("%s: %+v", c.name, archive)
		}
	}
	for _, c := range append(MethodOffer(cat), StatisticsOffer(nil, false, cat)...) {
		if c.Possible != (c.Why.Text == "") {
			t.Errorf("R-APP-7 %s: possible %t, because %q", c.Key, c.Possible, c.Why.Text)
		}
	}
}

// TestServicesOfACode is R-APP-5, each service by itself.
func TestServicesOfACode(t *testing.T) {
	t.Parallel()
	g := ground(t)
	for _, c := range []struct {
		name                string
		trade               string
		paid, free, archive bool
		fields              []string
	}{
		{"R-APP-5 none need be taken", "airline", false, false, false, nil},
		{"R-APP-5 paid and archive", "airline", true, false, true, nil},
		{"R-APP-5 nothing for a trade without any", "insurer", true, true, true, []string{ServicePaid, ServiceFree, ServiceArchive}},
		{"R-APP-5 the archive lacks both", "insurer", false, false, true, []string{ServiceArchive, ServiceArchive}},
		{"R-APP-5 free statistics are not paid ones", "shipping-line", false, true, false, nil},
	} {
		item := CodeItem{Category: CategoryCommon, Rows: []Row{net(c.trade)}, StatsPaid: c.paid, StatsFree: c.free, Archive: c.archive}
		var fields []string
		for _, p := range CodeProblems(item, g) {
			fields = append(fields, p.Field)
		}
		if !slices.Equal(fields, c.fields) {
			t.Errorf("%s: problems at %v, want %v", c.name, fields, c.fields)
		}
	}
}

// TestPartsOfACode: parting a code loses nothing and adds nothing (R-APP-4, S4).
func TestPartsOfACode(t *testing.T) {
	t.Parallel()
	cat := loaded(t)
	plain := application(CodeItem{Rows: []Row{net("customs-broker"), net("bonded-warehouse"), net("insurer")}},
		CodeItem{Rows: []Row{net("airline")}})
	parted, ok := SplitCode(plain, 1, cat)
	if !ok || parted.LastPlaceholder != 4 {
		t.Fatalf("S4 three groups: %t %+v", ok, parted)
	}
	var placeholders []int
	for _, item := range parted.Codes {
		placeholders = append(placeholders, item.Placeholder)
		if item.StatsPaid || item.StatsFree || item.Archive {
			t.Errorf("R-APP-5 parting gave 追加%d services that nobody asked for", item.Placeholder)
		}
	}
	if !slices.Equal(placeholders, []int{1, 3, 4, 2}) {
		t.Errorf("R-ID-8 the parts stand where the code stood, under numbers of their own: %v", placeholders)
	}
	shared3 := CodeItem{Placeholder: 1, Rows: []Row{{SingleSignOn: true, Trades: []string{"customs-broker", "consolidator", "bonded-warehouse"}, Method: "webnaccs", Count: 7}}}
	parts, ok := Split(shared3, cat)
	if !ok || len(parts) != 2 || !parts[0].Rows[0].SingleSignOn || len(parts[0].Rows[0].Trades) != 2 || parts[1].Rows[0].SingleSignOn {
		t.Fatalf("S4 single sign-on stays where two trades share: %+v", parts)
	}
	for _, part := range parts {
		if part.Rows[0].Count != 7 || part.Rows[0].Method != "webnaccs" {
			t.Errorf("S4 count and method stay: %+v", part)
		}
	}
	if rows := RowsOf(nil, true, "netnaccs", 1); len(rows) != 1 || !rows[0].SingleSignOn {
		t.Errorf("R-APP-2 nothing ticked with single sign-on: %+v", rows)
	}
	for last, want := range map[int]int{0: 3, 2: 3, 7: 8} {
		doc := Document{LastPlaceholder: last, Codes: []CodeItem{{Placeholder: 2}, {Placeholder: 1}}}
		if got := doc.NextPlaceholder(); got != want {
			t.Errorf("R-ID-8 after %d: %d", last, got)
		}
	}
}

func TestLegend(t *testing.T) {
	t.Parallel()
	if got := Legend(application(CodeItem{Rows: []Row{net("airline")}})); len(got) != 0 {
		t.Errorf("S1 one row of one code needs no words: %v", got)
	}
	doc := application(CodeItem{Rows: []Row{net("airline"), net("customs-broker")}}, CodeItem{Rows: []Row{net("airline")}}, CodeItem{})
	if got := Legend(doc); !slices.Equal(got, []string{"追加1 同士は同じ利用者コードになります", "追加1 と 追加2 と 追加3 は異なる利用者コードになります"}) {
		t.Errorf("S3: %v", got)
	}
}

// TestOptionalMails: nobody but administrators can turn a mail off, and none that matters (R-MAIL-3).
func TestOptionalMails(t *testing.T) {
	t.Parallel()
	for _, role := range account.Roles() {
		if got := OptionalMails(role); (len(got) > 0) != (role == account.Administrator) {
			t.Errorf("R-MAIL-3 %s can turn off %v", role, got)
		}
	}
	if got := OptionalMails(account.Administrator); !slices.Equal(got, []Mail{MailSettingsComplete, MailInEffect}) {
		t.Errorf("R-MAIL-3 an administrator can turn off %v", got)
	}
}

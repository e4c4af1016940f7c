package catalogue_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"pgregory.net/rapid"

	. "uketsuke/internal/catalogue"
)

func field(t testing.TB, path string) Field {
	t.Helper()
	tab, key, _ := strings.Cut(path, ".")
	f, ok := builtIn(t).Field(tab, key)
	if !ok {
		t.Fatalf("no field %s", path)
	}
	return f
}

func TestFieldCheck(t *testing.T) {
	for _, row := range []struct{ name, field, typed, want string }{
		{"R-SET-3 nothing", "name.company_name", " 　", ""},
		{"R-SET-3 nothing in a required date", "customs-broker.licence_date", "", ""},
		{"R-SET-3 text", "name.company_name", " 株式会社　ＡＢＣ ", "株式会社 ABC"},
		{"R-SET-3 text keeps ㈱", "name.company_name", "㈱ﾅｯｸｽ", "㈱ナックス"},
		{"R-SET-3 text at its longest", "name.company_name", strings.Repeat("髙", 60), strings.Repeat("髙", 60)},
		{"R-SET-3 text counts after composing", "name.manager_name", strings.Repeat("ｶﾞ", 30), strings.Repeat("ガ", 30)},
		{"R-SET-3 postal code in full width", "name.postal_code", "１０５－００１３", "105-0013"},
		{"R-SET-3 postal code with a long-vowel mark", "name.postal_code", "１０５ー００１３", "105-0013"},
		{"R-SET-3 a long-vowel mark in a name stays", "name.address", "港区センタービル1ー2ー3", "港区センタービル1-2-3"},
		{"R-SET-3 a long-vowel mark before a figure stays", "name.address", "港区センター１番", "港区センター1番"},
		{"R-SET-3 a long-vowel mark behind a figure stays", "name.address", "港区第２ービル", "港区第2ービル"},
		{"R-SET-3 kana in half width", "name.company_name_kana", "ｶﾌﾞｼｷｶﾞｲｼﾔ ﾅｯｸｽ", "カブシキガイシヤ ナックス"},
		{"R-SET-3 kana from hiragana", "name.manager_name_kana", "やまだ　たろう・ゔぃー", "ヤマダ タロウ・ヴィー"},
		{"R-SET-3 latin in full width and small", "name.company_name_en", "Ｎａｃｓ co., ltd. (o’hara)", "NACS CO., LTD. (O'HARA)"},
		{"R-SET-3 kana: the first of their row", "name.company_name_kana", "ふぁいん", "ファイン"},
		{"R-SET-3 kana: the last of their row", "name.company_name_kana", "いすゞ", "イスヾ"},
		{"R-SET-3 code", "customs-broker.declaration_office", "１ａ", "1A"},
		{"R-SET-3 code of the last letter", "customs-broker.declaration_office", "９ｚ", "9Z"},
		{"R-SET-3 code with alternatives", "importer-exporter.trader_code", "p001abc23456", "P001ABC23456"},
		{"R-SET-3 bonded area", "bonded-warehouse.bonded_area", "１ａｗ７１", "1AW71"},
		{"R-SET-3 port", "nvocc.house_bl_code", "abcd", "ABCD"},
		{"R-SET-3 date 西暦", "customs-broker.licence_date", "２０２４／４／１", "2024-04-01"},
		{"R-SET-3 date 和暦", "customs-broker.licence_date", "令和6年4月1日", "2024-04-01"},
		{"R-SET-3 date 和暦 short", "customs-broker.licence_date", "Ｒ６．４．１", "2024-04-01"},
		{"R-SET-3 phone", "name.phone", "０３ー１２３４−５６７８", "03-1234-5678"},
		{"R-SET-3 phone of 11 digits", "name.phone", "09012345678", "09012345678"},
		{"R-SET-3 yes", "customs-broker.authorised", "yes", "yes"},
		{"R-SET-3 no in words", "customs-broker.authorised", "いいえ", "no"},
		{"R-SET-3 prefecture", "name.prefecture", "東京", "東京都"},
		{"R-SET-3 prefecture in full", "name.prefecture", "京都府", "京都府"},
		{"R-SET-3 customs region", "customs-broker.licence_customs", "１", "1"},
		{"R-SET-3 customs region by name", "customs-broker.licence_customs", "名古屋", "5"},
		{"R-SET-3 corporate number", "name.corporate_number", "７００００１２０５０００２", "7000012050002"},
		{"R-SET-3 choice", "customs-broker.payment", "ＭＰＮ", "MPN"},
		{"R-SET-3 choice in half width", "customs-broker.payment", "ﾘｱﾙﾀｲﾑ口座振替", "リアルタイム口座振替"},
	} {
		t.Run(row.name, func(t *testing.T) {
			got, p := field(t, row.field).Check(row.typed)
			if p != nil || got != row.want {
				t.Fatalf("%q: %q, %v; want %q", row.typed, got, p, row.want)
			}
			if again, p := field(t, row.field).Check(got); p != nil || again != got {
				t.Errorf("%q is not right itself: %q, %v", got, again, p)
			}
		})
	}
}

func TestFieldCheckRefuses(t *testing.T) {
	const unprintable = "に使えない文字"
	for _, row := range []struct{ name, field, typed, says string }{
		{"R-SET-3 control character", "name.company_name", "株\x00式", unprintable},
		{"R-SET-3 line end", "name.address", "港区\n芝", unprintable},
		{"R-SET-3 tab", "name.address", "港区\t芝", unprintable},
		{"R-SET-3 direction mark", "name.company_name", "ABC\u202eDEF", unprintable},
		{"R-SET-3 private character", "name.company_name", "A\ue000", unprintable},
		{"R-SET-3 broken encoding", "name.company_name", "A\xff", unprintable},
		{"R-SET-3 too long", "name.company_name", strings.Repeat("髙", 61), "企業名（漢字）は60文字以内で入力してください（いまは61文字です）。"},
		{"R-SET-3 hint is the remedy", "name.postal_code", "105-001", "郵便番号の形式が正しくありません。次のきまりや例に合わせて入力してください：105-0013"},
		{"R-SET-3 matched whole", "name.postal_code", "x1050013", "形式が正しくありません"},
		{"R-SET-3 every alternative matched whole", "importer-exporter.trader_code", "ABCDEFGHI", "桁数または文字の種類"},
		{"R-SET-3 kana with kanji", "name.company_name_kana", "株式会社", "全角カタカナ"},
		{"R-SET-3 kana with letters", "name.company_name_kana", "ＮＡＣ", "全角カタカナ"},
		{"R-SET-3 latin with kana", "name.company_name_en", "ナック", "半角の英字"},
		{"R-SET-3 latin with markup", "name.company_name_en", "<b>NAC</b>", "形式が正しくありません"},
		{"R-SET-3 code with a hyphen", "customs-broker.declaration_office", "1-A", "英字と数字だけ"},
		{"R-SET-3 code with a look-alike of I", "customs-broker.declaration_office", "1ı", "英字と数字だけ"},
		{"R-SET-3 code too short", "customs-broker.declaration_office", "1", "税関官署コード2桁"},
		{"R-SET-3 bonded area", "container-yard.bonded_area", "1AW7", "5文字以内の正しい形式"},
		{"R-SET-3 day that does not exist", "customs-broker.licence_date", "令和6年2月30日", "許可年月日は実在する日付"},
		{"R-SET-3 day outside its era", "customs-broker.licence_date", "平成31年5月1日", "実在する日付"},
		{"R-SET-3 phone too short", "name.phone", "03-1234-567", "10桁または11桁"},
		{"R-SET-3 phone that ends in a long-vowel mark", "name.phone", "０３ー", "10桁または11桁"},
		{"R-SET-3 phone with letters", "name.phone", "03-1234-567x", "10桁または11桁"},
		{"R-SET-3 phone with hyphens astray", "name.phone", "0-312345678-", "10桁または11桁"},
		{"R-SET-3 yes or no", "customs-broker.authorised", "maybe", "選択肢の中から"},
		{"R-SET-3 prefecture", "name.prefecture", "江戸", "選択肢の中から"},
		{"R-SET-3 customs region", "customs-broker.licence_customs", "0", "選択肢の中から"},
		{"R-SET-3 choice", "customs-broker.payment", "現金", "選択肢の中から"},
		{"R-SET-3 choices are matched whole", "customs-broker.payment", "直納|MPN", "選択肢の中から"},
		{"R-SET-3 corporate number: check digit", "name.corporate_number", "8000012050002", "検査数字"},
		{"R-SET-3 corporate number: two digits swapped", "name.corporate_number", "7000012500002", "検査数字"},
		{"R-SET-3 corporate number too short", "name.corporate_number", "700001205000", "13桁"},
		{"R-SET-3 corporate number with letters", "name.corporate_number", "700001205000A", "13桁"},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := field(t, row.field)
			got, p := f.Check(row.typed)
			if p == nil {
				t.Fatalf("%q passed as %q", row.typed, got)
			}
			if got != "" || p.Field != f.Key || p.Rule != "R-SET-3" {
				t.Errorf("%q, %+v", got, p)
			}
			if text := p.String(); !strings.Contains(text, row.says) || !strings.HasPrefix(text, f.Label) || strings.Contains(text, "%!") {
				t.Errorf("%s; want %q in it", text, row.says)
			}
		})
	}
}

// R-SET-3: a field whose Max is empty in the operator's file takes a text of any length, and names no length when
// the text is wrong otherwise.
func TestFieldWithoutMax(t *testing.T) {
	t.Parallel()
	c, err := Load(fstest.MapFS{"setting-fields.csv": {Data: []byte(fieldHead + allTabsBut(t) + "name,b,文字,B,text,,no,[A-Z]+,\n")}})
	if err != nil {
		t.Fatal(err)
	}
	f, ok := c.Field(NameTab, "a")
	long := strings.Repeat("長", 1000)
	if got, p := f.Check(long); !ok || f.Max != 0 || p != nil || got != long {
		t.Errorf("R-SET-3 %+v: %q, %v", f, got, p)
	}
	const remedy = "文字の形式が正しくありません。正しい形式を確認して、入力し直してください。"
	f, _ = c.Field(NameTab, "b")
	if _, p := f.Check("1"); p == nil || p.String() != remedy {
		t.Errorf("R-SET-3 %v, want %s", p, remedy)
	}
}

// TestCorporateNumber: R-SET-3, of the ten first digits exactly one is right, and it is 1–9.
func TestCorporateNumber(t *testing.T) {
	f := field(t, "name.corporate_number")
	rapid.Check(t, func(t *rapid.T) {
		rest, right := rapid.StringMatching(`[0-9]{12}`).Draw(t, "rest"), ""
		for _, first := range "0123456789" {
			if _, p := f.Check(string(first) + rest); p == nil {
				right += string(first)
			}
		}
		if len(right) != 1 || right == "0" {
			t.Fatalf("?%s: right are %q", rest, right)
		}
	})
}

func TestChoicesAndShown(t *testing.T) {
	for _, row := range []struct{ field, choices, value, shown string }{
		{"customs-broker.authorised", "yes|no", "no", "いいえ"},
		{"customs-broker.authorised", "yes|no", "yes", "はい"},
		{"customs-broker.licence_customs", "1|2|3|4|5|6|7|8|9", "9", "沖縄地区"},
		{"customs-broker.deferral", "なし|個別|包括|特例", "包括", "包括"},
		{"customs-broker.licence_date", "", "2024-04-01", "2024年4月1日(月)"},
		{"customs-broker.licence_date", "", "", ""},
		{"name.company_name", "", "ABC", "ABC"},
	} {
		f := field(t, row.field)
		if got := strings.Join(f.Choices(), "|"); got != row.choices {
			t.Errorf("%s: choices %s, want %s", row.field, got, row.choices)
		}
		if got := f.Shown(row.value); got != row.shown {
			t.Errorf("%s: %q is shown as %q, want %q", row.field, row.value, got, row.shown)
		}
	}
	if n := len(field(t, "name.prefecture").Choices()); n != 47 {
		t.Errorf("%d prefectures", n)
	}
}

// TestEveryChoiceIsRight: R-SET-3, whatever a page offers is accepted, typed as the value or as shown.
func TestEveryChoiceIsRight(t *testing.T) {
	for _, f := range builtIn(t).Fields {
		for _, choice := range f.Choices() {
			for _, typed := range []string{choice, f.Shown(choice)} {
				if got, p := f.Check(typed); p != nil || got != choice {
					t.Errorf("%s.%s: %q gives %q, %v", f.Tab, f.Key, typed, got, p)
				}
			}
		}
	}
}

// FuzzFieldCheck: no input panics; a value or a problem comes back, never both; a value is right itself,
// fits Max and prints.
func FuzzFieldCheck(f *testing.F) {
	fields := builtIn(f).Fields
	for i, s := range []string{"", "株式会社", "ｶﾞ", "R6.4.1", "7000012050002", "03-1234-5678", "\xff", "a\u0301", "<b>", "東京"} {
		f.Add(uint8(i), s)
	}
	f.Fuzz(func(t *testing.T, which uint8, typed string) {
		field := fields[int(which)%len(fields)]
		value, p := field.Check(typed)
		if p != nil {
			if value != "" || p.Field != field.Key || !strings.HasPrefix(p.String(), field.Label) {
				t.Fatalf("%s %q: %q with %+v", field.Key, typed, value, p)
			}
			return
		}
		if again, p := field.Check(value); p != nil || again != value {
			t.Fatalf("%s %q: %q, then %q, %v", field.Key, typed, value, again, p)
		}
		if count := utf8.RuneCountInString(value); field.Max > 0 && count > field.Max || strings.ContainsAny(value, "\x00\n\r\t") {
			t.Fatalf("%s %q: %q", field.Key, typed, value)
		}
	})
}

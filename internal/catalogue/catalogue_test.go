package catalogue_test

import (
	"strings"
	"testing"

	. "uketsuke/internal/catalogue"
	"uketsuke/internal/userid"
)

func TestLookups(t *testing.T) {
	c := builtIn(t)
	if trade, ok := c.Trade("consolidator"); !ok || trade.Name != "混載業" || trade.Medium != "air" || !trade.SSO {
		t.Errorf("trade: %+v, %t", trade, ok)
	}
	if m, ok := c.Method("netnaccs"); !ok || m.Class != userid.Net || !m.Certificate {
		t.Errorf("method: %+v, %t", m, ok)
	}
	if m, ok := c.Method("direct"); !ok || m.Offered {
		t.Errorf("R-APP-7 method not offered: %+v, %t", m, ok)
	}
	if k, ok := c.Kind("user-code"); !ok || strings.Join(k.Operations, " ") != "add change delete" || !k.StartDate {
		t.Errorf("kind: %+v, %t", k, ok)
	}
	if r, ok := c.Region("1"); !ok || r.Name != "東京" {
		t.Errorf("region: %+v, %t", r, ok)
	}
	if f, ok := c.Field("customs-broker", "licence_date"); !ok || f.Type != "date" || !f.Required {
		t.Errorf("field: %+v, %t", f, ok)
	}
	if n, none := len(c.FieldsOf(NameTab)), len(c.FieldsOf("general-applicant")); n != 15 || none != 0 {
		t.Errorf("R-SET-3 fields of tabs: %d, %d", n, none)
	}
	_, trade := c.Trade("rail")
	_, field := c.Field("name", "licence_date")
	_, region := c.Region("")
	if trade || field || region {
		t.Error("something was found that is not there")
	}
}

func TestPrefectures(t *testing.T) {
	c := builtIn(t)
	all := c.Prefectures()
	if len(all) != 47 || all[0] != "北海道" || all[12] != "東京都" || all[46] != "沖縄県" {
		t.Errorf("%d: %v", len(all), all)
	}
	for _, name := range all {
		if _, ok := c.RegionOf(name); !ok {
			t.Errorf("R-ID-7 %s has no region", name)
		}
	}
	for name, code := range map[string]string{"東京": "1", "東京都": "1", "京都": "4", "京都府": "4", "北海道": "8", "千葉県": "2", "大阪": "4", "沖縄県": "9"} {
		if r, _ := c.RegionOf(name); r.Code != code {
			t.Errorf("R-ID-7 %s: %q, want %q", name, r.Code, code)
		}
	}
	if r, ok := c.RegionOf("江戸"); ok {
		t.Errorf("江戸 is in %+v", r)
	}
}

func TestSetupFor(t *testing.T) {
	c := builtIn(t)
	for _, row := range []struct {
		name            string
		trades, methods string
		statistics      bool
		want            string
	}{
		{"for everybody", "", "", false, "URY UOK UOC UOD EML"},
		{"of a trade", "customs-broker", "netnaccs", false, "URY UOK UOC UOD EML UTB UNF"},
		{"of a method", "", "mail", false, "URY UOK UOC UOD EML UOM"},
		{"of a service", "", "", true, "URY UOK UOC UOD EML UKS"},
		{"once for two trades", "customs-broker self-clearance", "", false, "URY UOK UOC UOD EML UTB UNF"},
		{"a trade's key is no method", "mail", "customs-broker", false, "URY UOK UOC UOD EML"},
	} {
		t.Run(row.name, func(t *testing.T) {
			var codes []string
			for _, s := range c.SetupFor(strings.Fields(row.trades), strings.Fields(row.methods), row.statistics) {
				codes = append(codes, s.Code)
			}
			if got := strings.Join(codes, " "); got != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
		})
	}
}

func TestFoldText(t *testing.T) {
	for in, want := range map[string]string{
		"（株）ＡＢＣ１": "(株)ABC1", "ｶﾞﾊﾟｰ": "ガパー", "㈱①": "㈱①", "が": "が", "髙﨑": "髙﨑", "　": " ", "": "",
	} {
		if got := FoldText(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestSearchKey(t *testing.T) {
	for _, same := range [][]string{
		{"ナックス通関", "なっくす通関", "ﾅｯｸｽ 通関", "ナックス　通関"},
		{"㈱ABC", "(株)abc", "（株）ＡＢＣ", "（株） a b c"},
		{"1ANAC", "１ａｎａｃ"},
		{"ガーデン", "ｶﾞｰﾃﾞﾝ", "がーでん"},
		{"ァヶ", "ぁゖ"}, // the first and the last of their row
	} {
		for _, s := range same[1:] {
			if SearchKey(s) != SearchKey(same[0]) {
				t.Errorf("%q: %q, %q: %q", same[0], SearchKey(same[0]), s, SearchKey(s))
			}
		}
	}
	if SearchKey("ハート") == SearchKey("バート") {
		t.Error("voiced and unvoiced kana are taken for the same")
	}
}

// R-APP-19: what is searched for is cut into words as they are kept; how a number is parted makes no difference.
func TestSearchTerms(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"":                      "",
		"　 ":                    "",
		"-":                     "",
		"ナック　通関":                "ナック|通関",
		"なっく ㈱ABC":              "ナック|(株)ABC",
		"03-1234-5678":          "0312345678",
		"０３ー１２３４−５６７８":          "0312345678",
		"0312345678":            "0312345678",
		"センター":                  "センター",
		"a b c d e f g h i":     "A|B|C|D|E|F|G|H",
		"- a - b c d e f g h i": "A|B|C|D|E|F|G|H",
	} {
		if got := strings.Join(SearchTerms(typed), "|"); got != want {
			t.Errorf("R-APP-19 %q: %s, want %s", typed, got, want)
		}
	}
}

// R-APP-19: what is not too long to be searched for stays as it was typed; what is longer is cut between characters.
func TestCutSearch(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ name, typed, want string }{
		{"short", "ナック", "ナック"},
		{"as long as may be", strings.Repeat("関", MaxSearch/3), strings.Repeat("関", MaxSearch/3)},
		{"as long as may be, and broken", strings.Repeat("a", MaxSearch-1) + "\xff", strings.Repeat("a", MaxSearch-1) + "\xff"},
		{"one too many", strings.Repeat("関", MaxSearch/3) + "a", strings.Repeat("関", MaxSearch/3)},
		{"cut inside a character", "a" + strings.Repeat("関", MaxSearch/3), "a" + strings.Repeat("関", MaxSearch/3-1)},
	} {
		if got := CutSearch(row.typed); got != row.want {
			t.Errorf("R-APP-19 %s: %q", row.name, got)
		}
	}
}

package application

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzParseReceipt: what is read is written in one way, and that is read as the same (R-APP-15).
func FuzzParseReceipt(f *testing.F) {
	for _, s := range []string{"2400001A", "２４００００１ａａ", "24100000ZZZZ", "24000000A", "", "2400001@"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		r, err := ParseReceipt(typed)
		if err != nil {
			if r != (Receipt{}) {
				t.Fatalf("%q: %+v with %v", typed, r, err)
			}
			return
		}
		again, err := ParseReceipt(r.String())
		if err != nil || again != r || r.String() != FoldSearch(typed) || !strings.HasPrefix(r.String(), r.Digits()) {
			t.Fatalf("%q: %+v is written %s and read %+v, %v", typed, r, r, again, err)
		}
	})
}

// FuzzParsePaperNumber: a number names few papers, and each of them as it is printed names itself.
func FuzzParsePaperNumber(f *testing.F) {
	for _, s := range []string{"2400001A", "通知第24-00001号", "202412-00001-1", "202412000011", "２０２４１２ー１２３４５６ー１", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		n := ParsePaperNumber(typed)
		if len(n.Invoices) > 3 || n.Receipt != "" && len(n.Invoices) > 0 || n.Notice && n.Receipt == "" {
			t.Fatalf("%q: %+v", typed, n)
		}
		if n.Receipt != "" && !n.Notice && ParsePaperNumber(n.Receipt).Receipt != n.Receipt {
			t.Fatalf("%q: %+v", typed, n)
		}
		for _, invoice := range n.Invoices {
			if !slices.Contains(ParsePaperNumber(invoice).Invoices, invoice) || strings.Trim(invoice, "0123456789-") != "" {
				t.Fatalf("%q: invoice %q", typed, invoice)
			}
		}
	})
}

// FuzzParseDigest: nothing but hexadecimal digits passes, and what passes stays.
func FuzzParseDigest(f *testing.F) {
	for _, s := range []string{"9f86 d081", "９Ｆ８６－ｄ０８１", "OIL", "", "g", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		digits, is := ParseDigest(typed)
		if is != (digits != "" && strings.Trim(digits, "0123456789abcdef") == "") || len(digits) > 3*longestTyped {
			t.Fatalf("%q: %q, %v", typed, digits, is)
		}
		if again, still := ParseDigest(digits); is && (again != digits || !still) {
			t.Fatalf("%q: %q, then %q", typed, digits, again)
		}
	})
}

// FuzzFoldContact: folding a contact twice is folding it once, and whatever was typed is judged in sentences
// (R-APP-12).
func FuzzFoldContact(f *testing.F) {
	f.Add("髙﨑　花子", "たかさき", "03ー1234ー5678", "ｔａｎｔｏ＠nac.example", true)
	f.Add("\xff", "ｶﾞ\u3099", "−−", "a@b", false)
	f.Add(" \u3000", "ゔヽ", "㈱１", "\"a b\"@x.example", true)
	f.Fuzz(func(t *testing.T, name, kana, phone, email string, confirmed bool) {
		c := FoldContact(Contact{Name: name, Kana: kana, Department: name, Position: kana, Phone: phone, Extension: phone, Fax: phone, Email: email, Confirmed: confirmed})
		if again := FoldContact(c); again != c {
			t.Fatalf("%+v, then %+v", c, again)
		}
		l := ContactProblems(c)
		wellFormed(t, l)
		if len(l) == 0 && (!utf8.ValidString(c.Name+c.Kana+c.Phone+c.Email) || strings.ContainsAny(c.Email, "\r\n") || strings.Count(c.Email, "@") < 1) {
			t.Fatalf("%+v passes", c)
		}
	})
}

// FuzzFoldLines: one spelling, once and for all; a text that can be shown stays one.
func FuzzFoldLines(f *testing.F) {
	for _, s := range []string{"一\r\n二\r三", " か\u3099 ", "\u2028", "a\x00", "\xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		folded := FoldLines(typed)
		if again := FoldLines(folded); again != folded || strings.Contains(folded, "\r") {
			t.Fatalf("%q: %q, then %q", typed, folded, again)
		}
		if narrow := FoldSearch(typed); FoldSearch(narrow) != narrow {
			t.Fatalf("%q: %q, then %q", typed, narrow, FoldSearch(narrow))
		}
	})
}

// FuzzDraft: whatever stands in the column of a draft is read or refused; what is read can be judged, and keeps its
// bytes when it is written twice (trap 11).
func FuzzDraft(f *testing.F) {
	encoded, _ := json.Marshal(Draft{Document: s2(), Settings: Settings{1: {NameTab: {"company_name": "見本"}}}, Typed: map[string]map[string][]string{"contact": {"contact.name": {"x"}}}})
	f.Add(encoded)
	f.Add([]byte(`{"settings":{"-1":{"x":null}},"typed":{"":{}}}`))
	g := ground(f)
	f.Fuzz(func(t *testing.T, stored []byte) {
		var d Draft
		if json.Unmarshal(stored, &d) != nil {
			return
		}
		for _, item := range d.Document.Codes {
			for _, row := range item.Rows {
				if row.Count > 1000 {
					return // shown only after the check of the count
				}
			}
		}
		wellFormed(t, Problems(d.Document, d.Settings, g))
		Complete(d.Document, d.Settings, g.Catalogue)
		for _, tabs := range d.Settings {
			for tab, values := range tabs {
				wellFormed(t, Missing(tab, values, g.Catalogue))
			}
		}
		once, err := json.Marshal(d)
		var again Draft
		if err != nil || json.Unmarshal(once, &again) != nil {
			t.Fatalf("what was read cannot be written and read: %v", err)
		}
		if twice, _ := json.Marshal(again); string(twice) != string(once) {
			t.Fatalf("the bytes change:\n%s\n%s", once, twice)
		}
	})
}

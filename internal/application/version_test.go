package application

import (
	"bytes"
	"reflect"
	"testing"
)

func TestEncode(t *testing.T) {
	doc := s2()
	doc.Reason = "増員 <A&B>\nのため"
	encoded, err := Encode(doc)
	if err != nil {
		t.Fatal(err)
	}
	again, _ := Encode(doc)
	if !bytes.Equal(encoded, again) || bytes.Contains(encoded, []byte(`\u003c`)) {
		t.Errorf("R-APP-16 the bytes differ or are escaped: %s", encoded)
	}
	decoded, err := Decode(encoded)
	if err != nil || !reflect.DeepEqual(decoded, doc) {
		t.Errorf("R-APP-16 %v: %+v", err, decoded)
	}
	if digest := Digest(nil); digest != "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" {
		t.Errorf("R-APP-16 the digest of nothing: %s", digest)
	}
	doc.Reason += "。"
	if other, _ := Encode(doc); Digest(other) == Digest(encoded) {
		t.Error("R-APP-16 two versions have one digest")
	}
}

func TestDecodeOutlivesTheForm(t *testing.T) {
	old := []byte(`{"kinds":["user-code","gone"],"desired_start_date":"","colour":"red","contact":{"pager":"1"},
		"codes":[{"placeholder":1,"category":"space","rows":[{"trades":["vanished"],"method":"telex","count":1}]}]}`)
	doc, err := Decode(old)
	if err != nil || doc.Codes[0].Rows[0].Trades[0] != "vanished" {
		t.Fatalf("trap 11: %v %+v", err, doc)
	}
	wellFormed(t, Problems(doc, nil, ground(t)))
	for _, field := range []string{"kinds", "codes.1.category", "codes.1.rows.0.trades", "codes.1.rows.0.method"} {
		if len(Problems(doc, nil, ground(t)).At(field)) == 0 {
			t.Errorf("trap 11: nothing is said at %s", field)
		}
	}
	if _, err := Decode([]byte("{")); err == nil {
		t.Error("a torn document was read")
	}
}

// FuzzDecode: whatever is stored as a draft, judging and showing it ends in sentences, never in a panic.
func FuzzDecode(f *testing.F) {
	for _, doc := range []Document{s1(), s2(), s3(), {}} {
		encoded, _ := Encode(doc)
		f.Add(encoded)
	}
	f.Add([]byte(`{"codes":[{"placeholder":-1,"rows":[{"trades":["",""],"count":-9}]},{"rows":null}],"desired_start_date":"0001-01-01"}`))
	g := ground(f)
	f.Fuzz(func(t *testing.T, stored []byte) {
		doc, err := Decode(stored)
		if err != nil {
			return
		}
		for _, item := range doc.Codes {
			for _, row := range item.Rows {
				if row.Count > 1000 {
					return // shown only after the check of the count
				}
			}
			Split(item, g.Catalogue)
			Offer(item, true, item.Trades(), g.Catalogue)
		}
		settings := Settings{1: {NameTab: {"company_name": "見本"}}}
		wellFormed(t, Problems(doc, settings, g))
		TableRows(doc, g.Catalogue, Preview(doc, g.Catalogue, nil, nil))
		Legend(doc)
		Differences(doc, Document{}, g.Catalogue)
		encoded, err := Encode(doc)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, err := Decode(encoded)
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if second, _ := Encode(again); !bytes.Equal(encoded, second) {
			t.Fatalf("R-APP-16 the bytes change:\n%s\n%s", encoded, second)
		}
	})
}

func TestDifferences(t *testing.T) {
	cat := loaded(t)
	before, after := s1(), s1()
	if got := Differences(before, after, cat); len(got) > 0 {
		t.Fatalf("S7 the same: %v", got)
	}
	after.Desired, after.Reason = d("2024-12-13"), "修正"
	after.Codes[0].Rows[1].Count = 3
	after.Codes[0].StatsFree = false
	after.Codes = append(after.Codes, CodeItem{Placeholder: 2, Category: CategoryAir, Rows: []Row{net("airline")}})
	want := map[string][2]string{
		"desired":                       {"2024年12月12日(木)", "2024年12月13日(金)"},
		"reason":                        {"新規業務のため", "修正"},
		"codes.1.rows.1.count":          {"1", "3"},
		"codes.1.statistics_free":       {"○", "×"},
		"codes.2.category":              {"", "航空"},
		"codes.2.rows.0.trades":         {"", "航空会社"},
		"codes.2.rows.0.method":         {"", "net"},
		"codes.2.rows.0.count":          {"", "1"},
		"codes.2.rows.0.single_sign_on": {"", "否"},
		"codes.2.statistics_paid":       {"", "×"},
		"codes.2.statistics_free":       {"", "×"},
		"codes.2.bonded_archive":        {"", "×"},
	}
	forth, back := Differences(before, after, cat), Differences(after, before, cat)
	if len(forth) != len(want) || len(back) != len(want) {
		t.Errorf("S7 %d and %d differences, want %d: %v", len(forth), len(back), len(want), forth)
	}
	for _, difference := range forth {
		if w := want[difference.Field]; w != [2]string{difference.Before, difference.After} || difference.Where == "" {
			t.Errorf("S7 %+v, want %q", difference, w)
		}
	}
	for _, difference := range back {
		if w := want[difference.Field]; w != [2]string{difference.After, difference.Before} {
			t.Errorf("S7 back %+v", difference)
		}
	}
}

func TestSettingsDifferences(t *testing.T) {
	cat := loaded(t)
	a := Settings{1: {"customs-broker": {"licence_date": "2024-04-01", "payment": "MPN"}}}
	b := Settings{1: {"customs-broker": {"licence_date": "2024-05-01", "payment": "MPN"}}}
	got := SettingsDifferences(a, b, s1(), cat)
	if len(got) != 1 || got[0] != (Difference{"追加1 通関業 許可年月日", "settings.1.customs-broker.licence_date", "2024年4月1日(月)", "2024年5月1日(水)"}) {
		t.Errorf("S7 settings: %+v", got)
	}
}

package application

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestInvoiceNumbersTakenApart: written without hyphens, a number can stand for several invoices, and never for one whose running
// number or revision could not be printed so (R-APP-19).
func TestInvoiceNumbersTakenApart(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string][]string{
		"202412-00001-9":      {"202412-00001-9"},
		"202412-00001-12":     {"202412-00001-12"},
		"202412-00001-123":    {"202412-00001-123"},
		"202412-00001-1234":   nil,
		"202412-00001-10":     {"202412-00001-10"},
		"202412-123450-1":     {"202412-123450-1"},
		"202412-12345-11":     {"202412-123451-1", "202412-12345-11"},
		"202412-1234567-1":    {"202412-1234567-1", "202412-123456-71", "202412-12345-671"},
		"202412-123456-100":   {"202412-123456-100"},
		"202412-0001-1":       nil,
		"202412-123456789-12": {"202412-1234567891-2", "202412-123456789-12", "202412-12345678-912"},
	} {
		if got := ParsePaperNumber(typed); !slices.Equal(got.Invoices, want) || got.Receipt != "" {
			t.Errorf("R-APP-19 %q: %q, want %q", typed, got.Invoices, want)
		}
	}
}

// TestLongestNumberThatIsLookedAt: what is longer is no number, however much of it are hyphens (R-APP-19).
func TestLongestNumberThatIsLookedAt(t *testing.T) {
	t.Parallel()
	for length, want := range map[int]string{longestTyped: "2400001A", longestTyped + 1: ""} {
		typed := strings.Repeat("-", length-8) + "2400001A"
		if got := ParsePaperNumber(typed); got.Receipt != want {
			t.Errorf("R-APP-19 %d bytes are read as %+v", length, got)
		}
	}
	for _, sign := range []string{" ", "　", "\t", "-", "—", "−", "ー", "ｰ", "_", ".", ":", "\u200d"} {
		if got := ParsePaperNumber("24" + sign + "00001" + sign + "a"); got.Receipt != "2400001A" {
			t.Errorf("R-APP-19 %q between is read as %+v", sign, got)
		}
	}
}

// TestRoundsOfReceipts: each re-registration has a letter of its own, counted on like columns (R-APP-15).
func TestRoundsOfReceipts(t *testing.T) {
	t.Parallel()
	for round, letters := range map[int]string{0: "A", 1: "B", 24: "Y", 25: "Z", 26: "AA", 27: "AB", 51: "AZ", 52: "BA", 701: "ZZ", 702: "AAA", 703: "AAB"} {
		want := "2400001" + letters
		if got := ReceiptNumber(2024, 1, round); got != want {
			t.Errorf("R-APP-15 round %d is %s, want %s", round, got, want)
		}
		if r, err := ParseReceipt(want); err != nil || r != (Receipt{24, 1, round}) {
			t.Errorf("R-APP-15 %s is read as %+v, %v", want, r, err)
		}
	}
	seen := map[string]bool{}
	for round := range 1000 {
		seen[ReceiptNumber(2024, 1, round)] = true
	}
	if len(seen) != 1000 {
		t.Errorf("R-APP-15 of 1000 rounds %d have a number of their own", len(seen))
	}
	for digits, want := range map[Receipt]string{{5, 1, 3}: "0500001", {24, 99999, 0}: "2499999", {24, 100000, 0}: "24100000"} {
		if got := digits.Digits(); got != want {
			t.Errorf("R-APP-15 %+v: %s, want %s", digits, got, want)
		}
	}
}

// TestSettingsValues: a field is right, wrong, taken or missing, each by itself (R-SET-2, R-SET-3, R-APP-9).
func TestSettingsValues(t *testing.T) {
	t.Parallel()
	g := ground(t)
	g.TakenAreas = map[string]bool{"1AW71": true, "HND": true}
	if values, l := SettingsProblems("consolidator", map[string]string{"airport": "HND"}, g); len(l) > 0 || values["airport"] != "HND" {
		t.Errorf("R-APP-9 only bonded areas are anybody's: %v", l)
	}
	if values, l := SettingsProblems("bonded-warehouse", map[string]string{"bonded_area": " 　", "permitted_until": ""}, g); len(l) > 0 || values["bonded_area"] != "" {
		t.Errorf("R-SET-3 blanks are nothing typed: %v %v", values, l)
	}
	all := filled(t, "name", g.Catalogue)
	for _, c := range []struct {
		name, key, value string
		complete         bool
		missing          int
	}{
		{"R-SET-3 every required field is right", "fax", "", true, 0},
		{"R-SET-3 one that is not required is wrong", "fax", "なし", false, 0},
		{"R-SET-3 a required one holds blanks", "company_name", " 　", false, 1},
		{"R-SET-3 a required one is wrong", "phone", "なし", false, 0},
		{"trap 11 one that is gone is let be", "vanished", "x", true, 0},
	} {
		values := map[string]string{c.key: c.value}
		for key, value := range all {
			if key != c.key {
				values[key] = value
			}
		}
		if got := CompleteTab("name", values, g.Catalogue); got != c.complete || len(Missing("name", values, g.Catalogue)) != c.missing {
			t.Errorf("%s: complete %t, missing %v", c.name, got, Missing("name", values, g.Catalogue))
		}
	}
	doc := s3()
	s := allFilled(t, doc, g.Catalogue)
	for placeholder, want := range map[int]bool{1: true, 2: true, 9: true} {
		if got := CompleteItem(doc, placeholder, s, g.Catalogue); got != want {
			t.Errorf("R-SET-3 追加%d: complete %t", placeholder, got)
		}
	}
}

// TestAreasOfSeveralCodes: the code that names an area first has it, the others are told which (R-APP-9).
func TestAreasOfSeveralCodes(t *testing.T) {
	t.Parallel()
	g := ground(t)
	doc := application(CodeItem{Rows: []Row{net("bonded-warehouse")}}, CodeItem{Rows: []Row{net("bonded-warehouse"), net("container-yard")}}, CodeItem{Rows: []Row{net("container-yard")}})
	area := map[string]string{"bonded_area": "1AW72"}
	s := Settings{1: {"bonded-warehouse": area}, 2: {"bonded-warehouse": area, "container-yard": area}, 3: {"container-yard": {"bonded_area": "", "port": "JPTYO"}}}
	l := AreaProblems(doc, s, g)
	var fields []string
	for _, p := range l {
		fields = append(fields, p.Field)
		if text := p.String(); !strings.Contains(text, "「追加1」") || !strings.Contains(text, "1AW72") {
			t.Errorf("R-APP-9 %s", text)
		}
	}
	if want := []string{"settings.2.bonded-warehouse.bonded_area", "settings.2.container-yard.bonded_area"}; !slices.Equal(fields, want) {
		t.Errorf("R-APP-9 %v, want %v", fields, want)
	}
	if areas := BondedAreas(doc, s, g.Catalogue); len(areas) != 3 {
		t.Errorf("R-APP-9 what is left empty, and what is no bonded area, reserves nothing: %v", areas)
	}
	g.TakenAreas = map[string]bool{"1AW72": true}
	for _, p := range AreaProblems(doc, s, g) {
		if p.Text != areaTaken {
			t.Errorf("R-APP-9 what others hold is said without naming anybody: %s", p)
		}
	}
	if l := AreaProblems(doc, s, g); len(l) != 3 {
		t.Errorf("R-APP-9 every field that names it is told: %v", l)
	}
}

func TestWordsInBothLanguages(t *testing.T) {
	t.Parallel()
	both := Word{"通関業", "Customs broker"}
	if both.English() != "Customs broker" || both.Japanese() != "通関業" || fmt.Sprint(both) != "通関業" {
		t.Errorf("R-APP-12 %q, %q", both.Japanese(), both.English())
	}
}

package userid_test

import (
	"errors"
	"strings"
	"testing"

	. "uketsuke/internal/userid"
)

func TestParse(t *testing.T) {
	code := func(s string) (string, error) { c, err := ParseCode(s); return string(c), err }
	number := func(s string) (string, error) { n, err := ParseNumber(s); return string(n), err }
	id := func(s string) (string, error) { i, err := ParseID(s); return string(i), err }
	for _, row := range []struct {
		name, typed, want string
		parse             func(string) (string, error)
	}{
		{"R-ID-2 code", "1ANAC", "1ANAC", code},
		{"R-ID-5 code in full width and small letters", "１ａｎａｃ", "1ANAC", code},
		{"R-ID-5 code with blanks around", "　1anac ", "1ANAC", code},
		{"R-ID-5 the first and the last letter", "azａｚA", "AZAZA", code},
		{"R-ID-5 code with I and O", "IOIOI", "IOIOI", code},
		{"R-ID-2 abbreviation", "ｎａ１", "NA1", ParseAbbreviation},
		{"R-ID-4 netNACCS number", "a0a", "A0A", number},
		{"R-ID-5 number with I and O", "I0O", "I0O", number},
		{"R-ID-4 general number", "００１", "001", number},
		{"R-ID-1 ID", "１ＡＮＡＣＡ０Ａ", "1ANACA0A", id},
		{"R-ID-1 general ID", "1anac010", "1ANAC010", id},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got, err := row.parse(row.typed); err != nil || got != row.want {
				t.Errorf("%q: %q, %v; want %q", row.typed, got, err, row.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	code := func(s string) error { _, err := ParseCode(s); return err }
	abbreviation := func(s string) error { _, err := ParseAbbreviation(s); return err }
	number := func(s string) error { _, err := ParseNumber(s); return err }
	id := func(s string) error { _, err := ParseID(s); return err }
	for _, row := range []struct {
		field, rule string
		typed       []string
		parse       func(string) error
	}{
		{"code", "R-ID-2", []string{"", "1ANA", "1ANACC", "1A NAC", "1AN-C", "1Aナア", "1Aıſß", "1ANAC\x00", "１ＡＮＡｃ́"}, code},
		{"abbreviation", "R-ID-2", []string{"", "NA", "NACC", "N C", "ナック"}, abbreviation},
		{"number", "R-ID-4", []string{"", "000", "A00", "0A0", "AAA", "AA0", "A0", "A0AA", "01", "1000", "-01"}, number},
		{"id", "R-ID-1", []string{"", "1ANAC", "1ANACA0", "1ANACA0AA", "1ANAC-A0A", "あいう"}, id},
		{"id", "R-ID-4", []string{"1ANAC000", "1ANACAAA", "1ANAC0A0"}, id},
	} {
		for _, typed := range row.typed {
			var bad Malformed
			err := row.parse(typed)
			if !errors.As(err, &bad) || bad.Problem.Field != row.field || bad.Problem.Rule != row.rule || bad.Problem.Text == "" {
				t.Errorf("%s %q: %v; want a problem at %q", row.rule, typed, err, row.field)
			}
		}
	}
}

func TestParts(t *testing.T) {
	id, err := ParseID("1ANACA0A")
	if err != nil {
		t.Fatal(err)
	}
	if id.Code() != "1ANAC" || id.Number() != "A0A" || id.Code().Office() != "1A" || id.Code().Abbreviation() != "NAC" {
		t.Errorf("R-ID-1 %q: %q, %q", id, id.Code(), id.Number())
	}
	for number, class := range map[Number]Class{"A0A": Net, "Z9Z": Net, "001": General, "": ""} {
		if number.Class() != class {
			t.Errorf("R-ID-3 %q: %q, want %q", number, number.Class(), class)
		}
	}
	var none ID
	if none.Code() != "" || none.Number() != "" || none.Code().Office() != "" || none.Code().Abbreviation() != "" {
		t.Error("the parts of no ID must be empty")
	}
	if _, err := NewCode("1A", "NACX"); err == nil {
		t.Error("R-ID-2 a code of six characters was made")
	}
}

func TestReserved(t *testing.T) {
	for code, want := range map[Code]bool{
		"V1ABC": true, "JJABC": true, "JEABC": true, "PQWAB": true, "AQW12": true,
		"1APQW": true, "1AAQW": true, "1AV1X": true, "1AJJA": true, "1AJEZ": true,
		"1ANAC": false, "1V1AB": false, "1JJAB": false, "PQABC": false, "1AXJJ": false, "": false,
	} {
		if Reserved(code) != want {
			t.Errorf("R-ID-7 %q: %t, want %t", code, !want, want)
		}
	}
	if !ReservedAbbreviation("JJX") || ReservedAbbreviation("XJJ") {
		t.Error("R-ID-7 abbreviation")
	}
}

// Whoever logs a refusal learns the part, the rule and the remedy.
func TestMalformedSaysWhat(t *testing.T) {
	_, err := ParseNumber("AAA")
	if err == nil || !strings.HasPrefix(err.Error(), "reading number [R-ID-4]: 識別番号は、netNACCSでは「A0A」") {
		t.Errorf("R-ID-4 %v", err)
	}
}

// FuzzParseID: what is read prints as it is kept, and reads again as the same.
func FuzzParseID(f *testing.F) {
	for _, s := range []string{"1ANACA0A", "１ａｎａｃ００１", "IOIOIO0O", "", "１ＡＮＡＣ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := ParseID(s)
		if err != nil {
			if id != "" {
				t.Fatalf("%q: %q with %v", s, id, err)
			}
			return
		}
		again, err := ParseID(string(id))
		code, codeErr := ParseCode(string(id.Code()))
		number, numberErr := ParseNumber(string(id.Number()))
		if err != nil || codeErr != nil || numberErr != nil || again != id || NewID(code, number) != id {
			t.Fatalf("%q: %q, again %q, parts %q %q", s, id, again, code, number)
		}
		made, err := NewCode(code.Office(), code.Abbreviation())
		if err != nil || made != code || Fold(string(id)) != string(id) {
			t.Fatalf("%q: code %q made again %q, %v", s, code, made, err)
		}
	})
}

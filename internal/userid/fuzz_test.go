package userid_test

import (
	"testing"

	. "uketsuke/internal/userid"
)

// FuzzFold: folding is done once and for all, and each part of an ID is read as it is kept (R-ID-1 … R-ID-3).
func FuzzFold(f *testing.F) {
	for _, s := range []string{"１ａｎａｃ", "A0A", "001", "NAC", "ＩＯ", "", "ﾅｯｸ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if folded := Fold(s); Fold(folded) != folded {
			t.Fatalf("%q: %q, then %q", s, folded, Fold(folded))
		}
		if code, err := ParseCode(s); err == nil {
			if again, err := ParseCode(string(code)); err != nil || again != code {
				t.Fatalf("%q: code %q, then %q, %v", s, code, again, err)
			}
		}
		if number, err := ParseNumber(s); err == nil {
			if again, err := ParseNumber(string(number)); err != nil || again != number {
				t.Fatalf("%q: number %q, then %q, %v", s, number, again, err)
			}
		}
		if a, err := ParseAbbreviation(s); err == nil {
			if again, err := ParseAbbreviation(a); err != nil || again != a {
				t.Fatalf("%q: abbreviation %q, then %q, %v", s, a, again, err)
			}
		}
	})
}

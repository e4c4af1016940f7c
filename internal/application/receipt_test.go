package application

import (
	"errors"
	"testing"

	"pgregory.net/rapid"
)

func TestReceiptNumber(t *testing.T) {
	for _, c := range []struct {
		name                  string
		year, sequence, round int
		want                  string
	}{
		{"R-APP-15 S1", 2024, 1, 0, "2400001A"},
		{"R-APP-15 S7 registered again", 2024, 1, 1, "2400001B"},
		{"R-APP-15 Z", 2024, 1, 25, "2400001Z"},
		{"R-APP-15 after Z comes AA", 2024, 1, 26, "2400001AA"},
		{"R-APP-15 after AZ comes BA", 2024, 1, 52, "2400001BA"},
		{"R-APP-15 the year in two digits", 2005, 99999, 0, "0599999A"},
		{"R-APP-15 beyond 99999 six digits", 2024, 100000, 0, "24100000A"},
	} {
		if got := ReceiptNumber(c.year, c.sequence, c.round); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestParseReceipt(t *testing.T) {
	r, err := ParseReceipt(" ２４００００１ｂ ")
	if err != nil || r != (Receipt{24, 1, 1}) || r.Digits() != "2400001" {
		t.Errorf("S10: %+v %v", r, err)
	}
	for _, wrong := range []string{"", "2400001", "240001A", "2400000A", "24000001A", "24A", "2400001A1", "2400001あ"} {
		if r, err := ParseReceipt(wrong); !errors.Is(err, ErrNotAReceipt) {
			t.Errorf("R-APP-15 %q was read as %v", wrong, r)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		want := Receipt{rapid.IntRange(0, 99).Draw(t, "year"), rapid.IntRange(1, 999999).Draw(t, "sequence"), rapid.IntRange(0, 5000).Draw(t, "round")}
		if got, err := ParseReceipt(want.String()); err != nil || got != want {
			t.Fatalf("R-APP-15 %s: %+v, %v", want, got, err)
		}
	})
}

func TestFoldSearch(t *testing.T) {
	for typed, want := range map[string]string{"１ａｎａｃ": "1ANAC", " 1anac　": "1ANAC", "1ANACA0A": "1ANACA0A"} {
		if got := FoldSearch(typed); got != want {
			t.Errorf("S10 %q: %q", typed, got)
		}
	}
}

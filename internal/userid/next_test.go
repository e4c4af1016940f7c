package userid_test

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	. "uketsuke/internal/userid"
)

func TestNextNumber(t *testing.T) {
	for _, row := range []struct {
		name  string
		class Class
		after Number
		want  Number
	}{
		{"R-ID-4 first netNACCS", Net, "", "A0A"},
		{"R-ID-4 second", Net, "A0A", "A0B"},
		{"R-ID-9 third", Net, "A0B", "A0C"},
		{"R-ID-5 I is passed over", Net, "A0H", "A0J"},
		{"R-ID-5 after an older I", Net, "A0I", "A0J"},
		{"R-ID-5 O is passed over", Net, "A0N", "A0P"},
		{"R-ID-5 after an older O", Net, "A0O", "A0P"},
		{"R-ID-4 the digit counts on", Net, "A0Z", "A1A"},
		{"R-ID-4 the first letter counts on", Net, "A9Z", "B0A"},
		{"R-ID-5 and passes over I", Net, "H9Z", "J0A"},
		{"R-ID-5 after an older first I", Net, "I4C", "J0A"},
		{"R-ID-4 last but one", Net, "Z9Y", "Z9Z"},
		{"R-ID-4 first general", General, "", "001"},
		{"R-ID-4 general", General, "009", "010"},
		{"R-ID-4 last general", General, "998", "999"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got, err := NextNumber(row.class, row.after); err != nil || got != row.want {
				t.Errorf("after %q: %q, %v; want %q", row.after, got, err, row.want)
			}
		})
	}
}

func TestNextNumberRefuses(t *testing.T) {
	for _, row := range []struct {
		name      string
		class     Class
		after     Number
		exhausted bool
	}{
		{"R-ID-4 after the last netNACCS", Net, "Z9Z", true},
		{"R-ID-4 after the last general", General, "999", true},
		{"R-ID-3 other class", Net, "001", false},
		{"R-ID-3 other class", General, "A0A", false},
		{"no number", Net, "AAA", false},
		{"no class", "", "", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			n, err := NextNumber(row.class, row.after)
			if n != "" || err == nil || errors.Is(err, ErrExhausted) != row.exhausted {
				t.Errorf("after %q: %q, %v", row.after, n, err)
			}
		})
	}
}

// TestSeries goes through both series whole: R-ID-4's order, R-ID-5's letters, and every way to the next.
func TestSeries(t *testing.T) {
	for class, want := range map[Class]int{Net: 5760, General: 999} {
		if class.Capacity() != want {
			t.Fatalf("R-ID-4 %s: %d numbers, want %d", class, class.Capacity(), want)
		}
		before := Number("")
		for i := range want {
			n, err := NumberAt(class, i)
			next, nextErr := NextNumber(class, before)
			at, generated := Ordinal(n)
			parsed, parseErr := ParseNumber(string(n))
			switch {
			case err != nil || nextErr != nil || parseErr != nil:
				t.Fatal(err, nextErr, parseErr)
			case n != next || n != parsed || at != i || !generated || n.Class() != class || n <= before:
				t.Fatalf("R-ID-4 %s %d: %q, next %q, parsed %q, place %d %t", class, i, n, next, parsed, at, generated)
			case strings.ContainsAny(string(n), "IO"):
				t.Fatalf("R-ID-5 %q", n)
			}
			before = n
		}
		if _, err := NumberAt(class, want); !errors.Is(err, ErrExhausted) {
			t.Errorf("R-ID-4 %s after the last: %v", class, err)
		}
		if _, err := NumberAt(class, -1); err == nil || errors.Is(err, ErrExhausted) {
			t.Errorf("R-ID-4 %s before the first: %v", class, err)
		}
	}
}

func TestOrdinalOfNumbersNeverGenerated(t *testing.T) {
	for _, n := range []Number{"A0I", "A0O", "I0A", "O9Z", "000", "", "AAA", "0A0", "ZZZ"} {
		if at, ok := Ordinal(n); ok {
			t.Errorf("R-ID-5 %q is at %d", n, at)
		}
	}
}

func TestOfficeAt(t *testing.T) {
	var got []string
	for i := range OfficesPerRegion {
		o, err := OfficeAt("１", i)
		if err != nil {
			t.Fatal(err)
		}
		code, err := NewCode(o, "NAC")
		if err != nil || code.Office() != o || code.Abbreviation() != "NAC" || Reserved(code) {
			t.Fatalf("%q: %q, %v", o, code, err)
		}
		got = append(got, string(o))
	}
	want := "1A 1B 1C 1D 1E 1F 1G 1H 1J 1K 1L 1M 1N 1P 1Q 1R 1S 1T 1U 1V 1W 1X 1Y 1Z 10 11 12 13 14 15 16 17 18 19"
	if all := strings.Join(got, " "); all != want {
		t.Errorf("R-ID-7 %s", all)
	}
	if _, err := OfficeAt("1", OfficesPerRegion); !errors.Is(err, ErrExhausted) || OfficesPerRegion != 34 {
		t.Errorf("R-ID-7 after %d: %v", OfficesPerRegion, err)
	}
	for _, region := range []string{"", "12", "あ", "-"} {
		if o, err := OfficeAt(region, 0); err == nil || errors.Is(err, ErrExhausted) {
			t.Errorf("R-ID-7 region %q: %q, %v", region, o, err)
		}
	}
	if _, err := OfficeAt("1", -1); err == nil || errors.Is(err, ErrExhausted) {
		t.Errorf("R-ID-7 before the first: %v", err)
	}
}

// TestNextAfterAnyNumber: R-ID-5, the next of any readable number is generated, later, and the first such.
func TestNextAfterAnyNumber(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, err := ParseNumber(rapid.StringMatching(`[A-Z][0-9][A-Z]|[0-9]{2}[1-9]`).Draw(t, "n"))
		if err != nil {
			t.Fatal(err)
		}
		next, err := NextNumber(n.Class(), n)
		if errors.Is(err, ErrExhausted) {
			if last, _ := NumberAt(n.Class(), n.Class().Capacity()-1); n < last {
				t.Fatalf("%q: nothing after it, but %q", n, last)
			}
			return
		}
		at, ok := Ordinal(next)
		if err != nil || !ok || next <= n {
			t.Fatalf("after %q: %q, %v", n, next, err)
		}
		if at > 0 {
			if before, _ := NumberAt(n.Class(), at-1); before > n {
				t.Fatalf("after %q: %q, but %q comes before", n, next, before)
			}
		}
	})
}

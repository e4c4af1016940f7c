package charge

import "testing"

// FuzzParseMonth: a month is read as it is written, and nothing else; its neighbours are months too.
func FuzzParseMonth(f *testing.F) {
	for _, s := range []string{"2024-12", "2000-01", "2099-12", "2024-13", "", "２０２４-12"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := ParseMonth(s)
		if err != nil {
			if !m.IsZero() {
				t.Fatalf("%q: %s with %v", s, m, err)
			}
			return
		}
		if m.String() != s || m.Add(1).Add(-1) != m || !m.Before(m.Add(1)) || m.First().After(m.Last()) {
			t.Fatalf("%q is %s", s, m)
		}
	})
}

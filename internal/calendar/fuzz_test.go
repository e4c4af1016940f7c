package calendar_test

import (
	"errors"
	"testing"

	. "uketsuke/internal/calendar"
)

// FuzzParseDate: the one form of a day in addresses and files is read as it is written, and nothing else.
func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2024-12-10", "0001-01-01", "9999-12-31", "2024-02-30", "24-1-1", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		if err != nil {
			if !d.IsZero() || !errors.Is(err, ErrNotADate) {
				t.Fatalf("%q: %s with %v", s, d, err)
			}
			return
		}
		if d.String() != s {
			t.Fatalf("%q is %s", s, d)
		}
		var again Date
		if text, err := d.MarshalText(); err != nil || again.UnmarshalText(text) != nil || again != d {
			t.Fatalf("%q: %s, then %s, %v", s, d, again, err)
		}
	})
}

package column

import "testing"

// FuzzScan: a column holds what is written there, or reading it is an error.
func FuzzScan(f *testing.F) {
	for _, s := range []string{"2024-12-10T01:02:03.000000Z", "2024-12-10", "", "0000-00-00", "2024-12-10T01:02:03Z"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var at, again Time
		if at.Scan(s) == nil && !at.IsZero() {
			written, err := at.Value()
			if err != nil || again.Scan(written) != nil || !again.Equal(at.Time) {
				t.Fatalf("%q: %v, then %v, %v", s, at, again, err)
			}
		}
		var day, same Day
		if day.Scan(s) == nil && !day.IsZero() {
			written, err := day.Value()
			if err != nil || same.Scan(written) != nil || same != day {
				t.Fatalf("%q: %v, then %v, %v", s, day, same, err)
			}
		}
	})
}

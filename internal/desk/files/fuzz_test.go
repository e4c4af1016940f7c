package files

import "testing"

// FuzzTick: what the page of preparations sends as ticked is read or refused.
func FuzzTick(f *testing.F) {
	for _, s := range []string{"1ANACA0A URY", "1ANACA0A", " ", "1ANACA0A  URY"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if id, step, err := ParseTick(text); err == nil {
			if again, same, err := ParseTick(string(id) + " " + step); err != nil || again != id || same != step {
				t.Fatalf("%q: %s %q", text, id, step)
			}
		}
	})
}

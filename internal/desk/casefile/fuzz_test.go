package casefile

import "testing"

// FuzzPlace: the place of a page in an address is one of ours or the beginning.
func FuzzPlace(f *testing.F) {
	for _, s := range []string{"2~2024-12-10T01:00:00.000000Z~0193a1", "0~~", "-1~a~b", "~~", "99999999999999999999~a~b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := PlaceOf(text)
		if p.state < 0 || PlaceOf(p.String()) != p {
			t.Fatalf("%q: %+v, then %+v", text, p, PlaceOf(p.String()))
		}
	})
}

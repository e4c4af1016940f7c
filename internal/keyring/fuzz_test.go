package keyring

import "testing"

// FuzzParseOwn: the name of one of the ring's own keys is read as it is written, and nothing else.
func FuzzParseOwn(f *testing.F) {
	for _, s := range []string{"set-up-links.mac.1", "audit.sign.9999", "a.seal.0", "../x.mac.1", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if o, ok := parseOwn(s); ok && (o.String() != s || o.Version < 1) {
			t.Fatalf("%q is %+v", s, o)
		}
		if day, err := Name(s).LastDay(); err == nil && day.IsZero() {
			t.Fatalf("%q ends on no day", s)
		}
	})
}

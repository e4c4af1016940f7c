package mail

import (
	"strings"
	"testing"
)

// FuzzReturnPath: only the addresses that were made here name a letter; whoever invents one names none.
func FuzzReturnPath(f *testing.F) {
	paths := NewReturnPaths("bounce.centre.example", []byte("key"))
	f.Add("01937f2b-1f00-7000-8000-0123456789ab", paths.For("01937f2b-1f00-7000-8000-0123456789ab"))
	f.Add("x", "bounce+x.aaaa@bounce.centre.example")
	f.Add("", "@")
	f.Fuzz(func(t *testing.T, job, address string) {
		if named, ok := paths.Job(address); ok && paths.For(named) != strings.ToLower(address) {
			t.Fatalf("%q is of %q", address, named)
		}
		if named, ok := NewReturnPaths("bounce.centre.example", []byte("other")).Job(paths.For(job)); ok {
			t.Fatalf("an address under another key is of %q", named)
		}
	})
}

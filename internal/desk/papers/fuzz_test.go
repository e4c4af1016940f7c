package papers

import (
	"errors"
	"strings"
	"testing"
	"uketsuke/internal/application"
	"uketsuke/internal/problem"
)

// FuzzCheckInput: what is typed on the public check page is refused in sentences or looked for as hexadecimal
// digits, 80 bits of them at least.
func FuzzCheckInput(f *testing.F) {
	f.Add("2400001A", "9f86 d081 884c 7d65 9a2f")
	f.Add("", "")
	f.Add("通知第24-00001号", "9Ｆ８６ーd081")
	f.Fuzz(func(t *testing.T, number, digest string) {
		typed, err := typedDigest(number, digest)
		if err == nil && (len(typed) < leastDigest || strings.Trim(typed, "0123456789abcdef") != "") {
			t.Fatalf("%q is looked for as %q", digest, typed)
		}
		if l, is := errors.AsType[problem.List](err); err != nil && (!is || len(l) == 0) {
			t.Fatalf("%v", err)
		}
		application.ParsePaperNumber(number)
	})
}

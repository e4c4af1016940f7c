package signin

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzLogin: a login that is typed is folded once and for all, and stays short.
func FuzzLogin(f *testing.F) {
	for _, s := range []string{"Tanaka@Example.jp", "ｔａｎａｋａ", "\u0130", strings.Repeat("界", 400)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if login := FoldLogin(text); len(login) > longestLogin || FoldLogin(login) != login && utf8.ValidString(text) {
			t.Fatalf("%q: %q, then %q", text, login, FoldLogin(login))
		}
	})
}

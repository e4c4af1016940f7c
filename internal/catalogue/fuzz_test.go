package catalogue_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	. "uketsuke/internal/catalogue"
)

// FuzzSearchKey: keys and folded names are made once and for all; the words of a search are few, and each is as a key
// without hyphens.
func FuzzSearchKey(f *testing.F) {
	for _, s := range []string{"㈱ﾐﾎﾝ　商事", "03ー1234−5678", "がｶﾞか\u3099", "ゝゞヿ", "\xff", "ß ﬃ", strings.Repeat("a ", 20)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		key := SearchKey(typed)
		if again := SearchKey(key); again != key || strings.ContainsFunc(key, unicode.IsSpace) {
			t.Fatalf("%q: %q, then %q", typed, key, again)
		}
		if folded := FoldText(typed); FoldText(folded) != folded {
			t.Fatalf("%q: %q, then %q", typed, folded, FoldText(folded))
		}
		terms := SearchTerms(typed)
		for _, term := range terms {
			if term == "" || strings.Contains(term, "-") || strings.ContainsFunc(term, unicode.IsSpace) {
				t.Fatalf("%q: term %q", typed, term)
			}
		}
		if len(terms) > 8 {
			t.Fatalf("%q: %d terms", typed, len(terms))
		}
	})
}

// FuzzLoad: a file of the catalogue is taken or refused with its name, and never half.
func FuzzLoad(f *testing.F) {
	files := []string{"trades.csv", "methods.csv", "kinds.csv", "regions.csv", "setting-fields.csv", "charges.csv", "setup-transactions.csv"}
	for i := range files {
		f.Add(uint8(i), "key,name\nx,見本\n")
		f.Add(uint8(i), "\ufeffkey,japanese,english\n\"a\nb\",\"\",x\n")
	}
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		name := files[int(which)%len(files)]
		c, err := Load(fstest.MapFS{name: {Data: []byte(text)}})
		if (c == nil) == (err == nil) {
			t.Fatalf("%s: %v with %v", name, c, err)
		}
		if err != nil && !strings.Contains(err.Error(), ".csv") {
			t.Fatalf("the error names no file: %v", err)
		}
	})
}

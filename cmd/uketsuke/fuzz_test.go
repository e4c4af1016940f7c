package main

import (
	"strings"
	"testing"
)

// FuzzReadSettings: a configuration file is taken or refused in a sentence.
func FuzzReadSettings(f *testing.F) {
	for _, s := range []string{`{"max-codes":20,"behind-proxy":true}`, `{"max-codes":1e99}`, `{} {}`, `null`, `[`, "{\"a\":\"\xff\"}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if r, err := readSettings(strings.NewReader(text)); (r == nil) == (err == nil) {
			t.Fatalf("%v with %v", r, err)
		}
	})
}

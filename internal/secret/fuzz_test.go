package secret_test

import (
	"bytes"
	"errors"
	"testing"

	. "uketsuke/internal/secret"
)

// FuzzOpen: nothing opens but what was sealed, in its place; an error says nothing of a secret (R-SEC-6).
func FuzzOpen(f *testing.F) {
	key := bytes.Repeat([]byte{1}, KeySize)
	sealed, err := Seal(bytes.NewReader(make([]byte, 64)), key, "place", []byte("ABCD2345"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add("place", sealed)
	f.Add("other", sealed)
	f.Add("", []byte{})
	f.Fuzz(func(t *testing.T, place string, given []byte) {
		clear, err := Open(key, place, given)
		switch {
		case err == nil && (place != "place" || !bytes.Equal(given, sealed)):
			t.Fatalf("%x opens in %q", given, place)
		case err != nil && (clear != nil || !errors.Is(err, ErrSealed)):
			t.Fatalf("%q with %v", clear, err)
		}
	})
}

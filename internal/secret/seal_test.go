package secret_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	. "uketsuke/internal/secret"
)

func TestSealAndOpen(t *testing.T) {
	key, other := bytes.Repeat([]byte{1}, KeySize), bytes.Repeat([]byte{2}, KeySize)
	random := seeded()
	place := Place("1ANACA0A", Password, "a1")
	sealed, err := Seal(random, key, place, []byte("ABCD2345"))
	if err != nil || bytes.Contains(sealed, []byte("ABCD2345")) {
		t.Fatalf("R-SEC-6: %q, %v", sealed, err)
	}
	if again, err := Seal(random, key, place, []byte("ABCD2345")); err != nil || bytes.Equal(again, sealed) {
		t.Errorf("R-SEC-6: sealed twice alike, %v", err)
	}
	if clear, err := Open(key, place, sealed); err != nil || string(clear) != "ABCD2345" {
		t.Errorf("R-SEC-6: %q, %v", clear, err)
	}
	for name, open := range map[string]struct {
		key    []byte
		place  string
		sealed []byte
		want   error
	}{
		"R-SEC-6 another key":         {other, place, sealed, ErrSealed},
		"R-SEC-6 another ID":          {key, Place("1ANACA0B", Password, "a1"), sealed, ErrSealed},
		"R-SEC-6 another name":        {key, Place("1ANACA0A", UserPassword, "a1"), sealed, ErrSealed},
		"R-SEC-6 another application": {key, Place("1ANACA0A", Password, "a2"), sealed, ErrSealed},
		"R-SEC-6 nothing":             {key, place, nil, ErrSealed},
		"R-SEC-6 cut":                 {key, place, sealed[:20], ErrSealed},
		"R-SEC-6 short key":           {key[:16], place, sealed, ErrKeySize},
		"R-SEC-6 no key":              {nil, place, sealed, ErrKeySize},
	} {
		t.Run(name, func(t *testing.T) {
			clear, err := Open(open.key, open.place, open.sealed)
			if clear != nil || !errors.Is(err, open.want) || strings.Contains(err.Error(), "ABCD") {
				t.Errorf("%q, %v; want %v", clear, err, open.want)
			}
		})
	}
}

func TestSealFails(t *testing.T) {
	broken := errors.New("no randomness")
	if sealed, err := Seal(iotest.ErrReader(broken), make([]byte, KeySize), "p", []byte("ABCD2345")); sealed != nil || !errors.Is(err, broken) {
		t.Errorf("R-SEC-6 no nonce: %q, %v", sealed, err)
	}
	if sealed, err := Seal(seeded(), make([]byte, 31), "p", []byte("ABCD2345")); sealed != nil || !errors.Is(err, ErrKeySize) {
		t.Errorf("R-SEC-6 short key: %q, %v", sealed, err)
	}
}

// TestAlteredNeverOpens: R-SEC-6, a sealed secret with any bit changed opens nowhere.
func TestAlteredNeverOpens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SliceOfN(rapid.Byte(), KeySize, KeySize).Draw(t, "key")
		clear := rapid.SliceOf(rapid.Byte()).Draw(t, "clear")
		sealed, err := Seal(seeded(), key, "place", clear)
		if err != nil {
			t.Fatal(err)
		}
		if opened, err := Open(key, "place", sealed); err != nil || !bytes.Equal(opened, clear) {
			t.Fatalf("R-SEC-6: %q, %v", opened, err)
		}
		bit := rapid.IntRange(0, len(sealed)*8-1).Draw(t, "bit")
		sealed[bit/8] ^= 1 << (bit % 8)
		if _, err := Open(key, "place", sealed); !errors.Is(err, ErrSealed) {
			t.Fatalf("R-SEC-6: bit %d changed: %v", bit, err)
		}
	})
}

package secret_test

import (
	"bytes"
	"errors"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	. "uketsuke/internal/secret"
)

// seeded is a random source that is the same in every run.
func seeded() *rand.ChaCha8 { return rand.NewChaCha8([32]byte{1, 2, 3}) }

func TestNew(t *testing.T) {
	random, seen := seeded(), map[string]bool{}
	for range 20_000 {
		drawn, err := New(random)
		if err != nil {
			t.Fatal(err)
		}
		s := string(drawn)
		if len(s) != 8 || strings.Trim(s, "ABCDEFGHJKLMNPQRSTUVWXYZ23456789") != "" {
			t.Fatalf("R-SEC-4: %q", s)
		}
		if !strings.ContainsAny(s, "23456789") || !strings.ContainsAny(s, "ABCDEFGHJKLMNPQRSTUVWXYZ") {
			t.Fatalf("R-SEC-4: %q lacks a letter or a digit", s)
		}
		if seen[s] {
			t.Fatalf("R-SEC-4: %q twice", s)
		}
		seen[s] = true
	}
}

// TestNewIsUniform: R-SEC-4, uniform over the allowed set. Then the number of digits in a secret is
// binomial without its two ends, in every position every letter is as likely as every other letter, and
// digits as other digits. Mending a refused draw (say, writing a digit over one character) shows here.
func TestNewIsUniform(t *testing.T) {
	const n = 200_000
	random := seeded()
	var digits [Length + 1]float64
	var at [Length][256]float64
	for range n {
		s, err := New(random)
		if err != nil {
			t.Fatal(err)
		}
		count := 0
		for i := range len(s) {
			at[i][s[i]]++
			if s[i] <= '9' {
				count++
			}
		}
		digits[count]++
	}
	allowed := 1 - math.Pow(0.75, Length) - math.Pow(0.25, Length)
	var expected [Length + 1]float64
	choose := 1.0
	for k := range Length + 1 {
		if k > 0 && k < Length {
			expected[k] = n * choose * math.Pow(0.25, float64(k)) * math.Pow(0.75, float64(Length-k)) / allowed
		}
		choose = choose * float64(Length-k) / float64(k+1)
	}
	// 6 degrees of freedom: 22.46 is the bound of one in a thousand.
	if chi := chiSquare(digits[1:Length], expected[1:Length]); chi > 22.46 || digits[0]+digits[Length] > 0 {
		t.Errorf("R-SEC-4: digits in a secret %v, expected %v: chi-square %.1f", digits, expected, chi)
	}
	// A character is a digit with probability 1/4 of all draws, less those of digits alone.
	digit := (0.25 - math.Pow(0.25, Length)) / allowed
	for i := range at {
		var got, want []float64
		for _, c := range []byte(Alphabet) {
			share := (1 - digit) / 24
			if c <= '9' {
				share = digit / 8
			}
			got, want = append(got, at[i][c]), append(want, n*share)
		}
		// 31 degrees of freedom: 61.1 is the bound of one in a thousand.
		if chi := chiSquare(got, want); chi > 61.1 {
			t.Errorf("R-SEC-4: position %d: chi-square %.1f", i, chi)
		}
	}
}

func chiSquare(got, want []float64) (sum float64) {
	for i := range got {
		sum += (got[i] - want[i]) * (got[i] - want[i]) / want[i]
	}
	return sum
}

func TestNewWithoutRandomness(t *testing.T) {
	broken := errors.New("no randomness")
	if s, err := New(iotest.ErrReader(broken)); !errors.Is(err, broken) || s != nil {
		t.Errorf("R-SEC-4 failing source: %q, %v", s, err)
	}
	if s, err := New(bytes.NewReader([]byte{1, 2, 3})); err == nil || s != nil {
		t.Errorf("R-SEC-4 short source: %q, %v", s, err)
	}
	for _, same := range []byte{0, 31} { // letters alone, digits alone
		stuck := bytes.NewReader(bytes.Repeat([]byte{same}, 1<<16))
		if s, err := New(stuck); !errors.Is(err, ErrSource) || s != nil {
			t.Errorf("R-SEC-4 source stuck at %d: %q, %v", same, s, err)
		}
	}
}

func TestNames(t *testing.T) {
	want := map[Name]string{"password": "パスワード", "user-password": "利用者パスワード"}
	if len(Names()) != 2 {
		t.Errorf("R-SEC-4: %v", Names())
	}
	for _, n := range Names() {
		if n.Japanese() != want[n] {
			t.Errorf("R-SEC-4 %s: %s", n, n.Japanese())
		}
	}
}

func TestSpell(t *testing.T) {
	for s, want := range map[string]string{
		"":     "",
		"A7":   "A アルファ・7 なな",
		"0OI1": "0 ゼロ・O オスカー・I インディア・1 いち",
		"Z-9":  "Z ズールー・-・9 きゅう",
	} {
		if got := Spell(s); got != want {
			t.Errorf("E14 %q: %s", s, got)
		}
	}
	seen := map[string]rune{}
	for _, r := range "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" {
		word := strings.TrimPrefix(Spell(string(r)), string(r)+" ")
		if other, taken := seen[word]; taken || word == "" || word == string(r) {
			t.Errorf("E14: %c and %c are both %q", r, other, word)
		}
		seen[word] = r
	}
}

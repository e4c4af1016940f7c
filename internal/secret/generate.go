package secret

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"uketsuke/internal/forget"
)

// Alphabet is what a secret is made of: A–Z and 0–9 without I, O, 0 and 1, which people confuse (R-SEC-4).
const (
	Alphabet = letters + digits
	letters  = "ABCDEFGHJKLMNPQRSTUVWXYZ"
	digits   = "23456789"
)

// Length is the number of characters of a secret.
const Length = 8

// A byte modulo the alphabet is uniform only because 256 is a multiple of its size; this does not compile
// if that changes.
const _ = uint(-(256 % len(Alphabet)))

// draws bounds the search of New: one draw in ten is refused, so a working source never comes near it.
const draws = 100

// ErrSource means that the random source repeats itself, so that no secret can be drawn from it.
var ErrSource = errors.New("the random source gives no usable secret")

// New draws a secret (R-SEC-4): Length characters of Alphabet with at least one letter and one digit.
// Whole strings are drawn and refused, never mended, so that each allowed secret is equally likely.
// random is the operating system's source; its failure is returned. The caller forgets what was drawn.
func New(random io.Reader) ([]byte, error) {
	drawn := make([]byte, Length)
	for range draws {
		if _, err := io.ReadFull(random, drawn); err != nil {
			forget.Bytes(drawn)
			return nil, fmt.Errorf("drawing a secret: %w", err)
		}
		for i, b := range drawn {
			drawn[i] = Alphabet[int(b)%len(Alphabet)]
		}
		if bytes.ContainsAny(drawn, letters) && bytes.ContainsAny(drawn, digits) {
			return drawn, nil
		}
	}
	return nil, fmt.Errorf("drawing a secret: %w", ErrSource)
}

package application

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/text/width"
)

// ErrNotAReceipt is wrapped by the errors of ParseReceipt.
var ErrNotAReceipt = errors.New("not a receipt number")

// A Receipt is a receipt number taken apart (申込受付番号, R-APP-15).
type Receipt struct {
	Year     int // the last two digits of the year in Japan
	Sequence int // from 1, within the year
	Round    int // 0 for the first registration, n for the nth re-registration
}

// ReceiptNumber writes a receipt number (R-APP-15): two digits of the year, the sequence in five digits,
// six beyond 99999, and the letter of the round: A, B … Z, AA, AB …
func ReceiptNumber(year, sequence, round int) string {
	return Receipt{year % 100, sequence, round}.String()
}

func (r Receipt) String() string {
	return fmt.Sprintf("%02d%05d%s", r.Year, r.Sequence, roundLetter(r.Round))
}

// Digits is the receipt number without its letter: what all rounds share, and the notice's number uses.
func (r Receipt) Digits() string { return fmt.Sprintf("%02d%05d", r.Year, r.Sequence) }

func roundLetter(round int) string {
	letters := ""
	for n := round + 1; n > 0; n = (n - 1) / 26 {
		letters = string(rune('A'+(n-1)%26)) + letters
	}
	return letters
}

var receiptShape = regexp.MustCompile(`^(\d{2})(\d{5}|[1-9]\d{5})([A-Z]{1,4})$`)

// ParseReceipt reads a receipt number as people type it: width and case are folded, blanks around it let
// pass.
func ParseReceipt(typed string) (Receipt, error) {
	parts := receiptShape.FindStringSubmatch(FoldSearch(typed))
	if parts == nil {
		return Receipt{}, fmt.Errorf("reading %q: %w", typed, ErrNotAReceipt)
	}
	year, _ := strconv.Atoi(parts[1])
	sequence, _ := strconv.Atoi(parts[2])
	if sequence == 0 {
		return Receipt{}, fmt.Errorf("reading %q: sequences begin at 1: %w", typed, ErrNotAReceipt)
	}
	round := 0
	for _, letter := range parts[3] {
		round = round*26 + int(letter-'A') + 1
	}
	return Receipt{year, sequence, round - 1}, nil
}

// FoldSearch makes one spelling of what is typed into a search box for a number, code or ID: narrow,
// upper case, without blanks around it.
func FoldSearch(typed string) string {
	return strings.ToUpper(strings.TrimSpace(width.Fold.String(typed)))
}

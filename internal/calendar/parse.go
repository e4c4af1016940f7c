package calendar

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/width"
)

// ErrNotADate is wrapped by every error of ParseDate and ParseTyped.
var ErrNotADate = errors.New("not a date")

// ParseDate reads YYYY-MM-DD and nothing else; the day must exist.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse("2006-01-02", s)
	if err != nil || t.Year() < 1 {
		return Date{}, fmt.Errorf("reading %q as YYYY-MM-DD: %w", s, ErrNotADate)
	}
	return fromUTC(t), nil
}

// MustDate is ParseDate for constants and tests; it panics on anything else.
func MustDate(s string) Date {
	d, err := ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

// The shapes that ParseTyped knows, after folding. Separators of one date are all the same, which a Go
// pattern cannot say: hence one alternative for each.
var (
	western = regexp.MustCompile(`^(\d{4})(?:-(\d{1,2})-|/(\d{1,2})/|\.(\d{1,2})\.|年(\d{1,2})月)(\d{1,2})(日?)$`)
	compact = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	wareki  = regexp.MustCompile(`^(令和|平成|昭和|大正|明治|㋿|㍻|㍼|㍽|㍾|[RHSTM])(\d{1,2}|元)` +
		`(?:-(\d{1,2})-|/(\d{1,2})/|\.(\d{1,2})\.|年(\d{1,2})月)(\d{1,2})(日?)$`)
)

// ParseTyped reads a day as people type it: 2024-12-10, 2024/12/10, 2024.12.10, 20241210, 2024年12月10日,
// and by era 令和6年12月10日, 令和元年5月1日, R6.12.10. Full width counts as half width, and blanks around it, or
// between the parts of a date with 年, are let pass. The day must exist, and lie within the era named.
func ParseTyped(s string) (Date, error) {
	folded := foldTyped(s)
	if p := compact.FindStringSubmatch(folded); p != nil {
		return ofParts(s, atoi(p[1]), atoi(p[2]), atoi(p[3]))
	}
	if p := western.FindStringSubmatch(folded); p != nil && (p[5] != "") == (p[7] != "") {
		return ofParts(s, atoi(p[1]), atoi(p[2]+p[3]+p[4]+p[5]), atoi(p[6]))
	}
	p := wareki.FindStringSubmatch(folded)
	if p == nil || (p[6] != "") != (p[8] != "") {
		return Date{}, fmt.Errorf("reading %q as a day: %w", s, ErrNotADate)
	}
	e := eraNamed(p[1])
	d, err := ofParts(s, e.year(p[2]), atoi(p[3]+p[4]+p[5]+p[6]), atoi(p[7]))
	if err == nil && eraOf(d) != e {
		return Date{}, fmt.Errorf("reading %q: outside the era %s: %w", s, e.name, ErrNotADate)
	}
	return d, err
}

// foldTyped makes one spelling of the widths and dashes that Japanese keyboards produce.
func foldTyped(s string) string {
	s = strings.ToUpper(strings.TrimSpace(width.Fold.String(s)))
	s = strings.NewReplacer("−", "-", "ー", "-", "‐", "-", "–", "-").Replace(s)
	if strings.Contains(s, "年") {
		s = strings.ReplaceAll(s, " ", "")
	}
	return s
}

// ofParts is the day y-m-d if it exists; typed is what the error quotes.
func ofParts(typed string, y, m, d int) (Date, error) {
	date := NewDate(y, time.Month(m), d)
	if y < 1 || m < 1 || m > 12 || d < 1 || date.Day() != d || date.Month() != time.Month(m) {
		return Date{}, fmt.Errorf("reading %q: no such day: %w", typed, ErrNotADate)
	}
	return date, nil
}

// atoi reads what the patterns have shown to be a few digits.
func atoi(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

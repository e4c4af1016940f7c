package userid

import (
	"errors"
	"fmt"
	"sort"
)

// ErrExhausted is wrapped when a series has no further number or office code.
var ErrExhausted = errors.New("none left")

// letters are those that are generated: I and O look like 1 and 0 (R-ID-5).
const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"

// seconds are the second characters of office codes in the order in which they are proposed.
const seconds = letters + "0123456789"

// OfficesPerRegion is how many office codes one region has for one abbreviation (R-ID-7).
const OfficesPerRegion = len(seconds)

// Capacity is how many numbers a class has under one user code: 5760 netNACCS, 999 general.
func (c Class) Capacity() int {
	switch c {
	case Net:
		return len(letters) * 10 * len(letters)
	case General:
		return 999
	}
	return 0
}

// NumberAt is the number of a class at its place in the series, counted from 0 (R-ID-4): A0A, A0B … A0Z,
// A1A … Z9Z for netNACCS, 001 … 999 for general. Beyond the last it wraps ErrExhausted.
func NumberAt(class Class, ordinal int) (Number, error) {
	if class.Capacity() == 0 || ordinal < 0 {
		return "", fmt.Errorf("number %d of class %q: no such series or place", ordinal, class)
	}
	if ordinal >= class.Capacity() {
		return "", fmt.Errorf("number %d of class %q: %w", ordinal, class, ErrExhausted)
	}
	return numberAt(class, ordinal), nil
}

// numberAt is NumberAt for a place that exists.
func numberAt(class Class, ordinal int) Number {
	if class == General {
		return Number(fmt.Sprintf("%03d", ordinal+1))
	}
	last, rest := ordinal%len(letters), ordinal/len(letters)
	return Number([]byte{letters[rest/10], '0' + byte(rest%10), letters[last]})
}

// Ordinal is the place of a number in the series of its class, false if it is never generated (with I or O).
func Ordinal(n Number) (int, bool) {
	class := n.Class()
	at := firstNotBefore(class, n)
	return at, at < class.Capacity() && numberAt(class, at) == n
}

// NextNumber is the number that follows another of its class in the series, the first after "". Numbers
// that are never generated have their place too: after A0I comes A0J (R-ID-5). After the last it wraps
// ErrExhausted.
func NextNumber(class Class, after Number) (Number, error) {
	if after == "" {
		return NumberAt(class, 0)
	}
	read, err := ParseNumber(string(after))
	if err != nil {
		return "", fmt.Errorf("the number after %q: %w", after, err)
	}
	if read.Class() != class {
		return "", fmt.Errorf("the number after %q: it is not of class %q", after, class)
	}
	at := firstNotBefore(class, read)
	if at < class.Capacity() && numberAt(class, at) == read {
		at++
	}
	return NumberAt(class, at)
}

// firstNotBefore is the place of n, or of the number that follows it. The order of a series is the order of
// its texts, so a search finds it.
func firstNotBefore(class Class, n Number) int {
	return sort.Search(class.Capacity(), func(i int) bool { return numberAt(class, i) >= n })
}

// OfficeAt is the office code at its place among those proposed for a customs region (one character),
// counted from 0: 1A, 1B … 1Z without I and O, then 10 … 19 (R-ID-7). Beyond the 34th it wraps ErrExhausted.
func OfficeAt(region string, ordinal int) (Office, error) {
	folded := Fold(region)
	if len(folded) != 1 || !codePattern.MatchString(folded+"0000") || ordinal < 0 {
		return "", fmt.Errorf("office code %d of region %q: no such region or place", ordinal, region)
	}
	if ordinal >= OfficesPerRegion {
		return "", fmt.Errorf("office code %d of region %q: %w", ordinal, region, ErrExhausted)
	}
	return Office(folded + seconds[ordinal:ordinal+1]), nil
}

// OfficeOrdinal is the place of the code's office among those of its region, counted from 1; 0 if it is none that is given out
// by itself (R-ID-7).
func (c Code) OfficeOrdinal() int {
	for i := range OfficesPerRegion {
		if office, err := OfficeAt(string(c[:1]), i); err == nil && office == c.Office() {
			return i + 1
		}
	}
	return 0
}

package calendar

import (
	"fmt"
	"time"
)

// Tokyo is Asia/Tokyo. It is a fixed zone because Japan has kept no summer time since 1951, and because a
// machine without a time zone database must count the same days as one that has it.
var Tokyo = time.FixedZone("Asia/Tokyo", 9*60*60)

// A Date is a day. Dates compare with ==; the zero Date is no date: it prints as "", and counting from it
// gives no date again.
type Date struct {
	n int32 // days since 31 December of the year 0, so 0001-01-01 is 1
}

const (
	secondsPerDay = 24 * 60 * 60
	unixDayZero   = 719163 // n of 1970-01-01
)

// NewDate is a day of a month; days and months beyond their range carry over, as in time.Date.
func NewDate(y int, m time.Month, d int) Date {
	return fromUTC(time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
}

// fromUTC reads the day off a midnight in UTC.
func fromUTC(t time.Time) Date { return Date{int32(t.Unix()/secondsPerDay + unixDayZero)} }

// utc is the midnight in UTC that stands for the day in calculations with package time.
func (d Date) utc() time.Time { return time.Unix(int64(d.n-unixDayZero)*secondsPerDay, 0).UTC() }

// DateOf is the day in Japan at an instant.
func DateOf(t time.Time) Date {
	y, m, d := t.In(Tokyo).Date()
	return NewDate(y, m, d)
}

// Start is the instant at which the day begins in Japan, as UTC.
func (d Date) Start() time.Time { return d.At(0, 0) }

// At is the instant at which clocks in Japan show hour and min on that day, as UTC.
func (d Date) At(hour, min int) time.Time {
	y, m, day := d.utc().Date()
	return time.Date(y, m, day, hour, min, 0, 0, Tokyo).UTC()
}

func (d Date) Year() int             { return d.utc().Year() }
func (d Date) Month() time.Month     { return d.utc().Month() }
func (d Date) Day() int              { return d.utc().Day() }
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// IsZero says whether d is no date.
func (d Date) IsZero() bool { return d == Date{} }

func (d Date) Before(other Date) bool { return d.n < other.n }
func (d Date) After(other Date) bool  { return d.n > other.n }

// Compare is -1, 0 or +1 as d is before, on or after other; no date is before every date.
func (d Date) Compare(other Date) int {
	switch {
	case d.n < other.n:
		return -1
	case d.n > other.n:
		return 1
	}
	return 0
}

// Sub is the number of days from other to d, negative when d is earlier.
func (d Date) Sub(other Date) int { return int(d.n - other.n) }

// AddDays is the day n days later, or earlier when n is negative.
func (d Date) AddDays(n int) Date {
	if d.IsZero() {
		return d
	}
	return Date{d.n + int32(n)}
}

// AddMonths is the same day of the month n months later, or that month's last day if it is shorter.
func (d Date) AddMonths(n int) Date {
	if d.IsZero() {
		return d
	}
	y, m, day := d.utc().Date()
	last := NewDate(y, m+time.Month(n)+1, 0)
	if same := NewDate(y, m+time.Month(n), day); same.Before(last) {
		return same
	}
	return last
}

// String is the day as YYYY-MM-DD, "" for no date.
func (d Date) String() string { return d.format("2006-01-02") }

// English is the day as in "Tue 10 December 2024".
func (d Date) English() string { return d.format("Mon 2 January 2006") }

// Japanese is the day as in 2024年12月10日(火).
func (d Date) Japanese() string {
	if d.IsZero() {
		return ""
	}
	return d.format("2006年1月2日") + "(" + weekdays[d.Weekday()] + ")"
}

var weekdays = [...]string{"日", "月", "火", "水", "木", "金", "土"}

func (d Date) format(layout string) string {
	if d.IsZero() {
		return ""
	}
	return d.utc().Format(layout)
}

// MarshalText writes YYYY-MM-DD, nothing for no date. Years outside 1–9999 have no such form.
func (d Date) MarshalText() ([]byte, error) {
	if !d.IsZero() && (d.Year() < 1 || d.Year() > 9999) {
		return nil, fmt.Errorf("writing a date: the year %d is outside 1–9999", d.Year())
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what MarshalText writes.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	read, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = read
	return nil
}

package calendar

import (
	"maps"
	"time"
)

// A Calendar knows the centre's business days. It never changes; a new closing day makes a new Calendar.
type Calendar struct {
	closed map[Date]string
}

// New makes the calendar of a centre with its own closing days and their names; nil is none.
func New(closed map[Date]string) *Calendar { return &Calendar{maps.Clone(closed)} }

// IsBusinessDay says whether the centre works on a day (R-CAL-1): it is
//   - not a day off by law,
//   - not a closing day that the centre entered,
//   - not 29 December – 3 January,
//   - not a Saturday or Sunday.
//
// No date is no business day.
func (c *Calendar) IsBusinessDay(d Date) bool {
	ja, _ := c.WhyClosed(d)
	return ja == "" && !d.IsZero()
}

// WhyClosed names the reason of R-CAL-1 for which a day is no business day, "" if it is one. Names come
// before weekdays: people look for 振替休日, not for Monday.
func (c *Calendar) WhyClosed(d Date) (ja, en string) {
	if d.IsZero() {
		return "", ""
	}
	if ja, en, ok := Holiday(d); ok {
		return ja, en
	}
	if name, ok := c.closed[d]; ok {
		return closingDay(name)
	}
	if turnOfYear(d) {
		return "年末年始", "turn of the year"
	}
	switch d.Weekday() {
	case time.Saturday:
		return "土曜日", "Saturday"
	case time.Sunday:
		return "日曜日", "Sunday"
	}
	return "", ""
}

// closingDay words a closing day, whose name the centre writes in Japanese or leaves empty.
func closingDay(name string) (ja, en string) {
	if name == "" {
		return "休業日", "closing day"
	}
	return name, "closing day: " + name
}

func turnOfYear(d Date) bool {
	m, day := d.Month(), d.Day()
	return m == time.December && day >= 29 || m == time.January && day <= 3
}

// AddBusinessDays is the nth business day after d, before it when n is negative; d itself is not counted
// and need not be one. n = 0 gives d.
func (c *Calendar) AddBusinessDays(d Date, n int) Date {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 && !d.IsZero() {
		d = d.AddDays(step)
		if c.IsBusinessDay(d) {
			n--
		}
	}
	return d
}

// OnOrAfter is the first business day that is not before d.
func (c *Calendar) OnOrAfter(d Date) Date {
	for !d.IsZero() && !c.IsBusinessDay(d) {
		d = d.AddDays(1)
	}
	return d
}

// BusinessDaysBetween counts the business days on the way from one day to another, without the first and
// with the last, as AddBusinessDays does; negative when the way goes back.
func (c *Calendar) BusinessDaysBetween(from, to Date) int {
	step := 1
	if to.Before(from) {
		step = -1
	}
	count := 0
	for d := from; d != to; {
		d = Date{d.n + int32(step)}
		if c.IsBusinessDay(d) {
			count += step
		}
	}
	return count
}

package charge

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"uketsuke/internal/calendar"
)

// A Month is a month in Japan. The zero Month is none.
type Month struct {
	year  int
	month time.Month
}

// MonthOf is the month that a day belongs to.
func MonthOf(day calendar.Date) Month { return Month{day.Year(), day.Month()} }

var monthForm = regexp.MustCompile(`^(20\d\d)-(0[1-9]|1[0-2])$`)

// ParseMonth reads a month such as 2024-12.
func ParseMonth(s string) (Month, error) {
	parts := monthForm.FindStringSubmatch(s)
	if parts == nil {
		return Month{}, fmt.Errorf("reading %q as a month such as 2024-12", s)
	}
	year, err1 := strconv.Atoi(parts[1])
	month, err2 := strconv.Atoi(parts[2])
	if err1 != nil || err2 != nil {
		return Month{}, fmt.Errorf("reading %q as a month such as 2024-12", s)
	}
	return Month{year, time.Month(month)}, nil
}

// First is the month's first day, Last its last.
func (m Month) First() calendar.Date { return calendar.NewDate(m.year, m.month, 1) }

// Last is the month's last day.
func (m Month) Last() calendar.Date { return m.Add(1).First().AddDays(-1) }

// Add is the month n months later, earlier for a negative n.
func (m Month) Add(n int) Month { return MonthOf(m.First().AddMonths(n)) }

// IsZero says whether it is no month.
func (m Month) IsZero() bool { return m == Month{} }

// Before says whether m comes before another month.
func (m Month) Before(other Month) bool { return m.First().Before(other.First()) }

// String is the month as it stands in files and addresses, 2024-12; "" for none.
func (m Month) String() string {
	if m.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d", m.year, int(m.month))
}

// Japanese is the month as pages and papers write it, 2024年12月.
func (m Month) Japanese() string {
	return time.Date(m.year, m.month, 1, 0, 0, 0, 0, time.UTC).Format("2006年1月")
}

// English is the month on English pages, December 2024.
func (m Month) English() string { return fmt.Sprintf("%s %d", m.month, m.year) }

// MarshalText writes the month as String.
func (m Month) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (m *Month) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*m = Month{}
		return nil
	}
	*m, err = ParseMonth(string(text))
	return err
}

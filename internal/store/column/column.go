// Package column holds the three kinds of values that the database keeps as text: instants, days, and
// text that may be missing. A missing value is NULL in the database and the zero value here.
package column

import (
	"database/sql/driver"
	"fmt"
	"time"

	"uketsuke/internal/calendar"
)

// layout has a fixed width, so that the order of text is the order of time.
const layout = "2006-01-02T15:04:05.000000Z"

// Time is an instant, UTC, microseconds.
type Time struct{ time.Time }

// At makes a Time of t, cut to microseconds as both databases keep it.
func At(t time.Time) Time {
	if t.IsZero() {
		return Time{}
	}
	return Time{t.UTC().Truncate(time.Microsecond)}
}

// Value implements driver.Valuer.
func (t Time) Value() (driver.Value, error) {
	if t.IsZero() {
		return nil, nil
	}
	return t.UTC().Format(layout), nil
}

// Scan implements sql.Scanner.
func (t *Time) Scan(from any) error {
	text, err := scanText(from)
	if err != nil || text == "" {
		*t = Time{}
		return err
	}
	at, err := time.Parse(layout, text)
	if err != nil {
		return fmt.Errorf("reading instant %q: %w", text, err)
	}
	*t = Time{at}
	return nil
}

// Day is a civil day.
type Day struct{ calendar.Date }

// On makes a Day of d.
func On(d calendar.Date) Day { return Day{d} }

// Value implements driver.Valuer.
func (d Day) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan implements sql.Scanner.
func (d *Day) Scan(from any) error {
	text, err := scanText(from)
	if err != nil || text == "" {
		*d = Day{}
		return err
	}
	day, err := calendar.ParseDate(text)
	if err != nil {
		return fmt.Errorf("reading day %q: %w", text, err)
	}
	*d = Day{day}
	return nil
}

// Text is text that may be missing; missing and empty are the same.
type Text string

// Value implements driver.Valuer.
func (t Text) Value() (driver.Value, error) {
	if t == "" {
		return nil, nil
	}
	return string(t), nil
}

// Scan implements sql.Scanner.
func (t *Text) Scan(from any) error {
	text, err := scanText(from)
	*t = Text(text)
	return err
}

func scanText(from any) (string, error) {
	switch v := from.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case []byte:
		return string(v), nil
	}
	return "", fmt.Errorf("reading text column: unexpected %T", from)
}

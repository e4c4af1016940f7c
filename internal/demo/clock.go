package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"uketsuke/internal/calendar"
)

// A Clock is real time, moved forward. How far is kept in a file, so that a later start goes on from there.
// It is safe for concurrent use.
type Clock struct {
	elapsed func() time.Time
	file    string

	mu    sync.Mutex
	ahead time.Duration
}

// A leadFile is what the file holds.
type leadFile struct {
	Ahead time.Duration `json:"ahead_ns"`
}

// OpenClock reads the clock of a file. A new one begins at start, and with the zero start at real time;
// fresh says that it is new.
func OpenClock(file string, start time.Time, elapsed func() time.Time) (c *Clock, fresh bool, err error) {
	c = &Clock{elapsed: elapsed, file: file}
	raw, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		if !start.IsZero() {
			c.ahead = start.Sub(elapsed())
		}
		return c, true, c.keep(c.ahead)
	}
	if err != nil {
		return nil, false, fmt.Errorf("read the demo's clock: %w", err)
	}
	var kept leadFile
	if err := json.Unmarshal(raw, &kept); err != nil {
		return nil, false, fmt.Errorf("read the demo's clock: %w", err)
	}
	c.ahead = kept.Ahead
	return c, false, nil
}

// Now is the demo's moment.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.elapsed().Add(c.ahead)
}

// ErrBackwards says that a clock only goes forward (R-CAL-3).
var ErrBackwards = errors.New("the clock only goes forward")

// Move moves the clock forward to a moment; ErrBackwards for one that has passed.
func (c *Clock) Move(to time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	ahead := to.Sub(c.elapsed())
	if ahead < c.ahead {
		return ErrBackwards
	}
	if err := c.keep(ahead); err != nil {
		return err
	}
	c.ahead = ahead
	return nil
}

// keep writes the file whole or not at all.
func (c *Clock) keep(ahead time.Duration) error {
	text, err := json.Marshal(leadFile{ahead})
	if err != nil {
		return fmt.Errorf("keep the demo's clock: %w", err)
	}
	part := c.file + ".part"
	if err := os.WriteFile(part, text, 0o600); err != nil {
		return fmt.Errorf("keep the demo's clock: %w", err)
	}
	if err := os.Rename(part, c.file); err != nil {
		return fmt.Errorf("keep the demo's clock: %w", err)
	}
	return nil
}

// The steps of the clock bar.
const (
	stepHour        = "hour"
	stepDay         = "day"
	stepBusinessDay = "business-day"
)

// openingHour is when the next business day begins for the bar's button.
const openingHour = 9

// target is the moment that the clock bar asks for: a step from now, or a moment typed as 2006-01-02T15:04
// in Japan.
func target(now time.Time, step, typed string) (time.Time, error) {
	switch step {
	case stepHour:
		return now.Add(time.Hour), nil
	case stepDay:
		return now.AddDate(0, 0, 1), nil
	case stepBusinessDay:
		return calendar.New(nil).AddBusinessDays(calendar.DateOf(now), 1).At(openingHour, 0), nil
	}
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02T15:04:05"} {
		if to, err := time.ParseInLocation(layout, typed, time.FixedZone("JST", 9*60*60)); err == nil {
			return forgive(now, to), nil
		}
	}
	return time.Time{}, fmt.Errorf("read the moment %q", typed)
}

// forgive takes the minute that it is for now: the bar offers it, and its seconds have begun to pass.
func forgive(now, to time.Time) time.Time {
	if to.Before(now) && now.Sub(to) < time.Minute {
		return now
	}
	return to
}

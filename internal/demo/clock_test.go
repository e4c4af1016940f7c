package demo

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A clock begins where it is told, runs on, goes forward only, and is kept over restarts (R-CAL-3).
func TestClock(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "clock.json")
	real := time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
	elapsed := func() time.Time { return real }
	start := time.Date(2024, 11, 29, 1, 0, 0, 0, time.UTC)
	c, fresh, err := OpenClock(file, start, elapsed)
	if err != nil || !fresh || !c.Now().Equal(start) {
		t.Fatal(c.Now(), fresh, err)
	}
	real = real.Add(time.Minute)
	if !c.Now().Equal(start.Add(time.Minute)) {
		t.Errorf("does not run on: %v", c.Now())
	}
	if err := c.Move(start); !errors.Is(err, ErrBackwards) {
		t.Errorf("backwards: %v", err)
	}
	if err := c.Move(start.Add(48 * time.Hour)); err != nil {
		t.Fatal(err)
	}
	real = real.Add(time.Hour)
	again, fresh, err := OpenClock(file, time.Time{}, elapsed)
	if err != nil || fresh || !again.Now().Equal(start.Add(49*time.Hour)) {
		t.Errorf("after a restart: %v, %v, %v", again.Now(), fresh, err)
	}
	if err := os.WriteFile(file, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := OpenClock(file, start, elapsed); err == nil {
		t.Error("a broken file passes")
	}
	if _, _, err := OpenClock(t.TempDir(), start, elapsed); err == nil {
		t.Error("a folder passes for the file")
	}
	if c, fresh, err := OpenClock(filepath.Join(t.TempDir(), "c"), time.Time{}, elapsed); err != nil || !fresh || !c.Now().Equal(real) {
		t.Errorf("without a start: %v, %v", c.Now(), err)
	}
}

// A move that cannot be kept does not happen.
func TestMoveNotKept(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "folder")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	c, _, err := OpenClock(filepath.Join(dir, "clock.json"), time.Time{}, func() time.Time { return time.Unix(0, 0) })
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := c.Move(time.Unix(60, 0)); err == nil || !c.Now().Equal(time.Unix(0, 0)) {
		t.Errorf("%v, now %v", err, c.Now())
	}
}

func TestTarget(t *testing.T) {
	t.Parallel()
	friday := time.Date(2024, 11, 29, 1, 0, 30, 0, time.UTC) // 10:00:30 in Japan
	for name, c := range map[string]struct{ step, typed, want string }{
		"an hour":                       {"hour", "", "2024-11-29T02:00:30Z"},
		"a day":                         {"day", "", "2024-11-30T01:00:30Z"},
		"the next business day, Monday": {"business-day", "", "2024-12-02T00:00:00Z"},
		"typed, in Japan":               {"", "2024-12-13T00:00", "2024-12-12T15:00:00Z"},
		"typed with seconds":            {"", "2024-12-12T23:59:59", "2024-12-12T14:59:59Z"},
		"the minute that it is":         {"", "2024-11-29T10:00", "2024-11-29T01:00:30Z"},
		"an earlier one":                {"", "2024-11-29T09:59", "2024-11-29T00:59:00Z"},
		"nothing":                       {"", "", ""},
		"no such step":                  {"year", "", ""},
		"a day alone":                   {"", "2024-12-13", ""},
	} {
		got, err := target(friday, c.step, c.typed)
		if c.want == "" {
			if err == nil {
				t.Errorf("%s: %v", name, got)
			}
			continue
		}
		if err != nil || got.UTC().Format(time.RFC3339) != c.want {
			t.Errorf("%s: %v, %v, want %s", name, got.UTC(), err, c.want)
		}
	}
}

package clock

import (
	"testing"
	"time"
)

// R-CAL-3: a machine whose wall clock is wrong goes by the database's, one that agrees by its own.
func TestSteadyFollows(t *testing.T) {
	t.Parallel()
	var s Steady
	now := time.Now()
	for _, c := range []struct {
		theirs, want time.Duration
	}{{500 * time.Millisecond, 0}, {-672 * time.Hour, -672 * time.Hour}, {time.Minute, time.Minute}, {0, 0}} {
		s.Follow(now.Add(c.theirs), now, now)
		if got := time.Until(s.Now()); (got - c.want).Abs() > time.Second/2 {
			t.Errorf("a database %v ahead: %v ahead of the wall clock", c.theirs, got)
		}
	}
}

// R-CAL-3: how far a clock may drift grows with the time that has passed.
func TestDrift(t *testing.T) {
	t.Parallel()
	for span, want := range map[time.Duration]time.Duration{
		0: 30 * time.Second, 10 * time.Minute: 30 * time.Second, 10*time.Minute + 1: 2 * time.Minute,
		6 * time.Hour: 2 * time.Minute, 24 * time.Hour: 8 * time.Minute,
	} {
		if got := Drift(span); got != want {
			t.Errorf("within %v: %v, want %v", span, got, want)
		}
	}
}

// A later reading of one run says how much time has passed, and another run's says nothing.
func TestRun(t *testing.T) {
	t.Parallel()
	now := Now()
	if now.ID == "" || now.Up <= 0 {
		t.Skip("this system does not tell how long it has run")
	}
	if passed, known := Now().Since(now); !known || passed < 0 || passed > time.Minute {
		t.Errorf("%v have passed, known %v", passed, known)
	}
	for what, earlier := range map[string]Run{"another run": {"x", 0}, "a later one": {now.ID, now.Up + time.Hour}, "none": {}} {
		if passed, known := now.Since(earlier); known {
			t.Errorf("since %s %v have passed", what, passed)
		}
	}
}

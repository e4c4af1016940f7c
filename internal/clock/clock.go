// Package clock answers: who vouches for this machine's time?
//
// What cannot be undone is not done on the word of one clock (R-CAL-3). A witness agrees with the wall clock,
// disagrees with it, or is silent. The machine's run is what lies between two starts of its kernel; its uptime counts
// on while the machine sleeps, and nobody can set it.
package clock

import (
	"os"
	"strings"
	"time"
)

// A Run is a run of this machine and how long it has gone on. The zero Run is that of a machine that cannot tell.
type Run struct {
	// ID is the kernel's own name of the run, which no other run of any machine has.
	ID string
	// Up is the time since the run began, sleep included.
	Up time.Duration
}

// Now reads this machine's run. It is the zero Run where the system does not tell.
func Now() Run {
	up, known := uptime()
	id := BootID()
	if !known || id == "" {
		return Run{}
	}
	return Run{id, up}
}

// Since is how long r began after earlier, and whether both are of one run.
func (r Run) Since(earlier Run) (time.Duration, bool) {
	if r.ID == "" || r.ID != earlier.ID || r.Up < earlier.Up {
		return 0, false
	}
	return r.Up - earlier.Up, true
}

// BootID is the kernel's name of the machine's run, "" where it cannot be known.
func BootID() string {
	text, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// Drift is how far the wall clock may move against elapsed time within a span before it is not believed: what a clock
// that is kept by NTP, or keeps itself, does not reach by far.
//
// Up to ten minutes: 30 seconds. Up to six hours: two minutes. Beyond: two minutes for each six hours.
func Drift(span time.Duration) time.Duration {
	switch {
	case span <= DriftShort:
		return 30 * time.Second
	case span <= DriftLong:
		return 2 * time.Minute
	}
	return time.Duration(float64(2*time.Minute) * (float64(span) / float64(DriftLong)))
}

// The spans of Drift.
const (
	DriftShort = 10 * time.Minute
	DriftLong  = 6 * time.Hour
)

package clock

import (
	"sync/atomic"
	"time"
)

// apart is how far two clocks may differ before one follows the other: less is the way of the question, and noise.
const apart = time.Second

// A Steady reads real time as all machines of one database do: a machine whose wall clock is wrong follows the database's
// clock, so that it ends nobody's session, takes nobody's lease and puts nothing off by its own. The zero Steady is this
// machine's wall clock.
type Steady struct{ off atomic.Int64 }

// Now is the time, with a monotonic reading.
func (s *Steady) Now() time.Time { return time.Now().Add(time.Duration(s.off.Load())) }

// Follow takes what the clock of a database on another machine said between two readings of this machine's own.
func (s *Steady) Follow(theirs, before, after time.Time) {
	switch {
	case theirs.Before(before.Add(-apart)):
		s.off.Store(int64(theirs.Sub(before)))
	case theirs.After(after.Add(apart)):
		s.off.Store(int64(theirs.Sub(after)))
	default:
		s.off.Store(0)
	}
}

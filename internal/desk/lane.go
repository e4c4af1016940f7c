package desk

import (
	"context"
	"errors"
	"runtime"
)

// ErrBusy says that so many wait for their password to be looked at that nobody else is let into the queue (ASVS 2.4.1).
var ErrBusy = errors.New("too many wait for their passwords to be looked at")

// A lane bounds how many passwords are hashed at once, since each needs much memory and a core, and how many wait for
// that.
type lane struct{ places, queue chan struct{} }

// Whoever is known, by a session or by a browser of before, does not wait behind strangers.
var (
	strangers = lane{make(chan struct{}, runtime.NumCPU()), make(chan struct{}, waitingMost*runtime.NumCPU())}
	friends   = lane{make(chan struct{}, max(1, runtime.NumCPU()/2)), make(chan struct{}, waitingMost*runtime.NumCPU())}
)

// waitingMost is how many are in a lane for each core: some three seconds' work.
const waitingMost = 40

// laneOf is the lane of a try: strangers count against several subjects (tries.go).
func laneOf(subjects []string) lane {
	if len(subjects) == 1 {
		return friends
	}
	return strangers
}

func (l lane) enter(ctx context.Context) error {
	select {
	case l.queue <- struct{}{}:
	default:
		return ErrBusy
	}
	select {
	case l.places <- struct{}{}:
		return nil
	case <-ctx.Done():
		<-l.queue
		return ctx.Err()
	}
}

func (l lane) leave() { <-l.places; <-l.queue }

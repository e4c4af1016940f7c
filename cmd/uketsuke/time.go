package main

import (
	"context"
	"errors"
	"strings"
	"time"

	"uketsuke/internal/clock"
	"uketsuke/internal/desk"
	"uketsuke/internal/store"
)

// How often the desk clock is watched, and how often what it brings is done.
const (
	watchEvery = time.Second
	tickEvery  = 30 * time.Second
)

// errClockDoubted says why nothing is voided or destroyed for now.
var errClockDoubted = errors.New("the clock is not believed: set it right, or run `uketsuke admin clock accept`")

// A workLate is the alarm of R-CON-4, with the jobs that are late: nothing becomes wrong, but nobody is told
// and no key destroyed.
type workLate []string

func (w workLate) Error() string { return "late: " + strings.Join(w, " ") }

// lateOrNil is the alarm, if there is one to give.
func lateOrNil(jobs []string) error {
	if len(jobs) == 0 {
		return nil
	}
	return workLate(jobs)
}

// witnesses are those whom the guard of the desk clock asks besides it.
func (s *service) witnesses() desk.Witnesses {
	return desk.Witnesses{Run: clock.Now, Synchronised: clock.Synchronised, Database: elsewhere(s.db)}
}

// elsewhere asks the clock of a database on another machine; the zero time is that of one on this machine.
func elsewhere(db *store.DB) func(context.Context) (time.Time, error) {
	return func(ctx context.Context) (time.Time, error) {
		said, err := db.Clock(ctx)
		if err != nil || !said.Elsewhere {
			return time.Time{}, err
		}
		return said.At, nil
	}
}

// follow lets elapsed time go by the clock of a database on another machine.
func follow(ctx context.Context, db *store.DB, elapsed *clock.Steady) error {
	before := time.Now()
	theirs, err := elsewhere(db)(ctx)
	if err == nil && !theirs.IsZero() {
		elapsed.Follow(theirs, before, time.Now())
	}
	return err
}

// mayPost says whether letters may leave: not by a clock that is not believed, since those that fail would be put off by
// it, and not from a database that is behind.
func (s *service) mayPost(ctx context.Context) (bool, error) {
	if s.inDoubt() {
		return false, nil
	}
	return s.desk.MayPost(ctx)
}

// inDoubt says that this machine's clock is not believed: what goes by it waits.
func (s *service) inDoubt() bool { return s.guard != nil && s.guard.Doubt() != "" }

// keepTime watches the clock and does what falls due, until ctx ends. While the clock is doubted nothing
// is done. The demo has no guard: its clock is meant to leap.
func (s *service) keepTime(ctx context.Context) {
	var last time.Time
	doubted := false
	every(ctx, watchEvery, func() {
		if s.guard != nil {
			if err := s.guard.Observe(ctx); err != nil && ctx.Err() == nil {
				s.log.ErrorContext(ctx, "watching the clock", "error", err)
				return
			}
			if why := s.guard.Doubt(); why != "" {
				if !doubted {
					s.log.ErrorContext(ctx, "nothing is voided or destroyed", "error", errClockDoubted, "because", why)
				}
				doubted, last = true, time.Time{}
				return
			}
			doubted = false
		}
		if !last.IsZero() && time.Since(last) < tickEvery {
			return
		}
		last = time.Now()
		if err := s.tick(ctx); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "the clock's work", "error", err)
		}
	})
}

// tick is one round of the clock's work. Rounds of one process wait for each other, so that whoever asks
// for one gets one of a moment not before the asking.
func (s *service) tick(ctx context.Context) error {
	s.ticking.Lock()
	defer s.ticking.Unlock()
	return s.desk.Tick(ctx)
}

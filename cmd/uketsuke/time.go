package main

import (
	"context"
	"errors"
	"strings"
	"time"
)

// How often the desk clock is watched, and how often what it brings is done.
const (
	watchEvery = time.Second
	tickEvery  = 30 * time.Second
)

// errClockDoubted says why nothing is voided or destroyed for now.
var errClockDoubted = errors.New("the clock has leapt: set it right, or run `uketsuke admin clock accept`")

// A workLate is the alarm of R-CON-4, with the jobs that are late: nothing becomes wrong, but nobody is told
// and no key destroyed.
type workLate []string

func (w workLate) Error() string { return "late: " + strings.Join(w, " ") }

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
			if !s.guard.Ready() {
				if !doubted {
					s.log.ErrorContext(ctx, "not ready", "error", errClockDoubted)
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

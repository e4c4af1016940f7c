package main

import (
	"context"
	"errors"
	"time"

	"uketsuke/internal/desk"
)

// keepUpEvery is how often a process looks whether the database has fallen behind its ledger; who is about to give something
// out looks anyway.
const keepUpEvery = 2 * time.Second

// lagging asks for a comparison at once; one word is enough for any number of acts that were refused.
func (s *service) lagging() {
	select {
	case s.lags <- struct{}{}:
	default:
	}
}

// keepUp lets a database that a fail-over has put behind its ledger catch up, until ctx ends.
func (s *service) keepUp(ctx context.Context) {
	ticker := time.NewTicker(keepUpEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-s.lags:
		}
		if err := s.keptUp(ctx); err != nil {
			s.log.ErrorContext(ctx, "comparing the database with its ledger", "error", err)
		}
	}
}

// keptUp compares once, and health learns how it ended.
func (s *service) keptUp(ctx context.Context) error {
	err := s.desk.KeepUp(ctx)
	if ctx.Err() != nil {
		return nil
	}
	s.health.mu.Lock()
	defer s.health.mu.Unlock()
	s.health.keepUp = err
	return err
}

// behind is what health says of a database that is behind its ledger. One that could not catch up will not by itself: nobody
// can do their work here until somebody has seen to it.
func (s *service) behind() (weight, error) {
	s.health.mu.Lock()
	failed := s.health.keepUp
	s.health.mu.Unlock()
	switch {
	case !s.desk.Behind():
		return degrade, failed // that could not even be asked
	case failed != nil:
		return unready, errors.Join(desk.ErrBehind, failed)
	}
	return degrade, desk.ErrBehind
}

package main

import (
	"context"
	"time"
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
		if err := s.desk.KeepUp(ctx); err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "comparing the database with its ledger", "error", err)
		}
	}
}

package api

import (
	"context"
	"sync"
	"time"

	"uketsuke/internal/desk"
)

// A limiter gives each gateway so many requests per second at this process, and so many at once: a bucket
// that fills up with elapsed time. Several processes on one database each have their own.
type limiter struct {
	rate, burst float64
	mu          sync.Mutex
	buckets     map[string]bucket
}

type bucket struct {
	left float64
	at   time.Time
}

func newLimiter(rate, burst int) *limiter {
	return &limiter{rate: float64(rate), burst: float64(burst), buckets: map[string]bucket{}}
}

// take takes one request of a gateway, if one is left.
func (l *limiter) take(gateway string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, known := l.buckets[gateway]
	if !known {
		b = bucket{l.burst, now}
	}
	if passed := now.Sub(b.at).Seconds(); passed > 0 {
		b.left, b.at = min(l.burst, b.left+passed*l.rate), now
	}
	if b.left < 1 {
		l.buckets[gateway] = b
		return false
	}
	b.left--
	l.buckets[gateway] = b
	return true
}

// A tally adds up answers in memory until Flush stores them: a row of the database per answer would be a
// log without bound, and an update per answer would make each wait for the one before.
type tally struct {
	mu     sync.Mutex
	counts map[desk.AnswerDay]desk.Answers
}

func newTally() *tally { return &tally{counts: map[desk.AnswerDay]desk.Answers{}} }

func (t *tally) add(day desk.AnswerDay, n desk.Answers) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts[day] = t.counts[day].Plus(n)
}

// Flush stores what was answered since the last time. What could not be stored is kept for the next time;
// what was answered and not yet stored is lost with the process.
func (s *Server) Flush(ctx context.Context) error {
	s.tally.mu.Lock()
	counts := s.tally.counts
	s.tally.counts = map[desk.AnswerDay]desk.Answers{}
	s.tally.mu.Unlock()
	err := s.Desk.CountAnswers(ctx, counts)
	if err != nil {
		for day, n := range counts {
			s.tally.add(day, n)
		}
	}
	return err
}

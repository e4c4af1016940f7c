package desk

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
)

// The bounds beyond which the desk clock is not believed without a person's word (architecture, decision
// 9): how far it may leap against elapsed time while the process runs, and how far it may be ahead of the
// stored mark at the start.
const (
	leapMax  = time.Minute
	sleepMax = 30 * 24 * time.Hour
)

// workLate is how long, in elapsed time, the clock's work may stay undone before that is an alarm.
const workLate = 10 * time.Minute

// A ClockGuard watches the desk clock of one process. While it doubts the clock nothing is voided or
// destroyed, and the process says that it is not ready.
type ClockGuard struct {
	desk *Desk
	// begun is when the process began, in elapsed time.
	begun time.Time

	mu          sync.Mutex
	lastDesk    time.Time
	lastElapsed time.Time
	// doubted is the reading that was not believed, zero while the clock is believed.
	doubted time.Time
}

// WatchClock begins to watch the desk clock, at the start of a process.
func (d *Desk) WatchClock(ctx context.Context) (*ClockGuard, error) {
	g := &ClockGuard{desk: d, begun: d.Elapsed(), lastDesk: d.Now().Round(0), lastElapsed: d.Elapsed()}
	mark, err := g.mark(ctx)
	if err != nil {
		return nil, err
	}
	if !mark.IsZero() && g.lastDesk.Sub(mark) > sleepMax {
		g.doubted = g.lastDesk
		return g, nil
	}
	return g, g.Observe(ctx)
}

func (g *ClockGuard) mark(ctx context.Context) (time.Time, error) {
	mark, err := g.desk.DB.Read().GetMark(ctx)
	if err = store.Missing(err); err != nil && !errors.Is(err, store.ErrNotFound) {
		return time.Time{}, fmt.Errorf("reading the clock's mark: %w", err)
	}
	return mark.Time, nil
}

// Observe compares the desk clock with elapsed time and, while it believes it, raises the stored mark. It
// is called every second.
func (g *ClockGuard) Observe(ctx context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	// Round strips the monotonic reading: the desk clock is the wall's, and a step of it must show.
	now, elapsed := g.desk.Now().Round(0), g.desk.Elapsed()
	leap := now.Sub(g.lastDesk) - elapsed.Sub(g.lastElapsed)
	g.lastDesk, g.lastElapsed = now, elapsed
	if leap.Abs() > leapMax {
		g.doubted = now
	}
	if !g.doubted.IsZero() {
		mark, err := g.mark(ctx)
		if err != nil {
			return err
		}
		// A person's word raises the mark to the doubted reading; a clock that stepped back is believed
		// again when it has caught up with the mark.
		if mark.Before(g.doubted.Truncate(time.Microsecond)) || now.Before(mark) {
			return nil
		}
		g.doubted = time.Time{}
	}
	return g.desk.raiseMark(ctx, now)
}

// Ready says whether the desk clock is believed.
func (g *ClockGuard) Ready() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.doubted.IsZero()
}

func (d *Desk) raiseMark(ctx context.Context, now time.Time) error {
	err := d.DB.InTx(ctx, func(tx *store.Tx) error { return tx.RaiseMark(ctx, column.At(now)) })
	if err != nil {
		return fmt.Errorf("raising the clock's mark: %w", err)
	}
	return nil
}

// AcceptClock is a person's word that the desk clock is right, after a leap: the mark is raised to its
// reading (`admin clock accept`). The clock can never be set back.
func (d *Desk) AcceptClock(ctx context.Context, actor account.Actor) (time.Time, error) {
	if actor.Role != account.Operator {
		return time.Time{}, ErrForbidden
	}
	now := d.Now().UTC().Truncate(time.Microsecond)
	err := d.beginAt(ctx, actor, now, func(a *act) error {
		if err := a.tx.RaiseMark(ctx, column.At(now)); err != nil {
			return fmt.Errorf("raising the clock's mark: %w", err)
		}
		return a.audit("accept-clock", nil, nil)
	})
	return now, err
}

package operations

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/clock"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// stepMax is how far the desk clock may be ahead of the stored mark at a start when no witness says anything: a
// service that rested over a long weekend goes on by itself.
const stepMax = 7 * 24 * time.Hour

// apartMax is how far the desk clock and that of a database on another machine may be apart before one of them must be wrong.
const apartMax = 2 * time.Minute

// workLate is how long, in elapsed time, the clock's work may stay undone before that is an alarm.
const workLate = 10 * time.Minute

// sampleEvery is how far the readings lie apart that later ones are compared with.
const sampleEvery = 10 * time.Second

// Witnesses are those whom a ClockGuard asks besides the desk clock. A nil function is a silent witness.
type Witnesses struct {
	// Run reads this machine's run.
	Run func() clock.Run
	// Synchronised says that the kernel knows its time to be kept.
	Synchronised func() bool
	// Database reads the clock of a database on another machine; the zero time is that of one on this machine, whose
	// word is our own.
	Database func(context.Context) (time.Time, error)
}

// A ClockGuard watches the desk clock of one process. While it doubts the clock nothing is voided, expired or
// destroyed (R-CAL-3); everything else goes on. Its rule, the first line that says something decides:
//
//	the clock of a database on another machine    agrees or does not
//	the stored mark                               is not ahead, since acts go by it
//	readings of this process before               the clock moved like elapsed time, or drifted
//	the stored mark and this machine's run        the time since is what really passed, or not
//	the kernel                                    its time is kept
//	nobody                                        up to seven days after the stored mark
//
// Doubt ends when the rule is kept again. Against the word of a database on another machine nothing else helps: one of
// the two clocks is wrong. With a mark that is ahead it ends when the clock has caught up. Otherwise it ends too when a person has said that the clock is right, and when a clock that
// stepped back has caught up with the mark.
type ClockGuard struct {
	desk *Desk
	ask  Witnesses
	// begun is when the process began, in elapsed time.
	begun time.Time

	mu sync.Mutex
	// before are believed readings of the last six hours, the oldest first; empty until the first.
	before []reading
	// doubt is why the clock is not believed, "" while it is. accepted counts the words of a person until then.
	doubt    string
	accepted int64
}

// A reading is the desk clock and elapsed time at one moment.
type reading struct{ desk, elapsed time.Time }

// ahead is how far the desk clock has moved beyond elapsed time since an earlier reading.
func (r reading) ahead(earlier reading) time.Duration {
	return r.desk.Sub(earlier.desk) - r.elapsed.Sub(earlier.elapsed)
}

// WatchClock begins to watch the desk clock, at the start of a process.
func (d *Desk) WatchClock(ctx context.Context, ask Witnesses) (*ClockGuard, error) {
	g := &ClockGuard{desk: d, ask: ask, begun: d.Elapsed()}
	return g, g.Observe(ctx)
}

// Observe compares the desk clock with what the witnesses say and, while it believes it, raises the stored mark.
// It is called every second.
func (g *ClockGuard) Observe(ctx context.Context) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	mark, err := g.mark(ctx)
	if err != nil {
		return err
	}
	run := g.run()
	now := g.read(run)
	why, settled, err := g.byDatabase(ctx, now)
	if err != nil {
		return err
	}
	if ahead := mark.Mark.Sub(now.desk); why == "" && ahead > apartMax {
		// What is done goes by the mark, which another machine has raised, or this one while its clock was wrong.
		why, settled = fmt.Sprintf("%v behind the time that was taken for right", rough(ahead)), true
	}
	if !settled {
		why = g.byOurselves(now, run, mark)
	}
	if why != "" && !settled && g.doubt != "" && (mark.Accepted > g.accepted || g.caughtUp(now, mark.Mark.Time)) {
		why = ""
	}
	if why != "" {
		if g.doubt == "" {
			g.accepted = mark.Accepted
		}
		g.doubt = why
		return nil
	}
	if g.doubt != "" {
		g.doubt, g.before = "", nil
	}
	g.keep(now)
	return g.desk.raiseMark(ctx, now.desk, run)
}

// caughtUp says that a clock that had stepped back is past everything that was done by it.
func (g *ClockGuard) caughtUp(now reading, mark time.Time) bool {
	return len(g.before) > 0 && now.ahead(g.before[len(g.before)-1]) < 0 && !now.desk.Before(mark)
}

func (g *ClockGuard) mark(ctx context.Context) (query.ClockMark, error) {
	mark, err := g.desk.DB.Read().GetClockMark(ctx)
	if err = store.Missing(err); err != nil && !errors.Is(err, store.ErrNotFound) {
		return query.ClockMark{}, fmt.Errorf("reading the clock's mark: %w", err)
	}
	return mark, nil
}

func (g *ClockGuard) run() clock.Run {
	if g.ask.Run == nil {
		return clock.Run{}
	}
	return g.ask.Run()
}

// read takes both clocks. Round strips the monotonic reading: the desk clock is the wall's, and a step of it must
// show. Elapsed time is the machine's run where that is known, since it counts on in a machine that sleeps.
func (g *ClockGuard) read(run clock.Run) reading {
	r := reading{desk: g.desk.Now().Round(0), elapsed: g.desk.Elapsed()}
	if run.ID != "" {
		r.elapsed = time.Time{}.Add(run.Up)
	}
	return r
}

// keep remembers a believed reading, one of ten seconds, for the longest span of the drift.
func (g *ClockGuard) keep(now reading) {
	g.before = slices.DeleteFunc(g.before, func(r reading) bool { return now.elapsed.Sub(r.elapsed) > clock.DriftLong })
	if len(g.before) == 0 || now.elapsed.Sub(g.before[len(g.before)-1].elapsed) >= sampleEvery {
		g.before = append(g.before, now)
	}
}

// byOurselves is why a reading is not believed by what this machine knows, "" if it is.
func (g *ClockGuard) byOurselves(now reading, run clock.Run, mark query.ClockMark) string {
	if len(g.before) > 0 {
		return g.byDrift(now)
	}
	step := now.desk.Sub(mark.Mark.Time)
	passed, known := run.Since(clock.Run{ID: mark.Run, Up: time.Duration(mark.Up) * time.Microsecond})
	switch {
	case mark.Mark.IsZero():
		return ""
	case known && step-passed > clock.Drift(passed):
		return fmt.Sprintf("%v have passed by the clock since it was last believed, %v by the machine's run", rough(step), rough(passed))
	case known, step <= stepMax, g.ask.Synchronised != nil && g.ask.Synchronised():
		return ""
	}
	return fmt.Sprintf("%v after the time that was last believed, and nobody vouches for it", rough(step))
}

// byDatabase asks the clock of a database on another machine; settled is whether it has a word.
func (g *ClockGuard) byDatabase(ctx context.Context, now reading) (why string, settled bool, err error) {
	if g.ask.Database == nil {
		return "", false, nil
	}
	theirs, err := g.ask.Database(ctx)
	if err != nil || theirs.IsZero() {
		return "", false, err
	}
	if apart := now.desk.Sub(theirs); apart.Abs() > apartMax {
		return fmt.Sprintf("%v apart from the database's clock", rough(apart)), true, nil
	}
	return "", true, nil
}

// byDrift compares a reading with every one before: a clock may neither leap nor gain little by little.
func (g *ClockGuard) byDrift(now reading) string {
	for _, r := range g.before {
		span := now.elapsed.Sub(r.elapsed)
		if moved := now.ahead(r); moved.Abs() > clock.Drift(span) {
			return fmt.Sprintf("moved by %v beyond the %v that have passed", rough(moved), rough(span))
		}
	}
	return ""
}

func rough(d time.Duration) time.Duration { return d.Round(time.Second) }

// Doubt says why the desk clock is not believed, "" while it is.
func (g *ClockGuard) Doubt() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.doubt
}

// ClockApart says that this machine's clock cannot be taken for right, because the database's says something else.
type ClockApart struct{ Ours, Theirs time.Time }

func (c *ClockApart) Error() string {
	return fmt.Sprintf("this machine's clock says %s and that of the database %s: set the one that is wrong; nothing was changed",
		c.Ours.Format(time.RFC3339), c.Theirs.UTC().Format(time.RFC3339))
}

func (d *Desk) raiseMark(ctx context.Context, now time.Time, run clock.Run) error {
	err := d.DB.InTx(ctx, func(tx *store.Tx) error { return tx.RaiseMark(ctx, markAt(now, run)) })
	if err != nil {
		return fmt.Errorf("raising the clock's mark: %w", err)
	}
	return nil
}

func markAt(now time.Time, run clock.Run) query.RaiseMarkParams {
	return query.RaiseMarkParams{Mark: column.At(now), Run: run.ID, Up: run.Up.Microseconds()}
}

// AcceptClock is a person's word that the desk clock is right: the mark is raised to its reading, and every process
// that doubts it believes it (`admin clock accept`). The mark can never be set back, so against the clock of a database
// on another machine, which all others go by, the word is not taken: *ClockApart.
func (d *Desk) AcceptClock(ctx context.Context, actor account.Actor, ask Witnesses) (time.Time, error) {
	if actor.Role != account.Operator {
		return time.Time{}, command.ErrForbidden
	}
	now := d.Now().UTC().Truncate(time.Microsecond)
	if ask.Database != nil {
		theirs, err := ask.Database(ctx)
		if err != nil {
			return time.Time{}, err
		}
		if !theirs.IsZero() && now.Sub(theirs).Abs() > apartMax {
			return time.Time{}, &ClockApart{Ours: now, Theirs: theirs}
		}
	}
	err := d.DoAt(ctx, actor, now, func(a *command.Tx) error {
		if err := errors.Join(a.Store.RaiseMark(ctx, markAt(now, clock.Run{})), a.Store.CountAcceptance(ctx)); err != nil {
			return fmt.Errorf("raising the clock's mark: %w", err)
		}
		return a.Audit("accept-clock", nil, nil)
	})
	return now, err
}

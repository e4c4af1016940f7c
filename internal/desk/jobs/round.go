package jobs

import (
	"context"
	"errors"
	"slices"
	"time"

	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// PassNames are the names of the passes of a round, in their order.
func PassNames() []string {
	var names []string
	for _, p := range (&round{}).passes() {
		names = append(names, p.name)
	}
	return names
}

// A pass is one part of the clock's round, an outcome what became of it.
type pass struct {
	name string
	run  func() error
}

// passes are the parts of a round in their order. One that fails does not keep the others.
func (r *round) passes() []pass {
	return []pass{{"clock/remind-settings", r.remindSettings}, {"clock/void", r.void}, {"clock/effect", r.effect},
		{"clock/remind-passwords", r.remindPasswords}, {"clock/announce", r.announce}, {"clock/expire", r.expire},
		{"clock/end-secrets", r.endSecrets}, {"clock/sweep", r.sweep}}
}

// endRound gives the clock's lease back and says what became of the round. Each pass has a row of its own,
// written at most once a minute unless something failed or has just recovered.
func (d *Desk) endRound(ctx context.Context, h command.Lease, done []command.Outcome) error {
	var failed error
	for _, o := range done {
		failed = errors.Join(failed, o.Failed)
	}
	at := d.Elapsed()
	noted := d.DB.InTx(ctx, func(tx *store.Tx) error {
		if failed != nil || h.Failing || !at.Truncate(time.Minute).Equal(h.LastSuccess.Truncate(time.Minute)) {
			for _, o := range done {
				if err := command.NoteJob(ctx, tx, o, at); err != nil {
					return err
				}
			}
		}
		if failed != nil {
			_, err := tx.ReleaseJob(ctx, query.ReleaseJobParams{Name: ClockJob, Fence: h.Fence, FailedAt: column.At(at), Failure: command.Cut(failed.Error(), command.FailureMax)})
			return err
		}
		_, err := tx.FinishJob(ctx, query.FinishJobParams{Name: ClockJob, Fence: h.Fence, LastSuccess: column.At(at)})
		return err
	})
	return errors.Join(failed, noted)
}

// SortByDay sorts by a day, keeping the order within one.
func SortByDay[T any](list []T, day func(T) calendar.Date) {
	slices.SortStableFunc(list, func(a, b T) int { return day(a).Compare(day(b)) })
}

package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// Batch is how many applications one pass of a round takes; the next round takes the rest.
const Batch = 500

// LeaseJob claims a piece of background work for a while of real time; a stuck process loses it.
func (d *Runner) LeaseJob(ctx context.Context, name string, lease time.Duration) (h Lease, mine bool, err error) {
	err = d.DB.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.EnsureJob(ctx, name); err != nil {
			return err
		}
		elapsed := d.Elapsed()
		row, err := tx.LeaseJob(ctx, query.LeaseJobParams{Name: name, Lease: column.At(elapsed.Add(lease)), Now: column.At(elapsed)})
		h, mine = Lease{row.Fence, row.LastSuccess.Time, !row.FailedAt.IsZero()}, err == nil
		if errors.Is(store.Missing(err), store.ErrNotFound) {
			return nil
		}
		return err
	})
	if err != nil {
		return Lease{}, false, fmt.Errorf("claiming the job %s: %w", name, err)
	}
	return h, mine, nil
}

// FailureMax bounds what is kept of a failure, in bytes.
const FailureMax = 300

// NoteJob records that background work was done, or what it failed with.
func (d *Runner) NoteJob(ctx context.Context, name string, failed error) error {
	at := d.Elapsed()
	err := d.DB.InTx(ctx, func(tx *store.Tx) error { return NoteJob(ctx, tx, Outcome{name, failed}, at) })
	if err != nil {
		return fmt.Errorf("noting the outcome of the job %s: %w", name, err)
	}
	return nil
}

// NoteJob records in a transaction what became of background work; what it failed with is cut to FailureMax bytes.
func NoteJob(ctx context.Context, tx *store.Tx, o Outcome, at time.Time) error {
	if o.Failed != nil {
		return tx.NoteJobFailed(ctx, query.NoteJobFailedParams{Name: o.Name, At: column.At(at), Failure: Cut(o.Failed.Error(), FailureMax)})
	}
	return tx.NoteJobDone(ctx, query.NoteJobDoneParams{Name: o.Name, At: column.At(at)})
}

// An Outcome is what became of background work; Failed is nil after a success.
type Outcome struct {
	Name   string
	Failed error
}

// A Lease is a lease of a job, with what its row said when it was taken.
type Lease struct {
	Fence int64
	// lastSuccess is that before; failing says that the round before failed.
	LastSuccess time.Time
	Failing     bool
}

// EndJob gives the lease of a job back and says what became of its round.
func (d *Runner) EndJob(ctx context.Context, name string, h Lease, failed error) error {
	at := column.At(d.Elapsed())
	err := d.DB.InTx(ctx, func(tx *store.Tx) error {
		if failed != nil {
			_, err := tx.ReleaseJob(ctx, query.ReleaseJobParams{Name: name, Fence: h.Fence, FailedAt: at, Failure: Cut(failed.Error(), FailureMax)})
			return err
		}
		_, err := tx.FinishJob(ctx, query.FinishJobParams{Name: name, Fence: h.Fence, LastSuccess: at})
		return err
	})
	return errors.Join(failed, err)
}

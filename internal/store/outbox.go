package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// ErrOvertaken says that somebody else has claimed the row since: its lease had ended.
var ErrOvertaken = errors.New("claimed again by another worker")

// An Outbox hands out waiting mails under leases and notes how they went (R-MAIL-4). It is safe for
// concurrent use by any number of processes.
type Outbox struct {
	db *DB
	// elapsed reads real time, which rules leases and waits (R-CAL-3).
	elapsed func() time.Time
	// now reads the desk clock: when the server took a mail is told beside the application's other moments.
	now func() time.Time
}

// NewOutbox is the outbox of db; elapsed reads real time, now the desk clock.
func NewOutbox(db *DB, elapsed, now func() time.Time) *Outbox {
	return &Outbox{db: db, elapsed: elapsed, now: now}
}

// Claim leases up to n rows that are due and under nobody's lease. It counts as an attempt and gives each
// row a new fencing number, without which the outcome cannot be noted.
func (o *Outbox) Claim(ctx context.Context, lease time.Duration, n int) ([]query.Outbox, error) {
	now := o.elapsed()
	var rows []query.Outbox
	err := o.db.InTx(ctx, func(tx *Tx) error {
		var err error
		rows, err = tx.ClaimOutbox(ctx, query.ClaimOutboxParams{
			Lease: column.At(now.Add(lease)), Now: column.At(now), Most: int32(n),
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claiming mails: %w", err)
	}
	// RETURNING promises no order; who has waited longest goes first.
	slices.SortFunc(rows, func(a, b query.Outbox) int {
		return cmp.Or(a.RunAt.Compare(b.RunAt.Time), cmp.Compare(a.ID, b.ID))
	})
	return rows, nil
}

// Accepted notes that the mail server has taken a row, with its answer. ErrOvertaken leaves it alone.
func (o *Outbox) Accepted(ctx context.Context, id string, fence int64, reply string) error {
	return o.note(ctx, func(tx *Tx) (int64, error) {
		return tx.AcceptOutbox(ctx, query.AcceptOutboxParams{
			AcceptedAt: column.At(o.now()), Reply: reply, ID: id, Fence: fence,
		})
	})
}

// Failed notes why a row was not taken; it is due again at retryAt, and never if that is zero.
// ErrOvertaken leaves it alone.
func (o *Outbox) Failed(ctx context.Context, id string, fence int64, reply string, retryAt time.Time) error {
	return o.note(ctx, func(tx *Tx) (int64, error) {
		if retryAt.IsZero() {
			return tx.FailOutbox(ctx, query.FailOutboxParams{
				FailedAt: column.At(o.now()), Reply: reply, ID: id, Fence: fence,
			})
		}
		return tx.RetryOutbox(ctx, query.RetryOutboxParams{
			RunAt: column.At(retryAt), Reply: reply, ID: id, Fence: fence,
		})
	})
}

func (o *Outbox) note(ctx context.Context, write func(*Tx) (int64, error)) error {
	err := o.db.InTx(ctx, func(tx *Tx) error {
		rows, err := write(tx)
		if err == nil && rows == 0 {
			return ErrOvertaken
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("noting the outcome of a mail: %w", err)
	}
	return nil
}

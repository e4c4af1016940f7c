package auditlog

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"uketsuke/internal/account"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// Retention bounds the log: after some years the personal text of an entry is removed with its salt,
// after more years its text. Its leaf stays, so that the tree can be verified as before.

// retainBatch is how many leaves one act of retention covers at most.
const retainBatch = 5000

// retainLog removes what is older than the policy keeps, by the desk clock's days.
func (d *Desk) retainLog(ctx context.Context) error {
	now, err := d.DeskTime(ctx)
	if err != nil {
		return err
	}
	state, err := d.LogState(ctx)
	if err != nil {
		return err
	}
	policy, today := d.Audit.WithDefaults(), calendar.DateOf(now)
	forget := retaining{act: audit.ActForget, from: state.ForgottenTo, before: today.AddMonths(-12 * policy.PersonalYears)}
	drop := retaining{act: audit.ActDrop, from: state.DroppedTo, before: today.AddMonths(-12 * policy.TextYears)}
	return errors.Join(d.retain(ctx, forget), d.retain(ctx, drop))
}

// A retaining is one act of retention: what stands from a leaf on and was written before a day.
type retaining struct {
	act    string
	from   int64
	before calendar.Date
}

// retain removes one batch, together with the entry that says so. The next round takes the rest.
func (d *Desk) retain(ctx context.Context, r retaining) error {
	to, err := d.retainTo(ctx, r)
	if err != nil || to == r.from {
		return err
	}
	return d.Do(ctx, account.ClockActor(), func(a *command.Tx) error {
		tree, err := a.Store.LockTree(ctx)
		if err != nil {
			return fmt.Errorf("locking the audit log: %w", err)
		}
		if r.done(tree) != r.from {
			return nil // another process was faster
		}
		gone, err := remove(a, r.act, r.from, to)
		if err != nil {
			return fmt.Errorf("removing old text of the audit log: %w", err)
		}
		return a.Audit(r.act, map[audit.Key]string{audit.Bound: strconv.FormatInt(to, 10), audit.Rows: strconv.FormatInt(gone, 10),
			audit.Day: r.before.String()}, nil)
	})
}

// done is the leaf to which this has been done.
func (r retaining) done(tree query.AuditTree) int64 {
	if r.act == audit.ActDrop {
		return tree.DroppedTo
	}
	return tree.ForgottenTo
}

func remove(a *command.Tx, what string, from, to int64) (gone int64, err error) {
	if what == audit.ActDrop {
		if gone, err = a.Store.DropEntries(a.Ctx, query.DropEntriesParams{First: from, Past: to}); err != nil {
			return gone, err
		}
		return gone, a.Store.MoveDropped(a.Ctx, to)
	}
	if gone, err = a.Store.ForgetPersonal(a.Ctx, query.ForgetPersonalParams{First: from, Past: to}); err != nil {
		return gone, err
	}
	return gone, a.Store.MoveForgotten(a.Ctx, to)
}

// retainTo is the leaf before which everything from r.from on is older than the day: no later than the first
// that is not, and at most a batch further.
func (d *Desk) retainTo(ctx context.Context, r retaining) (int64, error) {
	q := d.DB.Read()
	tree, err := q.GetTree(ctx)
	if err != nil {
		return r.from, fmt.Errorf("reading the state of the audit log: %w", err)
	}
	past := min(r.from+retainBatch, tree.Size)
	seq, err := q.LeafNotBefore(ctx, query.LeafNotBeforeParams{First: r.from, Past: past, Instant: column.At(r.before.Start())})
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return past, nil
	} else if err != nil {
		return r.from, fmt.Errorf("looking for old entries of the audit log: %w", err)
	}
	return seq, nil
}

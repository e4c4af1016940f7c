package auditlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"uketsuke/internal/desk/command"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

const (
	wayLease = 2 * time.Minute
	// wayBatch is how many checkpoints one way takes in a round.
	wayBatch = 100
	// wayWaitMax is how long a way that fails waits at most for the next try.
	wayWaitMax = time.Hour
)

// SendCheckpoints gives each way the checkpoints that it has not taken yet, in their order. A way that fails
// is tried again later and later; it keeps neither the others nor anything else.
func (d *Desk) SendCheckpoints(ctx context.Context) error {
	var failed error
	for _, way := range d.Ways {
		failed = errors.Join(failed, d.sendBy(ctx, way))
	}
	return failed
}

func (d *Desk) sendBy(ctx context.Context, way command.Way) error {
	state, err := d.wayState(ctx, way.Name())
	if err != nil || state.RunAt.After(d.Elapsed()) {
		return err
	}
	rows, err := d.DB.Read().ListCheckpoints(ctx, query.ListCheckpointsParams{After: state.Sent, Most: wayBatch})
	if err != nil {
		return fmt.Errorf("reading the checkpoints to send: %w", err)
	}
	if len(rows) == 0 {
		return nil
	}
	h, mine, err := d.LeaseJob(ctx, LogJob+" "+way.Name(), wayLease)
	if err != nil || !mine {
		return err
	}
	failed := d.sendRows(ctx, way, rows, state.Attempts)
	_, err = d.release(ctx, LogJob+" "+way.Name(), h)
	return errors.Join(failed, err)
}

// sendRows sends in order and notes how far it came.
func (d *Desk) sendRows(ctx context.Context, way command.Way, rows []query.AuditCheckpoint, attempts int64) error {
	for _, row := range rows {
		failed := way.Send(ctx, row.Signed)
		at := d.Elapsed()
		err := d.DB.InTx(ctx, func(tx *store.Tx) error {
			if failed != nil {
				return tx.WayFailed(ctx, query.WayFailedParams{Way: way.Name(), RunAt: column.At(at.Add(wayWait(attempts))),
					FailedAt: column.At(at), Failure: command.Cut(failed.Error(), command.FailureMax)})
			}
			return tx.WaySent(ctx, query.WaySentParams{Way: way.Name(), Sent: row.Number, SentAt: column.At(at)})
		})
		if err != nil {
			return fmt.Errorf("noting what became of a checkpoint: %w", err)
		}
		if failed != nil {
			return fmt.Errorf("sending a checkpoint by %s: %w", way.Name(), failed)
		}
	}
	return nil
}

// wayWait doubles with each try in vain, from half a minute on.
func wayWait(attempts int64) time.Duration {
	return min(30*time.Second<<min(attempts, 10), wayWaitMax)
}

func (d *Desk) wayState(ctx context.Context, name string) (query.AuditWay, error) {
	row, err := d.DB.Read().GetWay(ctx, name)
	if err = store.Missing(err); !errors.Is(err, store.ErrNotFound) {
		return row, err
	}
	err = d.DB.InTx(ctx, func(tx *store.Tx) error { return tx.EnsureWay(ctx, name) })
	if err != nil {
		return row, fmt.Errorf("beginning a way for checkpoints: %w", err)
	}
	return query.AuditWay{Way: name}, nil
}

// release gives a lease back.
func (d *Desk) release(ctx context.Context, name string, h command.Lease) (int64, error) {
	var done int64
	err := d.DB.InTx(ctx, func(tx *store.Tx) (err error) {
		done, err = tx.FinishJob(ctx, query.FinishJobParams{Name: name, Fence: h.Fence, LastSuccess: column.At(d.Elapsed())})
		return err
	})
	return done, err
}

// A WayState is how far a way on which checkpoints leave the machine has come.
type WayState struct {
	Name     string
	Behind   int64 // checkpoints that it has not taken
	SentAt   time.Time
	FailedAt time.Time
	Failure  string
}

func wayStates(ctx context.Context, q command.Reader, last int64) ([]WayState, error) {
	rows, err := q.ListWays(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the ways of checkpoints: %w", err)
	}
	var list []WayState
	for _, row := range rows {
		list = append(list, WayState{Name: row.Way, Behind: last - row.Sent, SentAt: row.SentAt.Time, FailedAt: row.FailedAt.Time, Failure: row.Failure})
	}
	return list, nil
}

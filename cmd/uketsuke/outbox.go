package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"uketsuke/internal/ledger"
	"uketsuke/internal/mail"
	"uketsuke/internal/store"
)

// lookEvery is the longest that a due mail waits unseen: one that another machine wrote, or one to be
// tried again.
const lookEvery = 5 * time.Second

// newDeliverer empties db's outbox through sender; now reads the desk clock, elapsed real time, wake says that a mail has
// just been written here.
func newDeliverer(db *store.DB, book *ledger.Ledger, now, elapsed func() time.Time, letters *mail.Letters, sender mail.Sender, log *slog.Logger,
	wake <-chan struct{}, mayPost func(context.Context) (bool, error)) *mail.Deliverer {
	host, err := os.Hostname()
	if err != nil {
		host = "unnamed"
	}
	return &mail.Deliverer{
		Outbox: ledgeredOutbox{outbox{store.NewOutbox(db, elapsed, now), now}, book, mayPost}, Letters: letters, Send: sender.Send,
		Worker: fmt.Sprintf("%s/%d", host, os.Getpid()), Log: log, Wake: wake, Every: lookEvery, Elapsed: elapsed,
	}
}

// An outbox reads the store's rows as mails. Neither package knows the other.
type outbox struct {
	rows *store.Outbox
	now  func() time.Time // the desk clock
}

// Claim leases rows. One that cannot be read is noted as failed for good, so that it is seen on the
// application's page and stops nobody.
func (o outbox) Claim(ctx context.Context, _ string, lease time.Duration, n int) ([]mail.Job, error) {
	rows, err := o.rows.Claim(ctx, lease, n)
	if err != nil {
		return nil, err
	}
	var jobs []mail.Job
	for _, row := range rows {
		job := mail.Job{ID: row.ID, Fence: row.Fence, Attempts: int(row.Attempts), MessageID: row.MessageID,
			Application: row.Application, Stable: row.StableKey}
		if err := json.Unmarshal([]byte(row.Payload), &job.Letter); err != nil {
			failed := o.rows.Failed(ctx, row.ID, row.Fence, "cannot be read", time.Time{})
			if failed != nil {
				return nil, errors.Join(fmt.Errorf("reading mail %s: %w", row.ID, err), failed)
			}
			continue
		}
		jobs = append(jobs, job)
	}
	return jobs, nil
}

func (o outbox) Accepted(ctx context.Context, job mail.Job, reply string) error {
	return o.rows.Accepted(ctx, job.ID, job.Fence, reply)
}

func (o outbox) Failed(ctx context.Context, job mail.Job, reply string, retryAt time.Time) error {
	return o.rows.Failed(ctx, job.ID, job.Fence, reply, retryAt)
}

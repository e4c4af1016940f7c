package main

import (
	"context"
	"path/filepath"
	"time"

	"uketsuke/internal/ledger"
	"uketsuke/internal/mail"
)

// openLedger opens the ledger, which lies in the folder of the keys unless a folder is named for it.
func (f placeFlags) openLedger() (*ledger.Ledger, error) {
	dir := f.Ledger
	if dir == "" {
		dir = filepath.Join(f.Keys, "ledger")
	}
	return ledger.Open(dir)
}

// A ledgeredOutbox notes in the ledger each mail that a server has accepted, before the database does: a mail
// is not sent again by whoever knows no more that it was.
type ledgeredOutbox struct {
	outbox
	ledger *ledger.Ledger
	// mayPost says whether letters may leave now.
	mayPost func(context.Context) (bool, error)
}

// Claim leases nothing while the database is behind its ledger: letters wait there that have left already.
func (o ledgeredOutbox) Claim(ctx context.Context, worker string, lease time.Duration, n int) ([]mail.Job, error) {
	if may, err := o.mayPost(ctx); err != nil || !may {
		return nil, err
	}
	return o.outbox.Claim(ctx, worker, lease, n)
}

// Accepted notes the mail in both. That the ledger could not be written keeps nobody from noting it here.
func (o ledgeredOutbox) Accepted(ctx context.Context, job mail.Job, reply string) error {
	err := o.ledger.Given(ledger.Entry{Kind: ledger.Mail, Key: job.MessageID, At: o.now().UTC(), Application: job.Application,
		Detail: string(job.Letter.Kind), Stable: job.Stable})
	if noted := o.outbox.Accepted(ctx, job, reply); noted != nil {
		return noted
	}
	return err
}

package auditlog

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/mail"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// mailEvery is how often the last checkpoint is mailed, while there are new ones.
const mailEvery = 24 * time.Hour

// wayMail is how far the mails with checkpoints are.
const wayMail = "mail"

// mailCheckpoint puts the last checkpoint into the outbox for each configured address, once a day.
func (d *Desk) mailCheckpoint(ctx context.Context) error {
	if len(d.Audit.MailTo) == 0 {
		return nil
	}
	state, err := d.wayState(ctx, wayMail)
	if err != nil {
		return err
	}
	last, err := d.LogState(ctx)
	if err != nil || last.Last.Number == 0 || last.Last.Number == state.Sent || d.Elapsed().Sub(state.SentAt.Time) < mailEvery {
		return err
	}
	return d.Do(ctx, account.ClockActor(), func(a *command.Tx) error {
		sent := query.WaySentParams{Way: wayMail, Sent: last.Last.Number, SentAt: column.At(d.Elapsed())}
		if err := a.Store.WaySent(ctx, sent); err != nil {
			return fmt.Errorf("noting what became of a checkpoint: %w", err)
		}
		for _, address := range d.Audit.MailTo {
			if err := postCheckpoint(a, last.Last, address); err != nil {
				return err
			}
		}
		return a.Audit("mail-checkpoint", map[audit.Key]string{audit.LogSize: strconv.FormatInt(last.Last.Size, 10)}, nil)
	})
}

// postCheckpoint puts one mail into the outbox. It goes out once, whatever else the act writes.
func postCheckpoint(a *command.Tx, last LogCheckpoint, address string) error {
	a.Event = "checkpoint " + strconv.FormatInt(last.Number, 10)
	return a.Post(mail.Letter{Kind: application.MailAuditCheckpoint, To: mail.Person{Name: address, Email: address}, WrittenAt: a.Now,
		Company: a.Runner.Operator.Centre, Checkpoint: last.Signed})
}

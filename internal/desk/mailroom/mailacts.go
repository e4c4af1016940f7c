package mailroom

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"uketsuke/internal/account"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/mail"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// What happens to mails after they were written. Kinds of events, and of the entries beside them.
const (
	BounceMail = "bounce-mail"
	ResendMail = "resend-mail"
)

// Keys of these events' details.
const (
	mailKind  = "mail"
	MailID    = "outbox"
	MailAgain = "again" // the new row of a repetition; none when the same row went out again
)

// postman is the actor of what a mail server tells: it is a machine, like the clock.
func postman() account.Actor {
	return account.Actor{ID: "mail-server", Name: "メールサーバー", Role: account.Clock}
}

// Bounced notes what a returned mail says of the one that it came back for: a delay on its page alone, a
// failure on the application too (R-MAIL-4). The same again changes nothing. ErrNotFound says that there is
// no such mail, or that it never left; any other error, a *Stale too, asks for another try.
func (d *Desk) Bounced(ctx context.Context, id string, b mail.Bounce) error {
	return d.Do(ctx, postman(), func(a *command.Tx) error {
		row, err := lockMail(a, id)
		switch {
		case err != nil:
			return err
		case row.Attempts == 0:
			return command.ErrNotFound
		case b.Fate == mail.FateDelayed:
			return noteDelay(a, row, b)
		case b.Fate == mail.FateFailed:
			return noteBounce(a, row, b)
		}
		return nil
	})
}

// lockMail reads a mail, after locking its application: events stand in the order of the commits.
func lockMail(a *command.Tx, id string) (query.Outbox, error) {
	row, err := mailRowOf(a.Ctx, a.Store.Queries, id)
	if err != nil || row.Application == "" {
		return row, err
	}
	app, err := command.Visible(a.Ctx, a.Store.Queries, a.Actor, row.Application)
	if err != nil {
		return row, err
	}
	if err := a.LockInState(command.Ref{ID: app.ID, Version: app.Version}, app.State); err != nil {
		return row, err
	}
	return mailRowOf(a.Ctx, a.Store.Queries, id)
}

func noteDelay(a *command.Tx, row query.Outbox, b mail.Bounce) error {
	rows, err := a.Store.DelayMail(a.Ctx, query.DelayMailParams{ID: row.ID, DelayedAt: column.At(a.Now), Bounce: wordsOf(b)})
	if err != nil {
		return fmt.Errorf("noting the delay of mail %s: %w", row.ID, err)
	}
	if rows == 0 {
		return nil
	}
	return auditMail(a, "delay-mail", row, b)
}

func noteBounce(a *command.Tx, row query.Outbox, b mail.Bounce) error {
	rows, err := a.Store.BounceMail(a.Ctx, query.BounceMailParams{ID: row.ID, BouncedAt: column.At(a.Now), Bounce: wordsOf(b)})
	if err != nil {
		return fmt.Errorf("noting the return of mail %s: %w", row.ID, err)
	}
	if rows == 0 {
		return nil
	}
	if err := recordMail(a, BounceMail, row, ""); err != nil {
		return err
	}
	return auditMail(a, BounceMail, row, b)
}

// wordsOf is what is kept of a returned mail: its code and the server's words, once each.
func wordsOf(b mail.Bounce) string {
	if strings.Contains(b.Text, b.Status) {
		return b.Text
	}
	return strings.TrimSpace(b.Status + " " + b.Text)
}

// recordMail writes the event of a mail; a mail of no application has no history to stand in.
func recordMail(a *command.Tx, kind string, row query.Outbox, again string) error {
	if a.App.ID == "" {
		return nil
	}
	detail := map[string]string{mailKind: row.Kind, MailID: row.ID}
	if again != "" {
		detail[MailAgain] = again
	}
	return a.Record(kind, detail, false)
}

func auditMail(a *command.Tx, name string, row query.Outbox, b mail.Bounce) error {
	detail := map[audit.Key]string{audit.Receipt: string(a.App.Receipt), audit.Kind: row.Kind}
	if b.Status != "" {
		detail[audit.MailStatus] = b.Status
	}
	return a.AuditOf(name, row.ID, detail, map[audit.Key]string{audit.Address: row.Recipient})
}

// Resend sends a mail again: a failed one as itself, with its own Message-ID, one that was accepted or came
// back as a new one. It goes to whom the letter was written to, and to nobody else. mark is that
// of the page it was pressed on; when somebody has sent it again since, nothing is done, and sent is "".
// What is not true any more is refused with its reason (R-MAIL-4).
func (d *Desk) Resend(ctx context.Context, actor account.Actor, id string, mark int64) (sent string, err error) {
	if !actor.Role.OfCentre() {
		return "", command.ErrForbidden
	}
	err = d.Do(ctx, actor, func(a *command.Tx) error {
		sent = ""
		if _, err := lockMail(a, id); err != nil {
			return err
		}
		row, err := a.Store.GuardResend(ctx, query.GuardResendParams{ID: id, Resent: mark, SeenAt: column.At(a.Now)})
		if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
			return nil
		} else if err != nil {
			return fmt.Errorf("guarding mail %s: %w", id, err)
		}
		if err := mayResend(a, row); err != nil {
			return err
		}
		sent, err = resend(a, row)
		return err
	})
	return sent, err
}

// mayResend refuses what is not true any more.
func mayResend(a *command.Tx, row query.Outbox) error {
	var letter mail.Letter
	if err := json.Unmarshal([]byte(row.Payload), &letter); err != nil {
		return unreadable().Err()
	}
	why, err := whyNotAgain(a.Ctx, a.Runner, a.Store.Queries, row, a.App, letter, a.Now)
	if err != nil {
		return err
	}
	return why.Err()
}

// resend lets a row go out again, or a copy of it, and returns the id of what goes out.
func resend(a *command.Tx, row query.Outbox) (string, error) {
	again, sent := "", row.ID
	if MailRowOf(row).Status != MailFailed {
		id, err := a.Runner.NewID()
		if err != nil {
			return "", err
		}
		again, sent = id, id
	}
	if err := recordMail(a, ResendMail, row, again); err != nil {
		return "", err
	}
	if err := putAgain(a, row, again); err != nil {
		return "", err
	}
	a.Mailed = true
	return sent, auditMail(a, ResendMail, row, mail.Bounce{})
}

func putAgain(a *command.Tx, row query.Outbox, again string) error {
	due := column.At(a.Runner.Elapsed())
	if again == "" {
		rows, err := a.Store.ReviveMail(a.Ctx, query.ReviveMailParams{ID: row.ID, RunAt: due})
		if err == nil && rows != 1 {
			err = errors.New("it has not failed")
		}
		if err != nil {
			return fmt.Errorf("sending mail %s again: %w", row.ID, err)
		}
		return nil
	}
	key := a.Event + " " + row.Recipient
	if a.Event == "" { // an invitation: its key begins with its link
		link, _, _ := strings.Cut(row.DedupeKey, " ")
		key = link + " " + row.Recipient + " " + again
	}
	err := a.Store.InsertResent(a.Ctx, query.InsertResentParams{
		ID: again, DedupeKey: key, Kind: row.Kind, Application: row.Application, Recipient: row.Recipient,
		Payload: row.Payload, MessageID: a.Runner.Operator.Mail.MessageID(again), CreatedAt: column.At(a.Now), RunAt: due, ResendOf: row.ID,
	})
	if err != nil {
		return fmt.Errorf("sending mail %s again: %w", row.ID, err)
	}
	return nil
}

// SeeMail is 「確認しました」 at a mail that failed or came back: it is counted no more. Who presses it a
// second time changes nothing.
func (d *Desk) SeeMail(ctx context.Context, actor account.Actor, id string) error {
	return d.Do(ctx, actor, func(a *command.Tx) error {
		row, app, err := mailOfCentre(ctx, a.Store.Queries, actor, id)
		if err != nil {
			return err
		}
		a.App = app
		rows, err := a.Store.SeeMail(ctx, query.SeeMailParams{ID: id, SeenAt: column.At(a.Now)})
		if err != nil {
			return fmt.Errorf("taking note of mail %s: %w", id, err)
		}
		if rows == 0 {
			return nil
		}
		return auditMail(a, "see-mail", row, mail.Bounce{})
	})
}

package issuance

import (
	"context"
	"errors"
	"fmt"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/casefile"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/holding"
	"uketsuke/internal/forget"
	"uketsuke/internal/keyring"
	"uketsuke/internal/mail"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// Void revokes an approval before the start date, with a reason (R-EX-8). Codes and IDs stay as
// tombstones, facts are revoked, secrets are destroyed.
func (d *Desk) Void(ctx context.Context, actor account.Actor, ref command.Ref, reason string) error {
	var keys []keyring.Name
	err := d.Command(ctx, actor, ref, application.Revoke, func(a *command.Tx, step application.Step) error {
		reason, problems := checkedText(reason, "reason", "R-EX-8", "無効にする理由")
		if len(problems) > 0 {
			return problems
		}
		var err error
		keys, err = VoidApproval(a, step, a.Now, reason)
		return err
	})
	if err != nil {
		return err
	}
	return d.DestroyKeys(ctx, keys)
}

// VoidApproval makes an approval void as of an instant; it returns the keys to destroy after the commit.
func VoidApproval(a *command.Tx, step application.Step, at time.Time, reason string) ([]keyring.Name, error) {
	if _, err := a.LockEstablishment(); err != nil {
		return nil, err
	}
	if err := holding.RevokeFacts(a, at); err != nil {
		return nil, err
	}
	keys, err := EndSecrets(a)
	if err != nil {
		return nil, err
	}
	return keys, casefile.EndApplication(a, step, at, reason, func(l *mail.Letter) { l.Reason = reason })
}

// EndSecrets deletes the sealed rows and names the keys that opened them.
func EndSecrets(a *command.Tx) ([]keyring.Name, error) {
	rows, err := a.Store.ListSecrets(a.Ctx, a.App.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the sealed secrets: %w", err)
	}
	if _, err := a.Store.DeleteSecrets(a.Ctx, a.App.ID); err != nil {
		return nil, fmt.Errorf("deleting the sealed secrets: %w", err)
	}
	if !a.App.ReadLast.IsZero() && a.App.SecretsEndedAt.IsZero() {
		a.App.SecretsEndedAt = column.At(a.Now)
	}
	return bury(a, KeysOf(rows))
}

// bury notes, with the act, that keys are dead: killed before it has destroyed them, the next round may. A key that is
// only named by no row may be one that another state of this database names.
func bury(a *command.Tx, keys []keyring.Name) ([]keyring.Name, error) {
	for _, name := range keys {
		if err := a.Store.InsertDeadKey(a.Ctx, query.InsertDeadKeyParams{Name: string(name), NotedAt: column.At(a.Now)}); err != nil {
			return nil, fmt.Errorf("noting a key as dead: %w", err)
		}
	}
	return keys, nil
}

// KeysOf names the keys of sealed passwords, each once.
func KeysOf(rows []query.Secret) []keyring.Name {
	var names []keyring.Name
	seen := map[string]bool{}
	for _, row := range rows {
		if !seen[row.KeyName] {
			seen[row.KeyName] = true
			names = append(names, keyring.Name(row.KeyName))
		}
	}
	return names
}

// DestroyKeys destroys keys after the commit that let go of them, and empties the write-ahead log, where
// deleted rows may still stand. A kill before it leaves the keys to the sweep, which finds them noted as dead.
func (d *Desk) DestroyKeys(ctx context.Context, keys []keyring.Name) error {
	var failed error
	for _, name := range keys {
		failed = errors.Join(failed, d.Ring.Destroy(name))
	}
	if len(keys) == 0 {
		return failed
	}
	if err := d.DB.ShredLog(ctx); err != nil {
		// The log is emptied again by the next round of the clock's work; the key is gone already.
		d.Log.Warn("emptying the write-ahead log", "error", err)
	}
	return failed
}

// ChangeStart moves a confirmed start date to a later day (R-EX-9): deadline and reading period are remade,
// and secrets that still exist are sealed again under a new key.
func (d *Desk) ChangeStart(ctx context.Context, actor account.Actor, ref command.Ref, in StartChangeForm) error {
	now, err := d.DeskTime(ctx)
	if err != nil {
		return err
	}
	start, err := d.startFor(ctx, actor, ref, application.ChangeStartDate, in.Start, now)
	if err != nil {
		return err
	}
	var old []keyring.Name
	err = d.withKey(ctx, ref.ID, start, func(k newKey) error {
		return d.DoAt(ctx, actor, now, func(a *command.Tx) error {
			return a.Command(ref, application.ChangeStartDate, func(a *command.Tx, step application.Step) error {
				old, err = changeStart(a, step, start, in.Reason, k)
				return err
			})
		})
	})
	if err != nil {
		return err
	}
	return d.DestroyKeys(ctx, old)
}

func changeStart(a *command.Tx, step application.Step, start calendar.Date, typed string, k newKey) ([]keyring.Name, error) {
	if _, err := a.LockEstablishment(); err != nil {
		return nil, err
	}
	doc, _, err := command.RegisteredDocument(a.Ctx, a.Store.Queries, a.App)
	if err != nil {
		return nil, err
	}
	reason := application.FoldLines(typed)
	noDeadline := a.App.SettingsComplete || !application.NeedsSettings(doc, a.Runner.Catalogue)
	before := a.App.StartDate
	if err := application.StartChangeProblems(a.Calendar, doc.Desired, before.Date, start, a.Today(), noDeadline, reason).Err(); err != nil {
		return nil, err
	}
	old, err := reseal(a, k)
	if err != nil {
		return nil, err
	}
	a.SetState(step)
	a.App.StartReason, a.App.StartChangedAt = reason, column.At(a.Now)
	if err := promise(a, doc, start, !a.App.ReadLast.IsZero(), k); err != nil {
		return nil, err
	}
	if err := casefile.MoveFacts(a, doc, start); err != nil {
		return nil, err
	}
	return old, announceStartChange(a, step, before, reason)
}

// reseal seals the application's secrets under a new key; erased ones stay erased.
func reseal(a *command.Tx, k newKey) ([]keyring.Name, error) {
	rows, err := a.Store.ListSecrets(a.Ctx, a.App.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the sealed secrets: %w", err)
	}
	err = open(a, rows, func(row query.Secret, place string, clear []byte) error {
		sealed, err := k.key.Seal(place, clear)
		forget.Bytes(clear)
		if err != nil {
			return fmt.Errorf("sealing a secret again: %w", err)
		}
		if err := a.Store.ResealSecret(a.Ctx, query.ResealSecretParams{UserID: row.UserID, Name: row.Name,
			Sealed: sealed, KeyName: string(k.name), SealedAt: column.At(a.Now)}); err != nil {
			return fmt.Errorf("storing a secret again: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return bury(a, KeysOf(rows))
}

func announceStartChange(a *command.Tx, step application.Step, before column.Day, reason string) error {
	kind := string(application.ChangeStartDate)
	detail := map[string]string{"before": before.String(), "start": a.App.StartDate.String(), "reason": reason}
	facts := map[audit.Key]string{audit.Receipt: string(a.App.Receipt), audit.StartDateBefore: before.String(),
		audit.StartDate: a.App.StartDate.String()}
	if !a.App.ReadLast.IsZero() {
		detail["read_last"], facts[audit.LastReadingDay] = a.App.ReadLast.String(), a.App.ReadLast.String()
	}
	if !a.App.SettingsDeadline.IsZero() {
		detail["deadline"], facts[audit.Deadline] = a.App.SettingsDeadline.String(), a.App.SettingsDeadline.String()
	}
	if err := a.Record(kind, detail, false); err != nil {
		return err
	}
	if err := a.News(command.NewsSubject(application.ChangeStartDate)); err != nil {
		return err
	}
	if err := a.MailTo(step.Mail, step.MailTo, func(l *mail.Letter) { l.PreviousStart = before.Date }); err != nil {
		return err
	}
	return a.Audit(kind, facts, command.PersonalReason(reason))
}

package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/forget"
	"uketsuke/internal/keyring"
	"uketsuke/internal/mail"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// Void revokes an approval before the start date, with a reason (R-EX-8). Codes and IDs stay as
// tombstones, facts are revoked, secrets are destroyed.
func (d *Desk) Void(ctx context.Context, actor account.Actor, ref Ref, reason string) error {
	var keys []keyring.Name
	err := d.command(ctx, actor, ref, application.Revoke, func(a *act, step application.Step) error {
		reason, problems := checkedText(reason, "reason", "R-EX-8", "無効にする理由")
		if len(problems) > 0 {
			return problems
		}
		var err error
		keys, err = a.void(step, a.now, reason)
		return err
	})
	if err != nil {
		return err
	}
	return d.destroyKeys(ctx, keys)
}

// void makes an approval void as of an instant; it returns the keys to destroy after the commit.
func (a *act) void(step application.Step, at time.Time, reason string) ([]keyring.Name, error) {
	if _, err := a.lockEstablishment(); err != nil {
		return nil, err
	}
	if err := a.revokeFacts(at); err != nil {
		return nil, err
	}
	keys, err := a.endSecrets()
	if err != nil {
		return nil, err
	}
	return keys, a.end(step, at, reason, func(l *mail.Letter) { l.Reason = reason })
}

// revokeFacts takes back every fact that the application made; its codes and IDs become tombstones.
func (a *act) revokeFacts(at time.Time) error {
	est, app, when := a.app.Establishment, a.app.ID, column.At(at)
	return errors.Join(
		a.tx.RevokeCodeTerms(a.ctx, query.RevokeCodeTermsParams{RevokedAt: when, Establishment: est, Application: app}),
		a.tx.RevokeIDTerms(a.ctx, query.RevokeIDTermsParams{RevokedAt: when, Establishment: est, Application: app}),
		a.tx.RevokeCodeServices(a.ctx, query.RevokeCodeServicesParams{RevokedAt: when, Establishment: est, Application: app}),
		a.tx.RevokeCodeSettings(a.ctx, query.RevokeCodeSettingsParams{RevokedAt: when, Establishment: est, Application: app}),
	)
}

// endSecrets deletes the sealed rows and names the keys that opened them.
func (a *act) endSecrets() ([]keyring.Name, error) {
	rows, err := a.tx.ListSecrets(a.ctx, a.app.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the sealed secrets: %w", err)
	}
	if _, err := a.tx.DeleteSecrets(a.ctx, a.app.ID); err != nil {
		return nil, fmt.Errorf("deleting the sealed secrets: %w", err)
	}
	if !a.app.ReadLast.IsZero() && a.app.SecretsEndedAt.IsZero() {
		a.app.SecretsEndedAt = column.At(a.now)
	}
	return a.bury(keysOf(rows))
}

// bury notes, with the act, that keys are dead: killed before it has destroyed them, the next round may. A key that is
// only named by no row may be one that another state of this database names.
func (a *act) bury(keys []keyring.Name) ([]keyring.Name, error) {
	for _, name := range keys {
		if err := a.tx.InsertDeadKey(a.ctx, query.InsertDeadKeyParams{Name: string(name), NotedAt: column.At(a.now)}); err != nil {
			return nil, fmt.Errorf("noting a key as dead: %w", err)
		}
	}
	return keys, nil
}

func keysOf(rows []query.Secret) []keyring.Name {
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

// destroyKeys destroys keys after the commit that let go of them, and empties the write-ahead log, where
// deleted rows may still stand (trap 35). A kill before it leaves the keys to the sweep, which finds them noted as dead.
func (d *Desk) destroyKeys(ctx context.Context, keys []keyring.Name) error {
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
func (d *Desk) ChangeStart(ctx context.Context, actor account.Actor, ref Ref, in StartChangeForm) error {
	now, err := d.moment(ctx)
	if err != nil {
		return err
	}
	start, err := d.startFor(ctx, actor, ref, application.ChangeStartDate, in.Start, now)
	if err != nil {
		return err
	}
	var old []keyring.Name
	err = d.withKey(ctx, ref.ID, start, func(k newKey) error {
		return d.beginAt(ctx, actor, now, func(a *act) error {
			return a.command(ref, application.ChangeStartDate, func(a *act, step application.Step) error {
				old, err = a.changeStart(step, start, in.Reason, k)
				return err
			})
		})
	})
	if err != nil {
		return err
	}
	return d.destroyKeys(ctx, old)
}

func (a *act) changeStart(step application.Step, start calendar.Date, typed string, k newKey) ([]keyring.Name, error) {
	if _, err := a.lockEstablishment(); err != nil {
		return nil, err
	}
	doc, _, err := registeredDocument(a.ctx, a.tx.Queries, a.app)
	if err != nil {
		return nil, err
	}
	reason := application.FoldLines(typed)
	noDeadline := a.app.SettingsComplete || !application.NeedsSettings(doc, a.desk.Catalogue)
	before := a.app.StartDate
	if err := application.StartChangeProblems(a.cal, doc.Desired, before.Date, start, a.today(), noDeadline, reason).Err(); err != nil {
		return nil, err
	}
	old, err := a.reseal(k)
	if err != nil {
		return nil, err
	}
	a.setState(step)
	a.app.StartReason, a.app.StartChangedAt = reason, column.At(a.now)
	if err := a.promise(doc, start, !a.app.ReadLast.IsZero(), k); err != nil {
		return nil, err
	}
	if err := a.moveFacts(doc, start); err != nil {
		return nil, err
	}
	return old, a.announceStartChange(step, before, reason)
}

// reseal seals the application's secrets under a new key; erased ones stay erased.
func (a *act) reseal(k newKey) ([]keyring.Name, error) {
	rows, err := a.tx.ListSecrets(a.ctx, a.app.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the sealed secrets: %w", err)
	}
	err = a.open(rows, func(row query.Secret, place string, clear []byte) error {
		sealed, err := k.key.Seal(place, clear)
		forget.Bytes(clear)
		if err != nil {
			return fmt.Errorf("sealing a secret again: %w", err)
		}
		if err := a.tx.ResealSecret(a.ctx, query.ResealSecretParams{UserID: row.UserID, Name: row.Name,
			Sealed: sealed, KeyName: string(k.name), SealedAt: column.At(a.now)}); err != nil {
			return fmt.Errorf("storing a secret again: %w", err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return a.bury(keysOf(rows))
}

// moveFacts revokes the facts of the old start date and writes those of the new one.
func (a *act) moveFacts(doc application.Document, start calendar.Date) error {
	if err := a.revokeFacts(a.now); err != nil {
		return fmt.Errorf("revoking facts: %w", err)
	}
	issued, _, err := a.desk.issuedOf(a.ctx, a.tx.Queries, a.app, doc, a.now)
	if err != nil {
		return err
	}
	if err := a.insertEffects(doc, issued, start); err != nil {
		return err
	}
	if !a.app.SettingsComplete {
		return nil
	}
	settings, err := settingsOf(a.ctx, a.tx.Queries, a.app)
	if err != nil {
		return err
	}
	return a.settingsFacts(doc, settings, column.On(start))
}

func (a *act) announceStartChange(step application.Step, before column.Day, reason string) error {
	kind := string(application.ChangeStartDate)
	detail := map[string]string{"before": before.String(), "start": a.app.StartDate.String(), "reason": reason}
	facts := map[audit.Key]string{audit.Receipt: string(a.app.Receipt), audit.StartDateBefore: before.String(),
		audit.StartDate: a.app.StartDate.String()}
	if !a.app.ReadLast.IsZero() {
		detail["read_last"], facts[audit.LastReadingDay] = a.app.ReadLast.String(), a.app.ReadLast.String()
	}
	if !a.app.SettingsDeadline.IsZero() {
		detail["deadline"], facts[audit.Deadline] = a.app.SettingsDeadline.String(), a.app.SettingsDeadline.String()
	}
	if err := a.record(kind, detail, false); err != nil {
		return err
	}
	if err := a.news(newsSubject(application.ChangeStartDate)); err != nil {
		return err
	}
	if err := a.mailTo(step.Mail, step.MailTo, func(l *mail.Letter) { l.PreviousStart = before.Date }); err != nil {
		return err
	}
	return a.audit(kind, facts, personalReason(reason))
}

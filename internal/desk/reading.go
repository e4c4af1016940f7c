package desk

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/forget"
	"uketsuke/internal/keyring"
	"uketsuke/internal/mail"
	"uketsuke/internal/secret"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
	"uketsuke/internal/userid"
)

// NotReadable says why the secrets of an application cannot be read: Ended after the period or when they
// were destroyed, otherwise this account may not (R-SEC-1, R-SEC-7).
type NotReadable struct{ Ended bool }

func (n *NotReadable) Error() string {
	if n.Ended {
		return "the reading period is over"
	}
	return "this account may not read the secrets"
}

// ReadSecrets shows every ID of the application with its passwords (R-SEC-5). That somebody read is
// committed before anything is shown; the first reading is mailed to the administrators (R-SEC-7). Whoever
// calls has re-authenticated the actor not longer than five minutes ago, and forgets the notice.
func (d *Desk) ReadSecrets(ctx context.Context, actor account.Actor, id string) (IDNotice, error) {
	var notice IDNotice
	err := d.beginDoing(ctx, actor, looking, func(a *act) error {
		notice.Forget() // what another attempt has opened
		app, err := visible(ctx, a.tx.Queries, actor, id)
		if err != nil {
			return err
		}
		if err := a.lockInState(Ref{ID: id, Version: app.Version}, app.State); err != nil {
			return err
		}
		if err := a.mayRead(); err != nil {
			return err
		}
		if notice.IDs, err = a.reveal(); err != nil {
			return err
		}
		return a.recordReading(len(notice.IDs))
	})
	if err == nil {
		notice.Case, err = d.Case(ctx, actor, id)
	}
	if err != nil {
		notice.Forget()
		return IDNotice{}, err
	}
	return notice, nil
}

// Forget overwrites the passwords.
func (n *IDNotice) Forget() {
	for _, id := range n.IDs {
		forget.Bytes(id.Password, id.UserPassword)
	}
	n.IDs = nil
}

// mayRead decides on the facts of the transaction.
func (a *act) mayRead() error {
	if !secret.MayRead(a.actor, a.app.Establishment, account.ID(a.app.RegisteredBy), true) {
		return &NotReadable{}
	}
	state := standing(a.app).StateAt(a.now)
	alive := state == application.Approved || state == application.InEffect
	if !alive || !a.app.SecretsEndedAt.IsZero() || !periodOf(a.app).Readable(a.now) {
		return &NotReadable{Ended: true}
	}
	return nil
}

// periodOf is the stored reading period (R-SEC-3).
func periodOf(app query.Application) secret.Period {
	return secret.Period{From: app.ApprovedAt.Time, Start: app.StartDate.Date, Advised: app.ReadAdvised.Date,
		LastDay: app.ReadLast.Date, FirstClosed: app.ReadClosed.Date}
}

// reveal opens the sealed rows of the application.
func (a *act) reveal() ([]RevealedID, error) {
	doc, _, err := registeredDocument(a.ctx, a.tx.Queries, a.app)
	if err != nil {
		return nil, err
	}
	_, codes, err := a.desk.issuedOf(a.ctx, a.tx.Queries, a.app, doc, a.now)
	if err != nil {
		return nil, err
	}
	rows, err := a.tx.ListSecrets(a.ctx, a.app.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the sealed secrets: %w", err)
	}
	clear := map[string][]byte{}
	defer func() { forget.Bytes(slices.Collect(maps.Values(clear))...) }() // what no ID has taken
	err = a.open(rows, func(row query.Secret, _ string, text []byte) error {
		clear[row.UserID+"/"+row.Name] = text
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(clear) == 0 {
		return nil, &NotReadable{Ended: true} // every one was issued again since (R-SEC-9)
	}
	take := func(id userid.ID, name secret.Name) []byte {
		place := string(id) + "/" + string(name)
		defer delete(clear, place)
		return clear[place]
	}
	var revealed []RevealedID
	for _, code := range codes {
		for _, id := range code.IDs {
			p, u := take(id.ID, secret.Password), take(id.ID, secret.UserPassword)
			revealed = append(revealed, RevealedID{IssuedID: id, Replaced: p == nil && u == nil, Password: p, UserPassword: u})
		}
	}
	return revealed, nil
}

// open opens sealed rows, each for somebody who forgets what was opened. A key is read once and then forgotten.
func (a *act) open(rows []query.Secret, use func(row query.Secret, place string, clear []byte) error) error {
	keys := map[string]keyring.Key{}
	defer func() {
		for _, key := range keys {
			key.Forget()
		}
	}()
	for _, row := range rows {
		if keys[row.KeyName] == nil {
			key, err := a.desk.Ring.Key(keyring.Name(row.KeyName))
			if err != nil {
				return fmt.Errorf("reading the key of the secrets: %w", err)
			}
			keys[row.KeyName] = key
		}
		place := secret.Place(row.UserID, secret.Name(row.Name), a.app.ID)
		clear, err := keys[row.KeyName].Open(place, row.Sealed)
		if err != nil {
			return fmt.Errorf("opening a secret: %w", err)
		}
		if err := use(row, place, clear); err != nil {
			return err
		}
	}
	return nil
}

func (a *act) recordReading(ids int) error {
	before, err := a.tx.ListSecretReadings(a.ctx, a.app.ID)
	if err != nil {
		return fmt.Errorf("reading who has read: %w", err)
	}
	id, err := a.desk.newID()
	if err != nil {
		return err
	}
	err = a.tx.InsertSecretReading(a.ctx, query.InsertSecretReadingParams{ID: id, Application: a.app.ID,
		Account: string(a.actor.ID), Reader: a.actor.Name, At: column.At(a.now), Ids: int64(ids)})
	if err != nil {
		return fmt.Errorf("recording a reading: %w", err)
	}
	if err := a.record("read-secrets", map[string]string{"ids": strconv.Itoa(ids)}, false); err != nil {
		return err
	}
	if len(before) == 0 {
		err := a.mailTo(application.MailSecretRead, []application.Recipient{application.ToAdministrators}, func(l *mail.Letter) {
			l.Reader, l.ReadAt = a.actor.Name, a.now
		})
		if err != nil {
			return err
		}
	}
	return a.audit("read-secrets", map[audit.Key]string{audit.Receipt: string(a.app.Receipt), audit.UserIDs: strconv.Itoa(ids)}, nil)
}

// NoteSecrets is 「控えました」: it stops the reminders for that person (R-SEC-8).
func (d *Desk) NoteSecrets(ctx context.Context, actor account.Actor, id string) error {
	return d.beginDoing(ctx, actor, looking, func(a *act) error {
		app, err := visible(ctx, a.tx.Queries, actor, id)
		if err != nil {
			return err
		}
		a.app = app
		if !secret.MayRead(actor, app.Establishment, account.ID(app.RegisteredBy), true) {
			return &NotReadable{}
		}
		if app.ReadLast.IsZero() {
			return ErrNotFound
		}
		_, err = a.tx.InsertSecretsNoted(ctx, query.InsertSecretsNotedParams{Application: id, Account: string(actor.ID), At: column.At(a.now)})
		if err != nil {
			return fmt.Errorf("noting that the passwords are kept: %w", err)
		}
		return a.audit("note-secrets", map[audit.Key]string{audit.Receipt: string(app.Receipt)}, nil)
	})
}

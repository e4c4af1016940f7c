package issuance

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk/casefile"
	"uketsuke/internal/desk/command"
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
	err := d.DoAs(ctx, actor, command.Reading, func(a *command.Tx) error {
		notice.Forget() // what another attempt has opened
		app, err := command.Visible(ctx, a.Store.Queries, actor, id)
		if err != nil {
			return err
		}
		if err := a.LockInState(command.Ref{ID: id, Version: app.Version}, app.State); err != nil {
			return err
		}
		if err := mayRead(a); err != nil {
			return err
		}
		if notice.IDs, err = reveal(a); err != nil {
			return err
		}
		return recordReading(a, len(notice.IDs))
	})
	if err == nil {
		notice.Case, err = d.casefile.Case(ctx, actor, id)
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
func mayRead(a *command.Tx) error {
	if !secret.MayRead(a.Actor, a.App.Establishment, account.ID(a.App.RegisteredBy), true) {
		return &NotReadable{}
	}
	state := command.StandingOf(a.App).StateAt(a.Now)
	alive := state == application.Approved || state == application.InEffect
	if !alive || !a.App.SecretsEndedAt.IsZero() || !command.PeriodOf(a.App).Readable(a.Now) {
		return &NotReadable{Ended: true}
	}
	return nil
}

// reveal opens the sealed rows of the application.
func reveal(a *command.Tx) ([]RevealedID, error) {
	doc, _, err := command.RegisteredDocument(a.Ctx, a.Store.Queries, a.App)
	if err != nil {
		return nil, err
	}
	_, codes, err := casefile.IssuedOf(a.Ctx, a.Runner, a.Store.Queries, a.App, doc, a.Now)
	if err != nil {
		return nil, err
	}
	rows, err := a.Store.ListSecrets(a.Ctx, a.App.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the sealed secrets: %w", err)
	}
	clear := map[string][]byte{}
	defer func() { forget.Bytes(slices.Collect(maps.Values(clear))...) }() // what no ID has taken
	err = open(a, rows, func(row query.Secret, _ string, text []byte) error {
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
func open(a *command.Tx, rows []query.Secret, use func(row query.Secret, place string, clear []byte) error) error {
	keys := map[string]keyring.Key{}
	defer func() {
		for _, key := range keys {
			key.Forget()
		}
	}()
	for _, row := range rows {
		if keys[row.KeyName] == nil {
			key, err := a.Runner.Ring.Key(keyring.Name(row.KeyName))
			if err != nil {
				return fmt.Errorf("reading the key of the secrets: %w", err)
			}
			keys[row.KeyName] = key
		}
		place := secret.Place(row.UserID, secret.Name(row.Name), a.App.ID)
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

func recordReading(a *command.Tx, ids int) error {
	before, err := a.Store.ListSecretReadings(a.Ctx, a.App.ID)
	if err != nil {
		return fmt.Errorf("reading who has read: %w", err)
	}
	id, err := a.Runner.NewID()
	if err != nil {
		return err
	}
	err = a.Store.InsertSecretReading(a.Ctx, query.InsertSecretReadingParams{ID: id, Application: a.App.ID,
		Account: string(a.Actor.ID), Reader: a.Actor.Name, At: column.At(a.Now), Ids: int64(ids)})
	if err != nil {
		return fmt.Errorf("recording a reading: %w", err)
	}
	if err := a.Record("read-secrets", map[string]string{"ids": strconv.Itoa(ids)}, false); err != nil {
		return err
	}
	if len(before) == 0 {
		err := a.MailTo(application.MailSecretRead, []application.Recipient{application.ToAdministrators}, func(l *mail.Letter) {
			l.Reader, l.ReadAt = a.Actor.Name, a.Now
		})
		if err != nil {
			return err
		}
	}
	return a.Audit("read-secrets", map[audit.Key]string{audit.Receipt: string(a.App.Receipt), audit.UserIDs: strconv.Itoa(ids)}, nil)
}

// NoteSecrets is 「控えました」: it stops the reminders for that person (R-SEC-8).
func (d *Desk) NoteSecrets(ctx context.Context, actor account.Actor, id string) error {
	return d.DoAs(ctx, actor, command.Reading, func(a *command.Tx) error {
		app, err := command.Visible(ctx, a.Store.Queries, actor, id)
		if err != nil {
			return err
		}
		a.App = app
		if !secret.MayRead(actor, app.Establishment, account.ID(app.RegisteredBy), true) {
			return &NotReadable{}
		}
		if app.ReadLast.IsZero() {
			return command.ErrNotFound
		}
		_, err = a.Store.InsertSecretsNoted(ctx, query.InsertSecretsNotedParams{Application: id, Account: string(actor.ID), At: column.At(a.Now)})
		if err != nil {
			return fmt.Errorf("noting that the passwords are kept: %w", err)
		}
		return a.Audit("note-secrets", map[audit.Key]string{audit.Receipt: string(app.Receipt)}, nil)
	})
}

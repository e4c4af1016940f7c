package desk

import (
	"context"
	"errors"
	"fmt"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/mail"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// How many resets of a password are asked for within forgetTry of each other, before no mail is sent any more: for
// an account, and from an address for any account.
const (
	mostResets     = 3
	mostResetsFrom = 20
)

// AskReset sends the owner of a login a one-time link to set another password. Whoever asks learns nothing: it does
// and says the same for a login that does not exist, was stopped, or was asked for too often (ASVS 6.3.8).
func (d *Desk) AskReset(ctx context.Context, login, from string) error {
	login = foldLogin(login)
	p, err := d.DB.Read().GetAccountByLogin(ctx, login)
	if err = store.Missing(err); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("reading an account: %w", err)
	}
	actor := actorOf(p)
	if p.Status != "active" {
		actor = account.Actor{ID: "unknown", Role: account.Clock}
	}
	return d.beginDoing(ctx, actor, passing, func(a *act) error {
		often, err := a.askedTooOften(login, from)
		if err != nil {
			return err
		}
		if p.Status != "active" || often {
			return a.audit("ask-reset-in-vain", nil, map[audit.Key]string{audit.Remote: from})
		}
		if a.event, err = a.askedLink(p, "reset", ""); err != nil {
			return err
		}
		if err := a.tellOfAccount(application.MailReset, p, p.Email, func(l *mail.Letter) { l.Link, l.Remote = a.event, from }); err != nil {
			return err
		}
		a.app.Establishment = string(p.Establishment)
		return a.audit("ask-reset", nil, map[audit.Key]string{audit.Remote: from})
	})
}

// askedTooOften counts a request against login and address.
func (a *act) askedTooOften(login, from string) (bool, error) {
	often := false
	for subject, most := range map[string]int64{"reset:" + login: mostResets, "reset-from:" + from: mostResetsFrom} {
		asked, err := a.count(subject)
		if err != nil {
			return false, err
		}
		often = often || asked > most
	}
	return often, nil
}

// count is how often something was tried or asked for, with this time; pauses of forgetTry begin anew.
func (a *act) count(subject string) (int64, error) {
	tries, err := a.tx.GetTries(a.ctx, subject)
	if err = store.Missing(err); err != nil && !errors.Is(err, store.ErrNotFound) {
		return 0, fmt.Errorf("reading failed tries: %w", err)
	}
	elapsed := a.desk.Elapsed()
	if elapsed.Sub(tries.LastAt.Time) > forgetTry {
		tries.Failures = 0
	}
	tries.Failures++
	err = a.tx.PutTries(a.ctx, query.PutTriesParams{Subject: subject, Failures: tries.Failures, LastAt: column.At(elapsed),
		BlockedTo: column.At(elapsed.Add(waitAfter(subject, tries.Failures)))})
	if err != nil {
		return 0, fmt.Errorf("counting failed tries: %w", err)
	}
	return tries.Failures, nil
}

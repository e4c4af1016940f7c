package signin

import (
	"context"
	"errors"
	"fmt"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/mail"
	"uketsuke/internal/store"
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
	login = FoldLogin(login)
	p, err := d.DB.Read().GetAccountByLogin(ctx, login)
	if err = store.Missing(err); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("reading an account: %w", err)
	}
	actor := ActorOf(p)
	if p.Status != "active" {
		actor = account.Actor{ID: "unknown", Role: account.Clock}
	}
	return d.DoAs(ctx, actor, command.Always, func(a *command.Tx) error {
		often, again, err := askedTooOften(a, login, from)
		if err != nil || again {
			return err
		}
		if p.Status != "active" || often {
			return a.Audit("ask-reset-in-vain", nil, map[audit.Key]string{audit.Remote: from})
		}
		if a.Event, err = askedLink(a, p, "reset", ""); err != nil {
			return err
		}
		if err := tellOfAccount(a, application.MailReset, p, p.Email, func(l *mail.Letter) { l.Link, l.Remote = a.Event, from }); err != nil {
			return err
		}
		a.App.Establishment = string(p.Establishment)
		return a.Audit("ask-reset", nil, map[audit.Key]string{audit.Remote: from})
	})
}

// askedTooOften counts a request against login and address. What goes beyond the bound is counted once, which leaves
// evidence; after that it is asked again, and neither counted, so that nobody keeps the hour from ending for the owner,
// nor evidence, so that nobody fills the log.
func askedTooOften(a *command.Tx, login, from string) (often, again bool, err error) {
	for _, bound := range []struct {
		subject string
		most    int64
	}{{"reset-from:" + account.Network(from), mostResetsFrom}, {"reset:" + login, mostResets}} {
		before, err := TriesOf(a, bound.subject)
		if err != nil || before.Failures > bound.most {
			return true, true, err
		}
		asked, err := Count(a, bound.subject)
		if err != nil {
			return false, false, err
		}
		often = often || asked > bound.most
	}
	return often, false, nil
}

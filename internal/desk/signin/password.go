package signin

import (
	"context"
	"errors"
	"fmt"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/mail"
	"uketsuke/internal/problem"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// SetFirstPassword sets the password through a link, once: the first one, or another one when the one before was
// forgotten. Sessions of before are over; second factors stay.
func (d *Desk) SetFirstPassword(ctx context.Context, token, password, again string) error {
	_, p, err := d.linkOf(ctx, d.DB.Read().Queries, token, "setup", "reset")
	if err != nil {
		return err
	}
	hash, err := d.newPassword(ctx, p, password, again)
	if err != nil {
		return err
	}
	return d.DoAs(ctx, ActorOf(p), command.Always, func(a *command.Tx) error {
		link, now, err := d.useLink(a, token, "setup", "reset")
		if err != nil {
			return err
		}
		if link.Kind == "reset" {
			return putPassword(a, now, hash, "", "reset-password")
		}
		return putPassword(a, now, hash, "", "set-first-password")
	})
}

// A PasswordChange is what somebody types to have another password.
type PasswordChange struct{ Old, New, Again string }

// ChangePassword sets another password for the actor of a session, who proves the old one. The other sessions are
// over. from is the caller's address. ErrWrongPassword and *TooManyTries speak of the old one.
func (d *Desk) ChangePassword(ctx context.Context, s Session, in PasswordChange, from string) error {
	p, err := ActiveAccount(ctx, d.DB.Read().Queries, s.Actor.ID)
	if err != nil {
		return err
	}
	if err := d.prove(ctx, []string{ownSubject(p.ID, from)}, p, in.Old, from); err != nil {
		return err
	}
	if account.Prepared(in.New) == account.Prepared(in.Old) {
		return problem.List{problem.New("password", "ASVS-6.2.2", "今のパスワードと同じです。別のパスワードを入力してください。")}
	}
	hash, err := d.newPassword(ctx, p, in.New, in.Again)
	if err != nil {
		return err
	}
	return d.DoAs(ctx, s.Actor, command.Always, func(a *command.Tx) error {
		now, err := ActiveAccount(ctx, a.Store.Queries, s.Actor.ID)
		if err != nil {
			return err
		}
		if now.PasswordHash != p.PasswordHash {
			return ErrWrongPassword // another one since it was proven
		}
		return putPassword(a, now, hash, s.SignIn, "change-password")
	})
}

// newPassword judges a new password and hashes it.
func (d *Desk) newPassword(ctx context.Context, p query.Account, password, again string) (string, error) {
	chosen := account.NewPassword{Password: password, Again: again}
	needs, err := NeedOf(ctx, d.DB.Read().Queries, p)
	if err != nil {
		return "", err
	}
	chosen.SecondFactor = needs != NeedsNothing
	if chosen.Words, err = d.WordsOf(ctx, d.DB.Read().Queries, p); err != nil {
		return "", err
	}
	if err := chosen.Problems().Err(); err != nil {
		return "", err
	}
	hash, err := HashPassword(ctx, password)
	if errors.Is(err, ErrBusy) {
		return "", problem.List{problem.New("password", "ASVS-2.4.1", "ただいま確認が集中しています。少し待って、もう一度お試しください。")}
	}
	return hash, err
}

// leastOf is how many characters a new password needs of somebody who needs that besides it.
func leastOf(needs Need) int { return account.NewPassword{SecondFactor: needs != NeedsNothing}.Least() }

// WordsOf are what anybody would try first: the person's own, the company's and the place's names.
func (d *Desk) WordsOf(ctx context.Context, q command.Reader, p query.Account) ([]string, error) {
	words := []string{p.Login, p.Name, p.NameKana, p.Department, p.Email, d.Operator.Mail.Service, d.Operator.Centre, d.Operator.Mail.Centre, "NACCS", "uketsuke"}
	if p.Establishment == "" {
		return words, nil
	}
	now, err := d.DeskTime(ctx)
	if err != nil {
		return nil, err
	}
	est, err := command.EstablishmentOf(ctx, q, string(p.Establishment), calendar.DateOf(now))
	return append(words, est.Company, est.Name), err
}

// putPassword writes a hash, ends the sessions but one and every open link, whoever asked for it and for what, tells the person and leaves evidence.
func putPassword(a *command.Tx, p query.Account, hash, keep, name string) error {
	set, err := a.Store.SetPassword(a.Ctx, query.SetPasswordParams{ID: p.ID, PasswordHash: hash, Version: p.Version,
		PasswordSetAt: column.At(a.Runner.Elapsed())})
	if err != nil {
		return fmt.Errorf("setting a password: %w", err)
	}
	if set != 1 {
		return &command.Stale{ID: p.ID, Seen: p.Version, Now: p.Version + 1}
	}
	if err := EndSignIns(a, p.ID, keep, "credential"); err != nil {
		return err
	}
	if err := EndLinksOf(a, p.ID); err != nil {
		return err
	}
	if err := tellOfAccount(a, application.MailCredential, p, p.Email, func(l *mail.Letter) { l.Change.Done = name }); err != nil {
		return err
	}
	a.App.Establishment = string(p.Establishment)
	return a.Audit(name, nil, nil)
}

// tellOfAccount writes a letter about an account to one address of its owner.
func tellOfAccount(a *command.Tx, kind application.Mail, p query.Account, address string, fill func(*mail.Letter)) error {
	company, establishment, err := homeOf(a, p)
	if err != nil {
		return err
	}
	if a.Event == "" { // mails of no application are keyed by what they tell of
		if a.Event, err = a.Runner.NewID(); err != nil {
			return err
		}
	}
	l := mail.Letter{Kind: kind, To: command.PersonOfMail(p), WrittenAt: a.Now, Company: company, Establishment: establishment,
		Change: &mail.AccountChange{Person: p.Name, By: a.Actor.Name, Done: string(kind)}}
	l.To.Email = address
	fill(&l)
	return a.Post(l)
}

package desk

import (
	"context"
	"errors"
	"fmt"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
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
	return d.beginDoing(ctx, actorOf(p), passing, func(a *act) error {
		link, now, err := d.useLink(a, token, "setup", "reset")
		if err != nil {
			return err
		}
		if link.Kind == "reset" {
			return a.putPassword(now, hash, "", "reset-password")
		}
		return a.putPassword(now, hash, "", "set-first-password")
	})
}

// A PasswordChange is what somebody types to have another password.
type PasswordChange struct{ Old, New, Again string }

// ChangePassword sets another password for the actor of a session, who proves the old one. The other sessions are
// over. from is the caller's address. ErrWrongPassword and *TooManyTries speak of the old one.
func (d *Desk) ChangePassword(ctx context.Context, s Session, in PasswordChange, from string) error {
	p, err := d.activeAccount(ctx, d.DB.Read().Queries, s.Actor.ID)
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
	return d.beginDoing(ctx, s.Actor, passing, func(a *act) error {
		now, err := d.activeAccount(ctx, a.tx.Queries, s.Actor.ID)
		if err != nil {
			return err
		}
		if now.PasswordHash != p.PasswordHash {
			return ErrWrongPassword // another one since it was proven
		}
		return a.putPassword(now, hash, s.SignIn, "change-password")
	})
}

// newPassword judges a new password and hashes it.
func (d *Desk) newPassword(ctx context.Context, p query.Account, password, again string) (string, error) {
	chosen := account.NewPassword{Password: password, Again: again}
	needs, err := d.needOf(ctx, d.DB.Read().Queries, p)
	if err != nil {
		return "", err
	}
	chosen.SecondFactor = needs != NeedsNothing
	if chosen.Words, err = d.wordsOf(ctx, d.DB.Read().Queries, p); err != nil {
		return "", err
	}
	if err := chosen.Problems().Err(); err != nil {
		return "", err
	}
	hash, err := hashPassword(ctx, password)
	if errors.Is(err, ErrBusy) {
		return "", problem.List{problem.New("password", "ASVS-2.4.1", "ただいま確認が集中しています。少し待って、もう一度お試しください。")}
	}
	return hash, err
}

// leastOf is how many characters a new password needs of somebody who needs that besides it.
func leastOf(needs Need) int { return account.NewPassword{SecondFactor: needs != NeedsNothing}.Least() }

// wordsOf are what anybody would try first: the person's own, the company's and the place's names.
func (d *Desk) wordsOf(ctx context.Context, q reader, p query.Account) ([]string, error) {
	words := []string{p.Login, p.Name, p.NameKana, p.Department, p.Email, d.Operator.Mail.Service, d.Operator.Centre, d.Operator.Mail.Centre, "NACCS", "uketsuke"}
	if p.Establishment == "" {
		return words, nil
	}
	now, err := d.moment(ctx)
	if err != nil {
		return nil, err
	}
	est, err := establishmentOf(ctx, q, string(p.Establishment), calendar.DateOf(now))
	return append(words, est.Company, est.Name), err
}

// putPassword writes a hash, ends the sessions but one and every open link, whoever asked for it and for what, tells the person and leaves evidence.
func (a *act) putPassword(p query.Account, hash, keep, name string) error {
	set, err := a.tx.SetPassword(a.ctx, query.SetPasswordParams{ID: p.ID, PasswordHash: hash, Version: p.Version,
		PasswordSetAt: column.At(a.desk.Elapsed())})
	if err != nil {
		return fmt.Errorf("setting a password: %w", err)
	}
	if set != 1 {
		return &Stale{ID: p.ID, Seen: p.Version, Now: p.Version + 1}
	}
	if err := a.endSignIns(p.ID, keep, "credential"); err != nil {
		return err
	}
	if err := a.endLinksOf(p.ID); err != nil {
		return err
	}
	if err := a.tellOfAccount(application.MailCredential, p, p.Email, func(l *mail.Letter) { l.Change.Done = name }); err != nil {
		return err
	}
	a.app.Establishment = string(p.Establishment)
	return a.audit(name, nil, nil)
}

// tellOfAccount writes a letter about an account to one address of its owner.
func (a *act) tellOfAccount(kind application.Mail, p query.Account, address string, fill func(*mail.Letter)) error {
	company, establishment, err := a.homeOf(p)
	if err != nil {
		return err
	}
	if a.event == "" { // mails of no application are keyed by what they tell of
		if a.event, err = a.desk.newID(); err != nil {
			return err
		}
	}
	l := mail.Letter{Kind: kind, To: personOfMail(p), WrittenAt: a.now, Company: company, Establishment: establishment,
		Change: &mail.AccountChange{Person: p.Name, By: a.actor.Name, Done: string(kind)}}
	l.To.Email = address
	fill(&l)
	return a.post(l)
}

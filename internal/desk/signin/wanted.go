package signin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/problem"
	"uketsuke/internal/store/query"
)

// A WantedMail is a kind of mail that a person can turn off.
type WantedMail struct {
	Kind   application.Mail
	Wanted bool
}

// An OwnAccount is what the page of the own account shows of the actor's own account besides sessions and factors.
type OwnAccount struct {
	Login, Email, Language string
	Role                   account.Role
	// Pending is a new mail address that waits for its confirmation, "" for none.
	Pending string
	// Mails are those of the role that are optional.
	Mails []WantedMail
	// Least is how many characters a new password needs.
	Least int
}

// OwnAccount is the actor's own account.
func (d *Desk) OwnAccount(ctx context.Context, actor account.Actor) (OwnAccount, error) {
	q := d.DB.Read().Queries
	p, err := ActiveAccount(ctx, q, actor.ID)
	if err != nil {
		return OwnAccount{}, err
	}
	own := OwnAccount{Login: p.Login, Email: p.Email, Language: p.Language, Role: account.Role(p.Role)}
	for _, kind := range application.OptionalMails(own.Role) {
		own.Mails = append(own.Mails, WantedMail{Kind: kind, Wanted: command.Wants(p, kind)})
	}
	links, err := q.ListOpenAddresses(ctx, p.ID)
	if err != nil {
		return own, fmt.Errorf("reading the mail address to come: %w", err)
	}
	for _, link := range links {
		if d.Elapsed().Before(link.ExpiresAt.Time) {
			own.Pending = link.Address
		}
	}
	needs, err := NeedOf(ctx, q, p)
	own.Least = leastOf(needs)
	return own, err
}

// SetWantedMails keeps which of the optional mails the actor wants; the others of the role are turned off.
func (d *Desk) SetWantedMails(ctx context.Context, actor account.Actor, wanted []string) error {
	var off []string
	for _, kind := range application.OptionalMails(actor.Role) {
		if !slices.Contains(wanted, string(kind)) {
			off = append(off, string(kind))
		}
	}
	for _, kind := range wanted {
		if !slices.Contains(application.OptionalMails(actor.Role), application.Mail(kind)) {
			return problem.List{problem.New("mails", "R-MAIL-3", "この画面にないメールが送られました。画面を開き直してください。")}
		}
	}
	return d.DoAs(ctx, actor, command.Always, func(a *command.Tx) error {
		err := a.Store.SetUnwanted(ctx, query.SetUnwantedParams{ID: string(actor.ID), Unwanted: strings.Join(off, " ")})
		if err != nil {
			return fmt.Errorf("setting the mails that are wanted: %w", err)
		}
		return a.Audit("set-mails", nil, nil)
	})
}

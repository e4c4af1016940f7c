package signin

import (
	"context"
	"fmt"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/mail"
	"uketsuke/internal/problem"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// AskAddress begins a change of the actor's own mail address: the link goes to the new address, a warning to the
// one that counts until the link is used. The login stays what it is. The pages ask for a fresh proof before.
func (d *Desk) AskAddress(ctx context.Context, s Session, typed string) error {
	address, problems := readAddress(typed)
	if len(problems) > 0 {
		return problems
	}
	return d.DoAs(ctx, s.Actor, command.Always, func(a *command.Tx) error {
		p, err := ActiveAccount(ctx, a.Store.Queries, s.Actor.ID)
		if err != nil {
			return err
		}
		if p.Email == address {
			return problem.List{problem.New("address", "ASVS-6.3.7", "今のメールアドレスと同じです。新しいメールアドレスを入力してください。")}
		}
		often, err := Count(a, "address-of:"+p.ID)
		if err != nil {
			return err
		}
		if often > mostResets {
			return problem.List{problem.New("address", "ASVS-6.3.1", "確認のメールを続けて送ったため、しばらく送れません。1時間ほどおいて、もう一度お試しください。")}
		}
		if a.Event, err = askedLink(a, p, "address", address); err != nil {
			return err
		}
		if err := tellOfAccount(a, application.MailConfirmAddress, p, address, func(l *mail.Letter) { l.Link = a.Event }); err != nil {
			return err
		}
		if err := tellOfAccount(a, application.MailCredential, p, p.Email, func(l *mail.Letter) { l.Change.Done = "ask-address" }); err != nil {
			return err
		}
		return a.Audit("ask-address", nil, map[audit.Key]string{audit.Address: address})
	})
}

// readAddress folds and judges a typed mail address like that of a contact person (R-APP-12).
func readAddress(typed string) (string, problem.List) {
	var l problem.List
	c := application.FoldContact(application.Contact{Email: typed})
	for _, p := range application.ContactProblems(c) {
		if strings.TrimPrefix(p.Field, "contact.") == "email" {
			p.Field = "address"
			l = append(l, p)
		}
	}
	return c.Email, l
}

// ConfirmAddress takes a new mail address through the link that was sent to it, and says so at both addresses.
func (d *Desk) ConfirmAddress(ctx context.Context, token string) error {
	_, p, err := d.linkOf(ctx, d.DB.Read().Queries, token, "address")
	if err != nil {
		return err
	}
	return d.DoAs(ctx, ActorOf(p), command.Always, func(a *command.Tx) error {
		link, p, err := d.useLink(a, token, "address")
		if err != nil {
			return err
		}
		id, err := d.NewID()
		if err != nil {
			return err
		}
		err = a.Store.InsertAddressChange(ctx, query.InsertAddressChangeParams{ID: id, Account: p.ID, Before: p.Email, RecordedAt: column.At(a.Now)})
		if err != nil {
			return fmt.Errorf("noting the mail address before: %w", err)
		}
		set, err := a.Store.SetAddress(ctx, query.SetAddressParams{ID: p.ID, Email: link.Address, Version: p.Version})
		if err != nil {
			return fmt.Errorf("setting a mail address: %w", err)
		}
		if set != 1 {
			return &command.Stale{ID: p.ID, Seen: p.Version, Now: p.Version + 1}
		}
		// A link that was sent to the address before sets no password any more.
		if err := EndLinksOf(a, p.ID); err != nil {
			return err
		}
		a.Event = id
		for _, address := range []string{p.Email, link.Address} {
			if err := tellOfAccount(a, application.MailCredential, p, address, func(l *mail.Letter) { l.Change.Done = "change-address" }); err != nil {
				return err
			}
		}
		return a.Audit("change-address", nil, map[audit.Key]string{audit.Address: link.Address})
	})
}

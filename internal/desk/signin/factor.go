package signin

import (
	"context"
	"fmt"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/mail"
	"uketsuke/internal/store/query"
)

// NeedOf says what a person needs besides the password: a factor that the person has, and the centre's staff
// has to have one (ASVS 6.3.3).
func NeedOf(ctx context.Context, q command.Reader, p query.Account) (Need, error) {
	factors, err := q.CountFactors(ctx, p.ID)
	switch {
	case err != nil:
		return "", fmt.Errorf("counting the factors of %s: %w", p.ID, err)
	case factors > 0:
		return NeedsSecond, nil
	case account.Role(p.Role).OfCentre():
		return NeedsFactor, nil
	}
	return NeedsNothing, nil
}

// sufficient refuses an arrival by the password alone of somebody who needs more: whatever a page forgets, nobody
// gets past it.
func sufficient(ctx context.Context, q command.Reader, p query.Account, by Arrival) error {
	if by.How != "password" {
		return nil
	}
	needs, err := NeedOf(ctx, q, p)
	if err == nil && needs != NeedsNothing {
		err = command.ErrForbidden
	}
	return err
}

// FactorChanged leaves evidence of a change, and tells the person by mail (ASVS 6.3.7).
func FactorChanged(a *command.Tx, name string, p query.Account, done string, detail map[audit.Key]string) error {
	company, establishment, err := homeOf(a, p)
	if err != nil {
		return err
	}
	if a.Event, err = a.Runner.NewID(); err != nil { // mails of no application are keyed by the change
		return err
	}
	err = a.Post(mail.Letter{Kind: application.MailFactorsChanged, To: command.PersonOfMail(p), WrittenAt: a.Now, Company: company,
		Establishment: establishment, Change: &mail.AccountChange{Person: p.Name, By: a.Actor.Name, Done: done}})
	if err != nil {
		return err
	}
	a.App.Establishment = string(p.Establishment)
	return a.AuditOf(name, p.ID, detail, nil)
}

// homeOf is where a person belongs, as letters say it: the centre has no establishment.
func homeOf(a *command.Tx, p query.Account) (company, establishment string, err error) {
	if p.Establishment == "" {
		return a.Runner.Operator.Centre, "", nil
	}
	est, err := command.EstablishmentOf(a.Ctx, a.Store.Queries, string(p.Establishment), calendar.DateOf(a.Now))
	return est.Company, est.Name, err
}

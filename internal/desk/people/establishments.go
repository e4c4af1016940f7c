package people

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"path"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/desk/casefile"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/signin"
)

// An EstablishmentList is the page of establishments.
type EstablishmentList struct {
	Rows []EstablishmentRow
	Next string // key of the next page, "" when there is none
}

// An EstablishmentRow is one line of it.
type EstablishmentRow struct{ ID, Company, CompanyKana, Name, NameKana string }

// An EstablishmentPage is one establishment as the centre sees it: never a secret.
type EstablishmentPage struct {
	Establishment command.Establishment
	Members       []Member
	// Applications are the newest ones that were registered.
	Applications []casefile.ListRow
	Today        calendar.Date
}

// A Member is a person of an establishment.
type Member struct {
	command.Person
	Login  string
	Status string // invited, active or stopped
	// LastSignIn is zero when the person never signed in.
	LastSignIn time.Time
	// SecondFactor says that the person signs in with more than a password.
	SecondFactor bool
	// LinkUntil is until when, by elapsed time, the person can use a set-up link; zero when there is none.
	LinkUntil time.Time
}

// A PersonForm is what is typed of a person who is given an account. The mail address is the login too.
type PersonForm struct {
	Role                                               string
	Name, NameKana, Department, Position, Phone, Email string
}

// Establishments lists the establishments that a search leads to, all of them for none. The pages leave
// evidence of a search by Searched.
func (d *Desk) Establishments(ctx context.Context, actor account.Actor, search, after string) (EstablishmentList, error) {
	if !actor.Role.OfCentre() {
		return EstablishmentList{}, command.ErrForbidden
	}
	at := casefile.PlaceOf(after)
	rows, err := d.DB.Read().SearchEstablishments(ctx, catalogue.SearchTerms(search), at.Key, at.ID, command.PageSize+1)
	if err != nil {
		return EstablishmentList{}, err
	}
	var list EstablishmentList
	if len(rows) > command.PageSize {
		rows = rows[:command.PageSize]
		list.Next = casefile.Place{Key: rows[command.PageSize-1].Key, ID: rows[command.PageSize-1].ID}.String()
	}
	for _, row := range rows {
		list.Rows = append(list.Rows, EstablishmentRow{row.ID, row.Company, row.CompanyKana, row.Name, row.NameKana})
	}
	return list, nil
}

// Establishment is the page of one establishment; its contract of any day is Contract.
func (d *Desk) Establishment(ctx context.Context, actor account.Actor, id string) (EstablishmentPage, error) {
	if !actor.Role.OfCentre() {
		return EstablishmentPage{}, command.ErrForbidden
	}
	now, err := d.DeskTime(ctx)
	if err != nil {
		return EstablishmentPage{}, err
	}
	q := d.DB.Read().Queries
	page := EstablishmentPage{Today: calendar.DateOf(now)}
	if page.Establishment, err = command.EstablishmentOf(ctx, q, id, page.Today); err != nil {
		return EstablishmentPage{}, err
	}
	if page.Members, err = d.members(ctx, q, id); err != nil {
		return EstablishmentPage{}, err
	}
	page.Applications, err = d.casefile.Earlier(ctx, id)
	return page, err
}

// LinkURL is the address of a one-time link, beside the address of the login. It is made when a mail is sent
// and kept nowhere.
func (d *Desk) LinkURL(link string) (string, error) {
	token, err := signin.LinkToken(d.Runner, link)
	if err != nil {
		return "", err
	}
	at, err := url.Parse(d.Operator.Mail.LoginURL)
	if err != nil {
		return "", fmt.Errorf("making the address of a link: %w", err)
	}
	at.Path = path.Join(cmp.Or(path.Dir(at.Path), "/"), "setup", token)
	return at.String(), nil
}

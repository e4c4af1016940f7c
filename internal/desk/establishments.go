package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/mail"
	"uketsuke/internal/problem"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// An EstablishmentList is page C4.
type EstablishmentList struct {
	Rows []EstablishmentRow
	Next string // key of the next page, "" when there is none
}

// An EstablishmentRow is one line of it.
type EstablishmentRow struct{ ID, Company, CompanyKana, Name, NameKana string }

// An EstablishmentPage is one establishment as the centre sees it: never a secret.
type EstablishmentPage struct {
	Establishment Establishment
	Members       []Member
	// Applications are the newest ones that were registered.
	Applications []ListRow
	Today        calendar.Date
}

// A Member is a person of an establishment.
type Member struct {
	Person
	Login  string
	Status string // invited, active or stopped
	// LastSignIn is zero when the person never signed in.
	LastSignIn time.Time
	// LinkUntil is until when, by elapsed time, the person can use a set-up link; zero when there is none.
	LinkUntil time.Time
}

// A PersonForm is what is typed of a person who is given an account. The mail address is the login too.
type PersonForm struct {
	Role                                               string
	Name, NameKana, Department, Position, Phone, Email string
}

// Establishments lists the establishments that a search leads to, all of them for none (C4). The pages leave
// evidence of a search by Searched.
func (d *Desk) Establishments(ctx context.Context, actor account.Actor, search, after string) (EstablishmentList, error) {
	if !actor.Role.OfCentre() {
		return EstablishmentList{}, ErrForbidden
	}
	at := placeOf(after)
	rows, err := d.DB.Read().SearchEstablishments(ctx, catalogue.SearchTerms(search), at.key, at.id, pageSize+1)
	if err != nil {
		return EstablishmentList{}, err
	}
	var list EstablishmentList
	if len(rows) > pageSize {
		rows = rows[:pageSize]
		list.Next = place{key: rows[pageSize-1].Key, id: rows[pageSize-1].ID}.String()
	}
	for _, row := range rows {
		list.Rows = append(list.Rows, EstablishmentRow{row.ID, row.Company, row.CompanyKana, row.Name, row.NameKana})
	}
	return list, nil
}

// Establishment is one establishment's page of C4; its contract of any day is Contract.
func (d *Desk) Establishment(ctx context.Context, actor account.Actor, id string) (EstablishmentPage, error) {
	if !actor.Role.OfCentre() {
		return EstablishmentPage{}, ErrForbidden
	}
	now, err := d.moment(ctx)
	if err != nil {
		return EstablishmentPage{}, err
	}
	q := d.DB.Read().Queries
	page := EstablishmentPage{Today: calendar.DateOf(now)}
	if page.Establishment, err = establishmentOf(ctx, q, id, page.Today); err != nil {
		return EstablishmentPage{}, err
	}
	if page.Members, err = d.members(ctx, q, id); err != nil {
		return EstablishmentPage{}, err
	}
	page.Applications, err = d.earlier(ctx, id)
	return page, err
}

func (d *Desk) members(ctx context.Context, q reader, establishment string) ([]Member, error) {
	rows, err := q.ListAccounts(ctx, textOf(establishment))
	if err != nil {
		return nil, fmt.Errorf("reading the people of %s: %w", establishment, err)
	}
	var members []Member
	for _, row := range rows {
		m := Member{Person: personOf(row), Login: row.Login, Status: row.Status}
		signedIn, err1 := q.LastSignIn(ctx, row.ID)
		until, err2 := q.OpenSetupLink(ctx, row.ID)
		for _, err := range []error{err1, err2} {
			if err = store.Missing(err); err != nil && !errors.Is(err, store.ErrNotFound) {
				return nil, fmt.Errorf("reading the person %s: %w", row.ID, err)
			}
		}
		m.LastSignIn = signedIn.Time
		if until.After(d.Elapsed()) {
			m.LinkUntil = until.Time
		}
		members = append(members, m)
	}
	return members, nil
}

// Invite gives a person of an establishment an account, and sends the one-time link to that person alone
// (R-MAIL-3). Only a supervisor does.
func (d *Desk) Invite(ctx context.Context, actor account.Actor, establishment string, in PersonForm) error {
	if actor.Role != account.Supervisor {
		return ErrForbidden
	}
	return d.begin(ctx, actor, func(a *act) error {
		est, err := establishmentOf(ctx, a.tx.Queries, establishment, a.today())
		if err != nil {
			return err
		}
		p, problems := readPerson(in)
		if len(problems) > 0 {
			return problems
		}
		if p.ID, err = d.newID(); err != nil {
			return err
		}
		p.Establishment = textOf(est.ID)
		err = a.tx.InsertAccount(ctx, query.InsertAccountParams{ID: p.ID, Establishment: p.Establishment, Role: p.Role, Login: p.Login,
			Name: p.Name, NameKana: p.NameKana, Department: p.Department, Position: p.Position, Phone: p.Phone, Email: p.Email,
			Status: "invited", CreatedAt: column.At(a.now)})
		if d.DB.IsTaken(err) {
			return problem.List{problem.New("email", "ASVS-6.3.1", "このメールアドレスは、すでにログインIDとして使われています。別のアドレスを入力するか、その方に新しいリンクを送ってください。")}
		} else if err != nil {
			return fmt.Errorf("writing an account: %w", err)
		}
		return a.invite("add-person", est, p)
	})
}

// readPerson folds and judges what was typed of a person as of a contact person (R-APP-12).
func readPerson(in PersonForm) (query.Account, problem.List) {
	c := application.FoldContact(application.Contact{Name: in.Name, Kana: in.NameKana, Department: in.Department, Position: in.Position,
		Phone: in.Phone, Email: in.Email, Confirmed: true})
	var problems problem.List
	for _, p := range application.ContactProblems(c) {
		if p.Field = strings.TrimPrefix(p.Field, "contact."); p.Field == "name" {
			p = problem.New("name", "R-APP-12", "氏名を40文字以内で入力してください。")
		}
		problems = append(problems, p)
	}
	if !slices.Contains([]account.Role{account.Applicant, account.Administrator, account.Viewer}, account.Role(in.Role)) {
		problems.Add("role", "R-APP-12", "役割を選択してください。")
	}
	return query.Account{Role: in.Role, Login: foldLogin(c.Email), Name: c.Name, NameKana: c.Kana, Department: c.Department,
		Position: c.Position, Phone: c.Phone, Email: c.Email}, problems
}

// SendLink gives a person of an establishment a new one-time link and sends it to that person alone; links from
// before are over, a password that is set stays until the link is used.
func (d *Desk) SendLink(ctx context.Context, actor account.Actor, establishment string, person account.ID) error {
	if actor.Role != account.Supervisor {
		return ErrForbidden
	}
	return d.begin(ctx, actor, func(a *act) error {
		est, err := establishmentOf(ctx, a.tx.Queries, establishment, a.today())
		if err != nil {
			return err
		}
		p, err := a.tx.GetAccount(ctx, string(person))
		if err = store.Missing(err); errors.Is(err, store.ErrNotFound) || err == nil && (string(p.Establishment) != est.ID || p.Status == "stopped") {
			return ErrNotFound
		} else if err != nil {
			return fmt.Errorf("reading account %s: %w", person, err)
		}
		err = a.tx.EndSetupLinks(ctx, query.EndSetupLinksParams{UsedAt: column.At(d.Elapsed()), Account: p.ID})
		if err != nil {
			return fmt.Errorf("ending the set-up links before: %w", err)
		}
		return a.invite("link-person", est, p)
	})
}

// invite makes the link, writes its mail and the evidence.
func (a *act) invite(name string, est Establishment, p query.Account) error {
	link, expires, err := a.setupLink(p.ID)
	if err != nil {
		return err
	}
	a.event = link // mails of no application are keyed by their link
	err = a.post(mail.Letter{Kind: application.MailInvited, To: personOfMail(p), WrittenAt: a.now, Company: est.Company,
		Establishment: est.Name, Link: link, ExpiresOn: calendar.DateOf(expires)})
	if err != nil {
		return err
	}
	a.app.Establishment = est.ID
	return a.auditOf(name, p.ID, map[audit.Key]string{audit.Role: p.Role}, nil)
}

// LinkURL is the address of a one-time link, beside the address of the login. It is made when a mail is sent
// and kept nowhere.
func (d *Desk) LinkURL(link string) (string, error) {
	token, err := d.linkToken(link)
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

package people

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
)

// The people of an establishment or of the centre. An establishment's administrators manage its people,
// supervisors those of the centre and, where a company has lost its own, those of every establishment. "" stands for
// the centre wherever an establishment is asked for. There is always somebody left who can manage the others (traps
// 26 and 32).

// A Team is everybody of an establishment or of the centre.
type Team struct {
	// Company and Establishment are names; of the centre, its own and "".
	Company, Establishment string
	Members                []Member
	// Leaders is how many can manage the others: administrators, or supervisors of the centre. One is a danger.
	Leaders int
	Events  []MemberEvent // the latest
	Roles   []account.Role
}

// A MemberEvent is what somebody did to an account; names are those of that time.
type MemberEvent struct {
	At        time.Time
	By, Name  string
	Kind      string // "invite", "link", "withdraw-invitation", "role", "stop", "reactivate", "end-sessions", "hand-over"
	Before    account.Role
	Role      account.Role
	HandedOn  int // applications
	Successor string
}

// A MemberPage is one person with what can be done.
type MemberPage struct {
	Member
	Company, Establishment string
	Version                int64
	Self                   bool // it is the actor's own account, which others change
	Last                   bool // nobody else could manage the others
	Roles                  []account.Role
	// Applications are those in the person's hands that go on; Successors are who can take them.
	Applications []KeptApplication
	Successors   []command.Person
	Events       []MemberEvent
}

// A KeptApplication is one that somebody must take over when a person leaves.
type KeptApplication struct {
	ID, Receipt, Items string
	State              string
}

// mostEvents bounds what a page shows of what was done to accounts.
const mostEvents = 50

// RolesOf are the roles that a team gives.
func RolesOf(establishment string) []account.Role {
	if establishment == "" {
		return []account.Role{account.Examiner, account.Supervisor}
	}
	return []account.Role{account.Applicant, account.Administrator, account.Viewer}
}

// mayManage refuses whoever does not manage a team. Foreign establishments are not there.
func mayManage(actor account.Actor, establishment string) error {
	switch {
	case actor.Role == account.Supervisor, actor.Role == account.Administrator && establishment != "" && actor.Establishment == establishment:
		return nil
	case actor.Role == account.Administrator && establishment != "":
		return command.ErrNotFound
	}
	return command.ErrForbidden
}

// leads says whether an account manages its team.
func leads(p query.Account) bool {
	return p.Status == "active" && (p.Role == string(account.Administrator) || p.Role == string(account.Supervisor))
}

// Team lists the people of an establishment, of the centre for "".
func (d *Desk) Team(ctx context.Context, actor account.Actor, establishment string) (Team, error) {
	if err := mayManage(actor, establishment); err != nil {
		return Team{}, err
	}
	q := d.DB.Read().Queries
	est, err := d.teamNamesToday(ctx, q, establishment)
	if err != nil {
		return Team{}, err
	}
	team := Team{Company: est.Company, Establishment: est.Name, Roles: RolesOf(establishment)}
	if team.Members, err = d.members(ctx, q, establishment); err != nil {
		return Team{}, err
	}
	for _, m := range team.Members {
		if m.Status == "active" && (m.Role == account.Administrator || m.Role == account.Supervisor) {
			team.Leaders++
		}
	}
	events, err := q.ListTeamEvents(ctx, query.ListTeamEventsParams{Establishment: establishment, Most: mostEvents})
	if err != nil {
		return Team{}, fmt.Errorf("reading what was done to accounts: %w", err)
	}
	team.Events = memberEvents(events)
	return team, nil
}

// teamNames are the names over a team's letters and pages, as of a day.
func (d *Desk) teamNames(ctx context.Context, q command.Reader, establishment string, on calendar.Date) (command.Establishment, error) {
	if establishment == "" {
		return command.Establishment{Company: d.Operator.Centre}, nil
	}
	return command.EstablishmentOf(ctx, q, establishment, on)
}

// teamNamesToday are those of now, for a page.
func (d *Desk) teamNamesToday(ctx context.Context, q command.Reader, establishment string) (command.Establishment, error) {
	now, err := d.DeskTime(ctx)
	if err != nil {
		return command.Establishment{}, err
	}
	return d.teamNames(ctx, q, establishment, calendar.DateOf(now))
}

func memberEvents(rows []query.AccountEvent) []MemberEvent {
	var events []MemberEvent
	for _, row := range rows {
		events = append(events, MemberEvent{At: row.At.Time, By: row.ActorName, Name: row.Name, Kind: row.Kind, Before: account.Role(row.RoleBefore),
			Role: account.Role(row.Role), HandedOn: int(row.Applications), Successor: row.SuccessorName})
	}
	return events
}

// members are the people of a team, those who can work first.
func (d *Desk) members(ctx context.Context, q command.Reader, establishment string) ([]Member, error) {
	rows, err := q.ListTeam(ctx, query.ListTeamParams{Establishment: command.TextOf(establishment), Centre: establishment == ""})
	if err != nil {
		return nil, fmt.Errorf("reading the people of %q: %w", establishment, err)
	}
	var members []Member
	for _, row := range rows {
		m, err := d.member(ctx, q, row)
		if err != nil {
			return nil, err
		}
		members = append(members, m)
	}
	return members, nil
}

func (d *Desk) member(ctx context.Context, q command.Reader, row query.Account) (Member, error) {
	m := Member{Person: command.PersonOf(row), Login: row.Login, Status: row.Status}
	signedIn, err1 := q.LastSignIn(ctx, row.ID)
	until, err2 := q.OpenSetupLink(ctx, row.ID)
	for _, err := range []error{err1, err2} {
		if err = store.Missing(err); err != nil && !errors.Is(err, store.ErrNotFound) {
			return m, fmt.Errorf("reading the person %s: %w", row.ID, err)
		}
	}
	factors, err := q.CountFactors(ctx, row.ID)
	if err != nil {
		return m, fmt.Errorf("counting the factors of %s: %w", row.ID, err)
	}
	m.LastSignIn, m.SecondFactor = signedIn.Time, factors > 0
	if until.After(d.Elapsed()) {
		m.LinkUntil = until.Time
	}
	return m, nil
}

// TeamMember is one person of a team, with what can be done to the account.
func (d *Desk) TeamMember(ctx context.Context, actor account.Actor, establishment string, person account.ID) (MemberPage, error) {
	if err := mayManage(actor, establishment); err != nil {
		return MemberPage{}, err
	}
	q := d.DB.Read().Queries
	p, err := teamAccount(ctx, q, establishment, person)
	if err != nil {
		return MemberPage{}, err
	}
	est, err := d.teamNamesToday(ctx, q, establishment)
	if err != nil {
		return MemberPage{}, err
	}
	page := MemberPage{Company: est.Company, Establishment: est.Name, Version: p.Version, Self: account.ID(p.ID) == actor.ID, Roles: RolesOf(establishment)}
	if page.Member, err = d.member(ctx, q, p); err != nil {
		return MemberPage{}, err
	}
	others, err := countLeaders(ctx, q, p)
	page.Last = leads(p) && others == 0
	if err != nil {
		return MemberPage{}, err
	}
	if page.Applications, err = d.kept(ctx, q, p); err != nil {
		return MemberPage{}, err
	}
	if page.Successors, err = successors(ctx, q, p); err != nil {
		return MemberPage{}, err
	}
	events, err := q.ListAccountEvents(ctx, query.ListAccountEventsParams{Account: p.ID, Most: mostEvents})
	if err != nil {
		return MemberPage{}, fmt.Errorf("reading what was done to an account: %w", err)
	}
	page.Events = memberEvents(events)
	return page, nil
}

// teamAccount is a person's account, which must belong to the team.
func teamAccount(ctx context.Context, q command.Reader, establishment string, person account.ID) (query.Account, error) {
	p, err := q.GetAccount(ctx, string(person))
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) || err == nil && string(p.Establishment) != establishment {
		return query.Account{}, command.ErrNotFound
	} else if err != nil {
		return query.Account{}, fmt.Errorf("reading account %s: %w", person, err)
	}
	return p, nil
}

// countLeaders is how many others can manage a person's team.
func countLeaders(ctx context.Context, q command.Reader, p query.Account) (int64, error) {
	n, err := q.CountLeaders(ctx, query.CountLeadersParams{Establishment: p.Establishment, Centre: p.Establishment == "", But: p.ID})
	if err != nil {
		return 0, fmt.Errorf("counting who manages accounts: %w", err)
	}
	return n, nil
}

// successors are who can take over a person's applications: active people of the team whose role works on them.
func successors(ctx context.Context, q command.Reader, p query.Account) ([]command.Person, error) {
	rows, err := q.ListTeam(ctx, query.ListTeamParams{Establishment: p.Establishment, Centre: p.Establishment == ""})
	if err != nil {
		return nil, fmt.Errorf("reading who can take over: %w", err)
	}
	rows = slices.DeleteFunc(rows, func(other query.Account) bool {
		role := account.Role(other.Role)
		return other.ID == p.ID || other.Status != "active" || !role.MayApply() && !role.OfCentre()
	})
	var people []command.Person
	for _, row := range rows {
		people = append(people, command.PersonOf(row))
	}
	return people, nil
}

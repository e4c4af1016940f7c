package holding

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/problem"
	"uketsuke/internal/store/query"
	"uketsuke/internal/userid"
)

// A LogonAnswer says whether an ID may log on today, by the desk clock.
type LogonAnswer struct {
	contract.Logon
	UserID userid.ID
	Day    calendar.Date
}

// CheckLogon answers the network's gateway (R-CON-1, R-CON-3, R-CON-4). typed is folded; what is no user ID
// is a problem.List. It reads the facts of this one ID by its key, the same statements whether the ID exists
// or not, and writes nothing: answers are counted by CountAnswers.
func (d *Desk) CheckLogon(ctx context.Context, g Gateway, typed string) (LogonAnswer, error) {
	if g.Scope != ScopeLogon {
		return LogonAnswer{}, command.ErrForbidden
	}
	id, err := userid.ParseID(typed)
	if err != nil {
		return LogonAnswer{}, typedID(err)
	}
	now, err := d.DeskTime(ctx)
	if err != nil {
		return LogonAnswer{}, err
	}
	rows, err := d.DB.Read().LogonFacts(ctx, string(id))
	if err != nil {
		return LogonAnswer{}, fmt.Errorf("reading the facts of an ID: %w", err)
	}
	var facts contract.Facts
	void := map[string]bool{}
	for _, row := range rows {
		if err := addFact(&facts, id, row); err != nil {
			return LogonAnswer{}, err
		}
		if void[row.Application], err = cameToNothing(row, calendar.DateOf(now)); err != nil {
			return LogonAnswer{}, err
		}
	}
	today := calendar.DateOf(now)
	logon := contract.LogonOn(facts, id, today, func(app string) bool { return void[app] })
	return LogonAnswer{Logon: logon, UserID: id, Day: today}, nil
}

// typedID is what is wrong with an ID, at the field of the request.
func typedID(err error) error {
	if wrong, is := errors.AsType[userid.Malformed](err); is {
		wrong.Problem.Field = "user_id"
		return problem.List{wrong.Problem}
	}
	return err
}

func addFact(facts *contract.Facts, id userid.ID, row query.LogonFactsRow) error {
	fact := contract.Fact{ValidFrom: row.ValidFrom.Date, ValidTo: row.ValidTo.Date, RecordedAt: row.RecordedAt.Time,
		RevokedAt: row.RevokedAt.Time, BornBy: row.Application}
	switch row.Kind {
	case "id":
		facts.IDs = append(facts.IDs, contract.IDTerm{Fact: fact, ID: id, Trades: strings.Fields(row.Trades), Method: row.Method,
			SingleSignOn: row.SingleSignOn, Ended: row.Ended})
	case "code":
		facts.Codes = append(facts.Codes, contract.CodeTerm{Fact: fact, Code: id.Code(), Ended: row.Ended})
	default:
		return fmt.Errorf("reading the facts of an ID: unknown kind %q", row.Kind)
	}
	return nil
}

// cameToNothing says whether the application behind a fact is void as of a day, recorded or not (R-SET-1,
// R-CON-4). Facts of an import have no application.
func cameToNothing(row query.LogonFactsRow, today calendar.Date) (bool, error) {
	if row.State == "" {
		return false, nil
	}
	s := application.Standing{State: application.State(row.State), SettingsComplete: row.Complete}
	if row.Deadline != "" {
		var err error
		if s.Deadline, err = calendar.ParseDate(row.Deadline); err != nil {
			return false, fmt.Errorf("reading a settings deadline: %w", err)
		}
	}
	return s.StateAt(today.Start()) == application.Void, nil
}

// ContractFor is the contract of an establishment as of a day, for a machine: what the page of the contract shows, without
// the people. A zero day is today.
func (d *Desk) ContractFor(ctx context.Context, g Gateway, establishment string, on calendar.Date) (ContractPage, error) {
	if g.Scope != ScopeContract {
		return ContractPage{}, command.ErrForbidden
	}
	now, err := d.DeskTime(ctx)
	if err != nil {
		return ContractPage{}, err
	}
	page := ContractPage{Today: calendar.DateOf(now), On: on}
	if on.IsZero() {
		page.On = page.Today
	}
	q := d.DB.Read().Queries
	if page.Establishment, err = command.EstablishmentOf(ctx, q, establishment, page.On); err != nil {
		return ContractPage{}, err
	}
	page.Contract, err = ContractOn(ctx, d.Runner, q, establishment, page.On, now)
	return page, err
}

// sortedDays are the keys in one order everywhere, so that two processes never wait for each other.
func sortedDays(counts map[AnswerDay]Answers) []AnswerDay {
	return slices.SortedFunc(maps.Keys(counts), func(a, b AnswerDay) int {
		return cmp.Or(cmp.Compare(a.Gateway, b.Gateway), a.Day.Compare(b.Day))
	})
}

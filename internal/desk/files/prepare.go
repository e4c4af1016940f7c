package files

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/desk/casefile"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/holding"
	"uketsuke/internal/problem"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
	"uketsuke/internal/userid"
)

// A Preparation is the page of preparations: what is to be done with the IDs that an application brought, and how far it is.
type Preparation struct {
	Case casefile.Case
	IDs  []IDSetup
	// Done of All steps are ticked.
	Done, All int
	// Started says that the start date has come; MayTick that this actor may tick now.
	Started, MayTick bool
	// Files are what the establishment is offered, Terminals how many it has.
	Files     []OfferedFile
	Terminals int
}

// An IDSetup is the U業務 of one user ID, in the order of the catalogue.
type IDSetup struct {
	casefile.IssuedID
	Code  userid.Code
	Steps []SetupStep
	Done  int
}

// A SetupStep is one U業務 of one ID; By is "" while it is not ticked.
type SetupStep struct {
	catalogue.SetupTransaction
	By string
	At time.Time
}

// Preparation is readable from the approval on (R-CON-3), while it is not void.
func (d *Desk) Preparation(ctx context.Context, actor account.Actor, id string) (Preparation, error) {
	if !actor.Role.OfEstablishment() {
		return Preparation{}, command.ErrForbidden
	}
	view, err := d.casefile.Case(ctx, actor, id)
	if err != nil {
		return Preparation{}, err
	}
	if view.State != application.Approved && view.State != application.InEffect {
		return Preparation{}, command.ErrNotFound
	}
	p := Preparation{Case: view, Started: view.State == application.InEffect}
	p.MayTick = p.Started && actor.Role.MayApply()
	q := d.DB.Read().Queries
	if p.IDs, err = SetupOf(ctx, d.Runner, q, id, view.Establishment.ID, view.Start, view.Now); err != nil {
		return Preparation{}, err
	}
	for _, one := range p.IDs {
		p.Done, p.All = p.Done+one.Done, p.All+len(one.Steps)
	}
	if p.Terminals, err = terminals(ctx, d.Runner, q, actor.Establishment, view.Now); err != nil {
		return Preparation{}, err
	}
	p.Files, err = d.offered(ctx, q, actor.Establishment)
	return p, err
}

// SetupOf is the check list of the IDs that were born of an application, as the contract has them on the
// start date: re-issued or changed ones were set up long ago.
func SetupOf(ctx context.Context, d *command.Runner, q command.Reader, app, establishment string, start calendar.Date, now time.Time) ([]IDSetup, error) {
	born, err := store.Once(ctx, "ListIDsOf", q.ListIDsOf, app)
	if err != nil {
		return nil, fmt.Errorf("reading the IDs of application %s: %w", app, err)
	}
	ticks, err := q.ListSetupTicks(ctx, app)
	if err != nil {
		return nil, fmt.Errorf("reading the ticks of application %s: %w", app, err)
	}
	then, err := holding.ContractOn(ctx, d, q, establishment, start, now)
	if err != nil {
		return nil, err
	}
	var list []IDSetup
	for _, code := range then.Codes {
		for _, id := range code.IDs {
			if !slices.ContainsFunc(born, func(b query.UserID) bool { return b.ID == string(id.ID) }) {
				continue
			}
			one := IDSetup{Code: code.Code, IssuedID: casefile.IssuedID{ID: id.ID, Number: id.ID.Number(), Trades: id.Trades, Method: id.Method, SingleSignOn: id.SingleSignOn}}
			one.fill(d.Catalogue.SetupFor(id.Trades, []string{id.Method}, code.StatsPaid || code.StatsFree), ticks)
			list = append(list, one)
		}
	}
	return list, nil
}

func (s *IDSetup) fill(steps []catalogue.SetupTransaction, ticks []query.SetupTick) {
	for _, step := range steps {
		one := SetupStep{SetupTransaction: step}
		for _, t := range ticks {
			if t.UserID == string(s.ID) && t.Step == step.Code {
				one.By, one.At = t.Name, t.At.Time
				s.Done++
			}
		}
		s.Steps = append(s.Steps, one)
	}
}

// TickSetup notes that U業務 of an ID are done: a step's code, or "*" for all that are left. What somebody
// else has ticked meanwhile stays theirs.
func (d *Desk) TickSetup(ctx context.Context, actor account.Actor, app string, id userid.ID, step string) error {
	return d.Do(ctx, actor, func(a *command.Tx) error {
		one, err := setupStep(a, app, id, step)
		if err != nil {
			return err
		}
		done := 0
		for _, s := range one.Steps {
			if s.By != "" || step != allSteps && s.Code != step {
				continue
			}
			fresh, err := a.Store.InsertSetupTick(ctx, query.InsertSetupTickParams{Application: app, UserID: string(id), Step: s.Code,
				Account: string(actor.ID), Name: actor.Name, At: column.At(a.Now)})
			if err != nil {
				return fmt.Errorf("ticking step %s of %s: %w", s.Code, id, err)
			}
			done += int(fresh)
		}
		if done == 0 {
			return nil
		}
		return a.AuditOf("tick-setup", string(id), map[audit.Key]string{audit.Receipt: string(a.App.Receipt), audit.SetupStep: step}, nil)
	})
}

// UntickSetup takes a tick back, whoever set it.
func (d *Desk) UntickSetup(ctx context.Context, actor account.Actor, app string, id userid.ID, step string) error {
	return d.Do(ctx, actor, func(a *command.Tx) error {
		if _, err := setupStep(a, app, id, step); err != nil {
			return err
		}
		gone, err := a.Store.DeleteSetupTick(ctx, query.DeleteSetupTickParams{Application: app, UserID: string(id), Step: step})
		if err != nil {
			return fmt.Errorf("taking back the tick of step %s of %s: %w", step, id, err)
		}
		if gone == 0 {
			return nil
		}
		return a.AuditOf("untick-setup", string(id), map[audit.Key]string{audit.Receipt: string(a.App.Receipt), audit.SetupStep: step}, nil)
	})
}

// allSteps stands for every step of an ID.
const allSteps = "*"

// setupStep finds the ID with the step that is to be ticked or unticked, if this may be done now:
//   - by those who may apply for the establishment,
//   - from the start date on: before, nobody can have logged on to do it (R-CON-1, R-CON-3),
//   - never for an application that came to nothing.
func setupStep(a *command.Tx, app string, id userid.ID, step string) (IDSetup, error) {
	if !a.Actor.Role.MayApply() {
		return IDSetup{}, command.ErrForbidden
	}
	row, err := command.Visible(a.Ctx, a.Store.Queries, a.Actor, app)
	if err != nil {
		return IDSetup{}, err
	}
	a.App = row
	switch command.StandingOf(row).StateAt(a.Now) {
	case application.InEffect:
	case application.Approved:
		return IDSetup{}, problem.List{problem.New("", "R-CON-3", "U業務は利用開始日（%s）から行えます。その日から、済んだものにしるしを付けてください。", row.StartDate.Date)}
	default:
		return IDSetup{}, command.ErrNotFound
	}
	list, err := SetupOf(a.Ctx, a.Runner, a.Store.Queries, app, row.Establishment, row.StartDate.Date, a.Now)
	if err != nil {
		return IDSetup{}, err
	}
	for _, one := range list {
		known := step == allSteps || slices.ContainsFunc(one.Steps, func(s SetupStep) bool { return s.Code == step })
		if one.ID == id && known {
			return one, nil
		}
	}
	return IDSetup{}, command.ErrNotFound
}

// SetupDays is for how many business days after the start the top menu reminds of U業務 that are not ticked.
const SetupDays = 10

// ParseTick reads what the page sends: an ID and a step with a blank between.
func ParseTick(typed string) (userid.ID, string, error) {
	id, step, found := strings.Cut(typed, " ")
	parsed, err := userid.ParseID(id)
	if err != nil || !found || step == "" {
		return "", "", command.ErrNotFound
	}
	return parsed, step, nil
}

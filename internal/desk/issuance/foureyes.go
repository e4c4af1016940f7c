package issuance

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/casefile"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/problem"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// A FourEyesRule is one kind of item and whether its approval takes four eyes.
type FourEyesRule struct {
	Kind, Name string
	Required   bool
}

// FourEyes are the rules of all kinds that are offered, and how many people of the centre can approve now.
func (d *Desk) FourEyes(ctx context.Context, actor account.Actor) (rules []FourEyesRule, people int, err error) {
	if !actor.Role.OfCentre() {
		return nil, 0, command.ErrForbidden
	}
	q := d.DB.Read().Queries
	required, err := casefile.FourEyesKinds(ctx, q)
	if err != nil {
		return nil, 0, err
	}
	for _, kind := range d.Catalogue.Kinds {
		if kind.Offered {
			rules = append(rules, FourEyesRule{kind.Key, kind.Name, required[kind.Key]})
		}
	}
	count, err := q.CountDeciders(ctx)
	if err != nil {
		return nil, 0, fmt.Errorf("counting who can approve: %w", err)
	}
	return rules, int(count), nil
}

// SetFourEyes turns the rule on or off for a kind, also for the applications that wait for a decision: their pages
// become stale. Turning it on is refused where fewer than two people could approve.
func (d *Desk) SetFourEyes(ctx context.Context, actor account.Actor, kind string, required bool) error {
	if actor.Role != account.Supervisor {
		return command.ErrForbidden
	}
	if _, known := d.Catalogue.Kind(kind); !known {
		return command.ErrNotFound
	}
	return d.Do(ctx, actor, func(a *command.Tx) error {
		before, err := casefile.FourEyesKinds(ctx, a.Store.Queries)
		if err != nil || before[kind] == required {
			return err
		}
		if required {
			if err := enoughPeople(a, "kind."+kind); err != nil {
				return err
			}
		}
		id, err := d.NewID()
		if err != nil {
			return err
		}
		err = a.Store.InsertFourEyes(ctx, query.InsertFourEyesParams{ID: id, Kind: kind, Required: required,
			RecordedAt: column.At(a.Now), RecordedBy: string(actor.ID)})
		if err != nil {
			return fmt.Errorf("writing the rule of four eyes: %w", err)
		}
		if err := applyFourEyes(a); err != nil {
			return err
		}
		return a.AuditOf("set-four-eyes", kind, map[audit.Key]string{audit.State: strconv.FormatBool(required)}, nil)
	})
}

func enoughPeople(a *command.Tx, field string) error {
	people, err := a.Store.CountDeciders(a.Ctx)
	if err != nil {
		return fmt.Errorf("counting who can approve: %w", err)
	}
	if people < casefile.NeededForFourEyes {
		return problem.List{problem.New(field, "R-EX-6",
			"承認できる人が%d人しかいないため、二人承認にできません。審査担当者または審査責任者を2人以上にしてください。", int(people))}
	}
	return nil
}

// applyFourEyes brings the applications that wait for a decision under the rules as they are now.
func applyFourEyes(a *command.Tx) error {
	rows, err := a.Store.OpenForDecision(a.Ctx)
	if err != nil {
		return fmt.Errorf("reading what waits for a decision: %w", err)
	}
	for _, row := range rows {
		required, err := casefile.NeedsFourEyes(a.Ctx, a.Store.Queries, strings.Fields(row.Kinds))
		if err != nil {
			return err
		}
		if err := a.Store.SetFourEyes(a.Ctx, query.SetFourEyesParams{FourEyes: required, ID: row.ID}); err != nil {
			return fmt.Errorf("putting application %s under the rule of four eyes: %w", row.ID, err)
		}
	}
	return nil
}

// Propose is the first pair of eyes: the claimant's verdict, checked as the approval would be, kept for another to
// approve. Nothing is issued.
func (d *Desk) Propose(ctx context.Context, actor account.Actor, ref command.Ref, in casefile.ApproveForm) error {
	now, err := d.DeskTime(ctx)
	if err != nil {
		return err
	}
	start, err := d.startFor(ctx, actor, ref, application.Propose, in.Start, now)
	if err != nil {
		return err
	}
	return d.Command(ctx, actor, ref, application.Propose, func(a *command.Tx, _ application.Step) error {
		if err := proposable(a, in, start); err != nil {
			return err
		}
		in.Start = start.String()
		text, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("writing a proposal: %w", err)
		}
		a.App.Proposal = string(text)
		a.App.ProposedAt, a.App.ProposedBy, a.App.ProposedName = column.At(a.Now), string(actor.ID), actor.Name
		if err := a.Record(string(application.Propose), map[string]string{"start": start.String()}, true); err != nil {
			return err
		}
		return a.Audit(string(application.Propose), map[audit.Key]string{audit.Receipt: string(a.App.Receipt),
			audit.StartDate: start.String()}, nil)
	})
}

// proposable asks what the approval would ask, short of issuing, and whether anybody else could approve.
func proposable(a *command.Tx, in casefile.ApproveForm, start calendar.Date) error {
	if err := shown(a, in.Round); err != nil {
		return err
	}
	est, err := a.LockEstablishment()
	if err != nil {
		return err
	}
	if err := enoughPeople(a, ""); err != nil {
		return err
	}
	doc, _, err := command.RegisteredDocument(a.Ctx, a.Store.Queries, a.App)
	if err != nil {
		return err
	}
	if _, err := readChoice(a, est, doc, in); err != nil {
		return err
	}
	settings, err := casefile.SettingsOf(a.Ctx, a.Store.Queries, a.App)
	if err != nil {
		return err
	}
	return approvable(a, est, doc, settings, start, application.Complete(doc, settings, a.Runner.Catalogue), in.Reason)
}

// proposed is the verdict that counts: under four eyes exactly what was proposed, whatever the form says. A start date
// that differs from the proposed one was typed on another page and is stale.
func proposed(a *command.Tx, in casefile.ApproveForm, start calendar.Date) (casefile.ApproveForm, error) {
	if !a.App.FourEyes {
		return in, nil
	}
	verdict, err := casefile.ProposalOf(a.App)
	if err != nil {
		return in, err
	}
	if verdict.Start != start.String() {
		return in, problem.List{problem.New("start", "R-EX-6",
			"提案された利用開始日は%sです。変更するには、提案をやり直してもらってください。", verdict.Start)}
	}
	return verdict.ApproveForm, nil
}

package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/problem"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// Four eyes (R-EX-6): for kinds of which the supervisor has said so, the claimant proposes an approval and another of
// the centre approves exactly that. The rule is never left standing where fewer than two people could carry it out
// (trap 26): it is then refused, and a proposal says so instead of waiting for nobody.

// needed is how many people four eyes take.
const neededForFourEyes = 2

// A FourEyesRule is one kind of item and whether its approval takes four eyes.
type FourEyesRule struct {
	Kind, Name string
	Required   bool
}

// FourEyes are the rules of all kinds that are offered, and how many people of the centre can approve now.
func (d *Desk) FourEyes(ctx context.Context, actor account.Actor) (rules []FourEyesRule, people int, err error) {
	if !actor.Role.OfCentre() {
		return nil, 0, ErrForbidden
	}
	q := d.DB.Read().Queries
	required, err := fourEyesKinds(ctx, q)
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

// fourEyesKinds are the kinds that need four eyes now.
func fourEyesKinds(ctx context.Context, q reader) (map[string]bool, error) {
	rows, err := q.ListFourEyes(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading which kinds need four eyes: %w", err)
	}
	required := map[string]bool{}
	for _, row := range rows {
		required[row.Kind] = row.Required
	}
	return required, nil
}

// needsFourEyes says whether one of the kinds needs four eyes now.
func needsFourEyes(ctx context.Context, q reader, kinds []string) (bool, error) {
	required, err := fourEyesKinds(ctx, q)
	return slices.ContainsFunc(kinds, func(kind string) bool { return required[kind] }), err
}

// SetFourEyes turns the rule on or off for a kind, also for the applications that wait for a decision: their pages
// become stale. Turning it on is refused where fewer than two people could approve.
func (d *Desk) SetFourEyes(ctx context.Context, actor account.Actor, kind string, required bool) error {
	if actor.Role != account.Supervisor {
		return ErrForbidden
	}
	if _, known := d.Catalogue.Kind(kind); !known {
		return ErrNotFound
	}
	return d.begin(ctx, actor, func(a *act) error {
		before, err := fourEyesKinds(ctx, a.tx.Queries)
		if err != nil || before[kind] == required {
			return err
		}
		if required {
			if err := a.enoughPeople("kind." + kind); err != nil {
				return err
			}
		}
		id, err := d.newID()
		if err != nil {
			return err
		}
		err = a.tx.InsertFourEyes(ctx, query.InsertFourEyesParams{ID: id, Kind: kind, Required: required,
			RecordedAt: column.At(a.now), RecordedBy: string(actor.ID)})
		if err != nil {
			return fmt.Errorf("writing the rule of four eyes: %w", err)
		}
		if err := a.applyFourEyes(); err != nil {
			return err
		}
		return a.auditOf("set-four-eyes", kind, map[audit.Key]string{audit.State: strconv.FormatBool(required)}, nil)
	})
}

func (a *act) enoughPeople(field string) error {
	people, err := a.tx.CountDeciders(a.ctx)
	if err != nil {
		return fmt.Errorf("counting who can approve: %w", err)
	}
	if people < neededForFourEyes {
		return problem.List{problem.New(field, "R-EX-6",
			"承認できる人が%d人しかいないため、二人承認にできません。審査担当者または審査責任者を2人以上にしてください。", int(people))}
	}
	return nil
}

// applyFourEyes brings the applications that wait for a decision under the rules as they are now.
func (a *act) applyFourEyes() error {
	rows, err := a.tx.OpenForDecision(a.ctx)
	if err != nil {
		return fmt.Errorf("reading what waits for a decision: %w", err)
	}
	for _, row := range rows {
		required, err := needsFourEyes(a.ctx, a.tx.Queries, strings.Fields(row.Kinds))
		if err != nil {
			return err
		}
		if err := a.tx.SetFourEyes(a.ctx, query.SetFourEyesParams{FourEyes: required, ID: row.ID}); err != nil {
			return fmt.Errorf("putting application %s under the rule of four eyes: %w", row.ID, err)
		}
	}
	return nil
}

// letGo takes the claimant off an application, and what that claimant proposed with it.
func (a *act) letGo() {
	a.app.Holder, a.app.HolderName = "", ""
	a.app.ProposedAt, a.app.ProposedBy, a.app.ProposedName, a.app.Proposal = column.Time{}, "", "", ""
}

// Propose is the first pair of eyes: the claimant's verdict, checked as the approval would be, kept for another to
// approve. Nothing is issued.
func (d *Desk) Propose(ctx context.Context, actor account.Actor, ref Ref, in ApproveForm) error {
	now, err := d.moment(ctx)
	if err != nil {
		return err
	}
	start, err := d.startFor(ctx, actor, ref, application.Propose, in.Start, now)
	if err != nil {
		return err
	}
	return d.command(ctx, actor, ref, application.Propose, func(a *act, _ application.Step) error {
		if err := a.proposable(in, start); err != nil {
			return err
		}
		in.Start = start.String()
		text, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("writing a proposal: %w", err)
		}
		a.app.Proposal = string(text)
		a.app.ProposedAt, a.app.ProposedBy, a.app.ProposedName = column.At(a.now), string(actor.ID), actor.Name
		if err := a.record(string(application.Propose), map[string]string{"start": start.String()}, true); err != nil {
			return err
		}
		return a.audit(string(application.Propose), map[audit.Key]string{audit.Receipt: string(a.app.Receipt),
			audit.StartDate: start.String()}, nil)
	})
}

// proposable asks what the approval would ask, short of issuing, and whether anybody else could approve.
func (a *act) proposable(in ApproveForm, start calendar.Date) error {
	if err := a.shown(in.Round); err != nil {
		return err
	}
	est, err := a.lockEstablishment()
	if err != nil {
		return err
	}
	if err := a.enoughPeople(""); err != nil {
		return err
	}
	doc, _, err := registeredDocument(a.ctx, a.tx.Queries, a.app)
	if err != nil {
		return err
	}
	if _, err := a.readChoice(est, doc, in); err != nil {
		return err
	}
	settings, err := settingsOf(a.ctx, a.tx.Queries, a.app)
	if err != nil {
		return err
	}
	return a.approvable(est, doc, settings, start, application.Complete(doc, settings, a.desk.Catalogue), in.Reason)
}

// A Proposal is what the claimant proposed, for the page of the second pair of eyes.
type Proposal struct {
	ApproveForm
	By string
}

// proposed is the verdict that counts: under four eyes exactly what was proposed, whatever the form says. A start date
// that differs from the proposed one was typed on another page and is stale.
func (a *act) proposed(in ApproveForm, start calendar.Date) (ApproveForm, error) {
	if !a.app.FourEyes {
		return in, nil
	}
	verdict, err := proposalOf(a.app)
	if err != nil {
		return in, err
	}
	if verdict.Start != start.String() {
		return in, problem.List{problem.New("start", "R-EX-6",
			"提案された利用開始日は%sです。変更するには、提案をやり直してもらってください。", verdict.Start)}
	}
	return verdict.ApproveForm, nil
}

func proposalOf(app query.Application) (Proposal, error) {
	p := Proposal{By: app.ProposedName}
	if err := json.Unmarshal([]byte(app.Proposal), &p.ApproveForm); err != nil {
		return p, fmt.Errorf("reading the proposal of application %s: %w", app.ID, err)
	}
	return p, nil
}

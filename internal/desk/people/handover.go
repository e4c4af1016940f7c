package people

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk/casefile"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// Handing over: what an examiner has claimed goes back to the unclaimed ones or to a colleague, and with it goes the
// proposal that rested on the one who leaves (R-EX-6). What a person of an establishment had in hand is from then on
// in the successor's: who registered it and who may read its passwords does not change (R-SEC-7), but the mails that
// would have gone to somebody who is stopped go to the successor.

// HandOver is the event of an application that has changed hands.
const HandOver = "hand-over"

// handOverPage is how many applications are read at once.
const handOverPage = 100

// inHands are a person's applications that go on, some of them.
func inHands(ctx context.Context, q command.Reader, p query.Account) (rows []query.Application, err error) {
	if account.Role(p.Role).OfCentre() {
		rows, err = q.HeldBy(ctx, query.HeldByParams{Holder: column.Text(p.ID), Most: handOverPage})
	} else {
		rows, err = q.KeptBy(ctx, query.KeptByParams{Establishment: string(p.Establishment), Keeper: p.ID, Most: handOverPage})
	}
	if err != nil {
		return nil, fmt.Errorf("reading what %s has in hand: %w", p.ID, err)
	}
	return rows, nil
}

// kept is the same for a page. The centre does not see what was never registered: whoever manages an
// establishment's people from there learns that there is a draft, and no more.
func (d *Desk) kept(ctx context.Context, q command.Reader, p query.Account) ([]KeptApplication, error) {
	rows, err := inHands(ctx, q, p)
	if err != nil {
		return nil, err
	}
	var kept []KeptApplication
	for _, row := range rows {
		kept = append(kept, KeptApplication{ID: row.ID, Receipt: string(row.Receipt), Items: row.Items, State: row.State})
	}
	return kept, nil
}

// HandOver gives what a person has in hand to somebody else without stopping the person, or after the person was
// stopped.
func (d *Desk) HandOver(ctx context.Context, actor account.Actor, ref MemberRef, successor account.ID) error {
	return d.changeMember(ctx, actor, ref, func(c *change) error {
		if err := c.handOver(successor); err != nil {
			return err
		}
		if c.handed == 0 {
			return c.refuse("successor", "引き継ぐ申込はありません。")
		}
		return c.note(HandOver, account.Role(c.p.Role))
	})
}

// handOver gives all that the person has in hand to a successor. Of an establishment somebody must be named as long
// as there is somebody; at the centre "" lets the applications go.
func (c *change) handOver(successor account.ID) error {
	rows, err := inHands(c.Ctx, c.Store.Queries, c.p)
	if err != nil || len(rows) == 0 {
		return err
	}
	if err := command.AdmitsBy(c.Ctx, c.Store.Queries, c.Actor, command.Changing); err != nil {
		return err // what changes an application waits for an open desk
	}
	if err := c.choose(successor); err != nil {
		return err
	}
	if c.to.ID == "" && c.p.Establishment != "" {
		return nil // nobody is there yet; whoever comes finds them
	}
	for len(rows) > 0 {
		for _, row := range rows {
			if err := c.handOn(row.ID); err != nil {
				return err
			}
		}
		if rows, err = inHands(c.Ctx, c.Store.Queries, c.p); err != nil {
			return err
		}
	}
	return nil
}

// choose reads the successor, who must be able to go on with the work.
func (c *change) choose(successor account.ID) error {
	possible, err := successors(c.Ctx, c.Store.Queries, c.p)
	if err != nil {
		return err
	}
	if successor == "" {
		if c.p.Establishment != "" && len(possible) > 0 {
			return c.refuse("successor", "この方が扱っている申込があります。引き継ぐ方を選択してください。")
		}
		return nil
	}
	if !slices.ContainsFunc(possible, func(p command.Person) bool { return p.ID == successor }) {
		return c.refuse("successor", "選択した方には引き継げません。利用中の、申込を扱える方を選択してください。")
	}
	if c.to, err = c.Store.GetAccount(c.Ctx, string(successor)); err != nil {
		return fmt.Errorf("reading account %s: %w", successor, err)
	}
	return nil
}

// handOn is one application that changes hands. One that has moved on meanwhile is let be.
func (c *change) handOn(id string) error {
	app, err := c.Store.SeizeApplication(c.Ctx, query.SeizeApplicationParams{ID: id, Owner: column.Text(c.p.ID)})
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return nil
	} else if err != nil {
		return fmt.Errorf("locking application %s: %w", id, err)
	}
	c.App = app
	centre := c.p.Establishment == ""
	switch {
	case centre && c.to.ID == "":
		err = c.letGoOf()
	case centre:
		casefile.LetGo(c.Tx)
		c.App.Holder, c.App.HolderName = column.Text(c.to.ID), c.to.Name
		err = c.passedOn(true)
	default:
		c.App.DraftBy = c.to.ID
		err = c.passedOn(false)
	}
	if err != nil {
		return err
	}
	c.handed++
	return c.Write()
}

// letGoOf is the release of the life cycle, by the supervisor.
func (c *change) letGoOf() error {
	step, err := application.Decide(command.StandingOf(c.App), application.Release, c.Actor, c.Now)
	if err != nil {
		return err
	}
	c.SetState(step)
	casefile.LetGo(c.Tx)
	if err := c.Record(string(application.Release), map[string]string{"before": c.p.Name}, true); err != nil {
		return err
	}
	return c.Audit(string(application.Release), map[audit.Key]string{audit.Holder: c.p.ID}, nil)
}

// passedOn leaves the trace of an application that went to the successor; that of the centre stays inside it.
func (c *change) passedOn(internal bool) error {
	detail := map[string]string{"before": c.p.Name, "to": c.to.ID, "to_name": c.to.Name}
	if err := c.Record(HandOver, detail, internal); err != nil {
		return err
	}
	return c.Audit(HandOver, map[audit.Key]string{audit.Holder: c.p.ID, audit.Successor: c.to.ID}, nil)
}

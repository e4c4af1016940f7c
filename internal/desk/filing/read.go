package filing

import (
	"cmp"
	"context"
	"slices"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/charge"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk/casefile"
	"uketsuke/internal/desk/centre"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/holding"
)

// ContractAsWished is the contract of today beside the one that the application would make of it on its
// start date, wished or confirmed: the marks of the confirmation and of the examiner's page. What other applications change until then is in it.
func (d *Desk) ContractAsWished(ctx context.Context, actor account.Actor, id string) (today, then contract.Contract, err error) {
	w, err := d.wished(ctx, actor, id)
	if err != nil {
		return today, then, err
	}
	return contract.AsOf(w.facts, w.today, w.voided), contract.AsOf(w.with, w.day, w.voided), nil
}

// ChargeAsWished is what the application alone does to the monthly charge from its start date on, at the prices of
// that day (R-CON-5): what others change until then is on both sides.
func (d *Desk) ChargeAsWished(ctx context.Context, actor account.Actor, id string) (charge.Change, error) {
	w, err := d.wished(ctx, actor, id)
	if err != nil {
		return charge.Change{}, err
	}
	return charge.ChangeOf(contract.AsOf(w.facts, w.day, w.voided), contract.AsOf(w.with, w.day, w.voided), w.day, d.Catalogue.Charges)
}

// A wish is the facts of an establishment without and with what an application would make of them.
type wish struct {
	facts, with contract.Facts
	voided      contract.Voided
	today, day  calendar.Date // day is the start, wished or confirmed; today while there is no wish
}

func (d *Desk) wished(ctx context.Context, actor account.Actor, id string) (w wish, err error) {
	now, err := d.DeskTime(ctx)
	if err != nil {
		return w, err
	}
	q := d.DB.Read().Queries
	app, err := command.Visible(ctx, q, actor, id)
	if err != nil {
		return w, err
	}
	view, err := d.casefile.Written(ctx, actor, id)
	if err != nil {
		return w, err
	}
	if w.facts, err = holding.FactsOf(ctx, q, app.Establishment); err != nil {
		return w, err
	}
	if w.voided, err = holding.VoidedOf(ctx, q, app.Establishment, now); err != nil {
		return w, err
	}
	w.today, w.with = calendar.DateOf(now), w.facts
	w.day = cmp.Or(view.Start, view.Desired, w.today)
	if !app.ApprovedAt.IsZero() {
		return w, nil // its facts stand already
	}
	planned, err := d.casefile.Planned(ctx, q, app, view.Document)
	if err != nil {
		return w, err
	}
	effects := application.Effects(id, view.Document, planned, w.day, now)
	w.with.Codes = slices.Concat(w.facts.Codes, effects.Codes)
	w.with.IDs = slices.Concat(w.facts.IDs, effects.IDs)
	w.with.Services = slices.Concat(w.facts.Services, effects.Services)
	return w, nil
}

// Preview is the live picture: the codes and IDs that the application would give if it were approved
// now, with the form's block added to its code as far as it can be read.
func (d *Desk) Preview(ctx context.Context, actor account.Actor, id string, placeholder int, form CodeForm) ([]casefile.IssuedCode, error) {
	q := d.DB.Read().Queries
	app, err := command.Visible(ctx, q, actor, id)
	if err != nil {
		return nil, err
	}
	if !actor.Role.OfEstablishment() {
		return nil, command.ErrForbidden // a returned application's working copy is not for the centre
	}
	draft, err := command.DraftOf(app)
	if err != nil {
		return nil, err
	}
	doc := draft.Document
	item, err := itemOf(doc, placeholder)
	if err != nil {
		return nil, err
	}
	item, _ = withForm(item, form, false)
	if len(item.Rows) > 0 {
		doc.Codes = slices.Clone(doc.Codes)
		at := slices.Index(placeholders(doc), item.Placeholder)
		if at < 0 {
			doc.Codes = append(doc.Codes, item)
		} else {
			doc.Codes[at] = item
		}
	}
	planned, err := d.casefile.Planned(ctx, q, app, doc)
	return casefile.PlannedCodes(doc, planned), err
}

// Start is what the first pages of the wizard need: what can be applied for, and the possible days (R-APP-11).
func (d *Desk) Start(ctx context.Context, _ account.Actor) (StartPage, error) {
	now, err := d.DeskTime(ctx)
	if err != nil {
		return StartPage{}, err
	}
	cal, err := command.BusinessCalendar(ctx, d.DB.Read().Queries)
	if err != nil {
		return StartPage{}, err
	}
	page := StartPage{BaseDay: application.BaseDay(cal, now), Earliest: application.EarliestWish(cal, now),
		Latest: application.LatestWish(cal, now), Today: calendar.DateOf(now)}
	for _, kind := range d.Catalogue.Kinds {
		if kind.Offered {
			page.Kinds = append(page.Kinds, kind)
		}
	}
	for day := page.Earliest; !day.After(page.Latest); day = day.AddDays(1) {
		if cal.IsBusinessDay(day) {
			page.Days = append(page.Days, day)
		}
	}
	page.Closed = centre.ClosedDays(cal, page.Earliest, page.Latest)
	return page, nil
}

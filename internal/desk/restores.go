package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
)

// A Forgotten is one thing that a restored database does not know any more. Establishment is its name, "" when
// the database has forgotten that too; Application is "" unless the database knows it, and Receipt is then its number.
type Forgotten struct {
	Key, EstablishmentID, Establishment string
	Application, Receipt                string
	GivenAt                             time.Time
	Detail                              string // a mail's kind
}

// A ForgottenKind is a part of what was forgotten; More says that there is more than is listed.
type ForgottenKind struct {
	Kind string
	List []Forgotten
	More bool
}

// A RestoreView is one restore with what people have to look after.
type RestoreView struct {
	Restored
	Kinds []ForgottenKind
}

// forgottenMost is how much of a kind the page lists.
const forgottenMost = 200

// Restores lists the restores that were noticed, the latest first, with what the database forgot (R-ID-6). For the
// centre's staff.
func (d *Desk) Restores(ctx context.Context, actor account.Actor) ([]RestoreView, error) {
	if !actor.Role.OfCentre() {
		return nil, ErrForbidden
	}
	now, err := d.moment(ctx)
	if err != nil {
		return nil, err
	}
	q := d.DB.Read().Queries
	rows, err := q.ListRestores(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the restores: %w", err)
	}
	var views []RestoreView
	for _, row := range rows {
		v := RestoreView{Restored: Restored{ID: row.ID, At: row.NotedAt.Time, Codes: row.Codes, IDs: row.Ids, Receipts: row.Receipts,
			Invoices: row.Invoices, Mails: row.Mails, Checkpoint: row.Checkpoint}}
		for _, kind := range kindsGiven() {
			part, err := forgottenOf(ctx, q, row.ID, string(kind), calendar.DateOf(now))
			if err != nil {
				return nil, err
			}
			v.Kinds = append(v.Kinds, part)
		}
		views = append(views, v)
	}
	return views, nil
}

func forgottenOf(ctx context.Context, q reader, restore, kind string, on calendar.Date) (ForgottenKind, error) {
	part := ForgottenKind{Kind: kind}
	rows, err := q.LostOf(ctx, query.LostOfParams{Restored: restore, Kind: kind, Most: forgottenMost + 1})
	if err != nil {
		return part, fmt.Errorf("reading what was forgotten: %w", err)
	}
	if part.More = len(rows) > forgottenMost; part.More {
		rows = rows[:forgottenMost]
	}
	names := map[string]string{}
	for _, row := range rows {
		f := Forgotten{Key: row.Thing, EstablishmentID: row.Establishment, GivenAt: row.GivenAt.Time, Detail: row.Detail}
		if app, err := q.GetApplication(ctx, row.Application); err == nil {
			if app.Round > 0 { // a draft is nobody's business (R-APP-13)
				f.Application, f.Receipt = app.ID, string(app.Receipt)
			}
			f.EstablishmentID = app.Establishment
		} else if !errors.Is(store.Missing(err), store.ErrNotFound) {
			return part, fmt.Errorf("reading application %s: %w", row.Application, err)
		}
		name, known := names[f.EstablishmentID]
		if !known && f.EstablishmentID != "" {
			est, err := establishmentOf(ctx, q, f.EstablishmentID, on)
			if err != nil && !errors.Is(err, ErrNotFound) {
				return part, err
			}
			name = est.Name
			names[f.EstablishmentID] = name
		}
		f.Establishment = name
		part.List = append(part.List, f)
	}
	return part, nil
}

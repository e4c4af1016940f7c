package recovery

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/ledger"
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
	// Again is who has it now, "" for nobody: it was given out twice.
	Again string
}

// The kinds of things that can be forgotten, as the ledger names them.
const (
	ForgottenCode    = string(ledger.Code)
	ForgottenID      = string(ledger.UserID)
	ForgottenReceipt = string(ledger.Receipt)
	ForgottenInvoice = string(ledger.Invoice)
	ForgottenMail    = string(ledger.Mail)
)

// A ForgottenKind is a part of what was forgotten, in the order of its keys; Next is where the rest begins, "" if there is
// none.
type ForgottenKind struct {
	Kind string
	List []Forgotten
	Next string
}

// A RestoreView is one restore with what people have to look after.
type RestoreView struct {
	Restored
	Kinds []ForgottenKind
}

// forgottenMost is how much of a kind a page lists.
const forgottenMost = 50

// Restores lists the restores that were noticed, the latest first, with what the database forgot (R-ID-6). For the
// centre's staff.
func (d *Desk) Restores(ctx context.Context, actor account.Actor) ([]RestoreView, error) {
	if !actor.Role.OfCentre() {
		return nil, command.ErrForbidden
	}
	now, err := d.DeskTime(ctx)
	if err != nil {
		return nil, err
	}
	restores, err := d.Noticed(ctx)
	if err != nil {
		return nil, err
	}
	var views []RestoreView
	for _, r := range restores {
		v := RestoreView{Restored: r}
		for _, kind := range command.KindsGiven() {
			part, err := d.forgottenOf(ctx, r.ID, string(kind), "", calendar.DateOf(now))
			if err != nil {
				return nil, err
			}
			v.Kinds = append(v.Kinds, part)
		}
		views = append(views, v)
	}
	return views, nil
}

func restoredOf(row query.Restore) Restored {
	return Restored{ID: row.ID, At: row.NotedAt.Time, Codes: row.Codes, IDs: row.Ids, Receipts: row.Receipts,
		Invoices: row.Invoices, Mails: row.Mails, Checkpoint: row.Checkpoint}
}

// ForgottenBy is a page of what one restore has lost of a kind, behind a key. ErrNotFound: no such restore or kind.
func (d *Desk) ForgottenBy(ctx context.Context, actor account.Actor, restore, kind, after string) (RestoreView, error) {
	if !actor.Role.OfCentre() {
		return RestoreView{}, command.ErrForbidden
	}
	now, err := d.DeskTime(ctx)
	if err != nil {
		return RestoreView{}, err
	}
	row, err := d.DB.Read().GetRestore(ctx, restore)
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) || err == nil && !slices.Contains(command.KindsGiven(), ledger.Kind(kind)) {
		return RestoreView{}, command.ErrNotFound
	} else if err != nil {
		return RestoreView{}, fmt.Errorf("reading a restore: %w", err)
	}
	part, err := d.forgottenOf(ctx, restore, kind, after, calendar.DateOf(now))
	return RestoreView{Restored: restoredOf(row), Kinds: []ForgottenKind{part}}, err
}

// EachForgotten gives everything that one restore has lost, kind by kind.
func (d *Desk) EachForgotten(ctx context.Context, actor account.Actor, restore string, each func(kind string, f Forgotten) error) error {
	for _, kind := range command.KindsGiven() {
		for after := ""; ; {
			page, err := d.ForgottenBy(ctx, actor, restore, string(kind), after)
			if err != nil {
				return err
			}
			for _, f := range page.Kinds[0].List {
				if err := each(string(kind), f); err != nil {
					return err
				}
			}
			if after = page.Kinds[0].Next; after == "" {
				break
			}
		}
	}
	return nil
}

// Noticed lists the restores and fail-overs that were noticed, the latest first, in numbers.
func (d *Desk) Noticed(ctx context.Context) ([]Restored, error) {
	rows, err := d.DB.Read().ListRestores(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the restores: %w", err)
	}
	var list []Restored
	for _, row := range rows {
		list = append(list, restoredOf(row))
	}
	return list, nil
}

// againOf are those that have what was lost by others.
func againOf(ctx context.Context, q store.Reader, kind string, rows []query.Lost) (map[string]string, error) {
	if kind == string(ledger.Mail) {
		return nil, nil
	}
	var keys []string
	for _, row := range rows {
		keys = append(keys, row.Thing)
	}
	holders, err := q.Holders(ctx, kind, keys)
	if err != nil {
		return nil, err
	}
	again := map[string]string{}
	for _, row := range rows {
		lost := ledger.Entry{Kind: ledger.Kind(kind), Key: row.Thing, Application: row.Application, Establishment: row.Establishment}
		for _, h := range holders[row.Thing] {
			if !h.Lost && !lost.SameOwner(command.HeldBy(lost.Kind, lost.Key, h)) {
				again[row.Thing] = cmp.Or(h.Application, h.Establishment)
			}
		}
	}
	return again, nil
}

func (d *Desk) forgottenOf(ctx context.Context, restore, kind, after string, on calendar.Date) (ForgottenKind, error) {
	q := d.DB.Read().Queries
	part := ForgottenKind{Kind: kind}
	rows, err := q.LostOf(ctx, query.LostOfParams{Restored: restore, Kind: kind, After: after, Most: forgottenMost + 1})
	if err != nil {
		return part, fmt.Errorf("reading what was forgotten: %w", err)
	}
	if len(rows) > forgottenMost {
		rows = rows[:forgottenMost]
		part.Next = rows[forgottenMost-1].Thing
	}
	again, err := againOf(ctx, d.DB.Read(), kind, rows)
	if err != nil {
		return part, err
	}
	names := map[string]string{}
	for _, row := range rows {
		f := Forgotten{Key: row.Thing, EstablishmentID: row.Establishment, GivenAt: row.GivenAt.Time, Detail: row.Detail, Again: again[row.Thing]}
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
			est, err := command.EstablishmentOf(ctx, q, f.EstablishmentID, on)
			if err != nil && !errors.Is(err, command.ErrNotFound) {
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

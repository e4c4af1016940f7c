package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// CopyAsNew makes a new draft of what one of the establishment's applications asked for, in whatever state that
// is once it was registered: kinds, reason, codes and settings are copied, the contact is to be confirmed again,
// and there is no wish yet. What exists is brought to what the contract says today. Pressed again by the same
// person before the draft was saved, it gives that draft.
func (d *Desk) CopyAsNew(ctx context.Context, actor account.Actor, id string) (Ref, error) {
	var ref Ref
	err := d.begin(ctx, actor, func(a *act) error {
		source, err := visible(ctx, a.tx.Queries, actor, id)
		if err != nil {
			return err
		}
		switch {
		case !actor.Role.MayApply():
			return ErrForbidden
		case source.Round == 0:
			return ErrNotFound // a draft is worked on, not copied
		}
		a.app = query.Application{Establishment: source.Establishment, State: string(application.InDraft)}
		est, err := a.lockEstablishment() // so that one of two presses finds the other's draft
		if err != nil {
			return err
		}
		before, err := a.tx.UntouchedCopy(ctx, query.UntouchedCopyParams{Establishment: est.ID, CopiedFrom: id, DraftBy: string(actor.ID)})
		if err = store.Missing(err); err == nil {
			ref = Ref{ID: before.ID, Version: before.Version}
			return nil
		} else if !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("looking for a copy of application %s: %w", id, err)
		}
		ref, err = a.insertCopy(source, est)
		return err
	})
	return ref, err
}

// insertCopy writes the draft, its first event and the evidence.
func (a *act) insertCopy(source query.Application, est query.Establishment) (Ref, error) {
	draft, err := a.copied(source)
	if err != nil {
		return Ref{}, err
	}
	text, err := json.Marshal(draft)
	if err != nil {
		return Ref{}, fmt.Errorf("writing a copy: %w", err)
	}
	id, err := a.desk.newID()
	if err != nil {
		return Ref{}, err
	}
	err = a.tx.InsertApplication(a.ctx, query.InsertApplicationParams{
		ID: id, Establishment: est.ID, Draft: string(text), DraftBy: string(a.actor.ID), CopiedFrom: source.ID,
		TouchedAt: column.At(a.now), CreatedAt: column.At(a.now), CreatedBy: string(a.actor.ID), Search: est.Search,
	})
	if err != nil {
		return Ref{}, fmt.Errorf("writing a copy: %w", err)
	}
	a.app.ID = id
	if err := a.record("begin", map[string]string{"copied": string(source.Receipt)}, false); err != nil {
		return Ref{}, err
	}
	return Ref{ID: id, Version: 1}, a.audit("begin", map[audit.Key]string{audit.Receipt: string(source.Receipt)}, nil)
}

// copied is what a copy begins with.
func (a *act) copied(source query.Application) (application.Draft, error) {
	doc, _, err := registeredDocument(a.ctx, a.tx.Queries, source)
	if err != nil {
		return application.Draft{}, err
	}
	settings, err := settingsOf(a.ctx, a.tx.Queries, source)
	if err != nil {
		return application.Draft{}, err
	}
	draft := application.Draft{Document: doc, Settings: settings}
	draft.Document.Desired, draft.Document.Contact.Confirmed = calendar.Date{}, false
	if err := a.refreshExisting(&draft); err != nil {
		return application.Draft{}, err
	}
	for placeholder := range draft.Settings {
		if !slices.Contains(draft.Document.Placeholders(), placeholder) {
			delete(draft.Settings, placeholder)
		}
	}
	return draft, nil
}

// remakeDays is for how many days the top menu offers to begin anew what the settings deadline has ended.
const remakeDays = 60

// voidTodo are the approvals that the settings deadline has ended lately and that nobody has begun anew.
func voidTodo(ctx context.Context, q reader, establishment string, today calendar.Date) ([]Todo, error) {
	apps, err := q.VoidByDeadline(ctx, query.VoidByDeadlineParams{Establishment: establishment, Today: column.On(today),
		Since: column.On(today.AddDays(-remakeDays))})
	if err != nil {
		return nil, fmt.Errorf("reading the void applications: %w", err)
	}
	var todo []Todo
	for _, app := range apps {
		todo = append(todo, Todo{Kind: TodoVoid, Application: app.ID, Receipt: string(app.Receipt), Items: app.Items, Day: app.SettingsDeadline.Date})
	}
	return todo, nil
}

package filing

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
	"uketsuke/internal/desk/casefile"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// CopyAsNew makes a new draft of what one of the establishment's applications asked for, in whatever state that
// is once it was registered: kinds, reason, codes and settings are copied, the contact is to be confirmed again,
// and there is no wish yet. What exists is brought to what the contract says today. Pressed again by the same
// person before the draft was saved, it gives that draft.
func (d *Desk) CopyAsNew(ctx context.Context, actor account.Actor, id string) (command.Ref, error) {
	var ref command.Ref
	err := d.Do(ctx, actor, func(a *command.Tx) error {
		source, err := command.Visible(ctx, a.Store.Queries, actor, id)
		if err != nil {
			return err
		}
		switch {
		case !actor.Role.MayApply():
			return command.ErrForbidden
		case source.Round == 0:
			return command.ErrNotFound // a draft is worked on, not copied
		}
		a.App = query.Application{Establishment: source.Establishment, State: string(application.InDraft)}
		est, err := a.LockEstablishment() // so that one of two presses finds the other's draft
		if err != nil {
			return err
		}
		before, err := a.Store.UntouchedCopy(ctx, query.UntouchedCopyParams{Establishment: est.ID, CopiedFrom: id, DraftBy: string(actor.ID)})
		if err = store.Missing(err); err == nil {
			ref = command.Ref{ID: before.ID, Version: before.Version}
			return nil
		} else if !errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("looking for a copy of application %s: %w", id, err)
		}
		ref, err = insertCopy(a, source, est)
		return err
	})
	return ref, err
}

// insertCopy writes the draft, its first event and the evidence.
func insertCopy(a *command.Tx, source query.Application, est query.Establishment) (command.Ref, error) {
	draft, err := copied(a, source)
	if err != nil {
		return command.Ref{}, err
	}
	text, err := json.Marshal(draft)
	if err != nil {
		return command.Ref{}, fmt.Errorf("writing a copy: %w", err)
	}
	id, err := a.Runner.NewID()
	if err != nil {
		return command.Ref{}, err
	}
	err = a.Store.InsertApplication(a.Ctx, query.InsertApplicationParams{
		ID: id, Establishment: est.ID, Draft: string(text), DraftBy: string(a.Actor.ID), CopiedFrom: source.ID,
		TouchedAt: column.At(a.Now), CreatedAt: column.At(a.Now), CreatedBy: string(a.Actor.ID), Search: est.Search,
	})
	if err != nil {
		return command.Ref{}, fmt.Errorf("writing a copy: %w", err)
	}
	a.App.ID = id
	if err := a.Record("begin", map[string]string{"copied": string(source.Receipt)}, false); err != nil {
		return command.Ref{}, err
	}
	return command.Ref{ID: id, Version: 1}, a.Audit("begin", map[audit.Key]string{audit.Receipt: string(source.Receipt)}, nil)
}

// copied is what a copy begins with.
func copied(a *command.Tx, source query.Application) (application.Draft, error) {
	doc, _, err := command.RegisteredDocument(a.Ctx, a.Store.Queries, source)
	if err != nil {
		return application.Draft{}, err
	}
	settings, err := casefile.SettingsOf(a.Ctx, a.Store.Queries, source)
	if err != nil {
		return application.Draft{}, err
	}
	draft := application.Draft{Document: doc, Settings: settings}
	draft.Document.Desired, draft.Document.Contact.Confirmed = calendar.Date{}, false
	if err := refreshExisting(a, &draft); err != nil {
		return application.Draft{}, err
	}
	for placeholder := range draft.Settings {
		if !slices.Contains(draft.Document.Placeholders(), placeholder) {
			delete(draft.Settings, placeholder)
		}
	}
	return draft, nil
}

// RemakeDays is for how many days the top menu offers to begin anew what the settings deadline has ended.
const RemakeDays = 60

package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/secret"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// noticeDays is how long after its announcement a draft or return is kept at least, even when the
// announcement is late because the service was down.
const noticeDays = 7

// ExpiresOn is the day on which the application of the command ends, unless it is touched (R-APP-13).
func (a *Tx) ExpiresOn() calendar.Date { return ExpiresOn(a.App) }

// ExpiresOn is the day on which a draft or return ends: 90 days after it was touched, and never sooner
// than a week after that was announced.
func ExpiresOn(app query.Application) calendar.Date {
	end := calendar.DateOf(app.TouchedAt.Time).AddDays(application.KeepDays)
	if app.AnnouncedAt.IsZero() {
		return end
	}
	if notice := calendar.DateOf(app.AnnouncedAt.Time).AddDays(noticeDays); end.Before(notice) {
		return notice
	}
	return end
}

// The facts that rules rest on, loaded the same way for commands and for pages.

// TextOf is a text for a column that may be empty, where "" is stored as nothing.
func TextOf(s string) column.Text { return column.Text(s) }

// DraftOf reads the working copy of an application.
func DraftOf(app query.Application) (application.Draft, error) {
	var draft application.Draft
	if err := json.Unmarshal([]byte(app.Draft), &draft); err != nil {
		return draft, fmt.Errorf("reading the draft of application %s: %w", app.ID, err)
	}
	return draft, nil
}

// PutDraft stores the working copy in the row that the act holds.
func (a *Tx) PutDraft(draft application.Draft) error {
	text, err := json.Marshal(draft)
	if err != nil {
		return fmt.Errorf("writing the draft of application %s: %w", a.App.ID, err)
	}
	a.App.Draft, a.App.DraftBy = string(text), string(a.Actor.ID)
	if a.App.State == string(application.InDraft) {
		a.App.TouchedAt, a.App.AnnouncedAt = column.At(a.Now), column.Time{}
	}
	return nil
}

// RegisteredDocument reads the latest registered version, the exact bytes that were digested.
func RegisteredDocument(ctx context.Context, q Reader, app query.Application) (application.Document, query.ApplicationVersion, error) {
	version, err := q.GetVersion(ctx, query.GetVersionParams{Application: app.ID, Round: app.Round})
	if err != nil {
		return application.Document{}, version, fmt.Errorf("reading the registered version of application %s: %w", app.ID, err)
	}
	doc, err := application.Decode([]byte(version.Content))
	if err != nil {
		return doc, version, fmt.Errorf("reading the registered version of application %s: %w", app.ID, err)
	}
	return doc, version, nil
}

// CurrentDocument is the latest registered document, or the draft's before the first registration.
func CurrentDocument(ctx context.Context, q Reader, app query.Application) (application.Document, error) {
	if app.Round == 0 {
		draft, err := DraftOf(app)
		return draft.Document, err
	}
	doc, _, err := RegisteredDocument(ctx, q, app)
	return doc, err
}

// VersionKey names one registered version of an application; the first round is 1.
func VersionKey(id string, round int) query.GetVersionParams {
	return query.GetVersionParams{Application: id, Round: int64(round)}
}

// PeriodOf is the stored reading period (R-SEC-3).
func PeriodOf(app query.Application) secret.Period {
	return secret.Period{From: app.ApprovedAt.Time, Start: app.StartDate.Date, Advised: app.ReadAdvised.Date,
		LastDay: app.ReadLast.Date, FirstClosed: app.ReadClosed.Date}
}

// Visible loads an application that the actor may know of.
func Visible(ctx context.Context, q Reader, actor account.Actor, id string) (query.Application, error) {
	app, err := store.Once(ctx, "GetApplication", q.GetApplication, id)
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return app, ErrNotFound
	} else if err != nil {
		return app, fmt.Errorf("reading application %s: %w", id, err)
	}
	if !MaySee(actor, app) {
		return app, ErrNotFound
	}
	return app, nil
}

// LockInState locks an application by its state; a state that moved on meanwhile makes the page stale.
func (a *Tx) LockInState(ref Ref, state string) error {
	app, err := a.Store.LockApplication(a.Ctx, query.LockApplicationParams{ID: ref.ID, State: state})
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return a.notGuarded(ref)
	} else if err != nil {
		return fmt.Errorf("locking application %s: %w", ref.ID, err)
	}
	a.App = app
	return nil
}

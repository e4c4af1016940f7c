package issuance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk/casefile"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/store"
)

// Examine is the examiner's page of a case: the case, every check, and what an approval today would do.
func (d *Desk) Examine(ctx context.Context, actor account.Actor, id string) (Examination, error) {
	if !actor.Role.OfCentre() {
		return Examination{}, command.ErrForbidden
	}
	view, err := d.casefile.Case(ctx, actor, id)
	if err != nil {
		return Examination{}, err
	}
	q := d.DB.Read().Queries
	app, err := command.Visible(ctx, q, actor, id)
	if err != nil {
		return Examination{}, err
	}
	est, err := store.Once(ctx, "GetEstablishment", q.GetEstablishment, app.Establishment)
	if err != nil {
		return Examination{}, fmt.Errorf("reading establishment %s: %w", app.Establishment, err)
	}
	cal, err := command.BusinessCalendar(ctx, q)
	if err != nil {
		return Examination{}, err
	}
	then, err := command.BusinessCalendarAt(ctx, q, app.RegisteredAt.Time)
	if err != nil {
		return Examination{}, err
	}
	ground, err := casefile.GroundOf(ctx, d.Runner, q, est, id, view.Document, view.Settings, view.Now)
	if err != nil {
		return Examination{}, err
	}
	ground.Calendar, ground.RegisteredAt = then, app.RegisteredAt.Time
	x := Examination{Case: view, CodesLeft: ground.FreeCodes, Checks: application.Checks(view.Document, view.Settings, ground)}
	complete := view.SettingsComplete || !view.SettingsNeeded
	x.Earliest = application.EarliestStart(cal, view.Desired, view.Today, complete)
	x.EarliestReason = application.StartReason(cal, view.Desired, view.Today, complete)
	if view.Document.IsReissue() {
		x.Earliest, x.EarliestReason = view.Today, ""
	}
	x.Deadline = application.SettingsDeadline(cal, x.Earliest)
	x.LastReading = cal.AddBusinessDays(x.Earliest, 2)
	if app.ApprovedAt.IsZero() {
		planned, err := d.casefile.Planned(ctx, q, app, view.Document)
		if err != nil {
			return Examination{}, err
		}
		x.Planned = casefile.PlannedCodes(view.Document, planned)
	}
	if x.Since, err = d.since(ctx, q, view); err != nil {
		return Examination{}, err
	}
	if _, err := application.Decide(command.StandingOf(app), application.Approve, actor, view.Now); err != nil {
		if refusal, ok := errors.AsType[*application.Refusal](err); ok {
			x.WhyNot = string(refusal.Why) + " " + string(refusal.Condition)
		}
	}
	earlier, err := d.casefile.Earlier(ctx, app.Establishment)
	if err != nil {
		return Examination{}, err
	}
	for _, row := range earlier {
		if row.ID != id {
			x.Earlier = append(x.Earlier, row)
		}
	}
	return x, nil
}

// since is what differs from the version before: in the registered document, and in the settings that
// stand now against those recorded with that version. A code that is new has none to compare.
func (d *Desk) since(ctx context.Context, q command.Reader, view casefile.Case) ([]application.Difference, error) {
	n := len(view.Versions)
	if n < 2 {
		return nil, nil
	}
	before, now := view.Versions[n-2], view.Versions[n-1]
	row, err := q.GetVersion(ctx, command.VersionKey(view.ID, before.Round))
	if err != nil {
		return nil, fmt.Errorf("reading version %d of application %s: %w", before.Round, view.ID, err)
	}
	recorded := application.Settings{}
	if err := json.Unmarshal([]byte(row.Settings), &recorded); err != nil {
		return nil, fmt.Errorf("reading the settings of version %d: %w", before.Round, err)
	}
	kept := now.Document
	kept.Codes = slices.DeleteFunc(slices.Clone(kept.Codes), func(item application.CodeItem) bool {
		_, known := before.Document.Code(item.Placeholder)
		return !known
	})
	kept.Existing = slices.DeleteFunc(slices.Clone(kept.Existing), func(item application.ExistingItem) bool {
		_, known := before.Document.ExistingOf(item.Placeholder)
		return !known
	})
	return append(application.Differences(before.Document, now.Document, d.Catalogue),
		application.SettingsDifferences(recorded, view.Settings, kept, d.Catalogue)...), nil
}

// Searched leaves evidence that the centre's staff searched all establishments; what was searched for is
// personal text.
func (d *Desk) Searched(ctx context.Context, actor account.Actor, search string) error {
	if !actor.Role.OfCentre() {
		return command.ErrForbidden
	}
	return d.DoAs(ctx, actor, command.Reading, func(a *command.Tx) error {
		return a.Audit("search", nil, map[audit.Key]string{audit.Search: command.Cut(search, audit.MaxDetail)})
	})
}

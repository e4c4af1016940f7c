package checker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/recovery"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
)

// The independent check derives anew, from the history and the registered versions alone, what must exist,
// and compares it with what is stored. It shares with the commands only the life cycle's table and the pure
// rules: what issues, promises and mails is written here a second time, so that a slip of the one does not
// hide in the other. It only reads, and may run beside the service.

// A Finding is one difference between what must exist and what is stored. Rule is the rule's number,
// Application the application's id, "" for a thing that belongs to none.
type Finding struct{ Rule, Application, Text string }

func (f Finding) String() string {
	if f.Application == "" {
		return fmt.Sprintf("%s: %s", f.Rule, f.Text)
	}
	return fmt.Sprintf("%s: application %s: %s", f.Rule, f.Application, f.Text)
}

// A checking is one run of the check.
type checking struct {
	desk *Desk
	ctx  context.Context
	q    command.Reader
	now  time.Time
	// dropped is the instant before which retention has removed entries of the audit log, zero for none.
	dropped  time.Time
	findings []Finding
	twice    []recovery.Twice // told of
}

// Check compares everything that is stored with what must have come to be. An error means that it could not
// look, not that it found something.
func (d *Desk) Check(ctx context.Context) ([]Finding, error) {
	now, err := d.DeskTime(ctx)
	if err != nil {
		return nil, err
	}
	k := &checking{desk: d, ctx: ctx, q: d.DB.Read().Queries, now: now}
	for _, pass := range []func() error{k.retention, k.applications, k.removed, k.strays, k.invitations, k.members, k.access, k.factors, k.charges, k.centreDay, k.offers, k.ticks, k.restored, k.strangeKeys, k.log, k.evidence} {
		if err := pass(); err != nil {
			return k.findings, fmt.Errorf("checking: %w", err)
		}
	}
	return k.findings, nil
}

func (k *checking) applications() error {
	return command.Pages(func(after string) (string, error) {
		apps, err := k.q.AllApplications(k.ctx, query.AllApplicationsParams{After: after, Most: command.CheckPage})
		if err != nil || len(apps) == 0 {
			return "", err
		}
		for _, app := range apps {
			if err := k.application(app.ID); err != nil {
				return "", fmt.Errorf("application %s: %w", app.ID, err)
			}
		}
		return apps[len(apps)-1].ID, nil
	})
}

// application looks at one application, and once more when something is amiss: only what stands both times
// is a finding, because a command may have committed between two of its reads.
func (k *checking) application(id string) error {
	first, err := k.look(id)
	if err != nil || len(first) == 0 {
		return err
	}
	again, err := k.look(id)
	if err != nil {
		return err
	}
	for _, f := range first {
		if slices.Contains(again, f) {
			k.findings = append(k.findings, f)
		}
	}
	return nil
}

func (k *checking) look(id string) ([]Finding, error) {
	s, err := k.dossier(id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil // a draft that was removed meanwhile
	} else if err != nil {
		return nil, err
	}
	for _, part := range []func() error{s.walk, s.columns, s.registrations, s.codes, s.facts, s.settings, s.secrets,
		s.mails, s.returns, s.reminders, s.readings, s.areas, s.counters, s.traces, s.copies, s.waiting} {
		if err := part(); err != nil {
			return nil, err
		}
	}
	return s.findings, nil
}

// removed looks at the histories whose application is gone: only a draft goes, and the evidence says so.
func (k *checking) removed() error {
	return command.Pages(func(after string) (string, error) {
		ids, err := k.q.EventsWithoutApplication(k.ctx, query.EventsWithoutApplicationParams{After: after, Most: command.CheckPage})
		if err != nil || len(ids) == 0 {
			return "", err
		}
		for _, id := range ids {
			entries, err := k.q.ListAuditOf(k.ctx, id)
			if err != nil {
				return "", err
			}
			old, err := k.beforeRetention(id)
			if err != nil {
				return "", err
			}
			if !old && !slices.ContainsFunc(entries, func(e query.AuditEntry) bool { return isRemoval(e.Act) }) {
				k.add("R-APP-13", id, "it has a history but is gone, and nothing says that its draft was removed")
			}
		}
		return ids[len(ids)-1], nil
	})
}

// retention reads from when on entries of the audit log are kept: the day that the last removal names.
func (k *checking) retention() error {
	row, err := k.q.LastEntryOf(k.ctx, audit.ActDrop)
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	day, err := calendar.ParseDate(detailOf(row)[audit.Day])
	if err == nil { // otherwise the evidence pass tells of it
		k.dropped = day.Start()
	}
	return nil
}

// beforeRetention says whether the history of an application ended before the oldest entry that is kept.
func (k *checking) beforeRetention(id string) (bool, error) {
	if k.dropped.IsZero() {
		return false, nil
	}
	events, err := k.q.ListEvents(k.ctx, id)
	return err == nil && len(events) > 0 && events[len(events)-1].At.Before(k.dropped), err
}

// isRemoval says whether an act takes an application out of the database, by the life cycle's table.
func isRemoval(act string) bool {
	return slices.ContainsFunc(application.Lifecycle(), func(s application.Step) bool {
		return s.To == application.Gone && string(s.Command) == act
	})
}

func (k *checking) add(rule, application, format string, args ...any) {
	k.findings = append(k.findings, Finding{rule, application, fmt.Sprintf(format, args...)})
}

// strays looks for rows that belong to nothing.
func (k *checking) strays() error {
	return errors.Join(command.Pages(k.strayMails), command.Pages(k.strayCodes), command.Pages(k.strayIDs), command.Pages(k.strayFacts), command.Pages(k.strayAreas))
}

func (k *checking) strayMails(after string) (last string, err error) {
	rows, err := k.q.OutboxWithoutEvent(k.ctx, query.OutboxWithoutEventParams{After: after, Most: command.CheckPage})
	for _, row := range rows {
		last = row.ID
		k.add("R-MAIL-4", row.Application, "the mail %s (%s) has no event", row.ID, row.Kind)
	}
	return last, err
}

func (k *checking) strayCodes(after string) (last string, err error) {
	rows, err := k.q.CodesWithoutApplication(k.ctx, query.CodesWithoutApplicationParams{After: after, Most: command.CheckPage})
	for _, row := range rows {
		last = row.Code
		k.add("R-ID-6", row.Application, "user code %s was born of an application that is not there", row.Code)
	}
	return last, err
}

func (k *checking) strayIDs(after string) (last string, err error) {
	rows, err := k.q.StrayIDs(k.ctx, query.StrayIDsParams{After: after, Most: command.CheckPage})
	for _, id := range rows {
		last = id
		k.add("R-ID-1", "", "user ID %s does not fit its code: establishment, birth or characters differ", id)
	}
	return last, err
}

func (k *checking) strayFacts(after string) (last string, err error) {
	rows, err := k.q.StrayFacts(k.ctx, query.StrayFactsParams{After: after, Most: command.CheckPage})
	for _, row := range rows {
		last = row.ID
		k.add("R-CON-2", "", "a standing fact (%s) of %s was born of something else than the code, or elsewhere", row.Kind, row.Subject)
	}
	return last, err
}

func (k *checking) strayAreas(after string) (last string, err error) {
	rows, err := k.q.StrayAreas(k.ctx, query.StrayAreasParams{After: after, Most: command.CheckPage})
	for _, row := range rows {
		last = row.Code
		k.add("R-APP-9", row.Application, "bonded area %s is reserved by an application that is not there", row.Code)
	}
	return last, err
}

// evidence looks at every audit entry: text, hash and columns fit each other.
func (k *checking) evidence() error {
	return command.Pages(func(after string) (string, error) {
		rows, err := k.q.ListAudit(k.ctx, query.ListAuditParams{After: after, Most: command.CheckPage})
		if err != nil || len(rows) == 0 {
			return "", err
		}
		for _, row := range rows {
			if err := recordOf(row).Check(); err != nil {
				k.add("R-EX-7", row.Application, "%v", err)
			}
		}
		return rows[len(rows)-1].ID, nil
	})
}

func recordOf(row query.AuditEntry) audit.Record {
	return audit.Record{ID: row.ID, At: row.At.UTC().Format(audit.TimeFormat), Actor: row.Actor, Act: row.Act,
		Establishment: row.Establishment, Application: row.Application, Text: row.Entry, Hash: row.Hash,
		Personal: audit.Personal{Salt: row.Salt, Text: row.Personal}}
}

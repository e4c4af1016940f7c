package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/keyring"
	"uketsuke/internal/mail"
	"uketsuke/internal/secret"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// What the clock presses. Correctness needs none of it (R-CON-4): state follows from facts and the clock.
// A round of this work records what has become true, tells people, and destroys keys; it catches up after
// any downtime, and two processes at once do nothing twice, because every act is guarded like a person's.

const (
	clockJob   = "clock"
	clockLease = 30 * time.Second
	// batch is how many applications one pass of a round takes; the next round takes the rest.
	batch = 500
	// noticeDays is how long after its announcement a draft or return is kept at least, even when the
	// announcement is late because the service was down.
	noticeDays = 7
)

// Tick is one round of the clock's work. It returns at once when another process is at it.
func (d *Desk) Tick(ctx context.Context) error {
	lease, mine, err := d.leaseJob(ctx, clockJob, clockLease)
	if err != nil || !mine {
		return err
	}
	now, err := d.moment(ctx)
	if err != nil {
		return err
	}
	r := &round{d: d, ctx: ctx, now: now, today: calendar.DateOf(now)}
	var done []outcome
	for _, p := range r.passes() {
		done = append(done, outcome{p.name, p.run()})
	}
	return d.endRound(ctx, lease, done)
}

// leaseJob claims a piece of background work for a while of real time; a stuck process loses it (trap 14).
func (d *Desk) leaseJob(ctx context.Context, name string, lease time.Duration) (h hold, mine bool, err error) {
	err = d.DB.InTx(ctx, func(tx *store.Tx) error {
		if err := tx.EnsureJob(ctx, name); err != nil {
			return err
		}
		elapsed := d.Elapsed()
		row, err := tx.LeaseJob(ctx, query.LeaseJobParams{Name: name, Lease: column.At(elapsed.Add(lease)), Now: column.At(elapsed)})
		h, mine = hold{row.Fence, row.LastSuccess.Time, !row.FailedAt.IsZero()}, err == nil
		if errors.Is(store.Missing(err), store.ErrNotFound) {
			return nil
		}
		return err
	})
	if err != nil {
		return hold{}, false, fmt.Errorf("claiming the job %s: %w", name, err)
	}
	return h, mine, nil
}

// A round is one pass over everything that has become true.
type round struct {
	d     *Desk
	ctx   context.Context
	now   time.Time
	today calendar.Date
}

// each runs f on every application in an act of the clock of its own; one that fails does not keep the
// others.
func (r *round) each(apps []query.Application, err error, f func(*act) error) error {
	if err != nil {
		return fmt.Errorf("reading what the clock has to do: %w", err)
	}
	return r.d.eachByClock(r.ctx, r.now, apps, f)
}

// decide is the clock's command on the application that the act holds: its version moves, so that a page
// that shows the state before is stale.
func (a *act) decide(c application.Command) (application.Step, error) {
	step, err := application.Decide(standing(a.app), c, a.actor, a.now)
	if err != nil {
		return step, err
	}
	return step, a.guard(Ref{ID: a.app.ID, Version: a.app.Version})
}

// void records approvals that R-SET-1 has revoked, with the true instant: 00:00 after the deadline.
func (r *round) void() error {
	q := r.d.DB.Read()
	apps, err := q.ApprovedWithDeadlineBefore(r.ctx, query.ApprovedWithDeadlineBeforeParams{SettingsDeadline: column.On(r.today), Most: batch})
	var keys []keyring.Name
	failed := r.each(apps, err, func(a *act) error {
		step, err := a.decide(application.Revoke)
		if isRefusal(err) {
			return nil
		} else if err != nil {
			return err
		}
		gone, err := a.void(step, a.app.SettingsDeadline.AddDays(1).Start(), "")
		if err != nil {
			return err
		}
		keys = append(keys, gone...)
		return a.write()
	})
	return errors.Join(failed, r.d.destroyKeys(r.ctx, keys))
}

func isRefusal(err error) bool {
	_, refused := errors.AsType[*application.Refusal](err)
	return refused
}

// effect tells people that the start date has come. That the change is in effect needs no telling
// (R-CON-1).
func (r *round) effect() error {
	apps, err := r.d.DB.Read().ApprovedStartedBy(r.ctx, query.ApprovedStartedByParams{StartDate: column.On(r.today), Most: batch})
	return r.each(apps, err, func(a *act) error {
		if !a.app.EffectNotedAt.IsZero() || standing(a.app).StateAt(a.now) != application.InEffect {
			return nil
		}
		a.app.EffectNotedAt = column.At(a.now)
		from := a.app.StartDate.Start()
		if err := a.recordAt(from, string(application.InEffect), map[string]string{"start": a.app.StartDate.String()}, false); err != nil {
			return err
		}
		if err := a.news("利用開始のお知らせ"); err != nil {
			return err
		}
		if err := a.mailTo(application.MailInEffect, toApplicantAndAdministrators(), nil); err != nil {
			return err
		}
		if err := a.write(); err != nil {
			return err
		}
		return a.audit(string(application.InEffect), map[audit.Key]string{audit.Receipt: string(a.app.Receipt),
			audit.StartDate: a.app.StartDate.String(), audit.TrueInstant: from.UTC().Format(audit.TimeFormat)}, nil)
	})
}

func toApplicantAndAdministrators() []application.Recipient {
	return []application.Recipient{application.ToApplicant, application.ToAdministrators}
}

// remindSettings sends or skips the reminders of the settings deadline (R-SET-4).
func (r *round) remindSettings() error {
	// Reminders that the service slept through are recorded too, so the pass looks back a little.
	apps, err := r.d.DB.Read().ApprovedWithDeadline(r.ctx, column.On(r.today.AddDays(-30)))
	apps, err = r.withDue(apps, err, application.MailSettingsReminder, settingsReminders)
	return r.each(apps, err, func(a *act) error {
		cal, err := businessCalendarAt(a.ctx, a.tx.Queries, promisedAt(a.app))
		if err != nil {
			return err
		}
		due := settingsReminders(cal, a.app)
		needed := !a.app.SettingsComplete && !standing(a.app).DeadlineMissed(a.now)
		return a.remind(application.MailSettingsReminder, due, needed, nil)
	})
}

// remindPasswords sends or skips the reminders to read the passwords (R-SEC-10), to nobody who pressed
// 「控えました」 (R-SEC-8).
func (r *round) remindPasswords() error {
	apps, err := r.d.DB.Read().ApprovedReading(r.ctx)
	apps, err = r.withDue(apps, err, application.MailPasswordReminder, passwordReminders)
	return r.each(apps, err, func(a *act) error {
		readings, err := a.tx.ListSecretReadings(a.ctx, a.app.ID)
		if err != nil {
			return fmt.Errorf("reading who has read: %w", err)
		}
		cal, err := businessCalendarAt(a.ctx, a.tx.Queries, promisedAt(a.app))
		if err != nil {
			return err
		}
		due := passwordReminders(cal, a.app)
		sealed, err := a.tx.ListSecrets(a.ctx, a.app.ID)
		if err != nil {
			return fmt.Errorf("reading the sealed secrets: %w", err)
		}
		silent, err := a.noted()
		if err != nil {
			return err
		}
		// What was issued again since cannot be read here any more (R-SEC-9).
		needed := len(readings) == 0 && len(sealed) > 0 && periodOf(a.app).Readable(a.now)
		return a.remind(application.MailPasswordReminder, due, needed, silent)
	})
}

func settingsReminders(cal *calendar.Calendar, app query.Application) []time.Time {
	return application.SettingsReminders(cal, app.StartDate.Date)
}

func passwordReminders(cal *calendar.Calendar, app query.Application) []time.Time {
	var due []time.Time
	for _, reminder := range secret.Reminders(cal, periodOf(app)) {
		due = append(due, reminder.Due)
	}
	return due
}

// withDue keeps the applications that have a reminder due and not handled, so that a round locks and
// writes nothing where there is nothing to do; the act looks again.
func (r *round) withDue(apps []query.Application, err error, kind application.Mail,
	reminders func(*calendar.Calendar, query.Application) []time.Time) ([]query.Application, error) {
	if err != nil || len(apps) == 0 {
		return nil, err
	}
	q := r.d.DB.Read().Queries
	entries, err := q.ListClosingEntries(r.ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the closing days: %w", err)
	}
	var some []query.Application
	for _, app := range apps {
		cal := calendar.New(closedOn(entries, promisedAt(app)))
		due := slices.DeleteFunc(reminders(cal, app), func(at time.Time) bool { return at.After(r.now) })
		if len(due) == 0 {
			continue
		}
		rows, err := q.ListReminders(r.ctx, app.ID)
		if err != nil {
			return nil, fmt.Errorf("reading the reminders: %w", err)
		}
		if slices.ContainsFunc(due, func(at time.Time) bool { return !handledBy(rows, kind, at) }) {
			some = append(some, app)
		}
	}
	return some, nil
}

// promisedAt is when an application's days were promised last: at the approval or with a change of the start.
// Its reminders are counted by the calendar of that moment, like the days themselves: a day that is entered
// later neither moves nor repeats one (R-SET-1, R-SEC-3, trap 28).
func promisedAt(app query.Application) time.Time {
	if app.StartChangedAt.After(app.ApprovedAt.Time) {
		return app.StartChangedAt.Time
	}
	return app.ApprovedAt.Time
}

// handledBy says whether a reminder was sent or skipped already.
func handledBy(rows []query.Reminder, kind application.Mail, at time.Time) bool {
	return slices.ContainsFunc(rows, func(row query.Reminder) bool {
		return row.Kind == string(kind) && row.DueAt.Equal(at)
	})
}

// noted are the mail addresses, in lower case, of the people who have noted the passwords.
func (a *act) noted() (map[string]bool, error) {
	rows, err := a.tx.ListSecretsNoted(a.ctx, a.app.ID)
	if err != nil {
		return nil, fmt.Errorf("reading who has noted: %w", err)
	}
	silent := map[string]bool{}
	for _, row := range rows {
		p, err := a.tx.GetAccount(a.ctx, row.Account)
		if err != nil {
			return nil, fmt.Errorf("reading account %s: %w", row.Account, err)
		}
		silent[strings.ToLower(p.Email)] = true
		if p.ID == string(a.app.RegisteredBy) {
			doc, err := currentDocument(a.ctx, a.tx.Queries, a.app)
			if err != nil {
				return nil, err
			}
			silent[strings.ToLower(doc.Contact.Email)] = true
		}
	}
	return silent, nil
}

// remind handles every reminder of a kind that has fallen due: at most one is sent, the others are
// skipped, and each is recorded with its reason.
func (a *act) remind(kind application.Mail, due []time.Time, needed bool, silent map[string]bool) error {
	rows, err := a.tx.ListReminders(a.ctx, a.app.ID)
	if err != nil {
		return fmt.Errorf("reading the reminders: %w", err)
	}
	handled := func(at time.Time) bool { return handledBy(rows, kind, at) }
	for _, reminder := range application.DueReminders(due, a.app.ApprovedAt.Time, a.now, needed, handled) {
		if err := a.handleReminder(kind, reminder, silent); err != nil {
			return err
		}
	}
	return nil
}

func (a *act) handleReminder(kind application.Mail, reminder application.Reminding, silent map[string]bool) error {
	outcome := "sent"
	if reminder.Skip != "" {
		outcome = "skipped"
	}
	fresh, err := a.tx.InsertReminder(a.ctx, query.InsertReminderParams{Application: a.app.ID, Kind: string(kind),
		DueAt: column.At(reminder.Due), Outcome: outcome, Why: string(reminder.Skip), At: column.At(a.now)})
	if err != nil {
		return fmt.Errorf("recording a reminder: %w", err)
	}
	if fresh != 1 {
		return nil
	}
	name := "reminder-" + outcome
	detail := map[string]string{"mail": string(kind), "due": calendar.DateOf(reminder.Due).String()}
	if reminder.Skip != "" {
		detail["why"] = string(reminder.Skip)
	}
	if err := a.record(name, detail, reminder.Skip != ""); err != nil {
		return err
	}
	if reminder.Skip == "" {
		a.due = reminder.Due.UTC().Format(audit.TimeFormat)
		if err := a.mailBut(kind, toApplicantAndAdministrators(), silent); err != nil {
			return err
		}
	}
	return a.audit(name, map[audit.Key]string{audit.Receipt: string(a.app.Receipt), audit.Day: detail["due"]}, nil)
}

// announce tells people, 76 days after the last save or the return, that a draft or a return will end
// (R-APP-13).
func (r *round) announce() error {
	before := column.At(r.today.AddDays(1 - application.AnnounceDays).Start())
	var failed error
	for state, kind := range map[application.State]application.Mail{
		application.InDraft: application.MailDraftExpiring, application.Returned: application.MailReturnExpiring} {
		apps, err := r.d.DB.Read().ToAnnounce(r.ctx, query.ToAnnounceParams{State: string(state), TouchedAt: before, Most: batch})
		failed = errors.Join(failed, r.each(apps, err, func(a *act) error { return a.announceEnd(kind) }))
	}
	return failed
}

func (a *act) announceEnd(kind application.Mail) error {
	if !a.app.AnnouncedAt.IsZero() {
		return nil
	}
	a.app.AnnouncedAt = column.At(a.now)
	expires := a.expiresOn()
	if err := a.record("announce-end", map[string]string{"expires": expires.String()}, false); err != nil {
		return err
	}
	groups := toApplicantAndAdministrators()
	if kind == application.MailDraftExpiring {
		groups = []application.Recipient{application.ToPerson}
	}
	if err := a.mailTo(kind, groups, func(l *mail.Letter) { l.ExpiresOn = expires }); err != nil {
		return err
	}
	if err := a.write(); err != nil {
		return err
	}
	return a.audit("announce-end", nil, nil)
}

func (a *act) expiresOn() calendar.Date { return expiresOn(a.app) }

// expiresOn is the day on which a draft or return ends: 90 days after it was touched, and never sooner
// than a week after that was announced.
func expiresOn(app query.Application) calendar.Date {
	end := calendar.DateOf(app.TouchedAt.Time).AddDays(application.KeepDays)
	if app.AnnouncedAt.IsZero() {
		return end
	}
	if notice := calendar.DateOf(app.AnnouncedAt.Time).AddDays(noticeDays); end.Before(notice) {
		return notice
	}
	return end
}

// expire removes drafts and withdraws returns whose time is over.
func (r *round) expire() error {
	before := column.At(r.today.AddDays(1 - application.KeepDays).Start())
	q := r.d.DB.Read()
	drafts, err := q.DraftsTouchedBefore(r.ctx, query.DraftsTouchedBeforeParams{State: string(application.InDraft), TouchedAt: before, Most: batch})
	failed := r.each(drafts, err, func(a *act) error {
		_, err := a.expired(application.ExpireDraft)
		if err != nil {
			return ignoreRefusal(err)
		}
		return a.removeDraft(application.ExpireDraft)
	})
	returns, err := q.DraftsTouchedBefore(r.ctx, query.DraftsTouchedBeforeParams{State: string(application.Returned), TouchedAt: before, Most: batch})
	return errors.Join(failed, r.each(returns, err, func(a *act) error {
		at := a.expiresOn().Start()
		step, err := a.expired(application.ExpireReturn)
		if err != nil {
			return ignoreRefusal(err)
		}
		if err := a.end(step, at, "", nil); err != nil {
			return err
		}
		return a.write()
	}))
}

// expired decides an expiry; one that was not announced, or not long enough ago, has to wait.
func (a *act) expired(c application.Command) (application.Step, error) {
	if a.app.AnnouncedAt.IsZero() || a.today().Before(a.expiresOn()) {
		return application.Step{}, &application.Refusal{Command: c, State: application.State(a.app.State),
			Role: a.actor.Role, Why: application.NotMet, Condition: application.AfterNinetyDays}
	}
	return a.decide(c)
}

func ignoreRefusal(err error) error {
	if isRefusal(err) {
		return nil
	}
	return err
}

// endSecrets deletes the sealed secrets of reading periods that are over and destroys their keys
// (R-SEC-1, R-SEC-6).
func (r *round) endSecrets() error {
	apps, err := r.d.DB.Read().SecretsToEnd(r.ctx, query.SecretsToEndParams{ReadClosed: column.On(r.today), Most: batch})
	var keys []keyring.Name
	failed := r.each(apps, err, func(a *act) error {
		if !a.app.SecretsEndedAt.IsZero() {
			return nil
		}
		gone, err := a.endSecrets()
		if err != nil {
			return err
		}
		keys = append(keys, gone...)
		if err := a.record("end-secrets", map[string]string{"read_last": a.app.ReadLast.String()}, false); err != nil {
			return err
		}
		if err := a.write(); err != nil {
			return err
		}
		return a.audit("end-secrets", map[audit.Key]string{audit.Receipt: string(a.app.Receipt), audit.Keys: strconv.Itoa(len(gone)),
			audit.LastReadingDay: a.app.ReadLast.String()}, nil)
	})
	return errors.Join(failed, r.d.destroyKeys(r.ctx, keys))
}

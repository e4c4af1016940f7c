package jobs

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
	"uketsuke/internal/desk/casefile"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/filing"
	"uketsuke/internal/desk/issuance"
	"uketsuke/internal/keyring"
	"uketsuke/internal/mail"
	"uketsuke/internal/secret"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// ClockJob is the name of the round among the jobs.
const ClockJob = "clock"

const clockLease = 30 * time.Second

// Tick is one round of the clock's work. It returns at once when another process is at it.
func (d *Desk) Tick(ctx context.Context) error {
	lease, mine, err := d.LeaseJob(ctx, ClockJob, clockLease)
	if err != nil || !mine {
		return err
	}
	now, err := d.DeskTime(ctx)
	if err != nil {
		return err
	}
	r := &round{d: d, ctx: ctx, now: now, today: calendar.DateOf(now)}
	var done []command.Outcome
	for _, p := range r.passes() {
		done = append(done, command.Outcome{Name: p.name, Failed: p.run()})
	}
	return d.endRound(ctx, lease, done)
}

// A round is one pass over everything that has become true.
type round struct {
	d     *Desk
	ctx   context.Context
	now   time.Time
	today calendar.Date
}

// forAll runs f on every application in an act of the clock of its own; one that fails does not keep the
// others.
func (r *round) forAll(apps []query.Application, err error, f func(*command.Tx) error) error {
	if err != nil {
		return fmt.Errorf("reading what the clock has to do: %w", err)
	}
	return r.d.EachByClock(r.ctx, r.now, apps, f)
}

// void records approvals that R-SET-1 has revoked, with the true instant: 00:00 after the deadline.
func (r *round) void() error {
	q := r.d.DB.Read()
	apps, err := q.ApprovedWithDeadlineBefore(r.ctx, query.ApprovedWithDeadlineBeforeParams{SettingsDeadline: column.On(r.today), Most: command.Batch})
	var keys []keyring.Name
	failed := r.forAll(apps, err, func(a *command.Tx) error {
		step, err := a.Decide(application.Revoke)
		if isRefusal(err) {
			return nil
		} else if err != nil {
			return err
		}
		gone, err := issuance.VoidApproval(a, step, a.App.SettingsDeadline.AddDays(1).Start(), "")
		if err != nil {
			return err
		}
		keys = append(keys, gone...)
		return a.Write()
	})
	return errors.Join(failed, r.d.issuance.DestroyKeys(r.ctx, keys))
}

func isRefusal(err error) bool {
	_, refused := errors.AsType[*application.Refusal](err)
	return refused
}

// effect tells people that the start date has come. That the change is in effect needs no telling
// (R-CON-1).
func (r *round) effect() error {
	apps, err := r.d.DB.Read().ApprovedStartedBy(r.ctx, query.ApprovedStartedByParams{StartDate: column.On(r.today), Most: command.Batch})
	return r.forAll(apps, err, func(a *command.Tx) error {
		if !a.App.EffectNotedAt.IsZero() || command.StandingOf(a.App).StateAt(a.Now) != application.InEffect {
			return nil
		}
		a.App.EffectNotedAt = column.At(a.Now)
		from := a.App.StartDate.Start()
		if err := a.RecordAt(from, string(application.InEffect), map[string]string{"start": a.App.StartDate.String()}, false); err != nil {
			return err
		}
		if err := a.News("利用開始のお知らせ"); err != nil {
			return err
		}
		if err := a.MailTo(application.MailInEffect, toApplicantAndAdministrators(), nil); err != nil {
			return err
		}
		if err := a.Write(); err != nil {
			return err
		}
		return a.Audit(string(application.InEffect), map[audit.Key]string{audit.Receipt: string(a.App.Receipt),
			audit.StartDate: a.App.StartDate.String(), audit.TrueInstant: from.UTC().Format(audit.TimeFormat)}, nil)
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
	return r.forAll(apps, err, func(a *command.Tx) error {
		cal, err := command.BusinessCalendarAt(a.Ctx, a.Store.Queries, promisedAt(a.App))
		if err != nil {
			return err
		}
		due := settingsReminders(cal, a.App)
		needed := !a.App.SettingsComplete && !command.StandingOf(a.App).DeadlineMissed(a.Now)
		return remind(a, application.MailSettingsReminder, due, needed, nil)
	})
}

// remindPasswords sends or skips the reminders to read the passwords (R-SEC-10), to nobody who pressed
// 「控えました」 (R-SEC-8).
func (r *round) remindPasswords() error {
	apps, err := r.d.DB.Read().ApprovedReading(r.ctx)
	apps, err = r.withDue(apps, err, application.MailPasswordReminder, passwordReminders)
	return r.forAll(apps, err, func(a *command.Tx) error {
		readings, err := a.Store.ListSecretReadings(a.Ctx, a.App.ID)
		if err != nil {
			return fmt.Errorf("reading who has read: %w", err)
		}
		cal, err := command.BusinessCalendarAt(a.Ctx, a.Store.Queries, promisedAt(a.App))
		if err != nil {
			return err
		}
		due := passwordReminders(cal, a.App)
		sealed, err := a.Store.ListSecrets(a.Ctx, a.App.ID)
		if err != nil {
			return fmt.Errorf("reading the sealed secrets: %w", err)
		}
		silent, err := noted(a)
		if err != nil {
			return err
		}
		// What was issued again since cannot be read here any more (R-SEC-9).
		needed := len(readings) == 0 && len(sealed) > 0 && command.PeriodOf(a.App).Readable(a.Now)
		return remind(a, application.MailPasswordReminder, due, needed, silent)
	})
}

func settingsReminders(cal *calendar.Calendar, app query.Application) []time.Time {
	return application.SettingsReminders(cal, app.StartDate.Date)
}

func passwordReminders(cal *calendar.Calendar, app query.Application) []time.Time {
	var due []time.Time
	for _, reminder := range secret.Reminders(cal, command.PeriodOf(app)) {
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
		cal := calendar.New(command.ClosedOn(entries, promisedAt(app)))
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
// later neither moves nor repeats one (R-SET-1, R-SEC-3).
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
func noted(a *command.Tx) (map[string]bool, error) {
	rows, err := a.Store.ListSecretsNoted(a.Ctx, a.App.ID)
	if err != nil {
		return nil, fmt.Errorf("reading who has noted: %w", err)
	}
	silent := map[string]bool{}
	for _, row := range rows {
		p, err := a.Store.GetAccount(a.Ctx, row.Account)
		if err != nil {
			return nil, fmt.Errorf("reading account %s: %w", row.Account, err)
		}
		silent[strings.ToLower(p.Email)] = true
		if p.ID == string(a.App.RegisteredBy) {
			doc, err := command.CurrentDocument(a.Ctx, a.Store.Queries, a.App)
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
func remind(a *command.Tx, kind application.Mail, due []time.Time, needed bool, silent map[string]bool) error {
	rows, err := a.Store.ListReminders(a.Ctx, a.App.ID)
	if err != nil {
		return fmt.Errorf("reading the reminders: %w", err)
	}
	handled := func(at time.Time) bool { return handledBy(rows, kind, at) }
	for _, reminder := range application.DueReminders(due, a.App.ApprovedAt.Time, a.Now, needed, handled) {
		if err := handleReminder(a, kind, reminder, silent); err != nil {
			return err
		}
	}
	return nil
}

func handleReminder(a *command.Tx, kind application.Mail, reminder application.Reminding, silent map[string]bool) error {
	outcome := "sent"
	if reminder.Skip != "" {
		outcome = "skipped"
	}
	fresh, err := a.Store.InsertReminder(a.Ctx, query.InsertReminderParams{Application: a.App.ID, Kind: string(kind),
		DueAt: column.At(reminder.Due), Outcome: outcome, Why: string(reminder.Skip), At: column.At(a.Now)})
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
	if err := a.Record(name, detail, reminder.Skip != ""); err != nil {
		return err
	}
	if reminder.Skip == "" {
		a.Due = reminder.Due.UTC().Format(audit.TimeFormat)
		if err := a.MailBut(kind, toApplicantAndAdministrators(), silent); err != nil {
			return err
		}
	}
	return a.Audit(name, map[audit.Key]string{audit.Receipt: string(a.App.Receipt), audit.Day: detail["due"]}, nil)
}

// announce tells people, 76 days after the last save or the return, that a draft or a return will end
// (R-APP-13).
func (r *round) announce() error {
	before := column.At(r.today.AddDays(1 - application.AnnounceDays).Start())
	var failed error
	for state, kind := range map[application.State]application.Mail{
		application.InDraft: application.MailDraftExpiring, application.Returned: application.MailReturnExpiring} {
		apps, err := r.d.DB.Read().ToAnnounce(r.ctx, query.ToAnnounceParams{State: string(state), TouchedAt: before, Most: command.Batch})
		failed = errors.Join(failed, r.forAll(apps, err, func(a *command.Tx) error { return announceEnd(a, kind) }))
	}
	return failed
}

func announceEnd(a *command.Tx, kind application.Mail) error {
	if !a.App.AnnouncedAt.IsZero() {
		return nil
	}
	a.App.AnnouncedAt = column.At(a.Now)
	expires := a.ExpiresOn()
	if err := a.Record("announce-end", map[string]string{"expires": expires.String()}, false); err != nil {
		return err
	}
	groups := toApplicantAndAdministrators()
	if kind == application.MailDraftExpiring {
		groups = []application.Recipient{application.ToPerson}
	}
	if err := a.MailTo(kind, groups, func(l *mail.Letter) { l.ExpiresOn = expires }); err != nil {
		return err
	}
	if err := a.Write(); err != nil {
		return err
	}
	return a.Audit("announce-end", nil, nil)
}

// expire removes drafts and withdraws returns whose time is over.
func (r *round) expire() error {
	before := column.At(r.today.AddDays(1 - application.KeepDays).Start())
	q := r.d.DB.Read()
	drafts, err := q.DraftsTouchedBefore(r.ctx, query.DraftsTouchedBeforeParams{State: string(application.InDraft), TouchedAt: before, Most: command.Batch})
	failed := r.forAll(drafts, err, func(a *command.Tx) error {
		_, err := expired(a, application.ExpireDraft)
		if err != nil {
			return ignoreRefusal(err)
		}
		return filing.RemoveDraft(a, application.ExpireDraft)
	})
	returns, err := q.DraftsTouchedBefore(r.ctx, query.DraftsTouchedBeforeParams{State: string(application.Returned), TouchedAt: before, Most: command.Batch})
	return errors.Join(failed, r.forAll(returns, err, func(a *command.Tx) error {
		at := a.ExpiresOn().Start()
		step, err := expired(a, application.ExpireReturn)
		if err != nil {
			return ignoreRefusal(err)
		}
		if err := casefile.EndApplication(a, step, at, "", nil); err != nil {
			return err
		}
		return a.Write()
	}))
}

// expired decides an expiry; one that was not announced, or not long enough ago, has to wait.
func expired(a *command.Tx, c application.Command) (application.Step, error) {
	if a.App.AnnouncedAt.IsZero() || a.Today().Before(a.ExpiresOn()) {
		return application.Step{}, &application.Refusal{Command: c, State: application.State(a.App.State),
			Role: a.Actor.Role, Why: application.NotMet, Condition: application.AfterNinetyDays}
	}
	return a.Decide(c)
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
	apps, err := r.d.DB.Read().SecretsToEnd(r.ctx, query.SecretsToEndParams{ReadClosed: column.On(r.today), Most: command.Batch})
	var keys []keyring.Name
	failed := r.forAll(apps, err, func(a *command.Tx) error {
		if !a.App.SecretsEndedAt.IsZero() {
			return nil
		}
		gone, err := issuance.EndSecrets(a)
		if err != nil {
			return err
		}
		keys = append(keys, gone...)
		if err := a.Record("end-secrets", map[string]string{"read_last": a.App.ReadLast.String()}, false); err != nil {
			return err
		}
		if err := a.Write(); err != nil {
			return err
		}
		return a.Audit("end-secrets", map[audit.Key]string{audit.Receipt: string(a.App.Receipt), audit.Keys: strconv.Itoa(len(gone)),
			audit.LastReadingDay: a.App.ReadLast.String()}, nil)
	})
	return errors.Join(failed, r.d.issuance.DestroyKeys(r.ctx, keys))
}

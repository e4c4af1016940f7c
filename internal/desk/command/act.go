package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/keyring"
	"uketsuke/internal/ledger"
	"uketsuke/internal/mail"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"

	"github.com/google/uuid"
)

// Reader is what facts are loaded with, inside a transaction or outside.
type Reader = *query.Queries

// An Tx is one command inside its transaction: who does it, when, to which application. What it leaves
// behind – history, news, mail, evidence – is written through it.
type Tx struct {
	Ctx      context.Context
	Runner   *Runner
	Store    *store.Tx
	Actor    account.Actor
	Now      time.Time
	Calendar *calendar.Calendar
	App      query.Application
	// event is the id of the last event written; mails are keyed by it.
	Event string
	// mailed says that something waits in the outbox.
	Mailed bool
	// dead are keys that nothing names any more once the act is committed.
	Dead []keyring.Name
	// given is what the act gives out; due is what a reminder is about.
	given []ledger.Entry
	Due   string
	// named says that a letter of the clock was written, which must not leave twice.
	named bool
	// head is what every letter of the act begins with, read once.
	head *letterHead
}

// Today is the day of the act.
func (a *Tx) Today() calendar.Date { return calendar.DateOf(a.Now) }

// NewID is a key that sorts by the time of its making.
func (d *Runner) NewID() (string, error) {
	id, err := uuid.NewV7FromReader(d.Rand)
	if err != nil {
		return "", fmt.Errorf("making an id: %w", err)
	}
	return id.String(), nil
}

// Do starts an act: one reading of the clock, one transaction. f may run again after a deadlock, with
// the same now. Mail is announced only after the commit.
func (d *Runner) Do(ctx context.Context, actor account.Actor, f func(*Tx) error) error {
	now, err := d.DeskTime(ctx)
	if err != nil {
		return err
	}
	return d.DoAt(ctx, actor, now, f)
}

// DoAt is Do at a time that was read before. The desk must be open for what a person changes.
func (d *Runner) DoAt(ctx context.Context, actor account.Actor, now time.Time, f func(*Tx) error) error {
	if err := d.admits(ctx, actor, Changing); err != nil {
		return err
	}
	return d.Transact(ctx, actor, now, f)
}

// Transact runs an act in its transaction. What has found that it might give something out twice was rolled back, and is
// tried again once that is settled.
func (d *Runner) Transact(ctx context.Context, actor account.Actor, now time.Time, f func(*Tx) error) error {
	for range settleMost {
		err := d.try(ctx, actor, now, f)
		open, is := errors.AsType[*unsettled](err)
		if !is {
			return err
		}
		if err := d.settle(ctx, open); err != nil {
			return err
		}
	}
	return ErrBehind
}

// try runs an act in its transaction once, but for deadlocks.
func (d *Runner) try(ctx context.Context, actor account.Actor, now time.Time, f func(*Tx) error) error {
	mailed := false
	var noted *ledger.Noted
	err := d.DB.InTx(ctx, func(tx *store.Tx) error {
		cal, err := BusinessCalendar(ctx, tx.Queries)
		if err != nil {
			return err
		}
		a := &Tx{Ctx: ctx, Runner: d, Store: tx, Actor: actor, Now: now, Calendar: cal}
		if err = f(a); err == nil {
			noted, err = a.noteGiven(noted)
		}
		if err == nil {
			err = a.compare(noted)
		}
		mailed = a.Mailed
		return err
	})
	d.endGiven(noted, err)
	if err == nil && mailed {
		d.Mailed()
	}
	return err
}

// Command runs one command of the life cycle on an application: guard, decision by the table, f, and the
// row written back. The guarded update is the first statement that can wait for somebody else.
func (d *Runner) Command(ctx context.Context, actor account.Actor, ref Ref, c application.Command,
	f func(*Tx, application.Step) error) error {
	return d.Do(ctx, actor, func(a *Tx) error { return a.Command(ref, c, f) })
}

// Command runs one command of the life cycle: the application is locked at the version that the actor saw, the table decides, f
// does what follows from it, and the row is written back.
func (a *Tx) Command(ref Ref, c application.Command, f func(*Tx, application.Step) error) error {
	if err := a.Guard(ref); err != nil {
		return err
	}
	step, err := application.Decide(StandingOf(a.App), c, a.Actor, a.Now)
	if err != nil {
		return err
	}
	if err := f(a, step); err != nil {
		return err
	}
	return a.Write()
}

// EachByClock runs f on every application in an act of the clock of its own; one that fails does not keep the others. An
// application whose state has moved on is left alone.
func (d *Runner) EachByClock(ctx context.Context, now time.Time, apps []query.Application, f func(*Tx) error) error {
	var failed error
	for _, app := range apps {
		err := d.DoAt(ctx, account.ClockActor(), now, func(a *Tx) error {
			locked, err := a.Store.LockApplication(ctx, query.LockApplicationParams{ID: app.ID, State: app.State})
			if errors.Is(store.Missing(err), store.ErrNotFound) {
				return nil
			} else if err != nil {
				return err
			}
			a.App = locked
			return f(a)
		})
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("the clock's work on application %s: %w", app.ID, err))
		}
	}
	return failed
}

// Guard locks the application at the version that the actor saw. Zero rows: it is not there for this
// actor, or it has moved on.
func (a *Tx) Guard(ref Ref) error {
	app, err := a.Store.GuardApplication(a.Ctx, query.GuardApplicationParams{ID: ref.ID, Version: ref.Version})
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return a.notGuarded(ref)
	} else if err != nil {
		return fmt.Errorf("locking application %s: %w", ref.ID, err)
	}
	if !MaySee(a.Actor, app) {
		return ErrNotFound
	}
	a.App = app
	return nil
}

func (a *Tx) notGuarded(ref Ref) error {
	app, err := a.Store.GetApplication(a.Ctx, ref.ID)
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return ErrNotFound
	} else if err != nil {
		return fmt.Errorf("reading application %s: %w", ref.ID, err)
	}
	if !MaySee(a.Actor, app) {
		return ErrNotFound
	}
	return &Stale{ID: ref.ID, Seen: ref.Version, Now: app.Version}
}

// LockEstablishment is the second statement of every command that rests on the contract.
func (a *Tx) LockEstablishment() (query.Establishment, error) {
	est, err := a.Store.LockEstablishment(a.Ctx, a.App.Establishment)
	if err != nil {
		return est, fmt.Errorf("locking establishment %s: %w", a.App.Establishment, err)
	}
	return est, nil
}

// MaySee says whether an actor may know of an application: its own establishment's, and for the centre
// those that were registered at least once (R-APP-13).
func MaySee(actor account.Actor, app query.Application) bool {
	if actor.Role.OfCentre() {
		return app.Round > 0
	}
	return actor.MaySee(app.Establishment)
}

// StandingOf is what the life cycle needs to know of a row.
func StandingOf(app query.Application) application.Standing {
	return application.Standing{
		State: application.State(app.State), Holder: account.ID(app.Holder),
		RegisteredBy: account.ID(app.RegisteredBy), FourEyes: app.FourEyes, ProposedBy: account.ID(app.ProposedBy), Start: app.StartDate.Date,
		Deadline: app.SettingsDeadline.Date, SettingsComplete: app.SettingsComplete,
		Touched: app.TouchedAt.Time,
	}
}

// Write stores every mutable column of the application that the act holds.
func (a *Tx) Write() error {
	p := a.App
	err := a.Store.WriteApplication(a.Ctx, query.WriteApplicationParams{
		ID: p.ID, State: p.State, Draft: p.Draft, DraftBy: p.DraftBy, Round: p.Round, Receipt: p.Receipt,
		Kinds: p.Kinds, Items: p.Items, DesiredStart: p.DesiredStart, RegisteredAt: p.RegisteredAt,
		RegisteredBy: p.RegisteredBy, Holder: p.Holder, HolderName: p.HolderName,
		SettingsComplete: p.SettingsComplete, StartDate: p.StartDate, StartReason: p.StartReason,
		SettingsDeadline: p.SettingsDeadline, ApprovedAt: p.ApprovedAt, ApprovedBy: p.ApprovedBy,
		StartChangedAt: p.StartChangedAt, ReadAdvised: p.ReadAdvised, ReadLast: p.ReadLast,
		ReadClosed: p.ReadClosed, SecretsEndedAt: p.SecretsEndedAt, EffectNotedAt: p.EffectNotedAt,
		EndedAt: p.EndedAt, EndReason: p.EndReason, TouchedAt: p.TouchedAt, AnnouncedAt: p.AnnouncedAt,
		FourEyes: p.FourEyes, ProposedAt: p.ProposedAt, ProposedBy: p.ProposedBy, ProposedName: p.ProposedName, Proposal: p.Proposal,
		WaitedDays: p.WaitedDays, WaitingSince: p.WaitingSince, Search: p.Search,
	})
	if err != nil {
		return fmt.Errorf("writing application %s: %w", p.ID, err)
	}
	return nil
}

// SetState moves the application along a step.
func (a *Tx) SetState(step application.Step) { a.App.State = string(step.To) }

// Record writes the event that people see in the history.
func (a *Tx) Record(kind string, detail map[string]string, internal bool) error {
	return a.RecordAt(a.Now, kind, detail, internal)
}

// RecordAt is Record with the instant that the event is true of, which is not always the one at which it was noticed.
func (a *Tx) RecordAt(at time.Time, kind string, detail map[string]string, internal bool) error {
	id, err := a.Runner.NewID()
	if err != nil {
		return err
	}
	if detail == nil {
		detail = map[string]string{}
	}
	text, err := json.Marshal(detail)
	if err != nil {
		return fmt.Errorf("writing event %s: %w", kind, err)
	}
	err = a.Store.InsertEvent(a.Ctx, query.InsertEventParams{
		ID: id, Application: a.App.ID, Establishment: a.App.Establishment, At: column.At(at),
		Actor: string(a.Actor.ID), ActorName: a.Actor.Name, Role: string(a.Actor.Role), Kind: kind,
		State: a.App.State, Round: a.App.Round, Detail: string(text), Internal: internal,
	})
	if err != nil {
		return fmt.Errorf("writing event %s: %w", kind, err)
	}
	a.Event = id
	return nil
}

// Audit writes the entry of evidence: the last write of every act but that of the application's own row.
func (a *Tx) Audit(name string, detail, personal map[audit.Key]string) error {
	return a.AuditOf(name, "", detail, personal)
}

// AuditOf is Audit about somebody or something besides the application.
func (a *Tx) AuditOf(name, subject string, detail, personal map[audit.Key]string) error {
	id, err := a.Runner.NewID()
	if err != nil {
		return err
	}
	entry := audit.Entry{
		ID: id, At: a.Now, Actor: a.Actor.ID, ActorName: a.Actor.Name, Role: a.Actor.Role, Act: name,
		Establishment: a.App.Establishment, Application: a.App.ID, Subject: subject, Detail: detail,
		Personal: personal,
	}
	if entry.Establishment == "" {
		entry.Establishment = a.Actor.Establishment
	}
	r, err := entry.Record(a.Runner.Rand)
	if err != nil {
		return err
	}
	err = a.Store.InsertAudit(a.Ctx, query.InsertAuditParams{
		ID: r.ID, At: column.At(a.Now), Actor: r.Actor, Act: r.Act, Establishment: r.Establishment,
		Application: r.Application, Entry: r.Text, Hash: r.Hash, Personal: r.Personal.Text, Salt: r.Personal.Salt,
	})
	if err == nil {
		err = a.Store.AwaitLeaf(a.Ctx, r.ID)
	}
	if err != nil {
		return fmt.Errorf("writing the audit entry of %s: %w", name, err)
	}
	return nil
}

// News puts a line under 新着情報 of the application's establishment.
func (a *Tx) News(subject string) error {
	id, err := a.Runner.NewID()
	if err != nil {
		return err
	}
	err = a.Store.InsertNews(a.Ctx, query.InsertNewsParams{
		ID: id, Establishment: a.App.Establishment, Application: a.App.ID, Receipt: string(a.App.Receipt),
		Subject: subject, At: column.At(a.Now),
	})
	if err != nil {
		return fmt.Errorf("writing news: %w", err)
	}
	return nil
}

// MailTo puts one letter per person of the groups into the outbox (R-MAIL-3, R-MAIL-4). fill adds what
// the kind says beyond the application's own facts.
func (a *Tx) MailTo(kind application.Mail, groups []application.Recipient, fill func(*mail.Letter)) error {
	if kind == "" {
		return nil
	}
	letter, err := a.letter(kind)
	if err != nil {
		return err
	}
	if fill != nil {
		fill(&letter)
	}
	return a.postAll(letter, groups, nil)
}

// MailBut is mailTo without the addresses in silent.
func (a *Tx) MailBut(kind application.Mail, groups []application.Recipient, silent map[string]bool) error {
	letter, err := a.letter(kind)
	if err != nil {
		return err
	}
	return a.postAll(letter, groups, silent)
}

func (a *Tx) postAll(letter mail.Letter, groups []application.Recipient, silent map[string]bool) error {
	people, err := a.recipients(groups)
	if err != nil {
		return err
	}
	for _, person := range people {
		if silent[strings.ToLower(person.Email)] || person.silent != nil && person.silent(letter.Kind) {
			continue
		}
		letter.To, letter.ToAdministrator = person.Person, person.administrator
		if err := a.Post(letter); err != nil {
			return err
		}
	}
	return nil
}

// Post writes one outbox row. The dedupe key is event and recipient, so that a state entered again mails
// again, and one event never twice to the same address.
func (a *Tx) Post(letter mail.Letter) error {
	if err := letter.Check(); err != nil {
		return fmt.Errorf("writing a mail: %w", err)
	}
	payload, err := json.Marshal(letter)
	if err != nil {
		return fmt.Errorf("writing a mail: %w", err)
	}
	id, err := a.Runner.NewID()
	if err != nil {
		return err
	}
	_, err = a.Store.InsertOutbox(a.Ctx, query.InsertOutboxParams{
		ID: id, DedupeKey: a.Event + " " + letter.To.Email, Kind: string(letter.Kind), Application: a.App.ID,
		Recipient: letter.To.Email, Payload: string(payload), MessageID: a.Runner.Operator.Mail.MessageID(id),
		CreatedAt: column.At(a.Now), RunAt: column.At(a.Runner.Elapsed()),
	})
	if err != nil {
		return fmt.Errorf("writing a mail: %w", err)
	}
	a.Mailed = true
	return a.settleLetter(id, letter)
}

// Decide is the clock's command on the application that the act holds: its version moves, so that a page
// that shows the state before is stale.
func (a *Tx) Decide(c application.Command) (application.Step, error) {
	step, err := application.Decide(StandingOf(a.App), c, a.Actor, a.Now)
	if err != nil {
		return step, err
	}
	return step, a.Guard(Ref{ID: a.App.ID, Version: a.App.Version})
}

package desk

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

// reader is what facts are loaded with, inside a transaction or outside.
type reader = *query.Queries

// An act is one command inside its transaction: who does it, when, to which application. What it leaves
// behind – history, news, mail, evidence – is written through it.
type act struct {
	ctx   context.Context
	desk  *Desk
	tx    *store.Tx
	actor account.Actor
	now   time.Time
	cal   *calendar.Calendar
	app   query.Application
	// event is the id of the last event written; mails are keyed by it.
	event string
	// mailed says that something waits in the outbox.
	mailed bool
	// dead are keys that nothing names any more once the act is committed.
	dead []keyring.Name
	// given is what the act gives out; due is what a reminder is about.
	given []ledger.Entry
	due   string
	// named says that a letter of the clock was written, which must not leave twice.
	named bool
	// head is what every letter of the act begins with, read once.
	head *letterHead
}

// today is the day of the act.
func (a *act) today() calendar.Date { return calendar.DateOf(a.now) }

// newID is a key that sorts by the time of its making.
func (d *Desk) newID() (string, error) {
	id, err := uuid.NewV7FromReader(d.Rand)
	if err != nil {
		return "", fmt.Errorf("making an id: %w", err)
	}
	return id.String(), nil
}

// begin starts an act: one reading of the clock, one transaction. f may run again after a deadlock, with
// the same now. Mail is announced only after the commit.
func (d *Desk) begin(ctx context.Context, actor account.Actor, f func(*act) error) error {
	now, err := d.moment(ctx)
	if err != nil {
		return err
	}
	return d.beginAt(ctx, actor, now, f)
}

// beginAt is begin at a moment that was read before. The desk must be open for what a person changes (C10).
func (d *Desk) beginAt(ctx context.Context, actor account.Actor, now time.Time, f func(*act) error) error {
	if err := d.admits(ctx, actor, changing); err != nil {
		return err
	}
	return d.transact(ctx, actor, now, f)
}

// transact runs an act in its transaction. What has found that it might give something out twice was rolled back, and is
// tried again once that is settled.
func (d *Desk) transact(ctx context.Context, actor account.Actor, now time.Time, f func(*act) error) error {
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
func (d *Desk) try(ctx context.Context, actor account.Actor, now time.Time, f func(*act) error) error {
	mailed := false
	var noted *ledger.Noted
	err := d.DB.InTx(ctx, func(tx *store.Tx) error {
		cal, err := businessCalendar(ctx, tx.Queries)
		if err != nil {
			return err
		}
		a := &act{ctx: ctx, desk: d, tx: tx, actor: actor, now: now, cal: cal}
		if err = f(a); err == nil {
			noted, err = a.noteGiven(noted)
		}
		if err == nil {
			err = a.compare(noted)
		}
		mailed = a.mailed
		return err
	})
	d.endGiven(noted, err)
	if err == nil && mailed {
		d.Mailed()
	}
	return err
}

// command runs one command of the life cycle on an application: guard, decision by the table, f, and the
// row written back. The guarded update is the first statement that can wait for somebody else.
func (d *Desk) command(ctx context.Context, actor account.Actor, ref Ref, c application.Command,
	f func(*act, application.Step) error) error {
	return d.begin(ctx, actor, func(a *act) error { return a.command(ref, c, f) })
}

func (a *act) command(ref Ref, c application.Command, f func(*act, application.Step) error) error {
	if err := a.guard(ref); err != nil {
		return err
	}
	step, err := application.Decide(standing(a.app), c, a.actor, a.now)
	if err != nil {
		return err
	}
	if err := f(a, step); err != nil {
		return err
	}
	return a.write()
}

// eachByClock runs f on every application in an act of the clock of its own; one that fails does not keep the others. An
// application whose state has moved on is left alone.
func (d *Desk) eachByClock(ctx context.Context, now time.Time, apps []query.Application, f func(*act) error) error {
	var failed error
	for _, app := range apps {
		err := d.beginAt(ctx, account.ClockActor(), now, func(a *act) error {
			locked, err := a.tx.LockApplication(ctx, query.LockApplicationParams{ID: app.ID, State: app.State})
			if errors.Is(store.Missing(err), store.ErrNotFound) {
				return nil
			} else if err != nil {
				return err
			}
			a.app = locked
			return f(a)
		})
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("the clock's work on application %s: %w", app.ID, err))
		}
	}
	return failed
}

// guard locks the application at the version that the actor saw. Zero rows: it is not there for this
// actor, or it has moved on.
func (a *act) guard(ref Ref) error {
	app, err := a.tx.GuardApplication(a.ctx, query.GuardApplicationParams{ID: ref.ID, Version: ref.Version})
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return a.notGuarded(ref)
	} else if err != nil {
		return fmt.Errorf("locking application %s: %w", ref.ID, err)
	}
	if !maySee(a.actor, app) {
		return ErrNotFound
	}
	a.app = app
	return nil
}

func (a *act) notGuarded(ref Ref) error {
	app, err := a.tx.GetApplication(a.ctx, ref.ID)
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return ErrNotFound
	} else if err != nil {
		return fmt.Errorf("reading application %s: %w", ref.ID, err)
	}
	if !maySee(a.actor, app) {
		return ErrNotFound
	}
	return &Stale{ID: ref.ID, Seen: ref.Version, Now: app.Version}
}

// lockEstablishment is the second statement of every command that rests on the contract.
func (a *act) lockEstablishment() (query.Establishment, error) {
	est, err := a.tx.LockEstablishment(a.ctx, a.app.Establishment)
	if err != nil {
		return est, fmt.Errorf("locking establishment %s: %w", a.app.Establishment, err)
	}
	return est, nil
}

// maySee says whether an actor may know of an application: its own establishment's, and for the centre
// those that were registered at least once (R-APP-13, traps 6 and 27).
func maySee(actor account.Actor, app query.Application) bool {
	if actor.Role.OfCentre() {
		return app.Round > 0
	}
	return actor.MaySee(app.Establishment)
}

// standing is what the life cycle needs to know of a row.
func standing(app query.Application) application.Standing {
	return application.Standing{
		State: application.State(app.State), Holder: account.ID(app.Holder),
		RegisteredBy: account.ID(app.RegisteredBy), FourEyes: app.FourEyes, ProposedBy: account.ID(app.ProposedBy), Start: app.StartDate.Date,
		Deadline: app.SettingsDeadline.Date, SettingsComplete: app.SettingsComplete,
		Touched: app.TouchedAt.Time,
	}
}

// write stores every mutable column of the application that the act holds.
func (a *act) write() error {
	p := a.app
	err := a.tx.WriteApplication(a.ctx, query.WriteApplicationParams{
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

// setState moves the application along a step.
func (a *act) setState(step application.Step) { a.app.State = string(step.To) }

// record writes the event that people see in the history.
func (a *act) record(kind string, detail map[string]string, internal bool) error {
	return a.recordAt(a.now, kind, detail, internal)
}

func (a *act) recordAt(at time.Time, kind string, detail map[string]string, internal bool) error {
	id, err := a.desk.newID()
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
	err = a.tx.InsertEvent(a.ctx, query.InsertEventParams{
		ID: id, Application: a.app.ID, Establishment: a.app.Establishment, At: column.At(at),
		Actor: string(a.actor.ID), ActorName: a.actor.Name, Role: string(a.actor.Role), Kind: kind,
		State: a.app.State, Round: a.app.Round, Detail: string(text), Internal: internal,
	})
	if err != nil {
		return fmt.Errorf("writing event %s: %w", kind, err)
	}
	a.event = id
	return nil
}

// audit writes the entry of evidence: the last write of every act but that of the application's own row.
func (a *act) audit(name string, detail, personal map[audit.Key]string) error {
	return a.auditOf(name, "", detail, personal)
}

func (a *act) auditOf(name, subject string, detail, personal map[audit.Key]string) error {
	id, err := a.desk.newID()
	if err != nil {
		return err
	}
	entry := audit.Entry{
		ID: id, At: a.now, Actor: a.actor.ID, ActorName: a.actor.Name, Role: a.actor.Role, Act: name,
		Establishment: a.app.Establishment, Application: a.app.ID, Subject: subject, Detail: detail,
		Personal: personal,
	}
	if entry.Establishment == "" {
		entry.Establishment = a.actor.Establishment
	}
	r, err := entry.Record(a.desk.Rand)
	if err != nil {
		return err
	}
	err = a.tx.InsertAudit(a.ctx, query.InsertAuditParams{
		ID: r.ID, At: column.At(a.now), Actor: r.Actor, Act: r.Act, Establishment: r.Establishment,
		Application: r.Application, Entry: r.Text, Hash: r.Hash, Personal: r.Personal.Text, Salt: r.Personal.Salt,
	})
	if err == nil {
		err = a.tx.AwaitLeaf(a.ctx, r.ID)
	}
	if err != nil {
		return fmt.Errorf("writing the audit entry of %s: %w", name, err)
	}
	return nil
}

// news puts a line under 新着情報 of the application's establishment.
func (a *act) news(subject string) error {
	id, err := a.desk.newID()
	if err != nil {
		return err
	}
	err = a.tx.InsertNews(a.ctx, query.InsertNewsParams{
		ID: id, Establishment: a.app.Establishment, Application: a.app.ID, Receipt: string(a.app.Receipt),
		Subject: subject, At: column.At(a.now),
	})
	if err != nil {
		return fmt.Errorf("writing news: %w", err)
	}
	return nil
}

// mailTo puts one letter per person of the groups into the outbox (R-MAIL-3, R-MAIL-4). fill adds what
// the kind says beyond the application's own facts.
func (a *act) mailTo(kind application.Mail, groups []application.Recipient, fill func(*mail.Letter)) error {
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

// mailBut is mailTo without the addresses in silent.
func (a *act) mailBut(kind application.Mail, groups []application.Recipient, silent map[string]bool) error {
	letter, err := a.letter(kind)
	if err != nil {
		return err
	}
	return a.postAll(letter, groups, silent)
}

func (a *act) postAll(letter mail.Letter, groups []application.Recipient, silent map[string]bool) error {
	people, err := a.recipients(groups)
	if err != nil {
		return err
	}
	for _, person := range people {
		if silent[strings.ToLower(person.Email)] || person.silent != nil && person.silent(letter.Kind) {
			continue
		}
		letter.To, letter.ToAdministrator = person.Person, person.administrator
		if err := a.post(letter); err != nil {
			return err
		}
	}
	return nil
}

// post writes one outbox row. The dedupe key is event and recipient, so that a state entered again mails
// again, and one event never twice to the same address.
func (a *act) post(letter mail.Letter) error {
	if err := letter.Check(); err != nil {
		return fmt.Errorf("writing a mail: %w", err)
	}
	payload, err := json.Marshal(letter)
	if err != nil {
		return fmt.Errorf("writing a mail: %w", err)
	}
	id, err := a.desk.newID()
	if err != nil {
		return err
	}
	_, err = a.tx.InsertOutbox(a.ctx, query.InsertOutboxParams{
		ID: id, DedupeKey: a.event + " " + letter.To.Email, Kind: string(letter.Kind), Application: a.app.ID,
		Recipient: letter.To.Email, Payload: string(payload), MessageID: a.desk.Operator.Mail.MessageID(id),
		CreatedAt: column.At(a.now), RunAt: column.At(a.desk.Elapsed()),
	})
	if err != nil {
		return fmt.Errorf("writing a mail: %w", err)
	}
	a.mailed = true
	return a.settleLetter(id, letter)
}

package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/problem"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// A Mode says what people can do at the desk (C10). The clock's work and the commands of the operator go on
// in every mode.
type Mode string

// The modes. Read-only: nothing is changed by a person, but what was issued can be read, because its period
// runs. Closed: the establishments' people have no pages either; the centre's staff looks.
const (
	ModeOpen     Mode = "open"
	ModeReadOnly Mode = "read-only"
	ModeClosed   Mode = "closed"
)

// Modes lists every mode, the usual one first.
func Modes() []Mode { return []Mode{ModeOpen, ModeReadOnly, ModeClosed} }

// A ModeState is the mode as it was switched last. Number counts the switches, 0 before the first.
type ModeState struct {
	Number           int64
	Mode             Mode
	Notice, NoticeEn string
	Since            time.Time
	By               string
}

// NotOpen says that the desk's mode does not let the actor do it; nothing was done.
type NotOpen struct{ ModeState }

func (n *NotOpen) Error() string { return fmt.Sprintf("the desk is %s", n.Mode) }

// Bars says whether the mode keeps a role from the pages altogether.
func (m ModeState) Bars(role account.Role) bool {
	return m.Mode == ModeClosed && role.OfEstablishment()
}

// A doing is what an act means for the mode: whether it needs an open desk.
type doing int

const (
	changing doing = iota // a command of a person: the desk must be open
	looking               // reads, and leaves a trace of it: not in a closed desk, but for the centre's staff
	passing               // signing in and out, and the switch itself: always, so that nobody is locked out
)

// admits refuses what the mode does not let a person do. It is the one place that asks.
func (d *Desk) admits(ctx context.Context, actor account.Actor, what doing) error {
	return admitsBy(ctx, d.DB.Read().Queries, actor, what)
}

// admitsBy is admits by what q reads: inside a transaction that is the transaction, which must not wait for a second
// connection while others wait for what it has locked.
func admitsBy(ctx context.Context, q reader, actor account.Actor, what doing) error {
	if what == passing || !actor.Role.OfCentre() && !actor.Role.OfEstablishment() {
		return nil
	}
	mode, err := modeOf(ctx, q)
	switch {
	case err != nil:
		return err
	case mode.Mode == ModeOpen, what == looking && !mode.Bars(actor.Role):
		return nil
	}
	return &NotOpen{mode}
}

// beginDoing is begin for an act that is no change: looking or passing.
func (d *Desk) beginDoing(ctx context.Context, actor account.Actor, what doing, f func(*act) error) error {
	now, err := d.moment(ctx)
	if err != nil {
		return err
	}
	if err := d.admits(ctx, actor, what); err != nil {
		return err
	}
	return d.transact(ctx, actor, now, f)
}

// Mode is the mode of now.
func (d *Desk) Mode(ctx context.Context) (ModeState, error) { return modeOf(ctx, d.DB.Read().Queries) }

func modeOf(ctx context.Context, q reader) (ModeState, error) {
	row, err := q.CurrentMode(ctx)
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return ModeState{Mode: ModeOpen}, nil
	} else if err != nil {
		return ModeState{}, fmt.Errorf("reading the mode of the desk: %w", err)
	}
	return modeState(row), nil
}

func modeState(row query.Mode) ModeState {
	return ModeState{Number: row.Number, Mode: Mode(row.Mode), Notice: row.Notice, NoticeEn: row.NoticeEn,
		Since: row.RecordedAt.Time, By: row.RecordedBy}
}

// AnnouncementMax bounds the notice of a mode, in characters.
const AnnouncementMax = 400

// A ModeForm is what a supervisor types to switch. The notice is needed in every mode but the open one.
type ModeForm struct {
	Mode             Mode
	Notice, NoticeEn string
}

func (in ModeForm) problems(now ModeState) problem.List {
	var l problem.List
	switch {
	case in.Mode != ModeOpen && in.Mode != ModeReadOnly && in.Mode != ModeClosed:
		l.Add("mode", "C10", "運用状態を選択してください。")
	case in.Mode == now.Mode && in.Notice == now.Notice && in.NoticeEn == now.NoticeEn:
		l.Add("mode", "C10", "すでにこの運用状態です。状態かお知らせの文を変えてください。")
	case in.Mode != ModeOpen && in.Notice == "":
		l.Add("notice", "C10", "利用者に表示するお知らせを入力してください。")
	}
	if utf8.RuneCountInString(in.Notice) > AnnouncementMax {
		l.Add("notice", "C10", "お知らせは%d文字以内で入力してください。", AnnouncementMax)
	}
	if utf8.RuneCountInString(in.NoticeEn) > AnnouncementMax {
		l.Add("notice_en", "C10", "お知らせ（英語）は%d文字以内で入力してください。", AnnouncementMax)
	}
	return l
}

// SetMode switches the mode. It needs no open desk, so a supervisor can always switch back (trap 26). seen is
// the number of the mode that the page showed; another one in force since is a *Stale.
func (d *Desk) SetMode(ctx context.Context, actor account.Actor, seen int64, in ModeForm) error {
	if actor.Role != account.Supervisor {
		return ErrForbidden
	}
	in.Notice, in.NoticeEn = strings.TrimSpace(application.FoldLines(in.Notice)), strings.TrimSpace(application.FoldLines(in.NoticeEn))
	return d.beginDoing(ctx, actor, passing, func(a *act) error {
		before, err := modeOf(ctx, a.tx.Queries)
		if err != nil {
			return err
		}
		if before.Number != seen {
			return &Stale{ID: "mode", Seen: seen, Now: before.Number}
		}
		if err := in.problems(before).Err(); err != nil {
			return err
		}
		err = a.tx.InsertMode(ctx, query.InsertModeParams{Number: seen + 1, Mode: string(in.Mode), Notice: in.Notice,
			NoticeEn: in.NoticeEn, RecordedAt: column.At(a.now), RecordedBy: string(actor.ID)})
		if d.DB.IsTaken(err) {
			return &Stale{ID: "mode", Seen: seen, Now: seen + 1}
		} else if err != nil {
			return fmt.Errorf("switching the mode: %w", err)
		}
		return a.audit("set-mode", map[audit.Key]string{audit.State: string(in.Mode), audit.StateBefore: string(before.Mode)},
			map[audit.Key]string{audit.Reason: in.Notice})
	})
}

// An Operations page is C10's modes with the state of the background work.
type Operations struct {
	Mode ModeState
	// Switches are the latest ones, the newest first; By is the name of whoever did it.
	Switches []ModeState
	// Passing is what ends within the next soonDays business days, whatever the mode.
	Passing []PassingDay
	Jobs    []Job
	Signing Signing
	Aside   AsideKeys
	// Behind says that nothing is given out until the database has caught up with its ledger.
	Behind bool
	Now    time.Time
	// Until is the last day that Passing looks at.
	Until calendar.Date
}

// A PassingDay is a promised last day: of the settings, or of reading the passwords.
type PassingDay struct {
	Day                           calendar.Date
	Settings                      bool
	Application, Receipt, Company string
}

const (
	soonDays  = 5
	soonMost  = 100
	modesMost = 20
)

// Operations is the page of modes and jobs, for the centre's staff.
func (d *Desk) Operations(ctx context.Context, actor account.Actor) (Operations, error) {
	if !actor.Role.OfCentre() {
		return Operations{}, ErrForbidden
	}
	now, err := d.moment(ctx)
	if err != nil {
		return Operations{}, err
	}
	q := d.DB.Read().Queries
	cal, err := businessCalendar(ctx, q)
	if err != nil {
		return Operations{}, err
	}
	page := Operations{Now: now, Until: cal.AddBusinessDays(calendar.DateOf(now), soonDays)}
	if page.Mode, err = modeOf(ctx, q); err != nil {
		return page, err
	}
	if page.Switches, err = switches(ctx, q); err != nil {
		return page, err
	}
	if page.Passing, err = passingDays(ctx, q, calendar.DateOf(now), page.Until); err != nil {
		return page, err
	}
	page.Signing, page.Aside, page.Behind = d.Signing(), d.asideKeys(ctx), d.Behind()
	page.Jobs, err = d.jobs(ctx, q)
	return page, err
}

func switches(ctx context.Context, q reader) ([]ModeState, error) {
	rows, err := q.ListModes(ctx, modesMost)
	if err != nil {
		return nil, fmt.Errorf("reading the switches of the mode: %w", err)
	}
	var list []ModeState
	for _, row := range rows {
		state := modeState(row)
		if p, err := q.GetAccount(ctx, row.RecordedBy); err == nil {
			state.By = p.Name
		}
		list = append(list, state)
	}
	return list, nil
}

// passingDays are the promised last days from one day to another, earliest first.
func passingDays(ctx context.Context, q reader, from, until calendar.Date) ([]PassingDay, error) {
	rows, err := q.ApplicationsPromised(ctx, column.On(from))
	if err != nil {
		return nil, fmt.Errorf("reading what passes soon: %w", err)
	}
	var days []PassingDay
	within := func(day column.Day) bool { return !day.IsZero() && !day.Before(from) && !day.After(until) }
	for _, row := range rows {
		of := PassingDay{Application: row.ID, Receipt: string(row.Receipt), Company: row.Company}
		if within(row.SettingsDeadline) && !row.SettingsComplete {
			of.Day, of.Settings = row.SettingsDeadline.Date, true
			days = append(days, of)
		}
		if within(row.ReadLast) && row.SecretsEndedAt.IsZero() {
			of.Day, of.Settings = row.ReadLast.Date, false
			days = append(days, of)
		}
	}
	sortByDay(days, func(p PassingDay) calendar.Date { return p.Day })
	return days[:min(len(days), soonMost)], nil
}

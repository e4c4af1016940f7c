package operations

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/jobs"
	"uketsuke/internal/desk/papers"
	"uketsuke/internal/desk/recovery"
	"uketsuke/internal/problem"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// A ModeForm is what a supervisor types to switch. The notice is needed in every mode but the open one.
type ModeForm struct {
	Mode             command.Mode
	Notice, NoticeEn string
}

func (in ModeForm) problems(now command.ModeState) problem.List {
	var l problem.List
	switch {
	case in.Mode != command.ModeOpen && in.Mode != command.ModeReadOnly && in.Mode != command.ModeClosed:
		l.Add("mode", "C10", "運用状態を選択してください。")
	case in.Mode == now.Mode && in.Notice == now.Notice && in.NoticeEn == now.NoticeEn:
		l.Add("mode", "C10", "すでにこの運用状態です。状態かお知らせの文を変えてください。")
	case in.Mode != command.ModeOpen && in.Notice == "":
		l.Add("notice", "C10", "利用者に表示するお知らせを入力してください。")
	}
	if utf8.RuneCountInString(in.Notice) > command.AnnouncementMax {
		l.Add("notice", "C10", "お知らせは%d文字以内で入力してください。", command.AnnouncementMax)
	}
	if utf8.RuneCountInString(in.NoticeEn) > command.AnnouncementMax {
		l.Add("notice_en", "C10", "お知らせ（英語）は%d文字以内で入力してください。", command.AnnouncementMax)
	}
	return l
}

// SetMode switches the mode. It needs no open desk, so a supervisor can always switch back. seen is
// the number of the mode that the page showed; another one in force since is a *Stale.
func (d *Desk) SetMode(ctx context.Context, actor account.Actor, seen int64, in ModeForm) error {
	if actor.Role != account.Supervisor {
		return command.ErrForbidden
	}
	in.Notice, in.NoticeEn = strings.TrimSpace(application.FoldLines(in.Notice)), strings.TrimSpace(application.FoldLines(in.NoticeEn))
	return d.DoAs(ctx, actor, command.Always, func(a *command.Tx) error {
		before, err := command.ModeOf(ctx, a.Store.Queries)
		if err != nil {
			return err
		}
		if before.Number != seen {
			return &command.Stale{ID: "mode", Seen: seen, Now: before.Number}
		}
		if err := in.problems(before).Err(); err != nil {
			return err
		}
		err = a.Store.InsertMode(ctx, query.InsertModeParams{Number: seen + 1, Mode: string(in.Mode), Notice: in.Notice,
			NoticeEn: in.NoticeEn, RecordedAt: column.At(a.Now), RecordedBy: string(actor.ID)})
		if d.DB.IsTaken(err) {
			return &command.Stale{ID: "mode", Seen: seen, Now: seen + 1}
		} else if err != nil {
			return fmt.Errorf("switching the mode: %w", err)
		}
		return a.Audit("set-mode", map[audit.Key]string{audit.State: string(in.Mode), audit.StateBefore: string(before.Mode)},
			map[audit.Key]string{audit.Reason: in.Notice})
	})
}

// An Operations is the page of modes with the state of the background work.
type Operations struct {
	Mode command.ModeState
	// Switches are the latest ones, the newest first; By is the name of whoever did it.
	Switches []command.ModeState
	// Passing is what ends within the next soonDays business days, whatever the mode.
	Passing []PassingDay
	Jobs    []Job
	Signing papers.Signing
	Aside   recovery.AsideKeys
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

const soonDays = 5

// Operations is the page of modes and jobs, for the centre's staff.
func (d *Desk) Operations(ctx context.Context, actor account.Actor) (Operations, error) {
	if !actor.Role.OfCentre() {
		return Operations{}, command.ErrForbidden
	}
	now, err := d.DeskTime(ctx)
	if err != nil {
		return Operations{}, err
	}
	q := d.DB.Read().Queries
	cal, err := command.BusinessCalendar(ctx, q)
	if err != nil {
		return Operations{}, err
	}
	page := Operations{Now: now, Until: cal.AddBusinessDays(calendar.DateOf(now), soonDays)}
	if page.Mode, err = command.ModeOf(ctx, q); err != nil {
		return page, err
	}
	if page.Switches, err = switches(ctx, q); err != nil {
		return page, err
	}
	if page.Passing, err = passingDays(ctx, q, calendar.DateOf(now), page.Until); err != nil {
		return page, err
	}
	page.Signing, page.Aside, page.Behind = d.papers.Signing(), d.recovery.AsideKeys(ctx), d.Behind()
	page.Jobs, err = d.jobs(ctx, q)
	return page, err
}

func switches(ctx context.Context, q command.Reader) ([]command.ModeState, error) {
	rows, err := q.ListModes(ctx, command.ModesMost)
	if err != nil {
		return nil, fmt.Errorf("reading the switches of the mode: %w", err)
	}
	var list []command.ModeState
	for _, row := range rows {
		state := command.ReadModeState(row)
		if p, err := q.GetAccount(ctx, row.RecordedBy); err == nil {
			state.By = p.Name
		}
		list = append(list, state)
	}
	return list, nil
}

// passingDays are the promised last days from one day to another, earliest first.
func passingDays(ctx context.Context, q command.Reader, from, until calendar.Date) ([]PassingDay, error) {
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
	jobs.SortByDay(days, func(p PassingDay) calendar.Date { return p.Day })
	return days[:min(len(days), command.SoonMost)], nil
}

package main

import (
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/secret"
)

// An explainReadingPeriod asks R-SEC-1, R-SEC-2 and R-SET-1.
type explainReadingPeriod struct {
	explainer
	Approved string `required:"" placeholder:"DAY" help:"Day of the approval."`
	Start    string `required:"" placeholder:"DAY" help:"Confirmed start date."`
}

// A readingPeriod is the answer in JSON.
type readingPeriod struct {
	Approved         calendar.Date `json:"approved"`
	Start            calendar.Date `json:"start"`
	SettingsDeadline calendar.Date `json:"settings_deadline"`
	AdvisedDay       calendar.Date `json:"advised_day"`
	LastReadingDay   calendar.Date `json:"last_reading_day"`
	FirstClosedDay   calendar.Date `json:"first_closed_day"`
}

func periodOf(cal *calendar.Calendar, approved, start calendar.Date) readingPeriod {
	period := secret.PeriodFor(cal, approved.Start(), start)
	return readingPeriod{
		Approved: approved, Start: start, SettingsDeadline: application.SettingsDeadline(cal, start),
		AdvisedDay: period.Advised, LastReadingDay: period.LastDay, FirstClosedDay: period.FirstClosed,
	}
}

// Run answers, or refuses a start date that no approval can confirm.
func (e *explainReadingPeriod) Run(p *process) error {
	cal, err := e.calendar()
	if err != nil {
		return err
	}
	approved, err := typedDay("approved", e.Approved)
	if err != nil {
		return err
	}
	start, err := typedDay("start", e.Start)
	if err != nil {
		return err
	}
	if err := e.refuse(application.StartProblems(cal, start, start, approved, true, "")); err != nil {
		return err
	}
	period := periodOf(cal, approved, start)
	return e.answer(p, period, e.days(cal, period))
}

// days is the period in words, a line for each day from the approval on.
func (e *explainReadingPeriod) days(cal *calendar.Calendar, period readingPeriod) []string {
	var lines []string
	for day := period.Approved; !day.After(period.FirstClosedDay); day = day.AddDays(1) {
		var notes []string
		if ja, en := cal.WhyClosed(day); ja != "" {
			notes = append(notes, e.say(ja, en))
		}
		for _, note := range []struct {
			on     calendar.Date
			ja, en string
		}{
			{period.Approved, "審査終了日（ID払出し日）。このときから参照できます", "approval: can be read from now on"},
			{period.SettingsDeadline, "システム設定申込の締切日", "last day for the system settings"},
			{period.Start, "利用開始日", "start date"},
			{period.AdvisedDay, "この日までにお控えください", "note the passwords by this day"},
			{period.LastReadingDay, "参照できる最後の日（24時まで）", "last day on which they can be read (to midnight)"},
			{period.FirstClosedDay, "0時から参照できません", "cannot be read any more, from 00:00"},
		} {
			if day == note.on {
				notes = append(notes, e.say(note.ja, note.en))
			}
		}
		lines = append(lines, strings.TrimSpace(e.day(day)+"  "+strings.Join(notes, e.say("、", "; "))))
	}
	return lines
}

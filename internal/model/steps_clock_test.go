package model

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
)

// What time does.

// pass lets a little time pass before every step, so that no two steps happen at the same instant.
func (h *history) pass() {
	h.late = 0
	h.m.now = h.m.now.Add(time.Duration(1+h.r.IntN(300)) * time.Second).Add(time.Duration(h.r.IntN(1e6)) * time.Microsecond)
}

// moveClock moves the desk clock: by minutes or weeks, or to an instant at which something becomes true.
func (h *history) moveClock() {
	h.late = 0
	to := h.m.now
	switch h.r.IntN(12) {
	case 0, 1, 2:
		to = to.Add(time.Duration(1+h.r.IntN(600)) * time.Minute)
	case 3, 4, 5:
		to = h.m.today().AddDays(1).At(9, h.r.IntN(60))
	case 6:
		to = h.m.today().At(17, 0).Add([]time.Duration{-time.Microsecond, 0, time.Microsecond}[h.r.IntN(3)])
	case 7, 8, 9:
		to = h.turn()
	case 10:
		to = to.AddDate(0, 0, 2+h.r.IntN(12))
	case 11:
		if h.chance(0.12) {
			to = to.AddDate(0, 0, 60+h.r.IntN(50))
		}
	}
	if !to.After(h.m.now) {
		to = h.m.now.Add(time.Hour)
	}
	h.m.now = to
	h.steps = append(h.steps, fmt.Sprintf("%4d the clock moves to %s", len(h.steps)+1, to.In(calendar.Tokyo).Format("2006-01-02 15:04:05.000000")))
}

// turn is the next instant, or one a microsecond before it, at which something becomes true by time alone.
func (h *history) turn() time.Time {
	var turns []time.Time
	add := func(d day) {
		if at := d.Start(); !d.IsZero() && at.After(h.m.now) {
			turns = append(turns, at, at.Add(-time.Microsecond), d.At(9, 0))
		}
	}
	for _, a := range h.m.apps {
		if a.gone {
			continue
		}
		switch a.state {
		case application.Approved:
			add(a.start)
			add(a.deadline)
			add(a.deadline.AddDays(1))
			add(a.readLast.AddDays(1))
		case application.InDraft, application.Returned:
			if h.chance(0.05) {
				add(calendar.DateOf(a.touched).AddDays(76))
				add(calendar.DateOf(a.touched).AddDays(90))
			}
		}
	}
	if len(turns) == 0 {
		return h.m.now
	}
	slices.SortFunc(turns, time.Time.Compare)
	return turns[h.r.IntN(min(len(turns), 6))]
}

// clockRunsBack lets the desk clock stand behind its mark for the next step: it counts as the mark (R-CAL-3).
func (h *history) clockRunsBack() {
	_, err := h.desk.AcceptClock(h.ctx, account.OperatorActor("model"), desk.Witnesses{})
	h.must(err)
	h.late = time.Duration(1+h.r.IntN(100)) * time.Hour
	h.steps = append(h.steps, fmt.Sprintf("%4d the clock stands back by %s", len(h.steps)+1, h.late))
}

// tick is a round of the clock's work.
func (h *history) tick() {
	h.try(person{}, "tick", nil, fine, func() error { return h.desk.Tick(h.ctx) })
	for _, pass := range []func(*app){h.remindSettings, h.voidMissed, h.tellEffect, h.remindPasswords, h.announce, h.expire, h.endSecrets} {
		for _, a := range h.m.apps {
			if !a.gone {
				pass(a)
			}
		}
	}
	h.compareRing()
}

func (h *history) voidMissed(a *app) {
	if h.m.missed(a) {
		a.version++
		h.voided(a, a.deadline.AddDays(1).Start())
	}
}

func (h *history) tellEffect(a *app) {
	if h.m.shown(a) == application.InEffect && !a.effectTold {
		a.effectTold = true
		h.m.post(a, application.MailInEffect, "AM", nil)
	}
}

// remind handles the reminders that are due: of those not handled before the newest is sent, if it is due after
// the approval and there is something to remind of (R-SET-4).
func (h *history) remind(a *app, kind application.Mail, days []day, needed bool, silent map[string]bool) {
	var newest time.Time
	for _, d := range days {
		due := d.At(9, 0)
		key := string(kind) + due.String()
		if due.After(h.m.now) || a.handled[key] {
			continue
		}
		a.handled[key] = true
		if due.After(newest) {
			newest = due
		}
	}
	if newest.After(a.approvedAt) && needed {
		h.m.post(a, kind, "AM", silent)
	}
}

func (h *history) remindSettings(a *app) {
	if a.state != application.Approved || a.deadline.IsZero() {
		return
	}
	var days []day
	for _, n := range []int{10, 6, 5, 4} {
		days = append(days, h.m.calendarAt(a.recorded).AddBusinessDays(a.start, -n))
	}
	h.remind(a, application.MailSettingsReminder, days, !a.complete && !h.m.missed(a), nil)
}

func (h *history) remindPasswords(a *app) {
	if a.state != application.Approved || a.secretsGone || a.readLast.IsZero() {
		return
	}
	cal := h.m.calendarAt(a.recorded) // that of the promise (trap 28)
	days := []day{a.readLast}
	for _, d := range []day{cal.AddBusinessDays(a.start, -1), a.start, cal.AddBusinessDays(a.start, 1)} {
		if d.Before(a.readLast) {
			days = append(days, d)
		}
	}
	silent := map[string]bool{}
	for id := range a.noted {
		silent[strings.ToLower(h.m.person(id).email)] = true
		if id == a.registrant {
			silent[strings.ToLower(a.frozen.email)] = true
		}
	}
	h.remind(a, application.MailPasswordReminder, days, a.readings == 0 && h.m.readable(a), silent)
}

// announce is day 76 of a draft or a return (R-APP-13).
func (h *history) announce(a *app) {
	kind, groups := application.MailDraftExpiring, "P"
	if a.state == application.Returned {
		kind, groups = application.MailReturnExpiring, "AM"
	} else if a.state != application.InDraft {
		return
	}
	if a.announced.IsZero() && h.m.today().Sub(calendar.DateOf(a.touched)) >= 76 {
		a.announced = h.m.now
		h.m.post(a, kind, groups, nil)
	}
}

// expire is day 90, and not sooner than a week after the announcement.
func (h *history) expire(a *app) {
	open := a.state == application.InDraft || a.state == application.Returned
	if !open || a.announced.IsZero() || h.m.today().Sub(calendar.DateOf(a.touched)) < 90 || h.m.today().Sub(calendar.DateOf(a.announced)) < 7 {
		return
	}
	if a.state == application.InDraft {
		a.gone = true
		return
	}
	a.version++
	h.m.end(a, application.Withdrawn)
	h.m.post(a, application.MailReturnExpired, "AM", nil)
}

// endSecrets ends reading periods that are over (R-SEC-6).
func (h *history) endSecrets(a *app) {
	if !a.readLast.IsZero() && h.m.today().After(a.readLast) {
		a.secretsGone = true
	}
}

// compareRing says that after a round the keys are those of the passwords that still exist (R-SEC-6).
func (h *history) compareRing() {
	keys, err := h.ring.List()
	h.must(err)
	left := map[string]int{}
	for _, k := range keys {
		left[strings.Split(string(k.Name), "/")[1][:36]]++
	}
	for _, a := range h.m.apps {
		want := 0
		if !a.gone && a.state == application.Approved && !a.readLast.IsZero() && !a.secretsGone && len(a.dead) < len(a.ids()) {
			want = 1
		}
		if left[a.id] != want {
			h.wrong("R-SEC-6: %d keys of application %s are left, want %d", left[a.id], a, want)
		}
	}
}

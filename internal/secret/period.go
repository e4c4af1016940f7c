package secret

import (
	"slices"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
)

// A Period is the reading period of an application's secrets, computed once and stored (R-SEC-3).
type Period struct {
	// From is the instant of the approval, UTC, to the microsecond.
	From  time.Time     `json:"readable_from"`
	Start calendar.Date `json:"start"`
	// Advised is the day by which the operator advises to have noted the secrets.
	Advised calendar.Date `json:"advised_day"`
	LastDay calendar.Date `json:"last_reading_day"`
	// FirstClosed is the day from whose 00:00 in Japan nobody can read any more.
	FirstClosed calendar.Date `json:"first_closed_day"`
}

// PeriodFor is the reading period as promised at an approval, or when the start date is changed later; from
// is in both cases the instant of the approval:
//   - it ends with the second business day after the start date (R-SEC-1),
//   - it is closed from 00:00 of the next calendar day (R-SEC-1),
//   - noting is advised by the calendar day after the start date (R-SEC-2).
func PeriodFor(cal *calendar.Calendar, from time.Time, start calendar.Date) Period {
	last := cal.AddBusinessDays(start, 2)
	return Period{
		From:        from.UTC().Truncate(time.Microsecond),
		Start:       start,
		Advised:     start.AddDays(1),
		LastDay:     last,
		FirstClosed: last.AddDays(1),
	}
}

// Readable says whether the period is open at an instant (R-SEC-1): the approval's own instant is in it,
// midnight in Japan at its end is not. The zero Period is never open.
func (p Period) Readable(now time.Time) bool {
	return !p.FirstClosed.IsZero() && !now.Before(p.From) && now.Before(p.FirstClosed.Start())
}

// DaysLeft is the number of days on which the secrets can be read, today included: 1 on the last day, 0
// outside the period.
func (p Period) DaysLeft(now time.Time) int {
	if !p.Readable(now) {
		return 0
	}
	return p.FirstClosed.Sub(calendar.DateOf(now))
}

// MayRead says whether an account may read the secrets of an application of an establishment (R-SEC-7):
//   - the account is active,
//   - it belongs to that establishment,
//   - it is an administrator, or
//   - it is the account that registered the application, and still one that may apply: a viewer sees no
//     secret.
//
// The centre's staff is neither, and never reads a secret.
func MayRead(actor account.Actor, establishment string, registeredBy account.ID, active bool) bool {
	if !active || !actor.MaySee(establishment) {
		return false
	}
	if actor.Role == account.Administrator {
		return true
	}
	return actor.Role.MayApply() && actor.ID != "" && actor.ID == registeredBy
}

// Which names the day of a reminder, relative to the period.
type Which string

// The days of R-SEC-10.
const (
	DayBefore Which = "day-before" // one business day before the start
	StartDay  Which = "start-day"
	DayAfter  Which = "day-after" // one business day after the start
	FinalDay  Which = "final-day" // the last reading day
)

// A Reminder is one パスワードご確認のお願い that falls due.
type Reminder struct {
	Which Which
	Day   calendar.Date
	// Due is 09:00 of Day in Japan, as UTC (R-SET-4).
	Due time.Time
}

// Reminders are the reminders of a period, earliest first (R-SEC-10). The last reading day is the promised
// one (R-SEC-3): after an edit of the calendar, a day that falls on it or behind it gives way to it, so
// that no day has two. Reminders due not after p.From are listed too: whoever sends records the skip.
func Reminders(cal *calendar.Calendar, p Period) []Reminder {
	if p.LastDay.IsZero() {
		return nil
	}
	all := []Reminder{
		{Which: DayBefore, Day: cal.AddBusinessDays(p.Start, -1)},
		{Which: StartDay, Day: p.Start},
		{Which: DayAfter, Day: cal.AddBusinessDays(p.Start, 1)},
	}
	due := slices.DeleteFunc(all, func(r Reminder) bool { return !r.Day.Before(p.LastDay) })
	due = append(due, Reminder{Which: FinalDay, Day: p.LastDay})
	for i := range due {
		due[i].Due = due[i].Day.At(9, 0)
	}
	return due
}

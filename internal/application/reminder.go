package application

import (
	"slices"
	"time"

	"uketsuke/internal/calendar"
)

// SettingsReminders are the instants at which the reminders of a start date fall due: 09:00 of start −10,
// −6, −5 and −4 BD (R-SET-4), as UTC.
func SettingsReminders(cal *calendar.Calendar, start calendar.Date) []time.Time {
	var due []time.Time
	for _, n := range []int{10, 6, 5, 4} {
		due = append(due, cal.AddBusinessDays(start, -n).At(reminderHour, 0))
	}
	return due
}

// A SkipReason says why a reminder was not sent; it is recorded as an event (R-SET-4).
type SkipReason string

// The reasons for which a reminder is skipped.
const (
	SkipNotAfterApproval SkipReason = "not-after-approval" // it was due at or before the approval
	SkipReasonGone       SkipReason = "reason-gone"        // what it would remind of is done
	SkipNewerDue         SkipReason = "newer-due"          // it is late, and a newer one is due
)

// A Reminding is what is to be done about one reminder that has fallen due: send it when Skip is "".
type Reminding struct {
	Due  time.Time
	Skip SkipReason
}

// DueReminders decides every reminder that has fallen due by now and was not handled (sent or skipped)
// before, in the order of time. At most one is to be sent, the newest (R-SET-4, R-SEC-10). needed says
// whether there is still something to remind of.
func DueReminders(due []time.Time, approvedAt, now time.Time, needed bool, handled func(time.Time) bool) []Reminding {
	var open []Reminding
	for _, t := range due {
		if !t.After(now) && !handled(t) {
			open = append(open, Reminding{Due: t})
		}
	}
	slices.SortFunc(open, func(a, b Reminding) int { return a.Due.Compare(b.Due) })
	for i := range open {
		switch {
		case !open[i].Due.After(approvedAt):
			open[i].Skip = SkipNotAfterApproval
		case !needed:
			open[i].Skip = SkipReasonGone
		case i < len(open)-1:
			open[i].Skip = SkipNewerDue
		}
	}
	return open
}

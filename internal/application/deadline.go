package application

import (
	"time"

	"uketsuke/internal/calendar"
	"uketsuke/internal/problem"
)

// The distances of the rules, in business days (BD) unless said otherwise.
const (
	ClosingHour         = 17 // registrations after 17:00:00 count for the next business day, R-APP-11
	wishNotBefore       = 7  // after the base day, R-APP-11
	wishMonths          = 6  // months after the base day, R-APP-11
	startAfterApproval  = 1  // settings complete, R-EX-9
	startWithIncomplete = 6  // settings incomplete, R-EX-9
	deadlineBefore      = 4  // before the start, R-SET-1
	reminderHour        = 9  // of the reminder's day, R-SET-4
)

// BaseDay is the day from which the wish is counted (R-APP-11): the day of registration if it is a
// business day and the request arrived not after 17:00:00.000, else the next business day.
func BaseDay(cal *calendar.Calendar, registeredAt time.Time) calendar.Date {
	day := calendar.DateOf(registeredAt)
	if cal.IsBusinessDay(day) && !registeredAt.After(day.At(ClosingHour, 0)) {
		return day
	}
	return cal.AddBusinessDays(day, 1)
}

// EarliestWish is the first day that may be wished for by an application registered at an instant: base
// day + 7 BD (R-APP-11).
func EarliestWish(cal *calendar.Calendar, registeredAt time.Time) calendar.Date {
	return cal.AddBusinessDays(BaseDay(cal, registeredAt), wishNotBefore)
}

// LatestWish is the last day that may be wished for: the last business day that is not after base day + 6
// months, which is the same day of the month or its last day (R-APP-11).
func LatestWish(cal *calendar.Calendar, registeredAt time.Time) calendar.Date {
	limit := BaseDay(cal, registeredAt).AddMonths(wishMonths)
	return cal.AddBusinessDays(limit.AddDays(1), -1)
}

// A WishWindow explains which days may be wished for, and why the first one is the first (R-APP-11).
type WishWindow struct {
	Registered calendar.Date // the day in Japan on which the registration arrives
	Base       calendar.Date
	Earliest   calendar.Date
	Latest     calendar.Date
	// ClosedDay: it arrives on a day that is no business day. AfterHours: on a business day after 17:00.
	ClosedDay  bool
	AfterHours bool
}

// WhyEarliest is the window of wishes for a registration at an instant, with its reasons.
func WhyEarliest(cal *calendar.Calendar, registeredAt time.Time) WishWindow {
	w := WishWindow{
		Registered: calendar.DateOf(registeredAt),
		Base:       BaseDay(cal, registeredAt),
		Earliest:   EarliestWish(cal, registeredAt),
		Latest:     LatestWish(cal, registeredAt),
	}
	w.ClosedDay = !cal.IsBusinessDay(w.Registered)
	w.AfterHours = !w.ClosedDay && w.Base != w.Registered
	return w
}

// WishProblems judges a wish by the instant of registration (R-APP-11): it is given, a business day, not
// before the earliest and not after the latest. The field is "desired".
func WishProblems(cal *calendar.Calendar, wish calendar.Date, registeredAt time.Time) problem.List {
	var l problem.List
	earliest, latest := EarliestWish(cal, registeredAt), LatestWish(cal, registeredAt)
	switch {
	case wish.IsZero():
		l.Add("desired", "R-APP-11", "利用開始希望日を入力してください。%sから%sまでの営業日を指定できます。",
			dayWord(earliest), dayWord(latest))
	case wish.Before(earliest):
		l.Add("desired", "R-APP-11", "利用開始希望日は、最も早い日である%s以降の営業日を指定してください。", dayWord(earliest))
	case wish.After(latest):
		l.Add("desired", "R-APP-11", "利用開始希望日は、最も遅い日である%s以前の営業日を指定してください。", dayWord(latest))
	case !cal.IsBusinessDay(wish):
		l.Add("desired", "R-APP-11", "%sは営業日ではありません。利用開始希望日には、次の営業日の%sなど、営業日を指定してください。",
			dayWord(wish), dayWord(cal.OnOrAfter(wish)))
	}
	return l
}

// EarliestStart is the first start date that an approval on a day may confirm (R-EX-4, R-EX-9):
//   - a business day, not before the wish,
//   - at least the next business day after the approval,
//   - at least approval + 6 BD if settings are incomplete, so that the deadline is 2 BD away or more.
func EarliestStart(cal *calendar.Calendar, wish, approvalDay calendar.Date, settingsComplete bool) calendar.Date {
	after := startWithIncomplete
	if settingsComplete {
		after = startAfterApproval
	}
	first := cal.AddBusinessDays(approvalDay, after)
	if first.Before(wish) {
		return cal.OnOrAfter(wish)
	}
	return first
}

// StartProblems judges the start date an examiner confirms (R-EX-4, R-EX-9). The fields are "start" and
// "start_reason"; a reason is needed only where the start differs from the wish.
func StartProblems(cal *calendar.Calendar, wish, start, approvalDay calendar.Date, settingsComplete bool,
	reason string) problem.List {
	l := startProblems(cal, wish, start, approvalDay, settingsComplete)
	if len(l) == 0 && start != wish {
		l = append(l, startReason(reason, "R-EX-4", true)...)
	} else {
		l = append(l, startReason(reason, "R-EX-4", false)...)
	}
	return l
}

// StartChangeProblems judges a later change of the start date on a day (R-EX-9): the same as at approval,
// only to a later date, and always with a reason.
func StartChangeProblems(cal *calendar.Calendar, wish, old, start, today calendar.Date, settingsComplete bool,
	reason string) problem.List {
	l := startProblems(cal, wish, start, today, settingsComplete)
	if len(l) == 0 && !start.After(old) {
		l.Add("start", "R-EX-9", "利用開始日は、現在の%sより後の営業日にのみ変更できます。", dayWord(old))
	}
	return append(l, startReason(reason, "R-EX-4", true)...)
}

func startProblems(cal *calendar.Calendar, wish, start, today calendar.Date, settingsComplete bool) problem.List {
	var l problem.List
	earliest := EarliestStart(cal, wish, today, settingsComplete)
	switch {
	case start.IsZero():
		l.Add("start", "R-EX-4", "利用開始日を入力してください。最も早い日は%sです。", dayWord(earliest))
	case !cal.IsBusinessDay(start):
		l.Add("start", "R-EX-4", "%sは営業日ではありません。利用開始日には営業日を指定してください。", dayWord(start))
	case start.Before(wish):
		l.Add("start", "R-EX-4", "利用開始日は、利用開始希望日の%sより前にはできません。希望日以降の営業日を指定してください。", dayWord(wish))
	case start.Before(earliest) && !settingsComplete:
		l.Add("start", "R-EX-9", "システム設定が未入力のため、利用開始日は6営業日後の%s以降にしてください。それより前では締切日までの日数が足りません。",
			dayWord(earliest))
	case start.Before(earliest):
		l.Add("start", "R-EX-9", "利用開始日は、翌営業日の%s以降にしてください。", dayWord(earliest))
	}
	return l
}

func startReason(reason, rule string, required bool) problem.List {
	var l problem.List
	text := textRule{field: "start_reason", rule: rule, label: Word{"利用開始日を変更する理由", "Reason for the start date"},
		max: ReasonMax, required: required, lines: true}
	text.check(&l, FoldLines(reason))
	return l
}

// StartReason is the reason that the page proposes when the first possible start differs from the wish
// (R-EX-9), "" when it does not.
func StartReason(cal *calendar.Calendar, wish, approvalDay calendar.Date, settingsComplete bool) string {
	switch start := EarliestStart(cal, wish, approvalDay, settingsComplete); {
	case start == wish:
		return ""
	case settingsComplete:
		return "審査終了日の翌営業日以降でなければ利用を開始できないため"
	default:
		return "システム設定の入力期間を確保するため（審査終了日から6営業日後以降）"
	}
}

// SettingsDeadline is the last day on which the settings can be completed: start − 4 BD (R-SET-1). It is
// computed once, at approval or change of the start, and stored.
func SettingsDeadline(cal *calendar.Calendar, start calendar.Date) calendar.Date {
	return cal.AddBusinessDays(start, -deadlineBefore)
}

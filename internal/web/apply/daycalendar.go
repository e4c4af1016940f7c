package apply

import (
	"time"

	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/web/kit"
)

// A DayCalendar offers the possible days as radio buttons in tables, one month each; the first month that
// has any carries the name as the id of its first day, so that the summary's link finds it.
type DayCalendar struct {
	Name     string
	Label    string
	Hint     kit.Sentence
	Problems problem.List
	Months   []CalendarMonth
	// Impossible is what was typed and is no possible day; it stays chosen until another day is.
	Impossible string
	Shown      kit.Sentence // Impossible in words
}

// A CalendarMonth is one month of weeks from Sunday to Saturday. Its notes name today and
// the closed days that the day of the week does not explain.
type CalendarMonth struct {
	Month kit.Month
	Open  bool
	Weeks [][7]CalendarDay
	Notes []kit.Sentence
}

// A CalendarDay is a day of a month; the zero day fills a week up.
type CalendarDay struct {
	Date   calendar.Date
	ID     string
	Chosen bool
	Today  bool
	// Why says why the day is not possible; nothing when it is.
	Why kit.Sentence
}

// DescribedBy lists the ids of hint and problems, for aria-describedby.
func (c DayCalendar) DescribedBy() string { return kit.DescribedBy(c.Name, c.Hint, c.Problems) }

// desiredCalendar offers the possible days for the wish (R-APP-11).
func desiredCalendar(possible desk.StartPage, f kit.Form) DayCalendar {
	typed := f.Values.Get("desired")
	c := DayCalendar{Name: "desired", Label: "利用開始希望日", Problems: f.Problems.At("desired"), Impossible: typed,
		Hint: kit.Say("%sまでに登録した場合にいちばん早い日は%sです（申込の基準日から7営業日後）。%sまで選べます。", closing(possible.BaseDay), possible.Earliest, possible.Latest)}
	for first := firstOfMonth(possible.Earliest); !first.After(possible.Latest); first = firstOfMonth(first.AddDays(31)) {
		month := CalendarMonth{Month: kit.Month{Date: first}, Open: len(c.Months) == 0}
		for day := first; day.Month() == first.Month(); day = day.AddDays(1) {
			cell := calendarDay(day, possible, typed)
			if cell.Chosen {
				month.Open, c.Impossible = true, ""
			}
			month.add(cell)
			if cell.Today {
				month.Notes = append(month.Notes, kit.Say("%d日 %s", day.Day(), kit.Say("今日")))
			}
			if reason, closed := possible.Closed[day]; closed && cell.inside(possible) && !weekend(day) {
				month.Notes = append(month.Notes, kit.Say("%d日 %s", day.Day(), reason))
			}
		}
		c.Months = append(c.Months, month)
	}
	if c.Impossible != "" {
		c.Shown = kit.Say("%s", typed)
		if day, err := calendar.ParseTyped(typed); err == nil {
			c.Shown = kit.Say("%s", day)
		}
	}
	return c
}

// calendarDay is a day of the wish's calendar with what keeps it from being chosen.
func calendarDay(day calendar.Date, possible desk.StartPage, typed string) CalendarDay {
	cell := CalendarDay{Date: day, ID: "desired=" + day.String(), Today: day == possible.Today, Chosen: day.String() == typed}
	switch reason, closed := possible.Closed[day]; {
	case day.Before(possible.Earliest):
		cell.Why = kit.Say("いちばん早い日より前です")
	case day.After(possible.Latest):
		cell.Why = kit.Say("選べる最後の日より後です")
	case closed:
		cell.Why = kit.Say("%s", reason)
	case day == possible.Earliest:
		cell.ID = "desired"
	}
	cell.Chosen = cell.Chosen && cell.Why.Text == ""
	return cell
}

// add puts the next day of the month into its week.
func (m *CalendarMonth) add(cell CalendarDay) {
	if len(m.Weeks) == 0 || cell.Date.Weekday() == time.Sunday {
		m.Weeks = append(m.Weeks, [7]CalendarDay{})
	}
	m.Weeks[len(m.Weeks)-1][cell.Date.Weekday()] = cell
}

func (d CalendarDay) inside(possible desk.StartPage) bool {
	return !d.Date.Before(possible.Earliest) && !d.Date.After(possible.Latest)
}

func weekend(day calendar.Date) bool {
	return day.Weekday() == time.Saturday || day.Weekday() == time.Sunday
}

func firstOfMonth(day calendar.Date) calendar.Date {
	return calendar.NewDate(day.Year(), day.Month(), 1)
}

// closing is the instant up to which a registration counts for a base day (R-APP-11).
func closing(base calendar.Date) kit.Sentence { return kit.Say("%s 17:00", base) }

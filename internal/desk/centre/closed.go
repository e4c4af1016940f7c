package centre

import (
	"uketsuke/internal/calendar"
)

// ClosedDays are the days that are no business days, with the reason, in the months from one day to another.
func ClosedDays(cal *calendar.Calendar, from, to calendar.Date) map[calendar.Date]ClosedDay {
	closed := map[calendar.Date]ClosedDay{}
	end := calendar.NewDate(to.Year(), to.Month(), 1).AddMonths(1)
	for day := calendar.NewDate(from.Year(), from.Month(), 1); day.Before(end); day = day.AddDays(1) {
		if ja, en := cal.WhyClosed(day); ja != "" {
			closed[day] = ClosedDay{ja, en}
		}
	}
	return closed
}

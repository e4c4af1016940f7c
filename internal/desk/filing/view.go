package filing

import (
	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/desk/centre"
)

// A StartPage is what the first pages of the wizard need: kinds to choose from, and the possible days.
type StartPage struct {
	Kinds            []catalogue.Kind
	BaseDay          calendar.Date
	Earliest, Latest calendar.Date
	// Days are the business days from Earliest to Latest.
	Days  []calendar.Date
	Today calendar.Date
	// Closed are the days of the months from Earliest to Latest that are no business days.
	Closed map[calendar.Date]centre.ClosedDay
}

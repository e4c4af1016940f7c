package home

import (
	"time"

	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/centre"
	"uketsuke/internal/desk/command"
)

// A TopMenu is the top menu.
type TopMenu struct {
	Establishment command.Establishment
	News          []News
	// Notices are those of the centre that are shown today, unread first.
	Notices []centre.Notice
	// Todo is what needs doing, most urgent first.
	Todo []Todo
}

// A News item is a line of 新着情報.
type News struct {
	ID, Application, Receipt, Subject string
	At                                time.Time
	Unread                            bool
}

// TodoKind tells what needs doing.
type TodoKind string

// The kinds, in the order of the menu, and what a Todo's Day is for each.
const (
	TodoReturned  TodoKind = "returned"  // correct and register again; Day is the last day for it
	TodoSettings  TodoKind = "settings"  // complete the settings; Day is the deadline
	TodoPasswords TodoKind = "passwords" // unread passwords; Day is the last reading day
	TodoDraft     TodoKind = "draft"     // a draft that is not registered; Day is the day it is removed
	TodoVoid      TodoKind = "void"      // void by the deadline and not begun anew; Day is the deadline
	TodoSetup     TodoKind = "setup"     // U業務 that are not ticked; Day is the last day of this reminder
)

// A Todo is one thing that needs doing.
type Todo struct {
	Kind                 TodoKind
	Application, Receipt string
	Items                string
	Day                  calendar.Date
	// BusinessDaysLeft counts from today to Day, Day included.
	BusinessDaysLeft int
	// Done of All steps are ticked, for TodoSetup.
	Done, All int
}

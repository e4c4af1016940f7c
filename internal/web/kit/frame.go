package kit

import (
	"time"

	"uketsuke/internal/problem"
)

// A Frame is what every page shows around its main part; every page's struct embeds it.
type Frame struct {
	// Path is the address that GET answers with this page; the language form returns there.
	Path     string
	Operator Operator
	// Person is who is signed in; the zero Person is nobody.
	Person Person
	Nav    []Link
	// Back leads one page up or one step back; the zero Link is not shown.
	Back Link
	// Flash says what has just been done.
	Flash []Notice
	// Problems fills the summary at the top; the fields carry their own.
	Problems problem.List
	// Clock is the demo's bar; nil everywhere else.
	Clock *Clock
}

// An Operator is who runs the desk, as header and footer name it. All of it is configuration.
type Operator struct {
	Service  string // name of this service
	Name     string // name of the centre
	HelpDesk string // name of the help desk
	Phone    string
	Hours    string
	Rules    string // address of the rules of use; "" when there are none to show
}

// A Person is who is signed in, as the header names them. Company and Establishment are "" for the
// centre's staff.
type Person struct {
	Company       string
	Establishment string
	Name          string
	Home          string // address of the person's first page
	// Ends is when the session does if nobody comes again.
	Ends SessionEnd
}

// A Link is a text that leads somewhere. Text is a Japanese text of the catalogue, or a name.
type Link struct {
	Text    string
	Address string
	Current bool
}

// A Clock is the demo's bar: which moment it is at the desk, and where to move it forward.
type Clock struct {
	Now    time.Time
	Action string // POST: "to" = 2006-01-02T15:04 in Japan, or "step" = "hour" | "day" | "business-day"
	Mails  string // address of the mail catcher
	Back   string // the address that GET answers with the page on which the bar stands
}

// Local is the moment as an input of type datetime-local holds it.
func (c Clock) Local() string {
	return c.Now.In(time.FixedZone("JST", 9*60*60)).Format("2006-01-02T15:04")
}

// An ErrorPage is shown when a request cannot be answered.
type ErrorPage struct {
	Frame
	Heading   string   // Japanese text
	Says      Sentence // what happened and what to do
	RequestID string
	// Again sends what was typed once more; nil when there is nothing to send.
	Again *Retry
}

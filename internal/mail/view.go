package mail

import (
	"fmt"
	"strings"
	"time"

	"uketsuke/internal/calendar"
)

// A heading is all that a subject may show: the receipt number, which the store made.
type heading struct{ Receipt string }

// A view is a letter as its template sees it: typed text is cleaned, and each kind of text can only be
// put where it belongs.
type view struct {
	Operator
	To              string // the reader's name
	ToAdministrator bool

	Company, Establishment         string
	Department                     string // the reader's
	ApplicantDepartment, Applicant string

	Receipt              string
	RegisteredOn         day
	Items                []string
	Desired              day
	Start, PreviousStart day
	StartReason          []string

	SettingsDeadline   day
	SettingsIncomplete bool

	IDsIssued, Reissue              bool
	ReadFrom, ReadAdvised, ReadLast day

	Remarks   []remark
	Reason    []string
	Reader    string
	ReadAt    instant
	ExpiresOn day
	Change    AccountChange
	WrittenAt instant
	Remote    string
	// Checkpoint is a signed note, with its lines.
	Checkpoint string
	Agent      string
	URL        string // of the set-up link; "" in a letter that is only looked at
}

// A remark with its text in lines.
type remark struct {
	Item string
	Text []string
}

// A day of a letter.
type day struct{ calendar.Date }

// Moved says whether the start date differs from the wish.
func (v view) Moved() bool { return !v.Desired.IsZero() && v.Start != v.Desired }

// An instant of a letter.
type instant struct{ time.Time }

// Japanese is the instant as pages write it: 2024年12月10日(火) 9時05分.
func (i instant) Japanese() string {
	t := i.In(calendar.Tokyo)
	return fmt.Sprintf("%s %d時%02d分", calendar.DateOf(t).Japanese(), t.Hour(), t.Minute())
}

// newView cleans a letter.
func newView(op Operator, l Letter) view {
	var change AccountChange
	if c := l.Change; c != nil {
		change = AccountChange{oneLine(c.Person), oneLine(c.By), c.Done, oneLine(c.PreviousRole), oneLine(c.Role), c.Applications, oneLine(c.Successor)}
	}
	return view{
		Change: change, WrittenAt: instant{l.WrittenAt}, Remote: oneLine(l.Remote), Checkpoint: strings.TrimSpace(l.Checkpoint), Agent: oneLine(l.Agent),
		Operator: op, To: oneLine(l.To.Name), ToAdministrator: l.ToAdministrator,
		Company: oneLine(l.Company), Establishment: oneLine(l.Establishment),
		Department: oneLine(l.readersDepartment()), ApplicantDepartment: oneLine(l.Department), Applicant: oneLine(l.Applicant),
		Receipt: oneLine(l.Receipt), RegisteredOn: day{l.RegisteredOn}, Items: cleanAll(l.Items),
		Desired: day{l.Desired}, Start: day{l.Start}, PreviousStart: day{l.PreviousStart}, StartReason: lines(l.StartReason),
		SettingsDeadline: day{l.SettingsDeadline}, SettingsIncomplete: l.SettingsIncomplete,
		IDsIssued: l.IDsIssued, Reissue: l.Reissue, ReadFrom: day{l.ReadFrom}, ReadAdvised: day{l.ReadAdvised}, ReadLast: day{l.ReadLast},
		Remarks: cleanRemarks(l.Remarks), Reason: lines(l.Reason),
		Reader: oneLine(l.Reader), ReadAt: instant{l.ReadAt}, ExpiresOn: day{l.ExpiresOn}, URL: oneLine(l.URL),
	}
}

// readersDepartment is where the reader works, "" if that is not known.
func (l Letter) readersDepartment() string {
	if l.To.Department == "" && !l.ToAdministrator {
		return l.Department
	}
	return l.To.Department
}

func cleanAll(typed []string) []string {
	clean := make([]string, len(typed))
	for i, s := range typed {
		clean[i] = oneLine(s)
	}
	return clean
}

func cleanRemarks(typed []Remark) []remark {
	clean := make([]remark, len(typed))
	for i, r := range typed {
		clean[i] = remark{oneLine(r.Item), lines(r.Text)}
	}
	return clean
}

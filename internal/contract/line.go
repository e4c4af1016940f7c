package contract

import (
	"slices"

	"uketsuke/internal/calendar"
	"uketsuke/internal/userid"
)

// A Kind tells what a Line says something of.
type Kind string

// The kinds of lines, in the order in which they stand.
const (
	OfPart Kind = "part" // a part of the contract: its plan and terminals
	OfCode Kind = "code" // a user code
	OfID   Kind = "id"   // a user ID
)

// A Line is one row of a contract. Page, CSV and JSON all show these lines and no others, so that they cannot
// differ. Fields that say nothing of the kind are zero.
type Line struct {
	Kind Kind
	// Subject is a user code, a user ID, or the part: userid.Net or userid.General.
	Subject string
	// Plan and Terminals are those of a part.
	Plan      string
	Terminals int
	// Category is that of a code; an ID has its code's.
	Category string
	// Trades are catalogue keys; a code has those of all its IDs, each once.
	Trades                        []string
	Method                        string
	SingleSignOn                  bool
	StatsPaid, StatsFree, Archive bool
	Since, Until                  calendar.Date
	// classes are those of the ID, or of all IDs of the code.
	classes []userid.Class
}

// StandsOn says whether a line belongs to a part of the contract: a code does if it has an ID of the class, and
// a code without any ID, which would stand nowhere, stands on netNACCS.
func (l Line) StandsOn(class userid.Class) bool {
	if l.Kind == OfCode && len(l.classes) == 0 {
		return class == userid.Net
	}
	return slices.Contains(l.classes, class)
}

// Lines are the rows of a contract: its parts, if it has a plan, then its codes, then its IDs.
func (c Contract) Lines() []Line {
	var parts, codes, ids []Line
	if c.Plan != "" {
		parts = []Line{
			{Kind: OfPart, Subject: string(userid.Net), Plan: c.Plan, Terminals: c.Terminals, classes: []userid.Class{userid.Net}},
			{Kind: OfPart, Subject: string(userid.General), Plan: c.GeneralPlan, Terminals: c.GeneralTerminals, classes: []userid.Class{userid.General}},
		}
	}
	for _, code := range c.Codes {
		line := Line{Kind: OfCode, Subject: string(code.Code), Category: code.Category, StatsPaid: code.StatsPaid,
			StatsFree: code.StatsFree, Archive: code.Archive, Since: code.Since, Until: code.Until}
		for _, id := range code.IDs {
			class := id.ID.Number().Class()
			line.Trades, line.classes = with(line.Trades, id.Trades), with(line.classes, []userid.Class{class})
			ids = append(ids, Line{Kind: OfID, Subject: string(id.ID), Category: code.Category, Trades: id.Trades, Method: id.Method,
				SingleSignOn: id.SingleSignOn, Since: id.Since, Until: id.Until, classes: []userid.Class{class}})
		}
		codes = append(codes, line)
	}
	return slices.Concat(parts, codes, ids)
}

// with are the values with those added that are not among them.
func with[T comparable](values, more []T) []T {
	for _, v := range more {
		if !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	return values
}

// A Difference is one thing that is not the same in two contracts; the zero Line is not there.
type Difference struct{ Before, After Line }

// Kind and Subject name the thing.
func (d Difference) Kind() Kind { return d.there().Kind }

// Subject is the code, the ID or the part.
func (d Difference) Subject() string { return d.there().Subject }

func (d Difference) there() Line {
	if d.After.Kind == "" {
		return d.Before
	}
	return d.After
}

// Differences says thing by thing what a change does, in the order of the lines. That a thing exists until a
// known day, and what only follows from another thing, such as the trades of a code, is no difference.
func (c Change) Differences() []Difference {
	type key struct {
		kind    Kind
		subject string
	}
	before := map[key]Line{}
	for _, line := range c.Before.Lines() {
		before[key{line.Kind, line.Subject}] = line
	}
	var all []Difference
	for _, line := range c.After.Lines() {
		at := key{line.Kind, line.Subject}
		if !sameLine(before[at], line) {
			all = append(all, Difference{before[at], line})
		}
		delete(before, at)
	}
	for _, line := range c.Before.Lines() {
		if _, gone := before[key{line.Kind, line.Subject}]; gone {
			all = append(all, Difference{Before: line})
		}
	}
	slices.SortStableFunc(all, func(a, b Difference) int { return order(a.Kind()) - order(b.Kind()) })
	return all
}

func order(k Kind) int { return slices.Index([]Kind{OfPart, OfCode, OfID}, k) }

// sameLine says whether two lines say the same of a thing itself.
func sameLine(a, b Line) bool {
	if a.Kind != b.Kind {
		return false
	}
	switch a.Kind {
	case OfPart:
		return a.Plan == b.Plan && a.Terminals == b.Terminals
	case OfCode:
		return a.Category == b.Category && a.StatsPaid == b.StatsPaid && a.StatsFree == b.StatsFree && a.Archive == b.Archive
	}
	return a.Method == b.Method && a.SingleSignOn == b.SingleSignOn && slices.Equal(a.Trades, b.Trades)
}

// Renamed says whether the change is one of the establishment's name, address or signatory.
func (c Change) Renamed() bool {
	return !sameEstablishment(c.Before.Establishment, c.After.Establishment)
}

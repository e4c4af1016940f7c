package model

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/desk"
)

type day = calendar.Date

// The truth is everything that is so, as the rules want it.
type truth struct {
	now            time.Time
	cat            *catalogue.Catalogue
	closings       []closing
	establishments []*establishment
	people         []person
	apps           []*app
	// codes are all user codes that ever were, with the numbers that ever were under them (R-ID-6).
	codes map[string]map[string]bool
	// areas are the reserved bonded areas (R-APP-9).
	areas map[string]area
	// fourEyes are the kinds whose approval takes two people (R-EX-6).
	fourEyes map[string]bool
	// mode is that of the desk, after so many switches (C10).
	mode     desk.Mode
	switches int64
	// usage are the metered amounts by month, then by establishment and ID (R-CON-5).
	usage map[string]map[string]int64
	// sequences are the highest receipt numbers by year (R-APP-15).
	sequences map[int]int
	// secrets are all initial passwords that anybody has read.
	secrets map[string]bool
	// answered are contracts of days up to then, which must never change again (R-CON-2).
	answered map[string]string
}

type closing struct {
	day    day
	closed bool
	at     time.Time
}

type person struct {
	account.Actor
	email string
}

type establishment struct {
	id, region    string
	abbreviations []string
	since         day
	base          contract // what was imported
	plan          string
	terminals     int
}

// An app is an application. State is what is recorded; shown says what it is at an instant.
type app struct {
	id                         string
	est                        *establishment
	state                      application.State
	gone                       bool
	version                    int64
	holder, registrant, keeper account.ID
	round                      int
	receipt                    string
	registered                 map[int64]string // receipt numbers by the version that was registered (R-APP-14)
	draft, frozen              doc
	typed                      map[string]bool // pages with kept typing
	settings                   tabs
	complete                   bool
	registeredAt, approvedAt   time.Time
	touched, announced         time.Time
	recorded                   time.Time // when its facts were written
	start, deadline, readLast  day
	issued                     []issue
	secretsGone, effectTold    bool
	handled                    map[string]bool // reminders, sent or skipped
	readings                   int
	noted                      map[account.ID]bool
	passwords                  map[string]string
	dead                       map[string]bool // IDs whose passwords were issued again since (R-SEC-9)
	erased                     bool            // R-SEC-8
	touches                    []string        // R-APP-10
	copied                     *app            // what it was copied from, while it was not saved
	mails                      []string
	fourEyes                   bool
	proposal                   *verdict // R-EX-6
	spans                      []span
}

// A verdict is what a claimant proposed under four eyes.
type verdict struct {
	by   account.ID
	form desk.ApproveForm
}

// A span is a time for which an application's changes stood, with their first day; revoked is zero while they do.
type span struct {
	start             day
	recorded, revoked time.Time
}

// stand begins a span, and revoke ends the last one.
func (a *app) stand(start day, now time.Time) {
	a.spans = append(a.spans, span{start: start, recorded: now})
}

func (a *app) revoke(at time.Time) {
	if n := len(a.spans); n > 0 {
		a.spans[n-1].revoked = at
	}
}

// A doc is the content of an application.
type doc struct {
	kinds                    []string
	desired                  day
	reason                   bool // a right one
	contact                  bool // a right one
	email                    string
	codes                    []code
	highest, highestExisting int
	existing                 []change
	reissue                  []string // user IDs
}

type code struct {
	placeholder         int
	category            string
	rows                []row
	paid, free, archive bool
}

type row struct {
	sso    bool
	trades []string
	method string
	count  int
}

// An issue is a code that was issued, with its numbers by row.
type issue struct {
	placeholder int
	code        string
	numbers     [][]string
}

func (d doc) clone() doc {
	d.kinds = slices.Clone(d.kinds)
	d.codes = slices.Clone(d.codes)
	for i := range d.codes {
		d.codes[i].rows = slices.Clone(d.codes[i].rows)
	}
	d.existing = slices.Clone(d.existing)
	return d
}

func (d *doc) code(placeholder int) *code {
	for i := range d.codes {
		if d.codes[i].placeholder == placeholder {
			return &d.codes[i]
		}
	}
	return nil
}

func (c code) trades() []string {
	var all []string
	for _, r := range c.rows {
		for _, t := range r.trades {
			if !slices.Contains(all, t) {
				all = append(all, t)
			}
		}
	}
	return all
}

func (m *truth) today() day { return calendar.DateOf(m.now) }

// calendar is the calendar of now; calendarAt the one known at an instant (R-APP-11).
func (m *truth) calendar() *calendar.Calendar { return m.calendarAt(m.now) }

func (m *truth) calendarAt(at time.Time) *calendar.Calendar {
	closed := map[day]string{}
	for _, c := range m.closings {
		if c.at.After(at) {
			continue
		}
		delete(closed, c.day)
		if c.closed {
			closed[c.day] = "休業日"
		}
	}
	return calendar.New(closed)
}

// shown is the state of an application at this instant (R-CON-1, R-SET-1).
func (m *truth) shown(a *app) application.State {
	switch {
	case a.state != application.Approved:
		return a.state
	case m.missed(a):
		return application.Void
	case !m.today().Before(a.start):
		return application.InEffect
	}
	return application.Approved
}

// missed says that the settings were not complete by the end of the deadline (R-SET-1).
func (m *truth) missed(a *app) bool {
	return a.state == application.Approved && !a.deadline.IsZero() && !a.complete && m.today().After(a.deadline)
}

// sees says who may know of an application: its establishment, and the centre once it was registered.
func (m *truth) sees(who person, a *app) bool {
	if centre(who) {
		return a.round > 0
	}
	return who.Establishment == a.est.id
}

func centre(who person) bool { return who.Establishment == "" }

// content is the document that counts: what was registered, or the draft before that.
func (a *app) content() doc {
	if a.round > 0 {
		return a.frozen
	}
	return a.draft
}

// working is the document on which settings stand: while it is returned, the working copy.
func (a *app) working() doc {
	if a.state == application.InDraft || a.state == application.Returned {
		return a.draft
	}
	return a.frozen
}

func (a *app) String() string {
	if a.receipt != "" {
		return a.receipt
	}
	return "draft " + a.id[len(a.id)-6:]
}

// post notes a letter to each person of the groups A, M and P, one per address (R-MAIL-3).
func (m *truth) post(a *app, kind application.Mail, groups string, silent map[string]bool) {
	seen := map[string]bool{}
	send := func(address string) {
		if key := strings.ToLower(address); !seen[key] {
			seen[key] = true
			if !silent[key] {
				a.mails = append(a.mails, fmt.Sprintf("%s to %s", kind, address))
			}
		}
	}
	for _, group := range groups {
		switch group {
		case 'A':
			send(a.content().email)
		case 'M':
			for _, p := range m.people {
				if p.Establishment == a.est.id && p.Role == account.Administrator {
					send(p.email)
				}
			}
		case 'P':
			send(m.person(a.keeper).email)
		}
	}
}

func (m *truth) person(id account.ID) person {
	return m.people[slices.IndexFunc(m.people, func(p person) bool { return p.ID == id })]
}

// letGo takes the claimant off an application, with what that one proposed.
func (a *app) letGo() { a.holder, a.proposal = "", nil }

// end takes an application into an ended state: its areas are free (R-APP-9).
func (m *truth) end(a *app, state application.State) {
	a.state = state
	a.letGo()
	for _, name := range m.held(a) {
		delete(m.areas, name)
	}
}

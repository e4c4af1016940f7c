package checker

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/mailroom"
	"uketsuke/internal/desk/people"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
)

// A dossier is one application with what its history says must be.
type dossier struct {
	*checking
	app      query.Application
	events   []history
	versions []query.ApplicationVersion
	records  []query.SettingRecord
	outbox   []query.Outbox
	admins   []query.AdministratorsEverRow
	people   []query.EstablishmentAddressesRow
	issued   []query.UserCode
	ids      []query.UserID
	life     life
	findings []Finding
}

// A history is one event with its details read.
type history struct {
	query.ApplicationEvent
	detail map[string]string
	step   application.Step // the step of the life cycle it is, zero for what time or a reading did
}

// A life is what walking through the history gives.
type life struct {
	state        application.State
	round        int64
	registered   []history // by round
	promises     []history // the approval and each change of the start date
	holder       string
	proposer     string
	complete     bool // the settings, since the approval
	secretsEnded bool
	effect       bool
	touched      time.Time
	end          history // what ended it; zero while it goes on
}

func (k *checking) dossier(id string) (*dossier, error) {
	app, err := k.q.GetApplication(k.ctx, id)
	if err != nil {
		return nil, store.Missing(err)
	}
	s := &dossier{checking: k, app: app}
	events, err := k.q.ListEvents(k.ctx, id)
	var failed error
	s.versions, failed = k.q.ListVersions(k.ctx, id)
	err = errors.Join(err, failed)
	s.records, failed = k.q.ListSettingRecords(k.ctx, id)
	err = errors.Join(err, failed)
	s.outbox, failed = k.q.ListOutboxOf(k.ctx, id)
	err = errors.Join(err, failed)
	s.admins, failed = k.q.AdministratorsEver(k.ctx, command.TextOf(app.Establishment))
	err = errors.Join(err, failed)
	s.people, failed = k.q.EstablishmentAddresses(k.ctx, command.TextOf(app.Establishment))
	err = errors.Join(err, failed)
	s.issued, failed = k.q.ListCodesOf(k.ctx, id)
	err = errors.Join(err, failed)
	s.ids, failed = k.q.ListIDsOf(k.ctx, id)
	if err = errors.Join(err, failed); err != nil {
		return nil, err
	}
	// Ids are made under the lock of the row, so their order is that of the commits. The instants are not:
	// what the clock records bears the true instant, which is earlier.
	slices.SortFunc(events, func(a, b query.ApplicationEvent) int { return cmp.Compare(a.ID, b.ID) })
	for _, e := range events {
		h := history{ApplicationEvent: e}
		if err := json.Unmarshal([]byte(e.Detail), &h.detail); err != nil {
			return nil, fmt.Errorf("reading event %s: %w", e.ID, err)
		}
		s.events = append(s.events, h)
	}
	return s, nil
}

// add hides that of the checking: what a dossier finds is kept apart until it was seen twice.
func (s *dossier) add(rule, format string, args ...any) {
	s.findings = append(s.findings, Finding{rule, s.app.ID, fmt.Sprintf(format, args...)})
}

// same adds a finding unless what is stored is what must be.
func (s *dossier) same(rule, what, must, stored string) {
	if must != stored {
		s.add(rule, "%s is %q and must be %q", what, stored, must)
	}
}

// alike compares what must be with what is stored, thing by thing.
func (s *dossier) alike(rule string, must, stored map[string]string) {
	for _, thing := range sortedKeys(must) {
		if has, there := stored[thing]; !there {
			s.add(rule, "%s is missing", thing)
		} else {
			s.same(rule, thing, must[thing], has)
		}
	}
	for _, thing := range sortedKeys(stored) {
		if _, asked := must[thing]; !asked {
			s.add(rule, "%s is there, and nothing asks for it", thing)
		}
	}
}

func sortedKeys(m map[string]string) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// walk goes through the history by the life cycle's table.
func (s *dossier) walk() error {
	for i := range s.events {
		e := &s.events[i]
		s.same("R-EX-7", "the establishment of the event "+e.Kind, s.app.Establishment, e.Establishment)
		s.step(e, i == 0)
		s.apply(*e)
		s.same("R-CON-4", "the state after "+e.Kind, string(s.life.state), e.State)
		s.same("R-APP-15", "the round of "+e.Kind, strconv.FormatInt(s.life.round, 10), strconv.FormatInt(e.Round, 10))
	}
	return nil
}

// standing is what the events so far say of the application.
func (s *dossier) standing() application.Standing {
	l := s.life
	standing := application.Standing{State: l.state, Holder: account.ID(l.holder), SettingsComplete: l.complete, Touched: l.touched}
	if len(l.registered) > 0 {
		standing.RegisteredBy = account.ID(l.registered[len(l.registered)-1].Actor)
	}
	if len(l.promises) > 0 {
		last := l.promises[len(l.promises)-1]
		standing.Start, standing.Deadline = last.day("start"), last.day("deadline")
	}
	return standing
}

// day is a day among the details, zero if there is none.
func (h history) day(key string) calendar.Date {
	day, err := calendar.ParseDate(h.detail[key])
	if err != nil {
		return calendar.Date{}
	}
	return day
}

// step finds the row of the table that an event is, and moves the state along it.
func (s *dossier) step(e *history, first bool) {
	command := application.Command(e.Kind)
	switch {
	case first != (e.Kind == "begin"):
		s.add("R-CON-4", "the event %s stands at the wrong place", e.Kind)
		return
	case first:
		s.life.state = application.InDraft
		return
	case e.Kind == "complete-settings":
		command = application.SaveSettings
	case ofTime(e.Kind):
		return
	}
	actor := account.Actor{ID: account.ID(e.Actor), Role: account.Role(e.Role), Establishment: e.Establishment}
	standing := s.standing()
	// The rule of four eyes at that moment is seen from what was done under it (R-EX-6).
	standing.FourEyes = command == application.Propose || e.detail["proposed_by"] != ""
	standing.ProposedBy = account.ID(s.life.proposer)
	step, err := application.Decide(standing, command, actor, e.At.Time)
	if err != nil {
		s.add("R-CON-4", "the life cycle has no place for an event: %v", err)
		return
	}
	e.step, s.life.state = step, step.To
}

// ofTime says whether an event is no command: time or a reading did it.
func ofTime(kind string) bool {
	return slices.Contains([]string{"in-effect", "announce-end", "reminder-sent", "reminder-skipped", "read-secrets", "end-secrets", "erase-secrets", mailroom.BounceMail, mailroom.ResendMail, people.HandOver}, kind)
}

// apply takes over what an event changes beside the state.
func (s *dossier) apply(e history) {
	l := &s.life
	switch e.step.Command {
	case application.Propose:
		l.proposer = e.Actor
	case application.Claim, application.TakeOver:
		l.holder, l.proposer = e.Actor, ""
	case application.Release, application.Withdraw, application.ExpireReturn, application.Reject:
		l.holder = ""
	case application.Return:
		l.holder, l.touched = "", e.At.Time
	case application.Register:
		l.holder, l.round, l.registered = "", l.round+1, append(l.registered, e)
	case application.Approve:
		l.holder, l.promises, l.complete = e.Actor, append(l.promises, e), s.completeBy(e)
		doc, _ := s.document(e.Round)
		l.effect = doc.IsReissue() // nobody is told of its start (R-SEC-9)
	case application.ChangeStartDate:
		l.promises = append(l.promises, e)
	case application.Revoke:
		l.holder, l.secretsEnded = "", true
	case application.SaveSettings:
		l.complete = l.complete || e.Kind == "complete-settings"
	}
	switch {
	case e.Kind == "end-secrets", e.Kind == "erase-secrets":
		l.secretsEnded = true
	case e.Kind == "in-effect":
		l.effect = true
	case e.Kind == people.HandOver && l.state == application.UnderExamination && e.Internal:
		l.holder, l.proposer = e.detail["to"], "" // at the centre; an establishment's own changes nobody's claim
	case e.step.Command != "" && l.state.Ended():
		l.end = e
	}
}

// columns compares the row with the life.
func (s *dossier) columns() error {
	l, a := s.life, s.app
	s.same("R-CON-4", "the state", string(l.state), a.State)
	s.same("R-APP-15", "the round", strconv.FormatInt(l.round, 10), strconv.FormatInt(a.Round, 10))
	s.same("R-EX-2", "the claimant", l.holder, string(a.Holder))
	s.same("R-CON-4", "the instant of the end", instant(l.end.At.Time), instant(a.EndedAt.Time))
	s.same("R-CON-4", "that the start was announced", strconv.FormatBool(l.effect), strconv.FormatBool(!a.EffectNotedAt.IsZero()))
	s.promised()
	return nil
}

// promised compares what the approval and the changes of the start date have promised (R-SET-1, R-SEC-3).
func (s *dossier) promised() {
	a := s.app
	var first, last history
	changed := ""
	if n := len(s.life.promises); n > 0 {
		first, last = s.life.promises[0], s.life.promises[n-1]
		if n > 1 {
			changed = instant(last.At.Time)
		}
	}
	s.same("R-EX-4", "the instant of the approval", instant(first.At.Time), instant(a.ApprovedAt.Time))
	s.same("R-EX-4", "who approved", first.Actor, string(a.ApprovedBy))
	s.same("R-EX-9", "the instant of the last change of the start date", changed, instant(a.StartChangedAt.Time))
	s.same("R-EX-4", "the start date", dayText(last.day("start")), dayText(a.StartDate.Date))
	s.same("R-SET-1", "the settings deadline", dayText(last.day("deadline")), dayText(a.SettingsDeadline.Date))
	advised, closed := calendar.Date{}, calendar.Date{}
	if !last.day("read_last").IsZero() {
		advised, closed = last.day("start").AddDays(1), last.day("read_last").AddDays(1)
	}
	s.same("R-SEC-2", "the advised day", dayText(advised), dayText(a.ReadAdvised.Date))
	s.same("R-SEC-3", "the last reading day", dayText(last.day("read_last")), dayText(a.ReadLast.Date))
	s.same("R-SEC-3", "the first closed day", dayText(closed), dayText(a.ReadClosed.Date))
}

// instant is a time as it is stored, "" for none.
func instant(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2006-01-02T15:04:05.000000Z")
}

func dayText(day calendar.Date) string {
	if day.IsZero() {
		return ""
	}
	return day.String()
}

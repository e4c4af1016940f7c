package checker

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// registrations compares each registration with its frozen version: the receipt number keeps its digits and
// counts its letter on (R-APP-15), the digest is that of the stored bytes (R-APP-16).
func (s *dossier) registrations() error {
	must, stored := map[string]string{}, map[string]string{}
	for i, e := range s.life.registered {
		must[versionName(i+1)] = fmt.Sprintf("%s by %s under %s", instant(e.At.Time), e.Actor, e.detail["receipt"])
	}
	for _, v := range s.versions {
		stored[versionName(int(v.Round))] = fmt.Sprintf("%s by %s under %s", instant(v.RegisteredAt.Time), v.RegisteredBy, v.Receipt)
		s.digest(v)
	}
	s.alike("R-APP-16", must, stored)
	latest, desired, at, by := "", "", "", ""
	for i, e := range s.life.registered {
		s.receipt(i, e)
		latest, desired, at, by = e.detail["receipt"], e.detail["desired_start"], instant(e.At.Time), e.Actor
	}
	s.same("R-APP-15", "the receipt number", latest, string(s.app.Receipt))
	s.same("R-APP-11", "the wish", desired, dayText(s.app.DesiredStart.Date))
	s.same("R-APP-11", "the instant of the registration", at, instant(s.app.RegisteredAt.Time))
	s.same("R-EX-6", "who registered", by, string(s.app.RegisteredBy))
	return nil
}

func versionName(round int) string { return "the registered version " + strconv.Itoa(round) }

// digest compares the digest of a version with its bytes and with the event of its registration.
func (s *dossier) digest(v query.ApplicationVersion) {
	sum := sha256.Sum256([]byte(v.Content))
	s.same("R-APP-16", "the digest of "+versionName(int(v.Round)), hex.EncodeToString(sum[:]), v.Digest)
	if i := int(v.Round) - 1; i >= 0 && i < len(s.life.registered) {
		s.same("R-APP-16", "the digest that the registration noted", v.Digest, s.life.registered[i].detail["digest"])
	}
}

// receipt compares the receipt number of a round with the first one. That no two applications share the
// digits follows: the first letter's number is a unique key.
func (s *dossier) receipt(round int, e history) {
	first, err := application.ParseReceipt(s.life.registered[0].detail["receipt"])
	if err != nil {
		s.add("R-APP-15", "%q is no receipt number", s.life.registered[0].detail["receipt"])
		return
	}
	year := calendar.DateOf(s.life.registered[0].At.Time).Year()
	must, err := s.receiptOf(year, first.Sequence, round)
	if err != nil {
		s.add("R-APP-15", "%v", err)
		return
	}
	s.same("R-APP-15", fmt.Sprintf("the receipt number of registration %d", round+1), must, e.detail["receipt"])
}

// document is the registered document of a round; false when there is none that can be read.
func (s *dossier) document(round int64) (application.Document, bool) {
	i := slices.IndexFunc(s.versions, func(v query.ApplicationVersion) bool { return v.Round == round })
	if i < 0 {
		return application.Document{}, false
	}
	doc, err := application.Decode([]byte(s.versions[i].Content))
	return doc, err == nil
}

// tabs are the settings' tabs as of an event: the latest record of each (R-SET-2). Ids tell what was
// recorded before, also within one instant.
func (s *dossier) tabs(until string) map[string]query.SettingRecord {
	tabs := map[string]query.SettingRecord{}
	for _, r := range s.records {
		if r.ID < until || until == "" {
			tabs[tabName(int(r.Placeholder), r.Tab)] = r
		}
	}
	return tabs
}

func tabName(placeholder int, tab string) string { return strconv.Itoa(placeholder) + "/" + tab }

// completeBy says whether the settings were complete as of an event, by what each record noted then: today's
// catalogue may ask for more.
func (s *dossier) completeBy(e history) bool {
	doc, ok := s.document(e.Round)
	tabs := s.tabs(e.ID)
	for _, t := range application.Tabs(doc, s.desk.Catalogue) {
		record, saved := tabs[tabName(t.Placeholder, t.Tab)]
		if saved && !record.Complete || !saved && !application.CompleteTab(t.Tab, nil, s.desk.Catalogue) {
			return false
		}
	}
	return ok
}

// settings compares the facts of the system settings with the records: there are some once the settings are
// complete and approved, each save makes its own, and a moved start date makes them anew (R-SET-2).
func (s *dossier) settings() error {
	rows, err := s.q.ListCodeSettingsOf(s.ctx, s.app.ID)
	if err != nil {
		return err
	}
	stored := map[string]string{}
	made := map[string]int{}
	for _, r := range rows { // in the order in which they were recorded
		made[r.Code+"/"+r.Tab]++
		name := factName("settings "+r.Code+"/"+r.Tab, made[r.Code+"/"+r.Tab])
		stored[name] = factText(valuesText(r.Content), instant(r.RecordedAt.Time), r.ValidFrom.Date, r.ValidTo.Date, instant(r.RevokedAt.Time))
	}
	s.alike("R-SET-2", s.settingFacts(), stored)
	state := s.life.state
	if state == application.Registered || state == application.UnderExamination {
		s.same("R-SET-3", "that the settings are complete", strconv.FormatBool(s.completeBy(history{ApplicationEvent: query.ApplicationEvent{Round: s.life.round}})),
			strconv.FormatBool(s.app.SettingsComplete))
	}
	if state == application.Approved || state == application.Void {
		s.same("R-SET-3", "that the settings are complete", strconv.FormatBool(s.life.complete), strconv.FormatBool(s.app.SettingsComplete))
	}
	return nil
}

// valuesText is the values of a tab in one spelling; a tab that was never saved has none.
func valuesText(content string) string {
	values := map[string]string{}
	if err := json.Unmarshal([]byte(content), &values); err != nil {
		return "unreadable: " + content
	}
	text, _ := json.Marshal(values) // strings can always be written
	return string(text)
}

// A settingFact is a fact that the history asks for and that nothing has revoked yet.
type settingFact struct {
	name, content, recorded string
	from                    calendar.Date
}

// settingFacts goes through the history and makes the facts that it asks for.
func (s *dossier) settingFacts() map[string]string {
	must := map[string]string{}
	made := map[string]int{}
	standing := map[string]settingFact{} // by code and tab
	revoke := func(subject string, at string) {
		if f, there := standing[subject]; there {
			must[f.name] = factText(f.content, f.recorded, f.from, calendar.Date{}, at)
			delete(standing, subject)
		}
	}
	complete := false
	var start calendar.Date
	for _, e := range s.events {
		at := instant(e.At.Time)
		switch e.step.Command {
		case application.Approve:
			complete, start = s.completeBy(e), e.day("start")
		case application.SaveSettings:
			complete = e.step.From == application.Approved && (complete || e.Kind == "complete-settings")
		case application.ChangeStartDate, application.Revoke:
			for subject := range standing {
				revoke(subject, at)
			}
			start = e.day("start")
		default:
			continue
		}
		if !complete || e.step.Command == application.Revoke {
			continue
		}
		for subject, content := range s.settingsAt(e) {
			if f, there := standing[subject]; !there || f.content != content {
				revoke(subject, at)
				made[subject]++
				standing[subject] = settingFact{factName("settings "+subject, made[subject]), content, at, start}
			}
		}
	}
	for subject := range standing {
		revoke(subject, "")
	}
	return must
}

// settingsAt are the complete settings as of an event, by code and tab.
func (s *dossier) settingsAt(e history) map[string]string {
	contents := map[string]string{}
	doc, _ := s.document(e.Round)
	tabs := s.tabs(e.ID)
	codes := map[int]string{}
	for _, code := range s.issued {
		codes[int(code.Placeholder)] = code.Code
	}
	for _, item := range doc.Existing {
		codes[item.Placeholder] = string(item.Code)
	}
	for _, t := range application.Tabs(doc, s.desk.Catalogue) {
		subject := codes[t.Placeholder] + "/" + t.Tab
		contents[subject] = valuesText("null")
		if record, saved := tabs[tabName(t.Placeholder, t.Tab)]; saved {
			contents[subject] = valuesText(record.Content)
		}
	}
	return contents
}

// areas compares the reserved bonded areas with those that the settings name: while the application is open
// or in effect exactly those, none for an ended one (R-APP-9).
func (s *dossier) areas() error {
	rows, err := s.q.ListAreasOf(s.ctx, s.app.ID)
	if err != nil {
		return err
	}
	must, stored := map[string]string{}, map[string]string{}
	for _, row := range rows {
		stored["the bonded area "+row.Code] = ""
	}
	switch s.life.state {
	case application.Registered, application.UnderExamination, application.Approved:
		doc, _ := s.document(s.life.round)
		for _, area := range s.named(doc, s.tabs("")) {
			elsewhere, err := s.elsewhere(area)
			if err != nil {
				return err
			}
			if _, here := stored["the bonded area "+area]; here || !elsewhere {
				must["the bonded area "+area] = ""
			}
		}
	case application.Returned:
		// What is worked on may have let go of a code or a tab whose area stays reserved until the next
		// registration: it must have been named once.
		for name := range stored {
			if slices.ContainsFunc(s.records, func(r query.SettingRecord) bool { return s.everNamed(r, name) }) {
				must[name] = ""
			}
		}
	}
	s.alike("R-APP-9", must, stored)
	return nil
}

// elsewhere says whether an area that the application names is rightly reserved under another one: by the code that
// it changes, or because the code has given it up since (R-APP-9).
func (s *dossier) elsewhere(area string) (bool, error) {
	if command.StandingOf(s.app).DeadlineMissed(s.now) {
		return true, nil // free since, though nobody has recorded the void yet (R-CON-4)
	}
	row, err := s.q.GetArea(s.ctx, query.GetAreaParams{Code: area, Today: column.On(calendar.DateOf(s.now))})
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return s.touchedLater()
	} else if err != nil {
		return false, err
	}
	doc, _ := s.document(s.life.round)
	for _, item := range doc.Existing {
		if row.UserCode == string(item.Code) {
			return true, nil
		}
	}
	return s.touchedLater()
}

// touchedLater says whether a later application has changed or deleted one of the codes.
func (s *dossier) touchedLater() (bool, error) {
	doc, _ := s.document(s.life.round)
	subjects := doc.Touches()
	for _, code := range s.issued {
		subjects = append(subjects, code.Code)
	}
	for _, subject := range subjects {
		later, err := s.q.TouchingOf(s.ctx, subject)
		if err != nil {
			return false, err
		}
		for _, other := range later {
			if other.ID != s.app.ID && !other.ApprovedAt.Before(s.app.ApprovedAt.Time) {
				return true, nil
			}
		}
	}
	return false, nil
}

func (s *dossier) everNamed(r query.SettingRecord, name string) bool {
	return slices.ContainsFunc(s.areasIn(r), func(area string) bool { return "the bonded area "+area == name })
}

// named are the bonded areas in the shown tabs of a document.
func (s *dossier) named(doc application.Document, tabs map[string]query.SettingRecord) []string {
	var areas []string
	for _, t := range application.Tabs(doc, s.desk.Catalogue) {
		if record, saved := tabs[tabName(t.Placeholder, t.Tab)]; saved {
			areas = append(areas, s.areasIn(record)...)
		}
	}
	return areas
}

func (s *dossier) areasIn(r query.SettingRecord) []string {
	values := map[string]string{}
	if err := json.Unmarshal([]byte(r.Content), &values); err != nil {
		return nil
	}
	var areas []string
	for _, field := range s.desk.Catalogue.FieldsOf(r.Tab) {
		if field.Type == "bonded-area" && values[field.Key] != "" {
			areas = append(areas, values[field.Key])
		}
	}
	return areas
}

package checker

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/keyring"
	"uketsuke/internal/secret"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
	"uketsuke/internal/userid"
)

// codes compares codes and numbers with the plan of the registered version: one code per placeholder
// (R-ID-8), for each row as many numbers of its class as asked for, the lower ones to the earlier rows
// (R-ID-9), all born of the approval. Without an approval there are none.
func (s *dossier) codes() error {
	must, stored := map[string]string{}, map[string]string{}
	for _, code := range s.issued {
		stored[codeName(int(code.Placeholder))] = strings.TrimSpace(stored[codeName(int(code.Placeholder))] + " one of " + code.Establishment + " born at " + instant(code.BornAt.Time))
	}
	for _, planned := range s.plan() {
		born := instant(s.life.promises[0].At.Time)
		if planned.Existing != "" {
			s.numbers(planned, planned.Existing, born)
			continue
		}
		must[codeName(planned.Placeholder)] = "one of " + s.app.Establishment + " born at " + born
		i := slices.IndexFunc(s.issued, func(c query.UserCode) bool { return int(c.Placeholder) == planned.Placeholder })
		if i >= 0 { // the missing code is a finding of its own
			s.numbers(planned, userid.Code(s.issued[i].Code), born)
		}
	}
	s.alike("R-ID-8", must, stored)
	s.officeOrder()
	if len(s.plan()) == 0 && len(s.ids) > 0 {
		s.add("R-EX-7", "%d user IDs are there without an approval", len(s.ids))
	}
	return nil
}

func codeName(placeholder int) string {
	return "the user code of " + fmt.Sprintf("placeholder %d", placeholder)
}

// plan is what the approval had to issue, nothing without one.
func (s *dossier) plan() []application.PlannedCode {
	if len(s.life.promises) == 0 {
		return nil
	}
	doc, _ := s.document(s.life.promises[0].Round)
	return application.Plan(doc, s.desk.Catalogue)
}

// numbers compares the numbers of one code with what was planned.
func (s *dossier) numbers(planned application.PlannedCode, code userid.Code, born string) {
	must, stored := map[string]int{}, map[string]int{}
	for _, n := range planned.Numbers {
		must[fmt.Sprintf("row %d class %s", n.Row, n.Class)]++
	}
	chosen := s.chosen()
	last := map[userid.Class]userid.Number{}
	for _, id := range s.ids { // by row and number
		if id.Code != string(code) {
			continue
		}
		number := userid.Number(id.Number)
		stored[fmt.Sprintf("row %d class %s", id.RowIndex, number.Class())]++
		if slices.Contains(chosen, id.Number) {
			continue // it was chosen, not taken
		}
		if number <= last[number.Class()] {
			s.add("R-ID-9", "number %s of code %s stands behind %s, which is not lower", number, code, last[number.Class()])
		}
		last[number.Class()] = number
		s.same("R-EX-7", "the birth of user ID "+id.ID, born, instant(id.BornAt.Time))
	}
	s.same("R-ID-9", "what code "+string(code)+" has by row and class", fmt.Sprint(must), fmt.Sprint(stored))
}

// chosen are the codes and numbers that the examiner chose at the approval (R-ID-7).
func (s *dossier) chosen() []string {
	if len(s.life.promises) == 0 {
		return nil
	}
	return strings.Fields(s.life.promises[0].detail["chosen"])
}

// officeOrder finds codes under one abbreviation that were not taken in the order of the document (R-ID-7).
func (s *dossier) officeOrder() {
	last := map[string]int{}
	for _, planned := range s.plan() {
		for _, c := range s.issued {
			if int(c.Placeholder) != planned.Placeholder {
				continue
			}
			code := userid.Code(c.Code)
			if slices.Contains(s.chosen(), c.Code) {
				continue
			}
			at := code.OfficeOrdinal()
			if at <= last[code.Abbreviation()] {
				s.add("R-ID-7", "user code %s was not taken in the order of the list", code)
			}
			last[code.Abbreviation()] = at
		}
	}
}

// facts compares the contract facts with what approval and changes of the start date have made: one
// generation for each, standing from its start date, revoked by the next or by the void (R-CON-1, R-CON-2).
func (s *dossier) facts() error {
	rows, err := s.q.FactsOf(s.ctx, query.FactsOfParams{Establishment: s.app.Establishment, Application: s.app.ID})
	if err != nil {
		return err
	}
	// A later generation has a later start date; the instants of two may be the same.
	slices.SortFunc(rows, func(a, b query.FactsOfRow) int {
		return cmp.Or(a.RecordedAt.Compare(b.RecordedAt.Time), strings.Compare(a.ValidFrom.String(), b.ValidFrom.String()))
	})
	must, stored := map[string]string{}, map[string]string{}
	made := map[string]int{}
	for _, r := range rows {
		subject := r.Kind + " " + r.Subject
		made[subject]++
		stored[factName(subject, made[subject])] = factText(strings.TrimSpace(r.Content), instant(r.RecordedAt.Time), r.ValidFrom.Date, r.ValidTo.Date, instant(r.RevokedAt.Time))
	}
	for i, e := range s.life.promises {
		revoked := instant(s.life.end.At.Time)
		if i+1 < len(s.life.promises) {
			revoked = instant(s.life.promises[i+1].At.Time)
		}
		for subject, content := range s.contents() {
			must[factName(subject, i+1)] = factText(content, instant(e.At.Time), e.day("start"), calendar.Date{}, revoked)
		}
	}
	s.alike("R-CON-2", must, stored)
	return nil
}

func factName(subject string, generation int) string {
	return fmt.Sprintf("fact %d of %s", generation, subject)
}

func factText(content, recorded string, from, to calendar.Date, revoked string) string {
	return fmt.Sprintf("%s from %s to %s, recorded %s, revoked %s", content, dayText(from), dayText(to), recorded, revoked)
}

// contents are what the facts say, by kind and subject: category and services of each code, method, single
// sign-on and trades of each ID.
func (s *dossier) contents() map[string]string {
	doc, _ := s.document(s.life.promises[0].Round)
	contents := map[string]string{}
	items := map[string]application.CodeItem{}
	for _, code := range s.issued {
		item, _ := doc.Asked(int(code.Placeholder))
		items[code.Code] = item
		contents["code "+code.Code] = item.Category
		contents["service "+code.Code] = strings.Join(services(item), " ")
	}
	for _, item := range doc.Existing {
		asked, _ := doc.Asked(item.Placeholder)
		items[string(item.Code)] = asked
		existingContents(item, contents)
	}
	for _, id := range s.ids {
		rows := items[id.Code].Rows
		if int(id.RowIndex) >= len(rows) {
			continue // its number is a finding already
		}
		row := rows[id.RowIndex]
		contents["id "+id.ID] = idContent(row.Method, row.SingleSignOn, row.Trades)
	}
	return contents
}

func idContent(method string, sso bool, trades []string) string {
	mark := "-"
	if sso {
		mark = "sso"
	}
	return method + " " + mark + " " + strings.Join(trades, " ")
}

// existingContents are what the facts say of a code that exists: what differs from before, and what ends (R-APP-8).
func existingContents(item application.ExistingItem, contents map[string]string) {
	code := string(item.Code)
	switch {
	case item.Delete:
		contents["code "+code] = "ended " + item.Before.Category
	case item.Category != item.Before.Category:
		contents["code "+code] = item.Category
	}
	before := services(application.CodeItem{StatsPaid: item.Before.StatsPaid, StatsFree: item.Before.StatsFree, Archive: item.Before.Archive})
	after := services(application.CodeItem{StatsPaid: item.StatsPaid, StatsFree: item.StatsFree, Archive: item.Archive})
	if !item.Delete && !slices.Equal(before, after) {
		contents["service "+code] = strings.Join(after, " ")
	}
	for _, id := range item.Before.IDs {
		if item.Delete || slices.Contains(item.Remove, id.ID) {
			contents["id "+string(id.ID)] = "ended " + idContent(id.Method, id.SingleSignOn, id.Trades)
		}
	}
	for _, change := range item.IDs {
		at := slices.IndexFunc(item.Before.IDs, func(id application.IDState) bool { return id.ID == change.ID })
		if at >= 0 {
			contents["id "+string(change.ID)] = idContent(item.Before.IDs[at].Method, change.SingleSignOn, change.Trades)
		}
	}
}

func services(item application.CodeItem) []string {
	var names []string
	for _, s := range []struct {
		name  string
		asked bool
	}{{"paid", item.StatsPaid}, {"free", item.StatsFree}, {"archive", item.Archive}} {
		if s.asked {
			names = append(names, s.name)
		}
	}
	return names
}

// secrets compares the sealed secrets: two for each ID from the approval until they are ended, under one key
// that is in the ring and named for the last reading day; none otherwise (R-SEC-4, R-SEC-6).
func (s *dossier) secrets() error {
	rows, err := s.q.ListSecrets(s.ctx, s.app.ID)
	if err != nil {
		return err
	}
	alive := len(s.life.promises) > 0 && !s.life.secretsEnded
	must, stored := map[string]string{}, map[string]string{}
	for _, r := range rows {
		stored["the secret "+r.Name+" of "+r.UserID] = ""
	}
	brought, err := s.brought()
	if err != nil {
		return err
	}
	for id, replaced := range brought {
		for _, name := range secret.Names() {
			if alive && !replaced {
				must["the secret "+string(name)+" of "+id] = ""
			}
		}
	}
	s.alike("R-SEC-6", must, stored)
	s.same("R-SEC-6", "that the secrets are ended", fmt.Sprint(len(brought) > 0 && s.life.secretsEnded), fmt.Sprint(!s.app.SecretsEndedAt.IsZero()))
	return s.keys(rows)
}

// brought are the IDs whose passwords the application issued, each with whether a later re-issue has replaced them
// (R-SEC-9).
func (s *dossier) brought() (map[string]bool, error) {
	ids := map[string]bool{}
	for _, id := range s.ids {
		ids[id.ID] = false
	}
	if len(s.life.promises) > 0 {
		doc, _ := s.document(s.life.promises[0].Round)
		for _, id := range doc.Reissue {
			ids[string(id)] = false
		}
	}
	for id := range ids {
		later, err := s.q.TouchingOf(s.ctx, application.ReissueSubject(userid.ID(id)))
		if err != nil {
			return nil, err
		}
		for _, r := range later {
			ids[id] = ids[id] || r.ID != s.app.ID && !r.ApprovedAt.Before(s.app.ApprovedAt.Time)
		}
	}
	return ids, nil
}

// keys looks for the keys that the secrets name; those of a period that is over may be destroyed any time.
func (s *dossier) keys(rows []query.Secret) error {
	names := keyNames(rows)
	if len(names) > 1 {
		s.add("R-SEC-6", "its secrets are sealed under %d keys", len(names))
	}
	for _, name := range names {
		if day, err := name.LastDay(); err != nil || day != s.app.ReadLast.Date {
			s.add("R-SEC-6", "the key %s is not one of the last reading day %s", name, dayText(s.app.ReadLast.Date))
			continue
		}
		if s.app.ReadLast.Before(calendar.DateOf(s.now)) {
			continue
		}
		if err := s.desk.Ring.Has(name); errors.Is(err, keyring.ErrNoKey) || errors.Is(err, keyring.ErrDamaged) {
			s.add("R-SEC-6", "the key %s cannot be used: %v", name, err)
		} else if err != nil {
			return err
		}
	}
	return nil
}

func keyNames(rows []query.Secret) []keyring.Name {
	var names []keyring.Name
	for _, r := range rows {
		if name := keyring.Name(r.KeyName); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// counters compares each series with what was taken from it: a counter behind a number in use would give it
// out again, were it not for the keys (R-ID-6, R-APP-15).
func (s *dossier) counters() error {
	if len(s.life.registered) > 0 {
		first := s.life.registered[0]
		receipt, err := application.ParseReceipt(first.detail["receipt"])
		if err == nil {
			series := fmt.Sprintf("receipt:%d", calendar.DateOf(first.At.Time).Year())
			if err := s.counter("R-APP-15", series, receipt.Sequence); err != nil {
				return err
			}
		}
	}
	chosen := s.chosen()
	for _, c := range s.issued {
		code := userid.Code(c.Code)
		if slices.Contains(chosen, c.Code) {
			continue // the counter comes to it later, and takes the next
		}
		if err := s.counter("R-ID-6", "office:"+code.Abbreviation()+":"+c.Code[:1], code.OfficeOrdinal()); err != nil {
			return err
		}
	}
	highest := map[string]int{}
	for _, id := range s.ids {
		number := userid.Number(id.Number)
		series := "number:" + id.Code + ":" + string(number.Class())
		if at, generated := userid.Ordinal(number); generated && !slices.Contains(chosen, id.Number) {
			highest[series] = max(highest[series], at+1)
		}
	}
	for series, at := range highest {
		if err := s.counter("R-ID-6", series, at); err != nil {
			return err
		}
	}
	return nil
}

func (s *dossier) counter(rule, series string, taken int) error {
	next, err := s.q.PeekCounter(s.ctx, series)
	if err = store.Missing(err); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if next < int64(taken) {
		s.add(rule, "the counter %s stands at %d, and %d were taken from it", series, next, taken)
	}
	return nil
}

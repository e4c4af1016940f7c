package desk

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
		must[codeName(planned.Placeholder)] = "one of " + s.app.Establishment + " born at " + born
		s.numbers(planned, born)
	}
	s.alike("R-ID-8", must, stored)
	s.officeOrder()
	if len(must) == 0 && len(s.ids) > 0 {
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
func (s *dossier) numbers(planned application.PlannedCode, born string) {
	i := slices.IndexFunc(s.issued, func(c query.UserCode) bool { return int(c.Placeholder) == planned.Placeholder })
	if i < 0 {
		return // the missing code is a finding of its own
	}
	code := s.issued[i].Code
	must, stored := map[string]int{}, map[string]int{}
	for _, n := range planned.Numbers {
		must[fmt.Sprintf("row %d class %s", n.Row, n.Class)]++
	}
	last := map[userid.Class]userid.Number{}
	for _, id := range s.ids { // by row and number
		if id.Code != code {
			continue
		}
		number := userid.Number(id.Number)
		stored[fmt.Sprintf("row %d class %s", id.RowIndex, number.Class())]++
		if number <= last[number.Class()] {
			s.add("R-ID-9", "number %s of code %s stands behind %s, which is not lower", number, code, last[number.Class()])
		}
		last[number.Class()] = number
		s.same("R-EX-7", "the birth of user ID "+id.ID, born, instant(id.BornAt.Time))
	}
	s.same("R-ID-9", "what code "+code+" has by row and class", fmt.Sprint(must), fmt.Sprint(stored))
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
			at := officeOrdinal(code)
			if at <= last[code.Abbreviation()] {
				s.add("R-ID-7", "user code %s was not taken in the order of the list", code)
			}
			last[code.Abbreviation()] = at
		}
	}
}

// officeOrdinal is the place of a code's office among those of its region, counted from 1; 0 if it is none
// that is given out.
func officeOrdinal(code userid.Code) int {
	for i := range userid.OfficesPerRegion {
		if office, err := userid.OfficeAt(string(code[:1]), i); err == nil && office == code.Office() {
			return i + 1
		}
	}
	return 0
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
		item, _ := doc.Code(int(code.Placeholder))
		items[code.Code] = item
		contents["code "+code.Code] = item.Category
		contents["service "+code.Code] = strings.Join(services(item), " ")
	}
	for _, id := range s.ids {
		rows := items[id.Code].Rows
		if int(id.RowIndex) >= len(rows) {
			continue // its number is a finding already
		}
		row := rows[id.RowIndex]
		mark := "-"
		if row.SingleSignOn {
			mark = "sso"
		}
		contents["id "+id.ID] = row.Method + " " + mark + " " + strings.Join(row.Trades, " ")
	}
	return contents
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
	if alive {
		for _, id := range s.ids {
			for _, name := range secret.Names() {
				must["the secret "+string(name)+" of "+id.ID] = ""
			}
		}
	}
	s.alike("R-SEC-6", must, stored)
	s.same("R-SEC-6", "that the secrets are ended", fmt.Sprint(len(s.ids) > 0 && s.life.secretsEnded), fmt.Sprint(!s.app.SecretsEndedAt.IsZero()))
	return s.keys(rows)
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
		if _, err := s.desk.Ring.Key(name); errors.Is(err, keyring.ErrNoKey) || errors.Is(err, keyring.ErrDamaged) {
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
	for _, c := range s.issued {
		code := userid.Code(c.Code)
		if err := s.counter("R-ID-6", "office:"+code.Abbreviation()+":"+c.Code[:1], officeOrdinal(code)); err != nil {
			return err
		}
		highest := map[userid.Class]int{}
		for _, id := range s.ids {
			number := userid.Number(id.Number)
			if at, generated := userid.Ordinal(number); id.Code == c.Code && generated {
				highest[number.Class()] = max(highest[number.Class()], at+1)
			}
		}
		for class, at := range highest {
			if err := s.counter("R-ID-6", "number:"+c.Code+":"+string(class), at); err != nil {
				return err
			}
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

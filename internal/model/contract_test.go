package model

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	held "uketsuke/internal/contract"
)

// A contract is what an establishment holds on a day: codes by name.
type contract map[string]holding

// A holding is a user code with its numbers.
type holding struct {
	category            string
	paid, free, archive bool
	numbers             map[string]row
}

// stands says whether an application's changes count: it is approved and came not to nothing.
func (m *truth) stands(a *app) bool { return a.state == application.Approved && !m.missed(a) }

// changes are the applications that change an establishment's contract, in the order in which they do.
func (m *truth) changes(e *establishment) []*app {
	var apps []*app
	for _, a := range m.apps {
		if a.est == e && m.stands(a) {
			apps = append(apps, a)
		}
	}
	slices.SortStableFunc(apps, func(a, b *app) int { return cmp.Or(a.start.Compare(b.start), a.recorded.Compare(b.recorded)) })
	return apps
}

// contractOn is what an establishment holds on a day, as known now (R-CON-1, R-CON-2).
func (m *truth) contractOn(e *establishment, on day) contract {
	c := contract{}
	if on.Before(e.since) {
		return c
	}
	for code, h := range e.base {
		h.numbers = maps.Clone(h.numbers)
		c[code] = h
	}
	for _, a := range m.changes(e) {
		if !a.start.After(on) {
			a.change(c)
		}
	}
	return c
}

// change makes of a contract what an application makes of it.
func (a *app) change(c contract) {
	for _, asked := range a.frozen.existing {
		if h := asked.after(); asked.delete {
			delete(c, asked.code)
		} else {
			c[asked.code] = h
		}
	}
	for _, issued := range a.issued {
		item := a.frozen.code(issued.placeholder)
		if item == nil {
			a.addNumbers(c, issued)
			continue
		}
		h := holding{category: item.category, paid: item.paid, free: item.free, archive: item.archive, numbers: map[string]row{}}
		for i, numbers := range issued.numbers {
			for _, n := range numbers {
				h.numbers[n] = item.rows[i]
			}
		}
		c[issued.code] = h
	}
}

// addNumbers adds the numbers that were issued under a code that exists; those issued again are there already.
func (a *app) addNumbers(c contract, issued issue) {
	asked := a.frozen.change(issued.code)
	if asked == nil {
		return
	}
	for i, numbers := range issued.numbers {
		for _, n := range numbers {
			c[issued.code].numbers[n] = asked.add[i]
		}
	}
}

// turns are the days on which an establishment's contract may become different.
func (m *truth) turns(e *establishment) []day {
	days := []day{e.since}
	for _, a := range m.changes(e) {
		days = append(days, a.start)
	}
	return slices.Compact(days)
}

// contractText writes the contract of a day, with the days since and until which each thing is there.
func (m *truth) contractText(e *establishment, on day) string {
	here := m.contractOn(e, on)
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(here)) {
		h := here[name]
		lines = append(lines, fmt.Sprintf("%s %s %t %t %t %s~%s", name, h.category, h.paid, h.free, h.archive, m.since(e, name, ""), m.until(e, name, "", on)))
		for _, n := range slices.Sorted(maps.Keys(h.numbers)) {
			r := h.numbers[n]
			lines = append(lines, fmt.Sprintf("  %s%s %s %s %t %s~%s", name, n, strings.Join(r.trades, "+"), r.method, r.sso, m.since(e, name, n), m.until(e, name, n, on)))
		}
	}
	return strings.Join(lines, "\n")
}

// since is the first day of a code, or of a number under it.
func (m *truth) since(e *establishment, name, number string) day {
	if h, imported := e.base[name]; imported && (number == "" || h.numbers[number].method != "") {
		return e.since
	}
	for _, a := range m.changes(e) {
		for _, i := range a.issued {
			fresh := number == "" || slices.ContainsFunc(i.numbers, func(row []string) bool { return slices.Contains(row, number) })
			if i.placeholder > 0 && i.code == name && fresh {
				return a.start
			}
		}
	}
	return day{}
}

// until is the first day on which a thing of a day's contract does not exist any more, as far as that was known
// when the day was over (R-CON-2).
func (m *truth) until(e *establishment, name, number string, on day) day {
	over, first := on.AddDays(1).Start(), day{}
	for _, a := range m.apps {
		if a.est != e || a.gone {
			continue
		}
		asked := a.frozen.change(name)
		if asked == nil || !asked.delete && !slices.Contains(asked.remove, number) {
			continue
		}
		for _, s := range m.spans(a) {
			known := s.recorded.Before(over) && (s.revoked.IsZero() || !s.revoked.Before(over))
			if known && s.start.After(on) && (first.IsZero() || s.start.Before(first)) {
				first = s.start
			}
		}
	}
	return first
}

// spans are the times for which an application stood in the contract with a start date.
func (m *truth) spans(a *app) []span {
	all := slices.Clone(a.spans)
	if n := len(all); n > 0 && m.missed(a) {
		all[n-1].revoked = a.deadline.AddDays(1).Start()
	}
	return all
}

// text writes a contract of the product in the same words.
func textOf(c held.Contract) string {
	var lines []string
	for _, code := range c.Codes {
		lines = append(lines, fmt.Sprintf("%s %s %t %t %t %s~%s", code.Code, code.Category, code.StatsPaid, code.StatsFree, code.Archive, code.Since, code.Until))
		for _, id := range code.IDs {
			lines = append(lines, fmt.Sprintf("  %s %s %s %t %s~%s", id.ID, strings.Join(id.Trades, "+"), id.Method, id.SingleSignOn, id.Since, id.Until))
		}
	}
	return strings.Join(lines, "\n")
}

// someDay is a day before or after today, near the days on which something happens as often as not.
func (h *history) someDay(e *establishment, past bool) day {
	today := h.m.today()
	if turns := h.m.turns(e); h.chance(0.5) && len(turns) > 0 {
		if d := turns[h.r.IntN(len(turns))].AddDays(h.r.IntN(3) - 1); d.Before(today) == past {
			return d
		}
	}
	if past {
		return today.AddDays(-1 - h.r.IntN(400))
	}
	return today.AddDays(1 + h.r.IntN(200))
}

// compareContract compares the contract of an establishment with the truth (R-CON-2): today, on a past day and on
// one to come, or only on one of these days.
func (h *history) compareContract(e *establishment, all bool) {
	viewer := h.one(e, "viewer applicant administrator examiner supervisor")
	days := []day{{}, h.someDay(e, true), h.someDay(e, false)}
	if !all {
		at := h.r.IntN(len(days))
		days = days[at : at+1]
	}
	for _, on := range days {
		page, err := h.desk.Contract(h.ctx, viewer.Actor, e.id, on)
		h.must(err)
		if on.IsZero() {
			on = calendar.DateOf(h.m.now)
		}
		got := textOf(page.Contract)
		if want := h.m.contractText(e, on); got != want {
			h.wrong("the contract of %s on %s\n got:\n%s\nwant:\n%s", e.id, on, got, want)
		}
		h.settled(e, on, got)
	}
}

// settled says that the answer for a day that is over never changes again.
func (h *history) settled(e *establishment, on day, text string) {
	if !on.Before(h.m.today()) {
		return
	}
	key := e.id + " " + on.String()
	if before, asked := h.m.answered[key]; asked && before != text {
		h.wrong("R-CON-2: the contract of %s on %s was\n%s\nand is\n%s", e.id, on, before, text)
	}
	h.m.answered[key] = text
}

package model

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/userid"
)

// Outcomes of a step.
const (
	fine       = "ok"
	notFound   = "not found"
	forbidden  = "forbidden"
	stale      = "stale"
	unreadable = "not for this account"
	over       = "over"
	notOpen    = "not open"
)

// rules are the numbers of broken rules.
type rules map[string]bool

func broken(numbers ...string) rules {
	r := rules{}
	for _, n := range numbers {
		r[n] = true
	}
	return r
}

func (r rules) add(if_ bool, number string) {
	if if_ {
		r[number] = true
	}
}

func (r rules) join(other rules) { maps.Copy(r, other) }

// outcome is "ok" when nothing is broken.
func (r rules) outcome() string {
	if len(r) == 0 {
		return fine
	}
	return "problems " + strings.Join(slices.Sorted(maps.Keys(r)), " ")
}

// A permission is a row of the life cycle: in these states these roles.
type permission struct{ states, roles string }

const (
	applicants = "applicant administrator"
	examiners  = "examiner supervisor"
)

// permissions is the table of the life cycle, as docs/lifecycle.md has it, by hand.
var permissions = map[application.Command]permission{
	application.Save:            {"draft returned", applicants},
	application.Discard:         {"draft", applicants},
	application.Register:        {"draft returned", applicants},
	application.SaveSettings:    {"draft returned registered under-examination approved", applicants},
	application.Withdraw:        {"registered under-examination returned", applicants},
	application.Claim:           {"registered", examiners},
	application.TakeOver:        {"under-examination", examiners},
	application.Release:         {"under-examination", examiners},
	application.Remark:          {"under-examination", examiners},
	application.Return:          {"under-examination", examiners},
	application.Reject:          {"under-examination", examiners},
	application.Propose:         {"under-examination", examiners},
	application.Approve:         {"under-examination", examiners},
	application.Revoke:          {"approved", "supervisor"},
	application.ChangeStartDate: {"approved", "supervisor"},
}

func has(words, word string) bool { return slices.Contains(strings.Fields(words), word) }

// may foretells whether the life cycle lets somebody do something now.
func (m *truth) may(who person, a *app, c application.Command) string {
	p := permissions[c]
	switch {
	case !has(p.states, string(m.shown(a))):
		return "refused: wrong-state"
	case !has(p.roles, string(who.Role)):
		return "refused: wrong-role"
	case !m.met(who, a, c):
		return "refused: condition-not-met"
	}
	return fine
}

func (m *truth) met(who person, a *app, c application.Command) bool {
	switch c {
	case application.TakeOver:
		return a.holder != who.ID
	case application.Release:
		return a.holder == who.ID || who.Role == account.Supervisor
	case application.Return, application.Reject:
		return a.holder == who.ID
	case application.Propose:
		return a.fourEyes && a.holder == who.ID
	case application.Approve:
		if a.fourEyes {
			return a.proposal != nil && a.proposal.by != who.ID
		}
		return a.holder == who.ID
	case application.SaveSettings:
		return a.state != application.Approved || !a.deadline.IsZero() && !m.today().After(a.deadline)
	}
	return true
}

// gate is may for a page that showed a version: first it must be there for this person, then be the latest.
func (m *truth) gate(who person, a *app, version int64, c application.Command) string {
	switch {
	case a.gone || !m.sees(who, a):
		return notFound
	case version != a.version:
		return stale
	}
	return m.may(who, a, c)
}

// window are the days between which a wish must lie (R-APP-11).
func window(cal *calendar.Calendar, at time.Time) (earliest, latest day) {
	base := calendar.DateOf(at)
	if !cal.IsBusinessDay(base) || at.After(base.At(17, 0)) {
		base = cal.AddBusinessDays(base, 1)
	}
	latest = base.AddMonths(6)
	for !cal.IsBusinessDay(latest) {
		latest = latest.AddDays(-1)
	}
	return cal.AddBusinessDays(base, 7), latest
}

// needsStart says whether what was ticked has a start date (R-SEC-9).
func needsStart(kinds []string) bool { return !slices.Equal(kinds, []string{"password-reissue"}) }

func wishRules(cal *calendar.Calendar, wish day, at time.Time) rules {
	earliest, latest := window(cal, at)
	r := rules{}
	r.add(wish.IsZero() || wish.Before(earliest) || wish.After(latest) || !cal.IsBusinessDay(wish), "R-APP-11")
	return r
}

// offered are the kinds of application that can be ticked.
const offered = "user-code ident-number password-reissue"

func kindRules(kinds []string) rules {
	r := rules{}
	r.add(len(kinds) == 0, "R-APP-1")
	for i, k := range kinds {
		r.add(!has(offered, k) || slices.Contains(kinds[:i], k), "R-APP-1")
	}
	r.add(len(kinds) > 1 && slices.Contains(kinds, "password-reissue"), "R-SEC-9")
	return r
}

// documentRules is everything that bars a registration at an instant by somebody, and the approval of what was
// registered then, for which asker is "".
func (m *truth) documentRules(a *app, d doc, at time.Time, asker account.Role) rules {
	r := kindRules(d.kinds)
	if needsStart(d.kinds) {
		r.join(wishRules(m.calendarAt(at), d.desired, at))
	}
	r.add(!d.reason || !d.contact, "R-APP-12")
	applied := slices.Contains(d.kinds, "user-code")
	changes := d.asks(func(c change) bool { return c.delete || c.changesCode() })
	r.add(applied && len(d.codes) == 0 && !changes || !applied && len(d.codes) > 0, "R-APP-1")
	r.add(applied && (len(d.codes) > maxCodes || len(d.codes) > m.free(a.est)), "R-APP-7")
	for _, c := range d.codes {
		r.join(m.codeRules(c))
	}
	r.join(m.existingRules(a, d))
	r.join(m.reissueRules(a, d, asker))
	for name, items := range m.named(d, m.settingsOf(a)) {
		r.add(len(items) > 1, "R-APP-9")
		for _, item := range items {
			r.add(m.taken(name, a, item), "R-APP-9")
		}
	}
	return r
}

const maxCodes = 20

// seconds are the second characters of office codes in the order in which they are given (R-ID-7).
const seconds = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"

// freeCodes are the codes that nobody ever had, in the order in which they are given (R-ID-7).
func (m *truth) freeCodes(e *establishment) []string {
	var free []string
	for _, abbreviation := range e.abbreviations {
		for _, second := range seconds {
			if c := e.region + string(second) + abbreviation; m.codes[c] == nil {
				free = append(free, c)
			}
		}
	}
	return free
}

func (m *truth) free(e *establishment) int { return len(m.freeCodes(e)) }

// freeNumbers are the n lowest numbers of a class that a code never had (R-ID-4, R-ID-9).
func (m *truth) freeNumber(code string, class userid.Class) string {
	const letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
	if class == userid.General {
		for n := 1; ; n++ {
			text := "00" + strconv.Itoa(n)
			if text = text[len(text)-3:]; !m.codes[code][text] {
				return text
			}
		}
	}
	for _, first := range letters {
		for digit := range 10 {
			for _, last := range letters {
				if n := string(first) + strconv.Itoa(digit) + string(last); !m.codes[code][n] {
					return n
				}
			}
		}
	}
	return ""
}

// codeRules are R-APP-1 … R-APP-7 of one code.
func (m *truth) codeRules(c code) rules {
	r := rules{}
	r.add(!has("common air sea", c.category), "R-APP-1")
	r.add(len(c.rows) == 0, "R-APP-1")
	seen := map[string]bool{}
	for _, row := range c.rows {
		r.join(m.rowRules(row, c.category))
		r.add(seen[row.key()], "R-APP-7")
		seen[row.key()] = true
	}
	r.add(len(m.groups(c.trades())) > 1, "R-APP-4")
	paid, free, archive := m.services(c.trades())
	r.add(c.paid && !paid || c.free && !free || c.archive && !(archive && c.paid), "R-APP-5")
	return r
}

// key is the same for rows that must not stand twice under a code (R-APP-7).
func (r row) key() string {
	return strings.Join(slices.Sorted(slices.Values(r.trades)), " ") + r.method + strconv.FormatBool(r.sso)
}

func (m *truth) rowRules(row row, category string) rules {
	r := rules{}
	if row.sso {
		r.add(len(row.trades) < 2 || len(m.groups(row.trades)) > 1, "R-APP-3")
	} else {
		r.add(len(row.trades) != 1, "R-APP-2")
	}
	for i, key := range row.trades {
		trade, _ := m.cat.Trade(key)
		r.add(slices.Contains(row.trades[:i], key), "R-APP-1")
		r.add(row.sso && !trade.SSO, "R-APP-3")
		r.add(category == "air" && trade.Medium == "sea" || category == "sea" && trade.Medium == "air", "R-APP-6")
	}
	method, known := m.cat.Method(row.method)
	r.add(!known || !method.Offered || row.count < 1 || row.count > 99, "R-APP-7")
	return r
}

func (m *truth) groups(trades []string) map[string]bool {
	groups := map[string]bool{}
	for _, key := range trades {
		trade, _ := m.cat.Trade(key)
		groups[trade.SSOGroup] = true
	}
	return groups
}

func (m *truth) sameGroup(a, b string) bool { return len(m.groups([]string{a, b})) == 1 }

// services are those that the union of some trades may take (R-APP-5).
func (m *truth) services(trades []string) (paid, free, archive bool) {
	for _, key := range trades {
		trade, _ := m.cat.Trade(key)
		paid, free, archive = paid || trade.StatsPaid, free || trade.StatsFree, archive || trade.Archive
	}
	return paid, free, archive
}

// blockRules are those of a block that cannot be read at all.
func blockRules(f desk.CodeForm) rules {
	r := rules{}
	r.add(f.SingleSignOn != "yes" && f.SingleSignOn != "no", "R-APP-2")
	_, err := strconv.Atoi(f.Count)
	r.add(f.Method == "" || err != nil, "R-APP-7")
	return r
}

// withForm is a code with what a form of page E8 adds, and what is wrong with it.
func (m *truth) withForm(c code, f desk.CodeForm, adding bool) (code, rules) {
	c.rows = slices.Clone(c.rows)
	c.category, c.paid, c.free, c.archive = f.Category, f.StatsPaid, f.StatsFree, f.Archive
	if len(f.Trades) == 0 {
		if adding || len(c.rows) == 0 {
			return c, broken("R-APP-1")
		}
		return c, m.codeRules(c)
	}
	if r := blockRules(f); len(r) > 0 {
		return c, r
	}
	c.rows = append(c.rows, rowsOf(f)...)
	return c, m.codeRules(c)
}

// startRules judges a start date that the centre confirms (R-EX-4, R-EX-9). old is the date before, zero at
// the approval; settled says that no settings are open.
func (m *truth) startRules(d doc, old, start day, settled, reason bool) rules {
	cal, r := m.calendar(), rules{}
	r.add(!cal.IsBusinessDay(start) || start.Before(d.desired), "R-EX-4")
	r.add(len(r) == 0 && start.Before(m.earliestStart(d, settled)), "R-EX-9")
	if old.IsZero() {
		r.add(len(r) == 0 && start != d.desired && !reason, "R-EX-4")
		return r
	}
	r.add(len(r) == 0 && !start.After(old), "R-EX-9")
	r.add(!reason, "R-EX-4")
	return r
}

// earliestStart is the first day that may be confirmed today (R-EX-9).
func (m *truth) earliestStart(d doc, settled bool) day {
	n := 6
	if settled {
		n = 1
	}
	cal := m.calendar()
	first := cal.AddBusinessDays(m.today(), n)
	for first.Before(d.desired) || !cal.IsBusinessDay(first) {
		first = first.AddDays(1)
	}
	return first
}

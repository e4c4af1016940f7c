package model

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// What applicants do.

func (h *history) beginDraft() *app {
	e := h.m.establishments[h.r.IntN(len(h.m.establishments))]
	who := h.who(e, applicants)
	foretold := fine
	if !has(applicants, string(who.Role)) {
		foretold = forbidden
	}
	var ref desk.Ref
	if !h.try(who, "begin", nil, foretold, func() (err error) { ref, err = h.desk.Begin(h.ctx, who.Actor); return err }) {
		return nil
	}
	at := slices.IndexFunc(h.m.establishments, func(e *establishment) bool { return e.id == who.Establishment })
	a := h.m.drafted(ref.ID, h.m.establishments[at], who)
	a.draft.email = who.email
	return a
}

// drafted is a new draft of somebody.
func (m *truth) drafted(id string, e *establishment, who person) *app {
	a := &app{id: id, est: e, state: application.InDraft, version: 1, keeper: who.ID, touched: m.now,
		registered: map[int64]string{}, typed: map[string]bool{}, settings: tabs{}, handled: map[string]bool{},
		noted: map[account.ID]bool{}, passwords: map[string]string{}, dead: map[string]bool{}}
	m.apps = append(m.apps, a)
	return a
}

// saved is what every save of a working copy does.
func (a *app) saved(who person, now time.Time, page string) {
	a.version++
	a.keeper, a.copied = who.ID, nil
	delete(a.typed, page)
	if a.state == application.InDraft {
		a.touched, a.announced = now, time.Time{}
	}
}

// edit is one save of a working copy: foretold by the rules when the life cycle lets it happen.
func (h *history) edit(who person, a *app, what, page string, foretell func() string, do func(desk.Ref) error) bool {
	ref := h.ref(a)
	foretold := h.m.gate(who, a, ref.Version, application.Save)
	if foretold == fine {
		foretold = foretell()
	}
	if !h.try(who, what, a, foretold, func() error { return do(ref) }) {
		return false
	}
	a.saved(who, h.m.now, page)
	return true
}

// workOn does what is to be done next on a draft or a returned application, up to its registration.
func (h *history) workOn(a *app) {
	who := h.who(a.est, applicants)
	d := a.draft
	if d.isReissue() && h.chance(0.9) {
		who = h.one(a.est, "administrator")
	}
	pages := slices.DeleteFunc(slices.Sorted(maps.Keys(a.typed)), func(page string) bool { return !h.m.opens(a.est, page, d) })
	switch {
	case len(pages) > 0:
		h.settle(who, a, pages[0])
	case len(kindRules(d.kinds)) > 0 || !d.reason || needsStart(d.kinds) && len(wishRules(h.m.calendar(), d.desired, h.m.now)) > 0:
		if !d.desired.IsZero() && len(d.kinds) > 0 && d.reason && h.chance(0.4) {
			h.useEarliest(who, a)
		} else {
			h.saveStart(who, a, h.chance(0.1))
		}
	case !d.contact:
		h.saveContact(who, a, h.chance(0.1))
	case !h.mend(who, a):
	case has(strings.Join(d.kinds, " "), "user-code") && len(d.codes)+len(d.existing) < 3 && h.chance(0.12):
		h.saveCode(who, a, 0, true, h.chance(0.15))
	default:
		if o, t, open := h.openTab(a); open && h.chance(0.85) {
			h.saveSettings(who, a, o, t)
			return
		}
		h.register(who, a)
	}
}

// mend makes what is asked for one step better, and says whether it was right before.
func (h *history) mend(who person, a *app) bool {
	d := a.draft
	kinds := strings.Join(d.kinds, " ")
	numbers := has(kinds, "ident-number") && !d.asks(change.changesNumbers)
	codes := has(kinds, "user-code") && len(d.codes) == 0 && !d.asks(func(c change) bool { return c.delete || c.changesCode() })
	bad := slices.IndexFunc(d.existing, func(c change) bool {
		return len(h.m.changeRules(a.est, d.kinds, c)) > 0 || h.m.touched(a, c.code)
	})
	switch {
	case len(d.codes) > 0 && (!has(kinds, "user-code") || h.m.free(a.est) < len(d.codes)):
		h.removeCode(who, a, d.codes[h.r.IntN(len(d.codes))].placeholder)
	case bad >= 0:
		h.askAgain(who, a, d.existing[bad].code)
	case len(d.reissue) > 0 && !d.isReissue():
		h.askReissue(who, a, 0)
	case d.isReissue() && len(h.m.reissueRules(a, d, account.Administrator)) > 0:
		if len(h.m.heldIDs(a.est)) == 0 || h.chance(0.2) {
			h.saveStart(who, a, false)
		} else {
			h.askReissue(h.who(a.est, "administrator"), a, 1+h.r.IntN(2))
		}
	case (numbers || codes) && h.heldCode(a.est) != "" && h.chance(0.6):
		h.askExisting(who, a, "", h.chance(0.15))
	case codes && h.m.free(a.est) > 0:
		h.saveCode(who, a, 0, true, h.chance(0.15))
	case numbers || codes:
		h.saveStart(who, a, false)
	default:
		return true
	}
	return false
}

// askAgain asks anew of a code of which something wrong is asked, or no longer anything.
func (h *history) askAgain(who person, a *app, name string) {
	if _, holds := h.m.contractOn(a.est, h.m.today())[name]; holds && h.chance(0.6) {
		h.askExisting(who, a, name, false)
		return
	}
	h.dropExisting(who, a, name, false)
}

// openTab is a tab of the working copy that is not complete.
func (h *history) openTab(a *app) (o opened, name string, open bool) {
	settings := h.m.settingsOf(a)
	for _, o := range h.m.opened(a.working()) {
		for _, t := range o.tabs {
			if !settings[o.item][t].complete {
				return o, t, true
			}
		}
	}
	return opened{}, "", false
}

// change does something to a draft or a returned application that nobody asked for.
func (h *history) change(a *app) {
	who := h.who(a.est, applicants)
	d := a.draft
	placeholder := 0
	if len(d.codes) > 0 {
		placeholder = d.codes[h.r.IntN(len(d.codes))].placeholder
	}
	if h.chance(0.05) {
		placeholder = 7
	}
	switch h.r.IntN(18) {
	case 0:
		h.saveStart(who, a, h.chance(0.5))
	case 1:
		h.saveContact(who, a, h.chance(0.5))
	case 2, 3:
		h.saveCode(who, a, placeholder, true, h.chance(0.4))
	case 4, 5:
		h.saveCode(who, a, placeholder, false, h.chance(0.4))
	case 6:
		h.removeRow(who, a, placeholder, h.r.IntN(2))
	case 7:
		h.removeCode(who, a, placeholder)
	case 8:
		h.keepTyped(who, a, placeholder)
	case 9:
		h.useEarliest(who, a)
	case 10:
		h.discard(h.who(a.est, applicants), a)
	case 11, 12:
		h.askExisting(who, a, "", h.chance(0.4))
	case 13:
		h.askDeletion(who, a)
	case 14:
		h.dropExisting(who, a, "", h.chance(0.5))
	case 15:
		h.askReissue(who, a, h.r.IntN(3))
	case 16:
		for _, c := range d.codes {
			if len(c.rows) > 1 {
				placeholder = c.placeholder
			}
		}
		h.removeRow(who, a, placeholder, h.r.IntN(2))
	case 17:
		h.saveSomeTab(a)
	}
}

// wish is a day to wish for, wrong as asked.
func (h *history) wish(wrong bool) day {
	cal := h.m.calendar()
	earliest, latest := window(cal, h.m.now)
	if wrong {
		return []day{earliest.AddDays(-1), latest.AddDays(1 + h.r.IntN(9)), cal.AddBusinessDays(earliest, -1), h.m.today(), earliest.AddDays(6)}[h.r.IntN(5)]
	}
	if h.chance(0.1) {
		return latest
	}
	return cal.AddBusinessDays(earliest, max(0, h.r.IntN(12)-6))
}

func (h *history) saveStart(who person, a *app, wrong bool) {
	form := desk.StartForm{Kinds: []string{"user-code"}, Desired: h.wish(wrong && h.chance(0.6)).String(), Reason: "業務量の増加に伴うため。"}
	d := a.draft.clone()
	if h.heldCode(a.est) != "" && h.chance(0.5) || h.chance(0.05) {
		form.Kinds = [][]string{{"ident-number"}, {"user-code", "ident-number"}, {"password-reissue"}}[h.r.IntN(3)]
	}
	d.kinds, d.reason, d.desired = form.Kinds, true, h.parse(form.Desired)
	if wrong && h.chance(0.3) {
		form.Kinds = [][]string{nil, {"terminal"}, {"user-code", "user-code"}, {"no-such-kind"}, {"user-code", "password-reissue"}}[h.r.IntN(5)]
		d.kinds = form.Kinds
	}
	if !needsStart(d.kinds) {
		d.desired = day{}
	}
	if wrong && h.chance(0.3) {
		form.Reason, d.reason = []string{"", strings.Repeat("長", 501), "\x07"}[h.r.IntN(3)], false
	}
	foretell := func() string {
		r := kindRules(d.kinds)
		if needsStart(d.kinds) {
			r.join(wishRules(h.m.calendar(), d.desired, h.m.now))
		}
		r.add(!d.reason, "R-APP-12")
		return r.outcome()
	}
	if h.edit(who, a, fmt.Sprintf("save start %+v", form), "start", foretell, func(ref desk.Ref) error {
		return h.desk.SaveStart(h.ctx, who.Actor, ref, form)
	}) {
		a.draft = d
	}
}

func (h *history) parse(text string) day {
	var d day
	h.must(d.UnmarshalText([]byte(text)))
	return d
}

func (h *history) saveContact(who person, a *app, wrong bool) {
	administrator := h.one(a.est, "administrator")
	form := application.Contact{Name: "申込 花子", Kana: "モウシコミ ハナコ", Department: "通関部", Phone: "03-1234-5678", Confirmed: true,
		Email: []string{who.email, strings.ToUpper(administrator.email[:1]) + administrator.email[1:], administrator.email, "someone@elsewhere.example"}[h.r.IntN(4)]}
	if wrong {
		switch h.r.IntN(5) {
		case 0:
			form.Name = ""
		case 1:
			form.Kana = "もうしこみ 花子"
		case 2:
			form.Phone = "03-1234"
		case 3:
			form.Email = "花子@model.example"
		case 4:
			form.Confirmed = false
		}
	}
	foretell := func() string {
		if wrong {
			return broken("R-APP-12").outcome()
		}
		return fine
	}
	if h.edit(who, a, "save contact "+form.Email, "contact", foretell, func(ref desk.Ref) error {
		return h.desk.SaveContact(h.ctx, who.Actor, ref, form)
	}) {
		a.draft.contact, a.draft.email = true, form.Email
	}
}

// block is a form of page E8 for a code, wrong as asked.
func (h *history) block(c code, wrong bool) desk.CodeForm {
	f := desk.CodeForm{Category: c.category, SingleSignOn: "no", Count: strconv.Itoa(1 + h.r.IntN(2)*h.r.IntN(3)), Method: "netnaccs"}
	if f.Category == "" {
		f.Category = []string{"common", "common", "common", "air", "sea"}[h.r.IntN(5)]
	}
	if h.chance(0.4) {
		f.Method = []string{"webnaccs", "interactive", "mail", "ebms"}[h.r.IntN(4)]
	}
	var keys []string
	for _, t := range h.m.cat.Trades {
		excluded := f.Category == "air" && t.Medium == "sea" || f.Category == "sea" && t.Medium == "air"
		if groups := h.m.groups(c.trades()); !excluded && (len(groups) == 0 && (t.SSOGroup == "1" || h.chance(0.5)) || groups[t.SSOGroup]) {
			keys = append(keys, t.Key)
		}
	}
	f.Trades = []string{keys[h.r.IntN(len(keys))]}
	if bonded := "bonded-warehouse"; slices.Contains(keys, bonded) && h.chance(0.25) {
		f.Trades[0] = bonded
	}
	first, _ := h.m.cat.Trade(f.Trades[0])
	for _, key := range keys {
		if t, _ := h.m.cat.Trade(key); first.SSO && t.SSO && t.SSOGroup == first.SSOGroup && key != first.Key && h.chance(0.2) {
			f.SingleSignOn = "yes"
			f.Trades = append(f.Trades, key)
		}
	}
	if next := keys[h.r.IntN(len(keys))]; f.SingleSignOn == "no" && next != first.Key && h.m.sameGroup(next, first.Key) && h.chance(0.25) {
		f.Trades = append(f.Trades, next) // a row each
	}
	all := slices.Concat(c.trades(), f.Trades)
	paid, free, archive := h.m.services(all)
	f.StatsPaid, f.StatsFree = paid && h.chance(0.5), free && h.chance(0.5)
	f.Archive = archive && f.StatsPaid && h.chance(0.5)
	if wrong {
		h.spoil(&f)
	}
	return f
}

// spoil makes something of a form that may be wrong.
func (h *history) spoil(f *desk.CodeForm) {
	switch h.r.IntN(10) {
	case 0:
		f.Trades = []string{"customs-broker", "bonded-warehouse"}
	case 1:
		f.Trades = append(f.Trades, []string{"shipping-line", "nvocc", "airline", "general-applicant"}[h.r.IntN(4)])
	case 2:
		f.SingleSignOn = []string{"yes", ""}[h.r.IntN(2)]
	case 3:
		f.Method = []string{"direct", "", "pigeon"}[h.r.IntN(3)]
	case 4:
		f.Count = []string{"0", "100", "x", "", "-1"}[h.r.IntN(5)]
	case 5:
		f.StatsPaid = true
	case 6:
		f.StatsFree = true
	case 7:
		f.Archive, f.StatsPaid = true, h.chance(0.5)
	case 8:
		f.Category = []string{"sea", "air", "", "land"}[h.r.IntN(4)]
	case 9:
		f.Trades = nil
	}
}

// saveCode adds a block to a code, placeholder 0 for a new one, or sets what is to be of it.
func (h *history) saveCode(who person, a *app, placeholder int, adding, wrong bool) {
	d := a.draft.clone()
	item := code{placeholder: d.highest + 1}
	known := placeholder == 0
	if c := d.code(placeholder); c != nil {
		item, known = *c, true
	}
	f := h.block(item, wrong)
	if !adding && len(item.rows) > 0 && h.chance(0.6) {
		f.Trades = nil
	}
	var after code
	foretell := func() string {
		if !known {
			return notFound
		}
		var r rules
		after, r = h.m.withForm(item, f, adding)
		if placeholder == 0 && len(r) == 0 {
			r.add(!slices.Contains(d.kinds, "user-code"), "R-APP-1")
			r.add(slices.Contains(d.kinds, "user-code") && (len(d.codes) >= maxCodes || len(d.codes) >= h.m.free(a.est)), "R-APP-7")
		}
		return r.outcome()
	}
	became := 0
	if !h.edit(who, a, fmt.Sprintf("save code %d %+v adding %t", placeholder, f, adding), "code."+strconv.Itoa(placeholder), foretell,
		func(ref desk.Ref) (err error) {
			save := h.desk.SetCode
			if adding {
				save = h.desk.AddRows
			}
			became, err = save(h.ctx, who.Actor, ref, placeholder, f)
			return err
		}) {
		return
	}
	if became != after.placeholder {
		h.wrong("R-ID-8: the code is 追加%d, want 追加%d", became, after.placeholder)
	}
	if c := d.code(after.placeholder); c != nil {
		*c = after
	} else {
		d.codes, d.highest = append(d.codes, after), after.placeholder
	}
	a.draft = d
}

func (h *history) removeRow(who person, a *app, placeholder, at int) {
	d := a.draft.clone()
	c := d.code(placeholder)
	foretell := func() string {
		switch {
		case c == nil || at >= len(c.rows):
			return notFound
		case len(c.rows) == 1:
			return broken("R-APP-1").outcome()
		}
		return fine
	}
	if !h.edit(who, a, fmt.Sprintf("remove row %d of code %d", at, placeholder), "", foretell, func(ref desk.Ref) error {
		return h.desk.RemoveRow(h.ctx, who.Actor, ref, placeholder, at)
	}) {
		return
	}
	c.rows = slices.Delete(c.rows, at, at+1)
	paid, free, archive := h.m.services(c.trades())
	c.paid, c.free = c.paid && paid, c.free && free
	c.archive = c.archive && archive && c.paid
	a.draft = d
}

func (h *history) removeCode(who person, a *app, placeholder int) {
	page := "code." + strconv.Itoa(placeholder)
	foretell := func() string {
		if a.draft.code(placeholder) == nil && !a.typed[page] {
			return notFound
		}
		return fine
	}
	if !h.edit(who, a, fmt.Sprintf("remove code %d", placeholder), "", foretell, func(ref desk.Ref) error {
		return h.desk.RemoveCode(h.ctx, who.Actor, ref, placeholder)
	}) {
		return
	}
	a.draft = a.draft.clone()
	a.draft.codes = slices.DeleteFunc(a.draft.codes, func(c code) bool { return c.placeholder == placeholder })
	if a.state == application.InDraft {
		delete(a.settings, strconv.Itoa(placeholder))
	}
	for kept := range a.typed {
		if kept == page || strings.HasPrefix(kept, fmt.Sprintf("settings.%d.", placeholder)) {
			delete(a.typed, kept)
		}
	}
}

// keepTyped is 一時保存 of a page as typed.
func (h *history) keepTyped(who person, a *app, placeholder int) {
	pages := []string{"start", "contact", "code.0", "code." + strconv.Itoa(placeholder), fmt.Sprintf("settings.%d.name", placeholder), "reissue"}
	if name := h.heldCode(a.est); name != "" {
		pages = append(pages, "existing."+name)
	}
	page := pages[h.r.IntN(len(pages))]
	if h.edit(who, a, "keep what is typed on "+page, "", func() string { return fine }, func(ref desk.Ref) error {
		return h.desk.KeepTyped(h.ctx, who.Actor, ref, page, map[string][]string{"name": {"半分"}})
	}) {
		a.typed[page] = true
	}
}

// opens says whether a page whose typing was kept can still be opened.
func (m *truth) opens(e *establishment, page string, d doc) bool {
	parts := strings.Split(page, ".")
	if len(parts) == 1 || page == "code.0" {
		return true
	}
	if parts[0] == "existing" {
		_, holds := m.contractOn(e, m.today())[parts[1]]
		return holds
	}
	return slices.ContainsFunc(m.opened(d), func(o opened) bool {
		return strconv.Itoa(o.placeholder) == parts[1] && (len(parts) == 2 || slices.Contains(o.tabs, parts[2]))
	})
}

// settle stores a page whose typing was kept.
func (h *history) settle(who person, a *app, page string) {
	parts := strings.Split(page, ".")
	placeholder := 0
	if len(parts) > 1 {
		placeholder, _ = strconv.Atoi(parts[1])
	}
	switch parts[0] {
	case "start":
		h.saveStart(who, a, false)
	case "contact":
		h.saveContact(who, a, false)
	case "code":
		if placeholder == 0 && (h.m.free(a.est) <= len(a.draft.codes) || !slices.Contains(a.draft.kinds, "user-code")) {
			h.removeCode(who, a, 0)
			return
		}
		h.saveCode(who, a, placeholder, placeholder == 0, false)
	case "reissue":
		if a.draft.isReissue() && len(h.m.heldIDs(a.est)) > 0 {
			h.askReissue(h.who(a.est, "administrator"), a, 1)
		} else {
			h.askReissue(who, a, 0)
		}
	case "existing":
		h.settleExisting(who, a, parts[1])
	case "settings":
		for _, o := range h.m.opened(a.working()) {
			if o.placeholder == placeholder {
				h.saveSettings(who, a, o, parts[2])
				return
			}
		}
	}
}

func (h *history) settleExisting(who person, a *app, name string) {
	_, holds := h.m.contractOn(a.est, h.m.today())[name]
	switch {
	case a.draft.change(name) != nil && h.chance(0.5):
		h.dropExisting(who, a, name, false)
	case holds && !h.m.touched(a, name) && h.chance(0.8):
		h.askExisting(who, a, name, false)
	default:
		h.discardOrWithdraw(who, a)
	}
}

func (h *history) discardOrWithdraw(who person, a *app) {
	if a.state == application.InDraft {
		h.discard(who, a)
	} else {
		h.withdraw(who, a)
	}
}

func (h *history) useEarliest(who person, a *app) {
	if h.edit(who, a, "use the earliest day", "", func() string { return fine }, func(ref desk.Ref) error {
		return h.desk.UseEarliest(h.ctx, who.Actor, ref)
	}) {
		a.draft.desired, _ = window(h.m.calendar(), h.m.now)
	}
}

func (h *history) discard(who person, a *app) {
	ref := h.ref(a)
	if h.try(who, "discard", a, h.m.gate(who, a, ref.Version, application.Discard), func() error { return h.desk.Discard(h.ctx, who.Actor, ref) }) {
		a.gone = true
	}
}

// saveSettings saves a tab, complete or not, with a bonded area that may be somebody else's.
func (h *history) saveSettings(who person, a *app, o opened, name string) {
	number := h.r.IntN(6) // few bonded areas, so that people ask for the same
	values, becomes := sample.CompleteTab(h.m.cat, name, number), tab{complete: true}
	if h.chance(0.12) {
		values, becomes.complete = sample.IncompleteTab(h.m.cat, name, number), false
	}
	becomes.area = values["bonded_area"]
	ref := h.ref(a)
	if h.try(who, fmt.Sprintf("save settings %s %s %s complete %t", o.item, name, becomes.area, becomes.complete), a,
		h.foretellSettings(who, a, ref.Version, o.item, name, becomes),
		func() error { return h.desk.SaveSettings(h.ctx, who.Actor, ref, o.placeholder, name, values) }) {
		h.savedSettings(who, a, o, name, becomes)
	}
}

func (h *history) foretellSettings(who person, a *app, version int64, item, name string, becomes tab) string {
	inDraft := a.state == application.InDraft
	switch may := h.m.may(who, a, application.SaveSettings); {
	case a.gone || !h.m.sees(who, a):
		return notFound
	case inDraft && version != a.version:
		return stale
	case may != fine:
		return may
	}
	d, settings := a.working(), a.settings
	if !inDraft {
		settings = h.m.settingsOf(a)
	}
	if !slices.ContainsFunc(h.m.opened(d), func(o opened) bool { return o.item == item && slices.Contains(o.tabs, name) }) {
		return notFound
	}
	r := rules{}
	for area, items := range h.m.named(d, settings) {
		r.add(area == becomes.area && slices.ContainsFunc(items, func(other string) bool { return other != item }), "R-APP-9")
	}
	r.add(becomes.area != "" && h.m.taken(becomes.area, a, item), "R-APP-9")
	r.add(len(r) == 0 && a.state == application.Approved && a.complete && !becomes.complete, "R-SET-2")
	return r.outcome()
}

func (h *history) savedSettings(who person, a *app, o opened, name string, becomes tab) {
	page := fmt.Sprintf("settings.%d.%s", o.placeholder, name)
	if a.state == application.InDraft {
		a.saved(who, h.m.now, page)
		a.settings.set(o.item, name, becomes)
		return
	}
	d := a.working()
	before := slices.Collect(maps.Keys(h.m.named(d, h.m.settingsOf(a))))
	a.settings.set(o.item, name, becomes)
	delete(a.typed, page)
	after := h.m.settingsOf(a)
	h.m.moveAreas(a, d, before, h.m.named(d, after))
	was := a.complete
	a.complete = h.m.complete(d, after)
	if a.state != application.Approved || !a.complete {
		return
	}
	h.m.letGo(a)
	if !was {
		h.m.post(a, application.MailSettingsComplete, "AM", nil)
	}
}

// register presses 「申込内容を登録する」, now and then twice.
func (h *history) register(who person, a *app) {
	ref, confirmed := h.ref(a), !h.chance(0.05)
	foretold := h.m.gate(who, a, ref.Version, application.Register)
	again := a.registered[ref.Version]
	if foretold == stale && again != "" {
		foretold = fine
	} else {
		again = ""
	}
	if foretold == fine && again == "" {
		r := h.m.documentRules(a, a.draft, h.m.now, who.Role)
		for page := range a.typed {
			r.add(h.m.opens(a.est, page, a.draft), "R-APP-13")
		}
		r.add(!confirmed, "R-APP-17")
		foretold = r.outcome()
	}
	var receipt string
	if !h.try(who, "register", a, foretold, func() (err error) {
		receipt, err = h.desk.Register(h.ctx, who.Actor, ref, confirmed)
		return err
	}) {
		return
	}
	if again != "" {
		if receipt != again {
			h.wrong("R-APP-14: registered again it is %s, was %s", receipt, again)
		}
		return
	}
	h.registered(who, a, receipt)
	if h.chance(0.1) {
		h.registerTwice(who, a, ref)
	}
}

// registerTwice presses the button once more on the same page (R-APP-14).
func (h *history) registerTwice(who person, a *app, ref desk.Ref) {
	receipt := ""
	h.try(who, "register twice", a, fine, func() (err error) {
		receipt, err = h.desk.Register(h.ctx, who.Actor, ref, true)
		return err
	})
	if receipt != a.receipt {
		h.wrong("R-APP-14: registered twice it is %s, was %s", receipt, a.receipt)
	}
}

func (h *history) registered(who person, a *app, receipt string) {
	h.checkReceipt(a, receipt)
	h.m.recordTabs(a)
	before := h.m.held(a)
	a.registered[a.version] = receipt
	a.version++
	a.round++
	a.receipt, a.state = receipt, application.Registered
	a.letGo()
	a.registrant, a.keeper, a.registeredAt, a.announced = who.ID, who.ID, h.m.now, time.Time{}
	a.frozen, a.typed, a.copied = a.draft.clone(), map[string]bool{}, nil
	a.touches = a.frozen.touches()
	a.fourEyes = h.m.needsFourEyes(a)
	a.complete = h.m.complete(a.frozen, a.settings)
	h.m.moveAreas(a, a.frozen, before, h.m.named(a.frozen, a.settings))
	h.m.post(a, application.MailRegistered, "AM", nil)
}

// recordTabs makes of the settings what a registration records: the tabs that are shown, with what stands there
// where nothing was saved; at the first registration, no others.
func (m *truth) recordTabs(a *app) {
	all, recorded := m.settingsOf(a), a.settings
	if a.round == 0 {
		recorded = tabs{}
	}
	for _, o := range m.opened(a.draft) {
		for _, t := range o.tabs {
			if values, saved := all[o.item][t]; saved {
				recorded.set(o.item, t, values)
			}
		}
	}
	a.settings = recorded
}

// checkReceipt is R-APP-15: the year in Japan, a number that never was, and the letter of the round.
func (h *history) checkReceipt(a *app, receipt string) {
	if a.round > 0 {
		if want := a.receipt[:len(a.receipt)-1] + string('A'+rune(a.round)); receipt != want {
			h.wrong("R-APP-15: receipt number %s, want %s", receipt, want)
		}
		return
	}
	year, n := h.m.today().Year(), 0
	if _, err := fmt.Sscanf(receipt, fmt.Sprintf("%02d%%05dA", year%100), &n); err != nil || n <= h.m.sequences[year] {
		h.wrong("R-APP-15: receipt number %s in %d after %d", receipt, year, h.m.sequences[year])
	}
	h.m.sequences[year] = n
}

func (h *history) withdraw(who person, a *app) {
	ref := h.ref(a)
	if h.try(who, "withdraw", a, h.m.gate(who, a, ref.Version, application.Withdraw), func() error { return h.desk.Withdraw(h.ctx, who.Actor, ref) }) {
		a.version++
		h.m.end(a, application.Withdrawn)
		h.m.post(a, application.MailWithdrawn, "AM", nil)
	}
}

// copyAsNew makes a new draft of what was asked before; pressed again before the draft is saved, it gives the same.
func (h *history) copyAsNew(a *app) {
	who := h.who(a.est, applicants)
	foretold := fine
	switch {
	case a.gone || !h.m.sees(who, a):
		foretold = notFound
	case !has(applicants, string(who.Role)):
		foretold = forbidden
	case a.round == 0:
		foretold = notFound
	}
	var ref desk.Ref
	if !h.try(who, "copy", a, foretold, func() (err error) { ref, err = h.desk.CopyAsNew(h.ctx, who.Actor, a.id); return err }) {
		return
	}
	for _, there := range h.m.apps {
		if !there.gone && there.copied == a && there.keeper == who.ID {
			if ref.ID != there.id {
				h.wrong("copied again it is %s, was %s", ref.ID, there.id)
			}
			return
		}
	}
	b := h.m.drafted(ref.ID, a.est, who)
	b.copied, b.draft = a, a.frozen.clone()
	b.draft.desired, b.draft.contact = day{}, false
	h.m.refresh(b)
	all := h.m.settingsOf(a)
	for _, o := range h.m.opened(b.draft) {
		if saved := all[o.item]; saved != nil {
			b.settings[o.item] = maps.Clone(saved)
		}
	}
}

// refresh brings what is asked of codes that exist to the contract of today; what is gone falls away.
func (m *truth) refresh(a *app) {
	now, ids := m.contractOn(a.est, m.today()), m.heldIDs(a.est)
	a.draft.reissue = slices.DeleteFunc(slices.Clone(a.draft.reissue), func(id string) bool { return !ids[id] })
	var existing []change
	for _, c := range a.draft.existing {
		h, holds := now[c.code]
		if !holds {
			continue
		}
		if c.category == c.before.category {
			c.category = h.category
		}
		if !c.changesServices() {
			c.paid, c.free, c.archive = h.paid, h.free, h.archive
		}
		c.before = h
		c.numbers = maps.Clone(c.numbers)
		maps.DeleteFunc(c.numbers, func(n string, to row) bool { return !ids[c.code+n] || to.says(h.numbers[n]) })
		c.remove = slices.DeleteFunc(slices.Clone(c.remove), func(n string) bool { return !ids[c.code+n] })
		existing = append(existing, c)
	}
	a.draft.existing = existing
}

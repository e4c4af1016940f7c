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
	"uketsuke/internal/userid"
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
	a := &app{id: ref.ID, est: h.m.establishments[at], state: application.InDraft, version: 1, keeper: who.ID, touched: h.m.now,
		registered: map[int64]string{}, typed: map[string]bool{}, settings: map[int]map[string]tab{}, handled: map[string]bool{},
		noted: map[account.ID]bool{}, passwords: map[string]string{}}
	a.draft.email = who.email
	h.m.apps = append(h.m.apps, a)
	return a
}

// saved is what every save of a working copy does.
func (a *app) saved(who person, now time.Time, page string) {
	a.version++
	a.keeper = who.ID
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
	pages := slices.DeleteFunc(slices.Sorted(maps.Keys(a.typed)), func(page string) bool { return !h.m.opens(page, d) })
	switch {
	case len(pages) > 0:
		h.settle(who, a, pages[0])
	case len(kindRules(d.kinds)) > 0 || !d.reason || len(wishRules(h.m.calendar(), d.desired, h.m.now)) > 0:
		if !d.desired.IsZero() && len(d.kinds) > 0 && d.reason && h.chance(0.4) {
			h.useEarliest(who, a)
		} else {
			h.saveStart(who, a, h.chance(0.12))
		}
	case !d.contact:
		h.saveContact(who, a, h.chance(0.1))
	case len(d.codes) == 0 || len(d.codes) < 3 && h.chance(0.12):
		h.saveCode(who, a, 0, true, h.chance(0.15))
	case h.m.free(a.est) < len(d.codes):
		h.removeCode(who, a, d.codes[h.r.IntN(len(d.codes))].placeholder)
	default:
		if p, t, open := h.openTab(a); open && h.chance(0.8) {
			h.saveSettings(who, a, p, t)
			return
		}
		h.register(who, a)
	}
}

// openTab is a tab of the working copy that is not complete.
func (h *history) openTab(a *app) (placeholder int, name string, open bool) {
	d := a.working()
	for _, c := range d.codes {
		for _, t := range h.m.tabs(c) {
			if !a.settings[c.placeholder][t].complete {
				return c.placeholder, t, true
			}
		}
	}
	return 0, "", false
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
	switch h.r.IntN(11) {
	case 0:
		h.saveStart(who, a, h.chance(0.5))
	case 1:
		h.saveContact(who, a, h.chance(0.5))
	case 2, 3:
		h.saveCode(who, a, placeholder, true, h.chance(0.4))
	case 4, 5:
		h.saveCode(who, a, placeholder, false, h.chance(0.4))
	case 6:
		h.removeRow(who, a, placeholder, h.r.IntN(3))
	case 7:
		h.removeCode(who, a, placeholder)
	case 8:
		h.keepTyped(who, a, placeholder)
	case 9:
		h.useEarliest(who, a)
	case 10:
		h.discard(h.who(a.est, applicants), a)
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
	d.kinds, d.reason = form.Kinds, true
	d.desired = h.parse(form.Desired)
	if wrong && h.chance(0.3) {
		form.Kinds = [][]string{nil, {"terminal"}, {"user-code", "user-code"}, {"no-such-kind"}}[h.r.IntN(4)]
		d.kinds = form.Kinds
	}
	if wrong && h.chance(0.3) {
		form.Reason, d.reason = []string{"", strings.Repeat("長", 501), "\x07"}[h.r.IntN(3)], false
	}
	foretell := func() string {
		r := kindRules(d.kinds)
		r.join(wishRules(h.m.calendar(), d.desired, h.m.now))
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
		Email: []string{who.email, "P" + administrator.email[1:], administrator.email, "someone@elsewhere.example"}[h.r.IntN(4)]}
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
	first, _ := h.m.cat.Trade(f.Trades[0])
	for _, key := range keys {
		if t, _ := h.m.cat.Trade(key); first.SSO && t.SSO && t.SSOGroup == first.SSOGroup && key != first.Key && h.chance(0.2) {
			f.SingleSignOn = "yes"
			f.Trades = append(f.Trades, key)
		}
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
		delete(a.settings, placeholder)
	}
	for kept := range a.typed {
		if kept == page || strings.HasPrefix(kept, fmt.Sprintf("settings.%d.", placeholder)) {
			delete(a.typed, kept)
		}
	}
}

// keepTyped is 一時保存 of a page as typed.
func (h *history) keepTyped(who person, a *app, placeholder int) {
	page := []string{"start", "contact", "code.0", "code." + strconv.Itoa(placeholder), fmt.Sprintf("settings.%d.name", placeholder)}[h.r.IntN(5)]
	if h.edit(who, a, "keep what is typed on "+page, "", func() string { return fine }, func(ref desk.Ref) error {
		return h.desk.KeepTyped(h.ctx, who.Actor, ref, page, map[string][]string{"name": {"半分"}})
	}) {
		a.typed[page] = true
	}
}

// opens says whether a page whose typing was kept can still be opened.
func (m *truth) opens(page string, d doc) bool {
	parts := strings.Split(page, ".")
	if len(parts) == 1 || page == "code.0" {
		return true
	}
	placeholder, _ := strconv.Atoi(parts[1])
	c := d.code(placeholder)
	return c != nil && (len(parts) == 2 || slices.Contains(m.tabs(*c), parts[2]))
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
		if placeholder == 0 && h.m.free(a.est) <= len(a.draft.codes) {
			h.discardOrWithdraw(who, a)
			return
		}
		h.saveCode(who, a, placeholder, placeholder == 0, false)
	case "settings":
		h.saveSettings(who, a, placeholder, parts[2])
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
func (h *history) saveSettings(who person, a *app, placeholder int, name string) {
	number := h.r.IntN(40)
	values, becomes := sample.CompleteTab(h.m.cat, name, number), tab{complete: true}
	if h.chance(0.2) {
		values = sample.IncompleteTab(h.m.cat, name, number)
		becomes.complete = false
	}
	becomes.area = values["bonded_area"]
	ref := h.ref(a)
	if h.try(who, fmt.Sprintf("save settings %d %s %s complete %t", placeholder, name, becomes.area, becomes.complete), a,
		h.foretellSettings(who, a, ref.Version, placeholder, name, becomes),
		func() error { return h.desk.SaveSettings(h.ctx, who.Actor, ref, placeholder, name, values) }) {
		h.savedSettings(who, a, placeholder, name, becomes)
	}
}

func (h *history) foretellSettings(who person, a *app, version int64, placeholder int, name string, becomes tab) string {
	inDraft := a.state == application.InDraft
	switch may := h.m.may(who, a, application.SaveSettings); {
	case a.gone || !h.m.sees(who, a):
		return notFound
	case inDraft && version != a.version:
		return stale
	case may != fine:
		return may
	}
	d := a.working()
	c := d.code(placeholder)
	if c == nil || !slices.Contains(h.m.tabs(*c), name) {
		return notFound
	}
	r := rules{}
	for area, items := range h.m.named(d, a.settings) {
		r.add(area == becomes.area && slices.ContainsFunc(items, func(p int) bool { return p != placeholder }), "R-APP-9")
	}
	holder := h.m.areas[becomes.area]
	r.add(becomes.area != "" && holder != nil && holder != a, "R-APP-9")
	r.add(len(r) == 0 && a.state == application.Approved && a.complete && !becomes.complete, "R-SET-2")
	return r.outcome()
}

func (h *history) savedSettings(who person, a *app, placeholder int, name string, becomes tab) {
	if a.state == application.InDraft {
		a.saved(who, h.m.now, fmt.Sprintf("settings.%d.%s", placeholder, name))
	}
	d := a.working()
	before := h.m.named(d, a.settings)
	if a.settings[placeholder] == nil {
		a.settings[placeholder] = map[string]tab{}
	}
	a.settings[placeholder][name] = becomes
	if a.state == application.InDraft {
		return
	}
	delete(a.typed, fmt.Sprintf("settings.%d.%s", placeholder, name))
	after := h.m.named(d, a.settings)
	for area := range before {
		if after[area] == nil {
			delete(h.m.areas, area)
		}
	}
	for area := range after {
		h.m.areas[area] = a
	}
	was := a.complete
	a.complete = h.m.complete(d, a.settings)
	if a.state == application.Approved && a.complete && !was {
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
		r := h.m.documentRules(a, a.draft, h.m.now)
		for page := range a.typed {
			r.add(h.m.opens(page, a.draft), "R-APP-13")
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
	if a.round == 0 {
		h.m.dropUnseen(a)
	}
	a.registered[a.version] = receipt
	a.version++
	a.round++
	a.receipt, a.state, a.holder = receipt, application.Registered, ""
	a.registrant, a.keeper, a.registeredAt, a.announced = who.ID, who.ID, h.m.now, time.Time{}
	a.frozen, a.typed = a.draft.clone(), map[string]bool{}
	a.complete = h.m.complete(a.frozen, a.settings)
	for area, holder := range h.m.areas {
		if holder == a {
			delete(h.m.areas, area)
		}
	}
	for area := range h.m.named(a.frozen, a.settings) {
		h.m.areas[area] = a
	}
	h.m.post(a, application.MailRegistered, "AM", nil)
}

// dropUnseen forgets the tabs of trades that were taken out again: a registration records what is shown.
func (m *truth) dropUnseen(a *app) {
	shown := map[int]map[string]tab{}
	for _, c := range a.draft.codes {
		for _, t := range m.tabs(c) {
			if values, saved := a.settings[c.placeholder][t]; saved {
				if shown[c.placeholder] == nil {
					shown[c.placeholder] = map[string]tab{}
				}
				shown[c.placeholder][t] = values
			}
		}
	}
	a.settings = shown
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

func (h *history) class(method string) userid.Class {
	m, _ := h.m.cat.Method(method)
	return m.Class
}

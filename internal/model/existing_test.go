package model

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/desk"
)

// What is asked of codes that exist (R-APP-8).

// A change is what is asked of a code that exists; before is the code as it was when that was last stored.
type change struct {
	placeholder         int
	code                string
	before              holding
	delete              bool
	category            string
	paid, free, archive bool
	numbers             map[string]row // numbers that get other trades
	settings            bool
	add                 []row
	remove              []string // numbers
}

func unchanged(placeholder int, name string, h holding) change {
	return change{placeholder: placeholder, code: name, before: h, category: h.category, paid: h.paid, free: h.free, archive: h.archive}
}

func (c change) changesServices() bool {
	return c.paid != c.before.paid || c.free != c.before.free || c.archive != c.before.archive
}

func (c change) changesCode() bool {
	return c.category != c.before.category || c.changesServices() || len(c.numbers) > 0 || c.settings
}

func (c change) changesNumbers() bool { return len(c.add)+len(c.remove) > 0 }

// after is the code with its numbers as they are to be, without those to be added.
func (c change) after() holding {
	h := c.before
	h.category, h.paid, h.free, h.archive = c.category, c.paid, c.free, c.archive
	h.numbers = map[string]row{}
	for n, r := range c.before.numbers {
		if to, changes := c.numbers[n]; changes {
			r.sso, r.trades = to.sso, to.trades
		}
		if !c.delete && !slices.Contains(c.remove, n) {
			h.numbers[n] = r
		}
	}
	return h
}

// trades are those of numbers and of rows, in their order.
func tradesOf(h holding, rows []row) []string {
	var c code
	for _, n := range slices.Sorted(maps.Keys(h.numbers)) {
		c.rows = append(c.rows, h.numbers[n])
	}
	c.rows = append(c.rows, rows...)
	return c.trades()
}

// changedTabs are the tabs that a change opens: all when settings are to change, else those of new trades.
func (m *truth) changedTabs(c change) []string {
	if c.delete {
		return nil
	}
	all := m.tabs(tradesOf(c.after(), c.add))
	if c.settings {
		return all
	}
	had := tradesOf(c.before, nil)
	return slices.DeleteFunc(all, func(t string) bool { return t == "name" || slices.Contains(had, t) })
}

func (d *doc) change(name string) *change {
	for i := range d.existing {
		if d.existing[i].code == name {
			return &d.existing[i]
		}
	}
	return nil
}

func (d doc) asks(what func(change) bool) bool { return slices.ContainsFunc(d.existing, what) }

// touches are the things that exist and are touched by a document (R-APP-10).
func (d doc) touches() []string {
	var all []string
	for _, c := range d.existing {
		all = append(all, c.code)
	}
	for _, id := range d.reissue {
		all = append(all, "reissue "+id)
	}
	return all
}

func (d doc) isReissue() bool { return slices.Equal(d.kinds, []string{"password-reissue"}) }

// touched says whether another open application of the establishment touches something (R-APP-10).
func (m *truth) touched(a *app, subject string) bool {
	return slices.ContainsFunc(m.apps, func(o *app) bool {
		return o != a && !o.gone && o.est == a.est && m.shown(o).Open() && slices.Contains(o.touches, subject)
	})
}

// same says whether a code is as it was.
func (h holding) same(o holding) bool {
	return h.category == o.category && h.paid == o.paid && h.free == o.free && h.archive == o.archive &&
		maps.EqualFunc(h.numbers, o.numbers, func(a, b row) bool {
			return a.sso == b.sso && a.method == b.method && slices.Equal(a.trades, b.trades)
		})
}

// changeRules judges what is asked of a code that exists, against the contract of today.
func (m *truth) changeRules(e *establishment, kinds []string, c change) rules {
	now, holds := m.contractOn(e, m.today())[c.code]
	if !holds || !now.same(c.before) {
		return broken("R-APP-8")
	}
	r := rules{}
	r.add(!c.delete && !c.changesCode() && !c.changesNumbers(), "R-APP-1")
	r.add((c.delete || c.changesCode()) && !slices.Contains(kinds, "user-code"), "R-APP-1")
	r.add(c.changesNumbers() && !slices.Contains(kinds, "ident-number"), "R-APP-1")
	if c.delete {
		return r
	}
	after := c.after()
	r.add(!has("common air sea", c.category), "R-APP-1")
	if len(after.numbers)+len(c.add) == 0 {
		r.add(true, "R-APP-8") // the last number goes with its code
		return r
	}
	for n, row := range after.numbers {
		_, changes := c.numbers[n]
		r.join(m.numberRules(row, c.category, changes))
	}
	seen := map[string]bool{}
	for _, row := range c.add {
		r.join(m.rowRules(row, c.category))
		r.add(seen[row.key()], "R-APP-7")
		seen[row.key()] = true
	}
	all := tradesOf(after, c.add)
	r.add(len(m.groups(all)) > 1, "R-APP-4")
	paid, free, archive := m.services(all)
	r.add(c.paid && !paid || c.free && !free || c.archive && !(archive && c.paid), "R-APP-5")
	return r
}

// numberRules judges a number that the code keeps: all rules when its trades change, else only whether the
// category still allows them. Its method stays, offered or not.
func (m *truth) numberRules(r row, category string, changes bool) rules {
	r.count = 1
	all := m.rowRules(r, category)
	if method, known := m.cat.Method(r.method); known && !method.Offered {
		delete(all, "R-APP-7")
	}
	if !changes {
		maps.DeleteFunc(all, func(rule string, _ bool) bool { return rule != "R-APP-6" })
	}
	return all
}

// existingRules judges all that a document asks of what exists.
func (m *truth) existingRules(a *app, d doc) rules {
	r := rules{}
	r.add(slices.Contains(d.kinds, "ident-number") && !d.asks(change.changesNumbers), "R-APP-1")
	for _, c := range d.existing {
		r.add(m.touched(a, c.code), "R-APP-10")
		r.join(m.changeRules(a.est, d.kinds, c))
	}
	return r
}

// reissueRules judges a request for new passwords (R-SEC-9).
func (m *truth) reissueRules(a *app, d doc, asker account.Role) rules {
	r := rules{}
	if !slices.Contains(d.kinds, "password-reissue") {
		r.add(len(d.reissue) > 0, "R-APP-1")
		return r
	}
	r.add(asker != "" && asker != account.Administrator || len(d.reissue) == 0, "R-SEC-9")
	held := m.heldIDs(a.est)
	for _, id := range d.reissue {
		if held[id] {
			r.add(m.touched(a, "reissue "+id), "R-APP-10")
		} else {
			r.add(true, "R-SEC-9")
		}
	}
	return r
}

// heldIDs are the user IDs that an establishment holds today.
func (m *truth) heldIDs(e *establishment) map[string]bool {
	ids := map[string]bool{}
	for name, h := range m.contractOn(e, m.today()) {
		for n := range h.numbers {
			ids[name+n] = true
		}
	}
	return ids
}

// withChange is what a form makes of a change, and what cannot be read of it.
func withChange(c change, f desk.ExistingForm) (change, rules) {
	if f.Delete {
		c = unchanged(c.placeholder, c.code, c.before)
		c.delete = true
		return c, nil
	}
	c.delete, c.settings, c.remove, c.numbers = false, f.Settings, nil, map[string]row{}
	c.category, c.paid, c.free, c.archive = f.Category, f.StatsPaid, f.StatsFree, f.Archive
	r := rules{}
	for _, id := range f.Remove {
		c.remove = append(c.remove, id[5:])
	}
	for n, had := range c.before.numbers {
		to, asked := f.IDs[c.code+n]
		r.add(asked && to.SingleSignOn != "yes" && to.SingleSignOn != "no", "R-APP-2")
		sso := to.SingleSignOn == "yes"
		if asked && !(row{sso: sso, trades: to.Trades}).says(had) && !slices.Contains(c.remove, n) {
			c.numbers[n] = row{sso: sso, trades: to.Trades}
		}
	}
	r.add(f.Adding && len(f.Block.Trades) == 0, "R-APP-1")
	if len(f.Block.Trades) > 0 {
		r.join(blockRules(f.Block))
		c.add = slices.Concat(c.add, rowsOf(f.Block))
	}
	return c, r
}

// says says whether what is asked of a number is what it has already.
func (r row) says(had row) bool {
	return r.sso == had.sso && slices.Equal(slices.Sorted(slices.Values(r.trades)), slices.Sorted(slices.Values(had.trades)))
}

// rowsOf are the rows of a block.
func rowsOf(f desk.CodeForm) []row {
	count, _ := strconv.Atoi(f.Count)
	if f.SingleSignOn == "yes" {
		return []row{{true, slices.Clone(f.Trades), f.Method, count}}
	}
	var rows []row
	for _, trade := range f.Trades {
		rows = append(rows, row{false, []string{trade}, f.Method, count})
	}
	return rows
}

// heldCode is one of the codes that an establishment holds today, "" when there is none.
func (h *history) heldCode(e *establishment) string {
	names := slices.Sorted(maps.Keys(h.m.contractOn(e, h.m.today())))
	if len(names) == 0 {
		return ""
	}
	return names[h.r.IntN(len(names))]
}

// existingForm is a form for a code that exists: a deletion, other services, trades or settings, numbers to add
// or to delete.
func (h *history) existingForm(d doc, c change, wrong bool) desk.ExistingForm {
	now := c.before
	f := desk.ExistingForm{Category: now.category, StatsPaid: now.paid, StatsFree: now.free, Archive: now.archive, IDs: map[string]desk.IDForm{}}
	numbers := slices.Sorted(maps.Keys(now.numbers))
	at := h.r.IntN(8)
	if kinds := strings.Join(d.kinds, " "); h.chance(0.85) && !(has(kinds, "user-code") && has(kinds, "ident-number")) {
		at = []int{0, 1, 2, 2, 3, 5}[h.r.IntN(6)] // what belongs to the kind that was ticked
		if has(kinds, "ident-number") {
			at = 4 + 2*h.r.IntN(2)
		}
	}
	switch at {
	case 0, 1:
		f.Delete = true
	case 2:
		f.StatsPaid = !f.StatsPaid
		f.Archive = f.Archive && f.StatsPaid
	case 3:
		f.Settings = true
	case 4:
		if n := numbers[h.r.IntN(len(numbers))]; wrong || len(numbers) > 1 {
			f.Remove = []string{c.code + n}
		}
	case 5:
		n := numbers[h.r.IntN(len(numbers))]
		block := h.block(code{category: now.category, rows: []row{now.numbers[n]}}, wrong)
		f.IDs[c.code+n] = desk.IDForm{SingleSignOn: block.SingleSignOn, Trades: block.Trades}
	default:
		var rows []row
		for _, n := range numbers {
			rows = append(rows, now.numbers[n])
		}
		f.Block = h.block(code{category: now.category, rows: rows}, wrong)
		f.Adding = true
	}
	if wrong && h.chance(0.3) {
		f.Category = []string{"air", "sea", "", "land"}[h.r.IntN(4)]
	}
	return f
}

// anyCode is a code that the establishment holds, or one of which something is asked already, or a strange one.
func (h *history) anyCode(a *app) string {
	name := h.heldCode(a.est)
	for _, other := range h.m.apps {
		if other.est == a.est && other != a && len(other.frozen.existing) > 0 && h.m.shown(other).Open() && h.chance(0.15) {
			name = other.frozen.existing[0].code // R-APP-10
		}
	}
	if len(a.draft.existing) > 0 && h.chance(0.3) {
		name = a.draft.existing[h.r.IntN(len(a.draft.existing))].code
	}
	if name == "" || h.chance(0.03) {
		name = "1ZZZZ"
	}
	return name
}

// askExisting stores what is asked of a code that exists.
func (h *history) askExisting(who person, a *app, name string, wrong bool) {
	if name == "" {
		name = h.anyCode(a)
	}
	d := a.draft.clone()
	now, holds := h.m.contractOn(a.est, h.m.today())[name]
	c := unchanged(d.nextExisting(), name, now)
	if there := d.change(name); there != nil {
		c = *there
		c.before = now
	}
	f := desk.ExistingForm{Delete: true}
	if holds {
		f = h.existingForm(d, c, wrong)
	}
	var after change
	foretell := func() string {
		if !holds {
			return notFound
		}
		var r rules
		if after, r = withChange(c, f); len(r) > 0 {
			return r.outcome()
		}
		r = h.m.changeRules(a.est, d.kinds, after)
		r.add(h.m.touched(a, name), "R-APP-10")
		return r.outcome()
	}
	placeholder := 0
	if !h.edit(who, a, "ask of code that exists "+name+fmt.Sprintf(" %+v", f), "existing."+name, foretell, func(ref desk.Ref) (err error) {
		placeholder, err = h.desk.SetExisting(h.ctx, who.Actor, ref, name, f)
		return err
	}) {
		return
	}
	if placeholder != after.placeholder {
		h.wrong("the item of %s is %d, want %d", name, placeholder, after.placeholder)
	}
	if there := d.change(name); there != nil {
		*there = after
	} else {
		d.existing = append(d.existing, after)
	}
	d.highestExisting = max(d.highestExisting, after.placeholder)
	a.draft = d
}

// nextExisting is the placeholder of the next code that exists.
func (d doc) nextExisting() int {
	next := max(1000, d.highestExisting)
	for _, c := range d.existing {
		next = max(next, c.placeholder)
	}
	return next + 1
}

// askDeletion asks for the deletion of a code, whatever was ticked (R-APP-8).
func (h *history) askDeletion(who person, a *app) {
	name := h.heldCode(a.est)
	if name == "" {
		return
	}
	d := a.draft.clone()
	c := unchanged(d.nextExisting(), name, h.m.contractOn(a.est, h.m.today())[name])
	if there := d.change(name); there != nil {
		c.placeholder = there.placeholder
	}
	c.delete = true
	if there := d.change(name); there != nil {
		*there = c
	} else {
		d.existing = append(d.existing, c)
	}
	d.highestExisting = max(d.highestExisting, c.placeholder)
	if !d.asks(change.changesNumbers) {
		d.kinds = slices.DeleteFunc(d.kinds, func(k string) bool { return k == "ident-number" })
	}
	if !slices.Contains(d.kinds, "user-code") {
		d.kinds = append([]string{"user-code"}, d.kinds...)
	}
	foretell := func() string {
		r := h.m.changeRules(a.est, d.kinds, c)
		r.add(h.m.touched(a, name), "R-APP-10")
		return r.outcome()
	}
	if h.edit(who, a, "ask deletion of "+name, "existing."+name, foretell, func(ref desk.Ref) error {
		_, err := h.desk.DeleteExisting(h.ctx, who.Actor, ref, name)
		return err
	}) {
		a.draft = d
		if a.state == application.InDraft {
			delete(a.settings, name)
		}
	}
}

// dropExisting takes what is asked of a code that exists out again, or one of the rows to be added.
func (h *history) dropExisting(who person, a *app, name string, row bool) {
	d := a.draft.clone()
	at, placeholder := slices.IndexFunc(d.existing, func(c change) bool { return c.code == name }), 1009
	if name == "" && len(d.existing) > 0 {
		at = h.r.IntN(len(d.existing))
	}
	known := at >= 0
	if known {
		placeholder = d.existing[at].placeholder
	}
	rowKnown := known && len(d.existing[at].add) > 0
	foretell := func() string {
		if !known || row && !rowKnown {
			return notFound
		}
		return fine
	}
	what := "drop code that exists"
	if row {
		what = "drop row of code that exists"
	}
	if !h.edit(who, a, what, "", foretell, func(ref desk.Ref) error {
		if row {
			return h.desk.RemoveAddedRow(h.ctx, who.Actor, ref, placeholder, 0)
		}
		return h.desk.RemoveExisting(h.ctx, who.Actor, ref, placeholder)
	}) {
		return
	}
	c := &d.existing[at]
	if row {
		c.add = slices.Clone(c.add)[1:]
		if c.delete || c.changesCode() || c.changesNumbers() {
			a.draft = d
			return
		}
	}
	h.m.forget(a, c.code, placeholder)
	d.existing = slices.Delete(d.existing, at, at+1)
	a.draft = d
}

// forget drops what was saved and typed for a code that exists.
func (m *truth) forget(a *app, name string, placeholder int) {
	delete(a.settings, name)
	for page := range a.typed {
		if page == "existing."+name || strings.HasPrefix(page, fmt.Sprintf("settings.%d.", placeholder)) {
			delete(a.typed, page)
		}
	}
}

// askReissue stores the IDs whose passwords are to be issued again.
func (h *history) askReissue(who person, a *app, n int) {
	held := slices.Sorted(maps.Keys(h.m.heldIDs(a.est)))
	var ids []string
	young := slices.DeleteFunc(h.m.readableIDs(a.est), func(id string) bool { return !slices.Contains(held, id) })
	if len(young) > 0 && h.chance(0.5) {
		held = young
	}
	for range n {
		if len(held) > 0 {
			ids = append(ids, held[h.r.IntN(len(held))])
		}
	}
	if h.chance(0.05) {
		ids = append(ids, "1ZZZZA0A")
	}
	d := a.draft.clone()
	d.reissue = slices.Compact(slices.Sorted(slices.Values(ids)))
	foretell := func() string { return h.m.reissueRules(a, d, who.Role).outcome() }
	if h.edit(who, a, "ask reissue", "reissue", foretell, func(ref desk.Ref) error {
		return h.desk.SetReissue(h.ctx, who.Actor, ref, ids)
	}) {
		a.draft = d
	}
}

// readableIDs are the user IDs whose passwords can be read now.
func (m *truth) readableIDs(e *establishment) []string {
	var ids []string
	for _, a := range m.apps {
		if a.est == e && !a.gone && m.readable(a) {
			ids = append(ids, a.ids()...)
		}
	}
	return ids
}

// reissued issues the passwords of IDs again: those before are dead (R-SEC-9).
func (m *truth) reissued(a *app) {
	for name, h := range m.contractOn(a.est, m.today()) {
		var numbers []string
		for _, n := range slices.Sorted(maps.Keys(h.numbers)) {
			if slices.Contains(a.frozen.reissue, name+n) {
				numbers = append(numbers, n)
			}
		}
		if len(numbers) > 0 {
			a.issued = append(a.issued, issue{0, name, [][]string{numbers}})
		}
	}
	slices.SortFunc(a.issued, func(x, y issue) int { return strings.Compare(x.code, y.code) })
	for _, other := range m.apps {
		for _, id := range a.frozen.reissue {
			if other != a && slices.Contains(other.ids(), id) {
				other.dead[id] = true
			}
		}
	}
}

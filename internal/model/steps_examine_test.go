package model

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/userid"
)

// What the centre does.

// command is one command of the life cycle: foretold by the gate, then by the rules.
func (h *history) command(who person, a *app, what string, c application.Command, foretell func() string, do func(desk.Ref) error) bool {
	ref := h.ref(a)
	foretold := h.m.gate(who, a, ref.Version, c)
	if foretold == fine && foretell != nil {
		foretold = foretell()
	}
	if !h.try(who, what, a, foretold, func() error { return do(ref) }) {
		return false
	}
	a.version++
	return true
}

func (h *history) claim(a *app) {
	who := h.who(a.est, examiners)
	if h.command(who, a, "claim", application.Claim, nil, func(ref desk.Ref) error { return h.desk.Claim(h.ctx, who.Actor, ref) }) {
		a.letGo()
		a.state, a.holder = application.UnderExamination, who.ID
	}
}

func (h *history) takeOver(a *app) {
	who := h.who(a.est, examiners)
	if h.command(who, a, "take over", application.TakeOver, nil, func(ref desk.Ref) error { return h.desk.TakeOver(h.ctx, who.Actor, ref) }) {
		a.letGo()
		a.holder = who.ID
	}
}

func (h *history) release(a *app) {
	who := h.claimant(a)
	if h.command(who, a, "release", application.Release, nil, func(ref desk.Ref) error { return h.desk.Release(h.ctx, who.Actor, ref) }) {
		a.state = application.Registered
		a.letGo()
	}
}

// text is what an examiner writes, now and then nothing; ruled says which rule wants it.
func (h *history) text(rule string) (text string, foretell func() string) {
	if h.chance(0.1) {
		return " ", func() string { return broken(rule).outcome() }
	}
	return "内容をご確認ください。", nil
}

func (h *history) remark(a *app) {
	who := h.who(a.est, examiners)
	body, foretell := h.text("R-EX-5")
	h.command(who, a, "remark", application.Remark, foretell, func(ref desk.Ref) error {
		return h.desk.AddRemark(h.ctx, who.Actor, ref, "reason", body)
	})
}

// round is the registered version that a page showed, now and then another (R-EX-5).
func (h *history) round(a *app, foretell func() string) (int, func() string) {
	if h.chance(0.04) {
		return a.round + 1 - 2*h.r.IntN(2), func() string { return stale }
	}
	return a.round, foretell
}

func (h *history) sendBack(a *app) {
	who := h.claimant(a)
	body, foretell := h.text("R-EX-5")
	round, foretell := h.round(a, foretell)
	if h.command(who, a, fmt.Sprintf("return round %d", round), application.Return, foretell, func(ref desk.Ref) error {
		return h.desk.Return(h.ctx, who.Actor, ref, round, []desk.RemarkForm{{Item: "reason", Body: body}, {Item: "codes.1", Body: ""}})
	}) {
		a.state = application.Returned
		a.letGo()
		a.touched, a.announced = h.m.now, time.Time{}
		a.draft, a.typed = a.frozen.clone(), map[string]bool{}
		h.m.post(a, application.MailReturned, "AM", nil)
	}
}

func (h *history) reject(a *app) {
	who := h.claimant(a)
	reason, foretell := h.text("R-EX-5")
	round, foretell := h.round(a, foretell)
	if h.command(who, a, fmt.Sprintf("reject round %d", round), application.Reject, foretell, func(ref desk.Ref) error {
		return h.desk.Reject(h.ctx, who.Actor, ref, round, reason)
	}) {
		h.m.end(a, application.Rejected)
		h.m.post(a, application.MailRejected, "AM", nil)
	}
}

// begins is a start date to confirm: mostly the first possible, now and then a later, an earlier or a wrong one.
func (h *history) begins(a *app, after day, settled bool) day {
	cal, first := h.m.calendar(), h.m.earliestStart(a.frozen, settled)
	if !after.IsZero() && !first.After(after) {
		first = cal.AddBusinessDays(after, 1)
	}
	switch {
	case h.chance(0.12):
		return cal.AddBusinessDays(first, 1+h.r.IntN(15))
	case h.chance(0.08):
		return cal.AddBusinessDays(first, -1-h.r.IntN(6))
	case h.chance(0.05):
		return first.AddDays(h.r.IntN(5))
	case h.chance(0.02):
		return day{}
	}
	return first
}

// approve approves, or proposes where four eyes are needed (R-EX-6).
func (h *history) approve(a *app) {
	who := h.claimant(a)
	if a.fourEyes && (a.proposal == nil || h.chance(0.1)) {
		h.propose(who, a)
		return
	}
	if a.proposal != nil && h.chance(0.85) {
		who = h.who(a.est, examiners)
	}
	form, start := h.verdict(a)
	counts := form
	if a.fourEyes && a.proposal != nil {
		counts = a.proposal.form
		if h.chance(0.9) {
			start, form.Start = h.parse(counts.Start), counts.Start
		}
	}
	if a.frozen.isReissue() {
		start = h.m.today() // complete with the approval, in effect at once (R-SEC-9)
	}
	foretell := func() string {
		switch {
		case start.IsZero():
			return broken("R-EX-4").outcome()
		case a.fourEyes && counts.Start != start.String():
			return broken("R-EX-6").outcome()
		}
		if foretold := h.m.foretellVerdict(a, counts, start, false); foretold != fine {
			return foretold
		}
		return h.m.takenRules(a, counts).outcome()
	}
	var approval desk.Approval
	if h.command(who, a, fmt.Sprintf("approve %+v", form), application.Approve, foretell, func(ref desk.Ref) (err error) {
		approval, err = h.desk.Approve(h.ctx, who.Actor, ref, form)
		return err
	}) {
		a.holder, a.proposal = who.ID, nil
		h.approved(a, start, counts, approval)
	}
}

func (h *history) propose(who person, a *app) {
	form, start := h.verdict(a)
	if a.frozen.isReissue() {
		start = h.m.today()
	}
	foretell := func() string {
		if start.IsZero() {
			return broken("R-EX-4").outcome()
		}
		return h.m.foretellVerdict(a, form, start, true)
	}
	if h.command(who, a, fmt.Sprintf("propose approval %+v", form), application.Propose, foretell, func(ref desk.Ref) error {
		return h.desk.Propose(h.ctx, who.Actor, ref, form)
	}) {
		form.Start = start.String()
		a.proposal = &verdict{who.ID, form}
	}
}

// verdict is a form that approves, mostly right, now and then with codes and numbers of the examiner's own choice.
func (h *history) verdict(a *app) (desk.ApproveForm, day) {
	start := h.begins(a, day{}, h.m.complete(a.frozen, a.settings))
	form := desk.ApproveForm{Round: a.round, Start: start.String(), Reason: "審査に日数を要したため。"}
	if h.chance(0.1) {
		form.Reason = ""
	}
	if h.chance(0.04) {
		form.Round += 1 - 2*h.r.IntN(2)
	}
	if h.chance(0.2) {
		h.choose(a, &form)
	}
	return form, start
}

// choose chooses a code or a number for an item (R-ID-7): a free one, a used one or a wrong one.
func (h *history) choose(a *app, form *desk.ApproveForm) {
	form.Codes, form.Numbers = map[int]string{}, map[int][]string{}
	all := h.m.freeCodes(a.est)
	used := slices.Sorted(maps.Keys(h.m.codes))
	for _, c := range a.frozen.codes {
		switch {
		case len(all) > 0 && h.chance(0.6):
			form.Codes[c.placeholder] = all[h.r.IntN(len(all))]
		case len(used) > 0 && h.chance(0.3):
			form.Codes[c.placeholder] = used[h.r.IntN(len(used))]
		case h.chance(0.3):
			form.Codes[c.placeholder] = []string{"1AZZZ", "V1NAC", "1INAC", "x"}[h.r.IntN(4)]
		}
		if h.chance(0.5) {
			form.Numbers[c.placeholder] = []string{[]string{"", "B3K", "A0B", "007", "A0I", "?"}[h.r.IntN(6)]}
		}
	}
	for _, c := range a.frozen.existing {
		if h.chance(0.5) {
			form.Numbers[c.placeholder] = []string{[]string{"", "B3K", "A0B", "002", "001"}[h.r.IntN(5)]}
		}
	}
}

// foretellVerdict is what a verdict meets before anything is taken; a proposal's choice is judged before the rest.
func (m *truth) foretellVerdict(a *app, form desk.ApproveForm, start day, proposing bool) string {
	if form.Round != a.round {
		return stale
	}
	choice := m.choiceRules(a, form)
	r := m.documentRules(a, a.frozen, a.registeredAt, "")
	if !a.frozen.isReissue() {
		r.join(m.startRules(a.frozen, day{}, start, m.complete(a.frozen, a.settings), form.Reason != ""))
	}
	if len(r) == 0 || proposing && len(choice) > 0 {
		return choice.outcome()
	}
	return r.outcome()
}

// choiceRules judges chosen codes, and chosen numbers without asking whether they are free (R-ID-2 … R-ID-9).
func (m *truth) choiceRules(a *app, form desk.ApproveForm) rules {
	r, seen := rules{}, map[string]bool{}
	for _, c := range a.frozen.codes {
		typed := form.Codes[c.placeholder]
		if typed != "" && !m.codeChoice(a, typed, r) {
			r.add(seen[typed], "R-ID-8")
			r.add(!seen[typed] && m.codes[typed] != nil, "R-ID-6")
			seen[typed] = true
		}
		m.numberChoice(form.Numbers[c.placeholder], c.rows, r)
	}
	for _, c := range a.frozen.existing {
		if len(c.add) > 0 {
			m.numberChoice(form.Numbers[c.placeholder], c.add, r)
		}
	}
	return r
}

// codeChoice notes what is wrong with a chosen code, and says whether anything is.
func (m *truth) codeChoice(a *app, typed string, r rules) bool {
	switch {
	case len(typed) != 5:
		r.add(true, "R-ID-2")
	case typed[:2] == "V1", !slices.Contains(a.est.abbreviations, typed[2:]), typed[:1] != a.est.region,
		!strings.Contains(seconds, typed[1:2]):
		r.add(true, "R-ID-7")
	default:
		return false
	}
	return true
}

func (m *truth) numberChoice(typed []string, rows []row, r rules) {
	if len(typed) == 0 || typed[0] == "" {
		return
	}
	method, _ := m.cat.Method(rows[0].method)
	general := typed[0][0] >= '0' && typed[0][0] <= '9'
	switch {
	case len(typed[0]) != 3:
		r.add(true, "R-ID-4")
	case general != (method.Class == userid.General):
		r.add(true, "R-ID-3")
	default:
		r.add(strings.ContainsAny(typed[0], "IO"), "R-ID-5")
	}
}

// takenRules says whether a chosen number was ever used (R-ID-6).
func (m *truth) takenRules(a *app, form desk.ApproveForm) rules {
	r := rules{}
	for _, c := range a.frozen.existing {
		if typed := form.Numbers[c.placeholder]; len(c.add) > 0 && len(typed) > 0 {
			r.add(m.codes[c.code][typed[0]], "R-ID-6")
		}
	}
	return r
}

// approved is what an approval makes true: codes and numbers are the lowest that never were (R-ID-6 … R-ID-9).
func (h *history) approved(a *app, start day, form desk.ApproveForm, approval desk.Approval) {
	a.state, a.approvedAt, a.recorded = application.Approved, h.m.now, h.m.now
	a.complete = h.m.complete(a.frozen, a.settings)
	a.stand(start, h.m.now)
	for _, chosen := range form.Codes {
		if chosen != "" {
			h.m.codes[chosen] = map[string]bool{}
		}
	}
	for _, item := range a.frozen.codes {
		a.issued = append(a.issued, h.m.allocate(a, item, form))
	}
	for _, c := range a.frozen.existing {
		if len(c.add) > 0 {
			a.issued = append(a.issued, issue{c.placeholder, c.code, h.m.take(c.code, c.add, form.Numbers[c.placeholder])})
		}
	}
	if a.frozen.isReissue() {
		h.m.reissued(a)
		a.effectTold = true
	}
	if got, want := issuedText(approval.Codes), a.issuedText(); !slices.Equal(got, want) {
		h.wrong("R-ID-9: issued %v, want %v", got, want)
	}
	h.m.promise(a, start)
	h.m.underCodes(a)
	h.m.letGo(a)
	h.m.post(a, application.MailApproved, "AM", nil)
}

// underCodes notes the user codes under which reserved areas stand from the approval on.
func (m *truth) underCodes(a *app) {
	for name, r := range m.areas {
		if r.app == a && r.code == "" {
			r.code = m.codeOf(a, a.frozen, r.item)
			m.areas[name] = r
		}
	}
}

// promise are the days that follow from a start date (R-SET-1, R-SEC-1).
func (m *truth) promise(a *app, start day) {
	cal := m.calendar()
	a.start, a.deadline = start, day{}
	if m.needsSettings(a.frozen) {
		a.deadline = cal.AddBusinessDays(start, -4)
	}
	if len(a.issued) > 0 {
		a.readLast = cal.AddBusinessDays(start, 2)
	}
}

// allocate takes the chosen or the lowest free code and its numbers for an item.
func (m *truth) allocate(a *app, item code, form desk.ApproveForm) issue {
	name := form.Codes[item.placeholder]
	if name == "" {
		name = m.freeCodes(a.est)[0]
		m.codes[name] = map[string]bool{}
	}
	return issue{item.placeholder, name, m.take(name, item.rows, form.Numbers[item.placeholder])}
}

// take takes the numbers of rows under a code, in their order: the chosen first one, else the lowest free.
func (m *truth) take(name string, rows []row, chosen []string) [][]string {
	choice := ""
	if len(chosen) > 0 {
		choice = chosen[0]
	}
	if choice != "" {
		m.codes[name][choice] = true
	}
	numbers := make([][]string, len(rows))
	for i, r := range rows {
		method, _ := m.cat.Method(r.method)
		for range r.count {
			n := choice
			if n == "" {
				n = m.freeNumber(name, method.Class)
			}
			choice = ""
			m.codes[name][n] = true
			numbers[i] = append(numbers[i], n)
		}
	}
	return numbers
}

// ids are the user IDs that an application brought.
func (a *app) ids() []string {
	var ids []string
	for _, i := range a.issued {
		for _, numbers := range i.numbers {
			for _, n := range numbers {
				ids = append(ids, i.code+n)
			}
		}
	}
	return ids
}

func (a *app) issuedText() []string {
	var ids []string
	for _, i := range a.issued {
		for _, numbers := range i.numbers {
			for _, n := range numbers {
				ids = append(ids, fmt.Sprintf("%d %s%s", i.placeholder, i.code, n))
			}
		}
	}
	return ids
}

func issuedText(codes []desk.IssuedCode) []string {
	var ids []string
	for _, c := range codes {
		for _, id := range c.IDs {
			ids = append(ids, fmt.Sprintf("%d %s", c.Placeholder, userid.NewID(c.Code, id.Number)))
		}
	}
	return ids
}

func (h *history) void(a *app) {
	who := h.who(a.est, "supervisor")
	reason, foretell := h.text("R-EX-8")
	if h.command(who, a, "void", application.Revoke, foretell, func(ref desk.Ref) error { return h.desk.Void(h.ctx, who.Actor, ref, reason) }) {
		h.voided(a, h.m.now)
	}
}

// voided makes an approval void as of an instant.
func (h *history) voided(a *app, at time.Time) {
	a.revoke(at)
	h.m.end(a, application.Void)
	a.secretsGone = true
	h.m.post(a, application.MailVoid, "AM", nil)
}

func (h *history) changeStart(a *app) {
	who := h.who(a.est, "supervisor")
	settled := a.complete
	start := h.begins(a, a.start, settled)
	form := desk.StartChangeForm{Start: start.String(), Reason: "機器の都合のため。"}
	if h.chance(0.1) {
		form.Reason = ""
	}
	foretell := func() string {
		if start.IsZero() {
			return broken("R-EX-4").outcome()
		}
		return h.m.startRules(a.frozen, a.start, start, settled, form.Reason != "").outcome()
	}
	if h.command(who, a, fmt.Sprintf("change start %+v", form), application.ChangeStartDate, foretell, func(ref desk.Ref) error {
		return h.desk.ChangeStart(h.ctx, who.Actor, ref, form)
	}) {
		a.revoke(h.m.now)
		a.stand(start, h.m.now)
		h.m.promise(a, start)
		a.recorded = h.m.now
		h.m.post(a, application.MailStartDateChanged, "AM", nil)
	}
}

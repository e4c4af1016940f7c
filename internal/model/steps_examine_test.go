package model

import (
	"fmt"
	"slices"
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
		a.state, a.holder = application.UnderExamination, who.ID
	}
}

func (h *history) takeOver(a *app) {
	who := h.who(a.est, examiners)
	if h.command(who, a, "take over", application.TakeOver, nil, func(ref desk.Ref) error { return h.desk.TakeOver(h.ctx, who.Actor, ref) }) {
		a.holder = who.ID
	}
}

func (h *history) release(a *app) {
	who := h.claimant(a)
	if h.command(who, a, "release", application.Release, nil, func(ref desk.Ref) error { return h.desk.Release(h.ctx, who.Actor, ref) }) {
		a.state, a.holder = application.Registered, ""
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
		a.state, a.holder = application.Returned, ""
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

func (h *history) approve(a *app) {
	who := h.claimant(a)
	settled := h.m.complete(a.frozen, a.settings)
	start := h.begins(a, day{}, settled)
	if a.frozen.isReissue() {
		start = h.m.today() // complete with the approval, in effect at once (R-SEC-9)
	}
	form := desk.ApproveForm{Start: start.String(), Reason: "審査に日数を要したため。"}
	if h.chance(0.1) {
		form.Reason = ""
	}
	round, other := h.round(a, nil)
	form.Round = round
	foretell := func() string {
		if start.IsZero() {
			return broken("R-EX-4").outcome()
		}
		if other != nil {
			return other()
		}
		r := h.m.documentRules(a, a.frozen, a.registeredAt, "")
		if !a.frozen.isReissue() {
			r.join(h.m.startRules(a.frozen, day{}, start, settled, form.Reason != ""))
		}
		return r.outcome()
	}
	var approval desk.Approval
	if h.command(who, a, fmt.Sprintf("approve %+v", form), application.Approve, foretell, func(ref desk.Ref) (err error) {
		approval, err = h.desk.Approve(h.ctx, who.Actor, ref, form)
		return err
	}) {
		h.approved(a, start, approval)
	}
}

// approved is what an approval makes true: codes and numbers are the lowest that never were (R-ID-6 … R-ID-9).
func (h *history) approved(a *app, start day, approval desk.Approval) {
	a.state, a.approvedAt, a.recorded = application.Approved, h.m.now, h.m.now
	a.complete = h.m.complete(a.frozen, a.settings)
	a.stand(start, h.m.now)
	for _, item := range a.frozen.codes {
		a.issued = append(a.issued, h.m.allocate(a, item))
	}
	for _, c := range a.frozen.existing {
		if len(c.add) > 0 {
			a.issued = append(a.issued, issue{c.placeholder, c.code, h.m.take(c.code, c.add)})
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

// allocate takes a code and its numbers for an item.
func (m *truth) allocate(a *app, item code) issue {
	name := m.freeCodes(a.est)[0]
	m.codes[name] = map[string]bool{}
	return issue{item.placeholder, name, m.take(name, item.rows)}
}

// take takes the numbers of rows under a code, in their order.
func (m *truth) take(name string, rows []row) [][]string {
	numbers := make([][]string, len(rows))
	for i, r := range rows {
		method, _ := m.cat.Method(r.method)
		for range r.count {
			n := m.freeNumber(name, method.Class)
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

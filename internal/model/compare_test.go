package model

import (
	"fmt"
	"slices"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
)

// What is compared with the truth after a step.

// compare compares everything that the step may have touched, and now and then everything.
func (h *history) compare(a *app, everything bool) {
	h.late = 0
	if a != nil {
		h.compareCase(a)
		h.compareMails(a)
		h.compareContract(a.est, !a.approvedAt.IsZero())
		h.compareList(a.est)
		if !a.approvedAt.IsZero() {
			h.compareCharges(a.est)
		}
	}
	if !everything {
		return
	}
	for _, other := range h.m.apps {
		h.compareMails(other)
	}
	for _, e := range h.m.establishments {
		h.compareList(e)
		h.compareContract(e, false)
		h.compareLogon(e)
	}
	h.compareCharges(h.m.establishments[h.r.IntN(len(h.m.establishments))])
	h.compareQueue()
}

// compareCase compares one application as one of those who may see it sees it.
func (h *history) compareCase(a *app) {
	who := h.one(a.est, "viewer applicant administrator examiner supervisor")
	view, err := h.desk.Case(h.ctx, who.Actor, a.id)
	if got, want := outcome(err), h.seen(who, a); got != want {
		h.wrong("%s opens %s: %s, want %s", who.ID, a, got, want)
	}
	if err != nil {
		return
	}
	if got, want := caseText(view), h.m.text(who, a); got != want {
		h.wrong("the case %s as %s sees it\n got %s\nwant %s", a, who.ID, got, want)
	}
	got, want := slices.Sorted(slices.Values(issuedText(view.Issued))), slices.Sorted(slices.Values(a.issuedText()))
	if !slices.Equal(got, want) {
		h.wrong("the codes of %s are %v, want %v", a, got, want)
	}
	if view.Reading != nil && (view.Reading.Readable != h.m.readable(a) || view.Reading.MayRead != mayRead(who, a) || len(view.Reading.Readings) != a.readings) {
		h.wrong("R-SEC-7: reading of %s by %s: %+v, want %t %t %d", a, who.ID, *view.Reading, h.m.readable(a), mayRead(who, a), a.readings)
	}
}

func (h *history) seen(who person, a *app) string {
	if a.gone || !h.m.sees(who, a) {
		return notFound
	}
	return fine
}

func caseText(c desk.Case) string {
	last := day{}
	if c.Reading != nil {
		last = c.Reading.Period.LastDay
	}
	return fmt.Sprintf("%s version %d round %d receipt %q holder %q start %s deadline %s last reading day %s allowed %v", c.State, c.Version, c.Round,
		c.Receipt, c.Holder, c.Start, c.SettingsDeadline, last, c.Allowed)
}

// text is what a person must see of an application, with the buttons that are open to them.
func (m *truth) text(who person, a *app) string {
	var allowed []application.Command
	for _, c := range application.Commands() {
		if _, known := permissions[c]; known && m.may(who, a, c) == fine {
			allowed = append(allowed, c)
		}
	}
	return fmt.Sprintf("%s version %d round %d receipt %q holder %q start %s deadline %s last reading day %s allowed %v", m.shown(a), a.version, a.round,
		a.receipt, a.holder, a.start, a.deadline, a.readLast, allowed)
}

// compareMails compares the letters about an application (R-MAIL-3).
func (h *history) compareMails(a *app) {
	rows, err := h.db.Read().ListOutboxOf(h.ctx, a.id)
	h.must(err)
	var got []string
	for _, row := range rows {
		got = append(got, row.Kind+" to "+row.Recipient)
	}
	want := slices.Clone(a.mails)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		h.wrong("R-MAIL-3: the letters about %s\n got %s\nwant %s", a, strings.Join(got, ", "), strings.Join(want, ", "))
	}
}

// pageSize is how many applications a page of a list shows.
const pageSize = 50

// compareList compares page E12 of an establishment.
func (h *history) compareList(e *establishment) {
	list, err := h.desk.Applications(h.ctx, h.one(e, "viewer applicant administrator").Actor, desk.ListQuery{})
	h.must(err)
	var got, want []string
	for _, line := range list.Rows {
		got = append(got, lineText(line))
	}
	for _, a := range slices.Backward(h.m.apps) {
		if a.est == e && !a.gone && len(want) < pageSize {
			want = append(want, h.m.line(a))
		}
	}
	if !slices.Equal(got, want) {
		h.wrong("the applications of %s\n got %s\nwant %s", e.id, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

func lineText(l desk.ListRow) string {
	return fmt.Sprintf("%s %s %s %s %s", l.ID, l.Receipt, l.State, l.Holder, l.Start)
}

func (m *truth) line(a *app) string {
	return fmt.Sprintf("%s %s %s %s %s", a.id, a.receipt, m.shown(a), a.holder, a.start)
}

// compareQueue compares what waits for the centre: no drafts are among it (trap 6).
func (h *history) compareQueue() {
	list, err := h.desk.Queue(h.ctx, h.one(h.m.establishments[0], examiners).Actor, desk.ListQuery{})
	h.must(err)
	var got, want []string
	for _, line := range list.Rows {
		got = append(got, lineText(line))
	}
	for _, a := range h.m.apps {
		if a.state == application.Registered || a.state == application.UnderExamination {
			want = append(want, h.m.line(a))
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		h.wrong("the queue\n got %s\nwant %s", strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

// check runs the product's own check over everything stored.
func (h *history) check() {
	findings, err := h.desk.Check(h.ctx)
	h.must(err)
	if len(findings) > 0 {
		h.wrong("the check finds: %v", findings)
	}
}

package model

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/charge"
	"uketsuke/internal/desk"
)

// The centre's day: its calendar, its rules, its modes, and the money.

// closeDay enters a closing day or takes one back (R-CAL-1). What was promised before stays as it was (trap 28).
func (h *history) closeDay() {
	who := h.who(h.m.establishments[0], "supervisor")
	edit := desk.ClosingEdit{Day: h.m.today().AddDays(h.r.IntN(40)), Closed: true, Name: "臨時休業日"}
	entered := slices.Sorted(maps.Keys(h.m.entered()))
	if len(entered) > 0 && h.chance(0.4) {
		edit = desk.ClosingEdit{Closed: false}
		h.must(edit.Day.UnmarshalText([]byte(entered[h.r.IntN(len(entered))])))
	}
	foretold := h.foretellClosing(who, edit)
	var preview desk.CalendarPreview
	if !h.try(who, fmt.Sprintf("preview closing %s %t", edit.Day, edit.Closed), nil, foretold, func() (err error) {
		preview, err = h.desk.PreviewClosing(h.ctx, who.Actor, []desk.ClosingEdit{edit})
		return err
	}) {
		return
	}
	if h.try(who, fmt.Sprintf("save closing %s %t", edit.Day, edit.Closed), nil, fine, func() error {
		return h.desk.SaveClosing(h.ctx, who.Actor, []desk.ClosingEdit{edit}, preview.Digest)
	}) {
		h.m.closings = append(h.m.closings, closing{edit.Day, edit.Closed, h.m.now})
	}
}

// entered are the closing days that the centre has entered and not taken back.
func (m *truth) entered() map[string]bool {
	days := map[string]bool{}
	for _, c := range m.closings {
		delete(days, c.day.String())
		if c.closed {
			days[c.day.String()] = true
		}
	}
	return days
}

func (h *history) foretellClosing(who person, edit desk.ClosingEdit) string {
	if who.Role != account.Supervisor {
		return forbidden
	}
	r := rules{}
	switch {
	case !edit.Day.After(h.m.today()):
		r.add(true, "R-CON-2")
	case edit.Closed:
		r.add(!h.m.calendar().IsBusinessDay(edit.Day), "R-CAL-1")
	}
	return r.outcome()
}

// setFourEyes turns the rule of four eyes on or off for a kind (R-EX-6).
func (h *history) setFourEyes() {
	who := h.who(h.m.establishments[0], "supervisor")
	kind := strings.Fields(offered)[h.r.IntN(3)]
	on, foretold := h.chance(0.5), fine
	if who.Role != account.Supervisor {
		foretold = forbidden
	}
	if !h.try(who, fmt.Sprintf("set four eyes %s %t", kind, on), nil, foretold, func() error {
		return h.desk.SetFourEyes(h.ctx, who.Actor, kind, on)
	}) {
		return
	}
	h.m.fourEyes[kind] = on
	for _, a := range h.m.apps {
		if a.state != application.Registered && a.state != application.UnderExamination {
			continue
		}
		if now := h.m.needsFourEyes(a); now != a.fourEyes {
			a.fourEyes = now
			a.version++
		}
	}
}

func (m *truth) needsFourEyes(a *app) bool {
	return slices.ContainsFunc(a.frozen.kinds, func(kind string) bool { return m.fourEyes[kind] })
}

// switchMode switches the mode of the desk (C10).
func (h *history) switchMode() {
	who := h.who(h.m.establishments[0], "supervisor")
	mode := desk.ModeOpen
	if h.m.mode == desk.ModeOpen || h.chance(0.1) {
		mode = desk.Modes()[h.r.IntN(3)]
	}
	seen, foretold := h.m.switches-h.r.Int64N(2)*h.r.Int64N(2)*h.r.Int64N(2), fine
	switch {
	case who.Role != account.Supervisor:
		foretold = forbidden
	case seen != h.m.switches:
		foretold = stale
	case mode == h.m.mode && (mode == desk.ModeOpen && h.m.switches == 0 || h.m.switches > 0):
		foretold = broken("C10").outcome()
	}
	notice := "点検のため停止しています。"
	if mode == desk.ModeOpen {
		notice = ""
	}
	if h.try(who, "switch mode to "+string(mode), nil, foretold, func() error {
		return h.desk.SetMode(h.ctx, who.Actor, seen, desk.ModeForm{Mode: mode, Notice: notice})
	}) {
		h.m.mode = mode
		h.m.switches++
	}
}

// bars says whether the mode keeps somebody from changing something, or from what only looks and leaves a trace. A
// desk that is not open may say so, or first what is wrong besides.
func (m *truth) bars(who person, looking bool) bool {
	switch {
	case m.mode == desk.ModeOpen || who.ID == "":
		return false
	case looking:
		return m.mode == desk.ModeClosed && !centre(who)
	}
	return true
}

// passes says whether a step is done in every mode: the switch itself, and pages that only show.
func passes(what string) bool {
	return strings.HasPrefix(what, "switch mode") || strings.HasPrefix(what, "open the") || what == "examine"
}

// importUsage imports the metered usage of a month (R-CON-5).
func (h *history) importUsage() {
	who := h.who(h.m.establishments[0], "supervisor")
	month := charge.MonthOf(h.m.today()).Add(-h.r.IntN(3))
	amounts, text := map[string]int64{}, "month,user_id,item,quantity,amount\n"
	for _, e := range h.m.establishments {
		for name, held := range h.m.contractOn(e, month.Last()) {
			for n := range held.numbers {
				amounts[e.id+" "+name+n] = 0
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(amounts)) {
		amounts[key] = h.r.Int64N(5000)
		text += fmt.Sprintf("%s,%s,電文,3,%d\n", month, strings.Fields(key)[1], amounts[key])
	}
	foretold := fine
	switch {
	case who.Role != account.Supervisor:
		foretold = forbidden
	case !h.m.today().After(month.Last()):
		foretold = broken("R-CON-5").outcome()
	case h.chance(0.2):
		text += month.String() + ",1ZZZZA0A,電文,1,1\n"
		foretold = broken("R-CON-5").outcome()
	}
	if h.try(who, "import usage "+month.String(), nil, foretold, func() error {
		_, err := h.desk.ImportUsage(h.ctx, who.Actor, month, strings.NewReader(text), false)
		return err
	}) {
		h.m.usage[month.String()] = amounts
	}
}

// compareCharges compares what a month costs an establishment (R-CON-5): the highest number of terminals in plan A,
// each service for the whole month if it stood on a day of it, the metered usage, and the tax once, rounded down.
func (h *history) compareCharges(e *establishment) {
	month := charge.MonthOf(h.m.today()).Add(h.r.IntN(6) - 3)
	if turns := h.m.turns(e); h.chance(0.7) && charge.MonthOf(turns[len(turns)-1]).Before(charge.MonthOf(h.m.today()).Add(12)) {
		month = charge.MonthOf(turns[max(0, len(turns)-1-h.r.IntN(3))])
	}
	page, err := h.desk.Charges(h.ctx, h.one(e, "viewer applicant administrator examiner").Actor, e.id, month)
	h.must(err)
	var lines []string
	for _, l := range page.Bill.Lines {
		if l.Amount > 0 {
			lines = append(lines, fmt.Sprintf("%s %s %d", l.Kind, l.Subject, l.Amount))
		}
	}
	want, subtotal := h.m.charges(e, month)
	slices.Sort(lines)
	if total := subtotal + subtotal/10; !slices.Equal(lines, want) || page.Bill.Total != total {
		h.wrong("R-CON-5: %s of %s\n got %v, total %d\nwant %v, total %d", month, e.id, lines, page.Bill.Total, want, total)
	}
}

func (m *truth) charges(e *establishment, month charge.Month) (lines []string, subtotal int64) {
	amounts := map[string]int64{}
	if e.plan == "A" {
		amounts["base "] = int64(e.terminals) * 5000
	}
	for d := month.First(); !d.After(month.Last()); d = d.AddDays(1) {
		for name, held := range m.contractOn(e, d) {
			if held.paid {
				amounts["statistics "+name] = 1000
			}
			if held.archive {
				amounts["archive "+name] = 1000
			}
		}
	}
	for key, amount := range m.usage[month.String()] {
		if owner, id, _ := strings.Cut(key, " "); owner == e.id {
			amounts["usage "+id] = amount
		}
	}
	for what, amount := range amounts {
		if amount > 0 {
			lines = append(lines, fmt.Sprintf("%s %d", what, amount))
			subtotal += amount
		}
	}
	slices.Sort(lines)
	return lines, subtotal
}

// compareLogon asks as the network's gateway whether some IDs may log on today (R-CON-1, R-CON-3).
func (h *history) compareLogon(e *establishment) {
	held := h.m.contractOn(e, h.m.today())
	names := slices.Sorted(maps.Keys(h.m.codes))
	for range 2 {
		name := names[h.r.IntN(len(names))]
		if h.chance(0.6) && len(held) > 0 {
			name = slices.Sorted(maps.Keys(held))[h.r.IntN(len(held))]
		}
		numbers := append(slices.Sorted(maps.Keys(h.m.codes[name])), "A9A")
		n := numbers[h.r.IntN(len(numbers))]
		answer, err := h.desk.CheckLogon(h.ctx, desk.Gateway{ID: "g", Name: "network", Scope: desk.ScopeLogon}, name+n)
		h.must(err)
		want, entitled := row{}, false
		for _, e := range h.m.establishments {
			if r, is := h.m.contractOn(e, h.m.today())[name].numbers[n]; is {
				want, entitled = r, true
			}
		}
		same := answer.ID.Method == want.method && slices.Equal(answer.ID.Trades, want.trades) && answer.ID.SingleSignOn == want.sso
		if answer.Entitled() != entitled || entitled && !same {
			h.wrong("R-CON-3: %s%s may log on: %+v, want %t %+v", name, n, answer, entitled, want)
		}
	}
}

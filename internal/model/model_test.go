package model

import (
	"flag"
	"fmt"
	"slices"
	"strings"
	"testing"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/store/storetest"
	"uketsuke/internal/trial"
)

// length is the number of steps of a history: more of them find nothing more, and a step costs more the more
// has happened before it.
const length = 260

// TestRandomHistories runs MODEL_STEPS steps in all, in histories of their own, every second one on PostgreSQL.
// The n-th history is drawn from MODEL_SEED+n; what fails says from which seed, and with that MODEL_SEED and
// MODEL_STEPS=1 it comes first.
func TestRandomHistories(t *testing.T) {
	t.Parallel()
	steps, seed := trial.Size(t, "MODEL_STEPS", 2_600, 104_000), trial.Size(t, "MODEL_SEED", 1, 1)
	t.Cleanup(func() {
		t.Log("tried:\n" + seen.String())
		if never := seen.never(); steps >= 10_000 && len(never) > 0 && !t.Failed() && ran() {
			t.Errorf("the histories never tried %q: what nobody tries is not tested", never)
		}
	})
	for n := range (steps + length - 1) / length {
		seed := uint64(seed + n)
		database, open := "sqlite", storetest.SQLite
		if seed%2 == 0 {
			database, open = "postgres", storetest.Postgres
		}
		t.Run(fmt.Sprintf("%s/%d", database, seed), func(t *testing.T) {
			t.Parallel()
			begin(t, open(t), seed).run()
		})
	}
}

// ran says whether all histories were asked for, not some by -run.
func ran() bool { return !strings.Contains(flag.Lookup("test.run").Value.String(), "/") }

// run takes the history through its steps.
func (h *history) run() {
	checked := 0
	for len(h.steps) < length {
		h.pass()
		if h.chance(0.02) {
			h.clockRunsBack()
		}
		a, everything := h.step()
		h.last = a
		h.compare(a, everything)
		if len(h.steps)-checked >= 100 {
			checked = len(h.steps)
			h.check()
		}
	}
	h.tick()
	h.compare(nil, true)
	h.check()
}

// An action is a kind of step: what it is done to, and how often it is drawn.
type action struct {
	weight int
	states string
	do     func(*app)
}

func (h *history) actions() []action {
	const examined, decided = "under-examination", "approved in-effect"
	return []action{
		{38, "draft returned", h.workOn},
		{7, "draft returned", h.change},
		{16, "registered", h.claim},
		{3, examined, h.takeOver},
		{3, examined, h.release},
		{1, examined, h.remark},
		{4, examined, h.sendBack},
		{2, examined, h.reject},
		{24, examined, h.approve},
		{2, "registered under-examination returned", func(a *app) { h.withdraw(h.who(a.est, applicants), a) }},
		{2, "approved", h.void},
		{3, "approved", h.changeStart},
		{5, "returned registered under-examination approved", h.saveSomeTab},
		{7, decided, h.readSecrets},
		{2, decided, h.noteSecrets},
		{1, decided, h.erase},
		{1, "", h.copyAsNew},
		{2, "", h.look},
		{3, "", h.anything},
	}
}

// step does one thing and says to which application, and whether anything else may be different after it.
func (h *history) step() (*app, bool) {
	open := 0
	for _, a := range h.m.apps {
		if !a.gone && (a.state.Open() || a.state == application.InDraft) {
			open++
		}
	}
	switch {
	case open < 10 && h.chance(0.1) || open == 0:
		return h.beginDraft(), false
	case h.chance(0.07):
		h.moveClock()
		if h.chance(0.5) {
			return nil, true
		}
		h.tick()
		return nil, true
	case h.chance(0.02):
		h.tick()
		return nil, true
	case h.m.mode != desk.ModeOpen && h.chance(0.3):
		h.switchMode()
		return nil, false
	case h.chance(0.03):
		centre := []func(){h.closeDay, h.closeDay, h.setFourEyes, h.setFourEyes, h.switchMode, h.importUsage}
		centre[h.r.IntN(len(centre))]()
		return nil, true
	}
	if a := h.last; a != nil && !a.gone && (a.state == application.InDraft || a.state == application.Returned) && h.chance(0.5) {
		h.workOn(a)
		return a, false
	}
	all := h.actions()
	total := 0
	for _, one := range all {
		total += one.weight
	}
	for {
		at := h.r.IntN(total)
		for _, one := range all {
			if at -= one.weight; at >= 0 {
				continue
			}
			if a := h.pick(one.states); a != nil {
				one.do(a)
				return a, false
			}
			break
		}
	}
}

// anything does any of the actions to an application in any state.
func (h *history) anything(a *app) {
	all := h.actions()
	all = all[2 : len(all)-1] // not what only drafts have pages for, and not itself
	all[h.r.IntN(len(all))].do(a)
}

// saveSomeTab saves settings of an application beside its examination or after it, mostly what is open.
func (h *history) saveSomeTab(a *app) {
	who := h.who(a.est, applicants)
	if o, name, open := h.openTab(a); open && h.chance(0.7) {
		h.saveSettings(who, a, o, name)
		return
	}
	all := h.m.opened(a.working())
	if len(all) == 0 {
		return
	}
	o := all[h.r.IntN(len(all))]
	names := append(slices.Clone(o.tabs), "shipping-line")
	h.saveSettings(who, a, o, names[h.r.IntN(len(names))])
}

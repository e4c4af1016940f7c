package model

import (
	"maps"
	"slices"
	"strconv"

	"uketsuke/internal/application"
)

// A tab is what is saved of a settings tab.
type tab struct {
	complete bool
	area     string
}

// tabs are saved settings: item (a placeholder, or the code that exists), then tab.
type tabs map[string]map[string]tab

func (t tabs) set(item, name string, values tab) {
	if t[item] == nil {
		t[item] = map[string]tab{}
	}
	t[item][name] = values
}

func (t tabs) clone() tabs {
	all := tabs{}
	for item, saved := range t {
		all[item] = maps.Clone(saved)
	}
	return all
}

// An area is reserved by an application for an item; code is the user code under which it stands, freedBy the
// application that gives it up when it takes effect.
type area struct {
	app     *app
	item    string
	code    string
	freedBy *app
}

// An opened item is one of a document with the tabs that it opens.
type opened struct {
	item        string
	placeholder int
	tabs        []string
}

// tabs are the settings tabs of a code with some trades (R-SET-3).
func (m *truth) tabs(trades []string) []string {
	all := []string{"name"}
	for _, key := range trades {
		if trade, known := m.cat.Trade(key); known && trade.Settings {
			all = append(all, key)
		}
	}
	return all
}

// opened are the items of a document with their tabs: new codes, then codes that exist.
func (m *truth) opened(d doc) []opened {
	var all []opened
	for _, c := range d.codes {
		all = append(all, opened{strconv.Itoa(c.placeholder), c.placeholder, m.tabs(c.trades())})
	}
	for _, c := range d.existing {
		all = append(all, opened{c.code, c.placeholder, m.changedTabs(c)})
	}
	return all
}

func (o opened) complete(settings tabs) bool {
	return !slices.ContainsFunc(o.tabs, func(t string) bool { return !settings[o.item][t].complete })
}

// complete says whether every tab of a document is filled in.
func (m *truth) complete(d doc, settings tabs) bool {
	return !slices.ContainsFunc(m.opened(d), func(o opened) bool { return !o.complete(settings) })
}

// needsSettings says whether there is anything to fill in.
func (m *truth) needsSettings(d doc) bool {
	return slices.ContainsFunc(m.opened(d), func(o opened) bool { return len(o.tabs) > 0 })
}

// named are the bonded areas that a document's settings name, with the items that name them.
func (m *truth) named(d doc, settings tabs) map[string][]string {
	named := map[string][]string{}
	for _, o := range m.opened(d) {
		for _, t := range o.tabs {
			if name := settings[o.item][t].area; name != "" && !slices.Contains(named[name], o.item) {
				named[name] = append(named[name], o.item)
			}
		}
	}
	return named
}

// settingsOf are the settings of an application as they stand: tabs that codes which exist open begin with what
// stands there.
func (m *truth) settingsOf(a *app) tabs {
	if a.state != application.InDraft && a.state != application.Returned {
		return a.settings
	}
	all := a.settings.clone()
	for _, c := range a.draft.existing {
		for name, values := range m.standing(a.est, c.code) {
			if _, saved := all[c.code][name]; !saved {
				all.set(c.code, name, values)
			}
		}
	}
	return all
}

// standing are the settings of a user code as they stand, those to come included.
func (m *truth) standing(e *establishment, code string) map[string]tab {
	all := map[string]tab{}
	for _, a := range m.changes(e) {
		for _, o := range m.opened(a.frozen) {
			if a.complete && a.became(o) == code {
				for _, t := range o.tabs {
					all[t] = a.settings[o.item][t]
				}
			}
		}
	}
	return all
}

// became is the user code of an item, "" before it has one.
func (a *app) became(o opened) string {
	if o.placeholder > 1000 {
		return o.item
	}
	for _, i := range a.issued {
		if i.placeholder == o.placeholder {
			return i.code
		}
	}
	return ""
}

// freed says whether nobody holds an area any more: the application that gives it up has taken effect, or the one
// that reserved it is void by its deadline, recorded or not (R-CON-4).
func (m *truth) freed(r area) bool {
	return r.freedBy != nil && m.shown(r.freedBy) == application.InEffect || m.missed(r.app)
}

// taken says whether an area stands under another code than the one an item of an application means (R-APP-9).
func (m *truth) taken(name string, a *app, item string) bool {
	r, reserved := m.areas[name]
	return reserved && r.app != a && !m.freed(r) && (r.code == "" || r.code != item)
}

// moveAreas reserves what a document names now and frees what it named before and no longer does.
func (m *truth) moveAreas(a *app, d doc, before []string, after map[string][]string) {
	for name, items := range after {
		r, reserved := m.areas[name]
		if reserved && (r.app == a && r.item == items[0] || r.code == items[0] && !m.freed(r)) {
			continue
		}
		m.areas[name] = area{app: a, item: items[0], code: m.codeOf(a, d, items[0])}
	}
	for _, name := range before {
		if m.areas[name].app == a && after[name] == nil {
			delete(m.areas, name)
		}
	}
}

// codeOf is the user code of an item of a document, "" before it has one.
func (m *truth) codeOf(a *app, d doc, item string) string {
	for _, o := range m.opened(d) {
		if o.item == item {
			return a.became(o)
		}
	}
	return ""
}

// held are the areas that an application has reserved.
func (m *truth) held(a *app) []string {
	var names []string
	for name, r := range m.areas {
		if r.app == a {
			names = append(names, name)
		}
	}
	return names
}

// letGo marks the areas that codes which exist give up when the application takes effect (R-APP-9).
func (m *truth) letGo(a *app) {
	for _, c := range a.frozen.existing {
		o := opened{c.code, c.placeholder, m.changedTabs(c)}
		if !c.delete && !o.complete(a.settings) {
			continue
		}
		named := m.namedAfter(a, c, o)
		for name, r := range m.areas {
			if r.code != c.code {
				continue
			}
			r.freedBy = a
			if named[name] {
				r.freedBy = nil
			}
			m.areas[name] = r
		}
	}
}

// namedAfter are the areas that a code names when a change of it has taken effect.
func (m *truth) namedAfter(a *app, c change, o opened) map[string]bool {
	named := map[string]bool{}
	if c.delete {
		return named
	}
	standing := m.standing(a.est, c.code)
	for _, t := range m.tabs(tradesOf(c.after(), c.add)) {
		values := standing[t]
		if slices.Contains(o.tabs, t) {
			values = a.settings[c.code][t]
		}
		named[values.area] = true
	}
	return named
}

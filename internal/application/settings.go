package application

import (
	"fmt"
	"maps"
	"slices"

	"uketsuke/internal/catalogue"
	"uketsuke/internal/problem"
)

// NameTab is the tab 「名称」, which every code has (R-SET-3).
const NameTab = catalogue.NameTab

const bondedAreaType = "bonded-area"

// TabsOf lists the settings tabs of a code (R-SET-3): 名称, then each trade that has settings, in the
// order of the rows. Unknown trades have none.
func TabsOf(item CodeItem, cat *catalogue.Catalogue) []string {
	tabs := []string{NameTab}
	for _, key := range item.Trades() {
		if trade, known := cat.Trade(key); known && trade.Settings {
			tabs = append(tabs, key)
		}
	}
	return tabs
}

// A Tab is one settings tab of one code.
type Tab struct {
	Placeholder int
	Tab         string
}

// Tabs lists the tabs of every item, in the order of the list: those of new codes, then those that the
// changes of existing codes open.
func Tabs(d Document, cat *catalogue.Catalogue) []Tab {
	var tabs []Tab
	for _, placeholder := range d.Placeholders() {
		opened, _ := d.TabsAt(placeholder, cat)
		for _, tab := range opened {
			tabs = append(tabs, Tab{placeholder, tab})
		}
	}
	return tabs
}

// NeedsSettings says whether the application has a field that must be filled in at all; without one there
// is no deadline (R-SET-1).
func NeedsSettings(d Document, cat *catalogue.Catalogue) bool {
	return !Complete(d, nil, cat)
}

// TabName is the name of a tab as people read it.
func TabName(tab string, cat *catalogue.Catalogue) string {
	if trade, known := cat.Trade(tab); known {
		return trade.Name
	}
	if tab == NameTab {
		return "名称"
	}
	return tab
}

// SettingsProblems checks what was typed into a tab (R-SET-2, R-SET-3): values holds every field of the
// tab that is right, folded as it is stored; the problems are the wrong ones, by field key. An empty field
// is no problem here: see Missing. A bonded area that others hold is refused without saying by whom
// (R-APP-9).
func SettingsProblems(tab string, typed map[string]string, g Ground) (map[string]string, problem.List) {
	values := map[string]string{}
	var l problem.List
	for _, field := range g.Catalogue.FieldsOf(tab) {
		if foldLine(typed[field.Key]) == "" {
			values[field.Key] = ""
			continue
		}
		value, wrong := field.Check(typed[field.Key])
		switch {
		case wrong != nil:
			wrong.Field = field.Key
			l = append(l, *wrong)
		case field.Type == bondedAreaType && g.TakenAreas[value]:
			l.Add(field.Key, "R-APP-9", areaTaken, value)
		default:
			values[field.Key] = value
		}
	}
	for _, key := range slices.Sorted(maps.Keys(typed)) {
		if _, known := g.Catalogue.Field(tab, key); !known {
			l.Add(key, "R-SET-3", "現在の書式にない項目が送信されました。画面を開き直して、もう一度入力してください。")
		}
	}
	return values, l
}

// Missing lists the required fields of a tab that are empty, by field key (R-SET-3). They bar neither
// saving nor registering; they make the settings incomplete.
func Missing(tab string, values map[string]string, cat *catalogue.Catalogue) problem.List {
	var l problem.List
	for _, field := range cat.FieldsOf(tab) {
		if field.Required && foldLine(values[field.Key]) == "" {
			l.Add(field.Key, "R-SET-3", "「%s」が未入力です。締切日までに入力してください。", Word{field.Label, field.English})
		}
	}
	return l
}

// CompleteTab says whether every required field of a tab is there and every field right (R-SET-3).
func CompleteTab(tab string, values map[string]string, cat *catalogue.Catalogue) bool {
	return len(Missing(tab, values, cat)) == 0 && len(wrongValues(tab, values, cat)) == 0
}

// wrongValues checks stored values; a field that the catalogue no longer has is let be, so that a draft
// outlives the catalogue it was begun under.
func wrongValues(tab string, values map[string]string, cat *catalogue.Catalogue) problem.List {
	known := map[string]string{}
	for _, field := range cat.FieldsOf(tab) {
		known[field.Key] = values[field.Key]
	}
	_, l := SettingsProblems(tab, known, Ground{Catalogue: cat})
	return l
}

// IncompleteTabs lists the tabs that are not complete.
func IncompleteTabs(d Document, s Settings, cat *catalogue.Catalogue) []Tab {
	return slices.DeleteFunc(Tabs(d, cat), func(t Tab) bool {
		return CompleteTab(t.Tab, s[t.Placeholder][t.Tab], cat)
	})
}

// Complete says whether the settings of every code are complete (R-SET-3).
func Complete(d Document, s Settings, cat *catalogue.Catalogue) bool {
	return len(IncompleteTabs(d, s, cat)) == 0
}

// CompleteItem says whether the settings of one item are complete: 入力済 or 未入力 on the list.
func CompleteItem(d Document, placeholder int, s Settings, cat *catalogue.Catalogue) bool {
	tabs, _ := d.TabsAt(placeholder, cat)
	return !slices.ContainsFunc(tabs, func(tab string) bool { return !CompleteTab(tab, s[placeholder][tab], cat) })
}

// storedSettingsProblems reports wrong values among the settings of the shown tabs (R-SET-3).
func storedSettingsProblems(d Document, s Settings, g Ground) problem.List {
	var l problem.List
	for _, t := range Tabs(d, g.Catalogue) {
		l.Join(settingsField(t), wrongValues(t.Tab, s[t.Placeholder][t.Tab], g.Catalogue))
	}
	return l
}

func settingsField(t Tab) string { return fmt.Sprintf("settings.%d.%s", t.Placeholder, t.Tab) }

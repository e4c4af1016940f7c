package cases

import (
	"slices"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
)

// SettingsOf are the settings tabs of a code.
func SettingsOf(c desk.Case, placeholder int) (desk.CodeSettings, bool) {
	i := slices.IndexFunc(c.CodeSettings, func(s desk.CodeSettings) bool { return s.Placeholder == placeholder })
	if i < 0 {
		return desk.CodeSettings{}, false
	}
	return c.CodeSettings[i], true
}

// FirstIncomplete is the tab to open first: the first that misses something, or the first of all.
func FirstIncomplete(c desk.Case, placeholder int) string {
	code, _ := SettingsOf(c, placeholder)
	for _, tab := range code.Tabs {
		if !tab.Complete {
			return tab.Tab
		}
	}
	if len(code.Tabs) > 0 { // an existing code may open tabs of new trades alone
		return code.Tabs[0].Tab
	}
	return application.NameTab
}

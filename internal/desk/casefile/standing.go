package casefile

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"uketsuke/internal/application"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/store/query"
	"uketsuke/internal/userid"
)

// withStanding fills the tabs that existing codes open with what stands there now, where nothing was saved yet.
func withStanding(ctx context.Context, q command.Reader, app query.Application, doc application.Document,
	settings application.Settings) (application.Settings, error) {
	if len(doc.Existing) == 0 {
		return settings, nil
	}
	all := application.Settings{}
	for placeholder, tabs := range settings {
		all[placeholder] = maps.Clone(tabs)
	}
	for _, item := range doc.Existing {
		standing, err := standingTabs(ctx, q, app.Establishment, item.Code)
		if err != nil {
			return nil, err
		}
		for tab, values := range standing {
			if _, saved := all[item.Placeholder][tab]; !saved {
				SetTab(all, item.Placeholder, tab, values)
			}
		}
	}
	return all, nil
}

// standingTabs are the settings of a code as they stand, by tab.
func standingTabs(ctx context.Context, q command.Reader, establishment string, code userid.Code) (map[string]map[string]string, error) {
	rows, err := q.ListCodeSettings(ctx, establishment)
	if err != nil {
		return nil, fmt.Errorf("reading the settings of %s: %w", code, err)
	}
	tabs := map[string]map[string]string{}
	for _, row := range rows { // in the order of their first days: the last of a tab counts
		if row.Code != string(code) || !row.RevokedAt.IsZero() {
			continue
		}
		values := map[string]string{}
		if err := json.Unmarshal([]byte(row.Content), &values); err != nil {
			return nil, fmt.Errorf("reading the settings of %s: %w", code, err)
		}
		tabs[row.Tab] = values
	}
	return tabs, nil
}

// codeUnder is the user code that a placeholder means: an existing one, or the one it became; "" before.
func codeUnder(a *command.Tx, doc application.Document, placeholder int) (userid.Code, error) {
	codes, err := codesBrought(a.Ctx, a.Store.Queries, a.App, doc)
	return codes[placeholder], err
}

// LetGoOfAreas marks the bonded areas that existing codes give up when the application takes effect: all of a
// deleted code, and those that changed settings no longer name (R-APP-9). Incomplete settings give up nothing yet.
func LetGoOfAreas(a *command.Tx, doc application.Document, settings application.Settings) error {
	for _, item := range doc.Existing {
		tabs, _ := doc.TabsAt(item.Placeholder, a.Runner.Catalogue)
		if !item.Delete && len(tabs) > 0 && !application.CompleteItem(doc, item.Placeholder, settings, a.Runner.Catalogue) {
			continue
		}
		named, err := areasAfter(a, item, tabs, settings[item.Placeholder])
		if err != nil {
			return err
		}
		rows, err := a.Store.ListAreasUnder(a.Ctx, string(item.Code))
		if err != nil {
			return fmt.Errorf("reading the bonded areas of %s: %w", item.Code, err)
		}
		for _, row := range rows {
			by := a.App.ID
			if named[row.Code] {
				by = ""
			}
			err := a.Store.SetAreaFreed(a.Ctx, query.SetAreaFreedParams{FreedBy: by, Code: row.Code, UserCode: string(item.Code)})
			if err != nil {
				return fmt.Errorf("letting go of a bonded area: %w", err)
			}
		}
	}
	return nil
}

// areasAfter are the bonded areas that a code names when the change is in effect.
func areasAfter(a *command.Tx, item application.ExistingItem, opened []string, settings map[string]map[string]string) (map[string]bool, error) {
	named := map[string]bool{}
	if item.Delete {
		return named, nil
	}
	standing, err := standingTabs(a.Ctx, a.Store.Queries, a.App.Establishment, item.Code)
	if err != nil {
		return nil, err
	}
	for _, tab := range application.TabsOf(item.After(), a.Runner.Catalogue) {
		values := standing[tab]
		if slices.Contains(opened, tab) {
			values = settings[tab]
		}
		for _, field := range a.Runner.Catalogue.FieldsOf(tab) {
			if field.Type == catalogue.TypeBondedArea && values[field.Key] != "" {
				named[values[field.Key]] = true
			}
		}
	}
	return named, nil
}

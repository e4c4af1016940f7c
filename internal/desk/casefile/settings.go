package casefile

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/holding"
	"uketsuke/internal/problem"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// MoveAreas reserves the areas that are named now and frees those that no longer are, in sorted order
// (R-APP-9).
func MoveAreas(a *command.Tx, doc application.Document, before, after []application.Area) error {
	now := sortedCodes(after)
	for _, code := range now {
		at := slices.IndexFunc(after, func(area application.Area) bool { return area.Code == code })
		if err := reserve(a, doc, after[at]); err != nil {
			return err
		}
	}
	for _, code := range sortedCodes(before) {
		if slices.Contains(now, code) {
			continue
		}
		if err := a.Store.FreeArea(a.Ctx, query.FreeAreaParams{Code: code, Application: a.App.ID}); err != nil {
			return fmt.Errorf("freeing a bonded area: %w", err)
		}
	}
	return nil
}

// AtField moves the problems of a tab from their path in the application to the field of the page.
func AtField(err error) error {
	l, is := errors.AsType[problem.List](err)
	if !is {
		return err
	}
	moved := slices.Clone(l)
	for i := range moved {
		moved[i].Field = moved[i].Field[strings.LastIndex(moved[i].Field, ".")+1:]
	}
	return moved
}

// reserve takes a bonded area for the application; one that somebody else took meanwhile is refused
// without saying by whom, at its field "settings.<placeholder>.<tab>.<field>".
func reserve(a *command.Tx, doc application.Document, area application.Area) error {
	code, placeholder := area.Code, area.Placeholder
	under, err := codeUnder(a, doc, placeholder)
	if err != nil {
		return err
	}
	fresh, err := a.Store.ReserveArea(a.Ctx, query.ReserveAreaParams{Code: code, Application: a.App.ID,
		Placeholder: int64(placeholder), UserCode: string(under), ReservedAt: column.At(a.Now)})
	if err != nil {
		return fmt.Errorf("reserving a bonded area: %w", err)
	}
	if fresh == 1 {
		return nil
	}
	row, err := a.Store.GetArea(a.Ctx, query.GetAreaParams{Code: code, Today: column.On(a.Today())})
	if err != nil {
		return fmt.Errorf("reading a bonded area: %w", err)
	}
	if row.Application == a.App.ID && row.Placeholder == int64(placeholder) || holding.StandsUnder(row.UserCode, doc, placeholder) && row.Freed == 0 {
		return nil
	}
	if row.Application == a.App.ID || row.Freed == 1 {
		// It moves to another code of the same application, or the code that had it has let go of it.
		return errors.Join(a.Store.FreeArea(a.Ctx, query.FreeAreaParams{Code: code, Application: row.Application}), reserve(a, doc, area))
	}
	return problem.List{problem.New(fmt.Sprintf("settings.%d.%s.%s", placeholder, area.Tab, area.Field), "R-APP-9",
		"保税地域コード「%s」は、すでに別の利用者コードで使われています。コードを確認し、正しいコードを入力してください。", code)}
}

// SettingsFacts makes facts of complete settings, one per code and tab, from the start date; a fact that
// says something else is revoked first.
func SettingsFacts(a *command.Tx, doc application.Document, settings application.Settings, from column.Day) error {
	codes, err := codesBrought(a.Ctx, a.Store.Queries, a.App, doc)
	if err != nil {
		return err
	}
	standing, err := standingSettings(a)
	if err != nil {
		return err
	}
	for _, t := range application.Tabs(doc, a.Runner.Catalogue) {
		content, err := json.Marshal(settings[t.Placeholder][t.Tab])
		if err != nil {
			return fmt.Errorf("writing settings: %w", err)
		}
		code := string(codes[t.Placeholder])
		if err := settingsFact(a, code, t.Tab, string(content), standing[code+"/"+t.Tab], from); err != nil {
			return err
		}
	}
	return nil
}

// standingSettings are the contents of the facts that hold, by code and tab.
func standingSettings(a *command.Tx) (map[string]string, error) {
	rows, err := a.Store.ListCodeSettingsOf(a.Ctx, a.App.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the settings of application %s: %w", a.App.ID, err)
	}
	standing := map[string]string{}
	for _, row := range rows {
		if row.RevokedAt.IsZero() {
			standing[row.Code+"/"+row.Tab] = row.Content
		}
	}
	return standing, nil
}

func settingsFact(a *command.Tx, code, tab, content, standing string, from column.Day) error {
	if content == standing {
		return nil
	}
	if standing != "" {
		err := a.Store.RevokeCodeSettingTab(a.Ctx, query.RevokeCodeSettingTabParams{
			RevokedAt: column.At(a.Now), Application: a.App.ID, Code: code, Tab: tab})
		if err != nil {
			return fmt.Errorf("revoking settings: %w", err)
		}
	}
	id, err := a.Runner.NewID()
	if err != nil {
		return err
	}
	err = a.Store.InsertCodeSetting(a.Ctx, query.InsertCodeSettingParams{
		ID: id, Establishment: a.App.Establishment, Code: code, Tab: tab, Content: content, ValidFrom: from,
		RecordedAt: column.At(a.Now), Application: a.App.ID})
	if err != nil {
		return fmt.Errorf("writing settings: %w", err)
	}
	return nil
}

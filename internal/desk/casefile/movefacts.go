package casefile

import (
	"fmt"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/holding"
	"uketsuke/internal/store/column"
)

// MoveFacts revokes the facts of the old start date and writes those of the new one.
func MoveFacts(a *command.Tx, doc application.Document, start calendar.Date) error {
	if err := holding.RevokeFacts(a, a.Now); err != nil {
		return fmt.Errorf("revoking facts: %w", err)
	}
	issued, _, err := IssuedOf(a.Ctx, a.Runner, a.Store.Queries, a.App, doc, a.Now)
	if err != nil {
		return err
	}
	if err := holding.InsertEffects(a, doc, issued, start); err != nil {
		return err
	}
	if !a.App.SettingsComplete {
		return nil
	}
	settings, err := SettingsOf(a.Ctx, a.Store.Queries, a.App)
	if err != nil {
		return err
	}
	return SettingsFacts(a, doc, settings, column.On(start))
}

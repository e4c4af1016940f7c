package casefile

import (
	"fmt"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/mail"
	"uketsuke/internal/store/column"
)

// EndApplication takes an application into an ended state: its areas are free, its establishment is told.
func EndApplication(a *command.Tx, step application.Step, at time.Time, reason string, fill func(*mail.Letter)) error {
	a.SetState(step)
	a.App.EndedAt, a.App.EndReason = column.At(at), reason
	LetGo(a)
	if err := a.Store.FreeAreasOf(a.Ctx, a.App.ID); err != nil {
		return fmt.Errorf("freeing the bonded areas: %w", err)
	}
	detail := map[string]string{}
	if reason != "" {
		detail["reason"] = reason
	}
	kind := string(step.Command)
	if err := a.RecordAt(at, kind, detail, false); err != nil {
		return err
	}
	if step.Command != application.Withdraw {
		if err := a.News(command.NewsSubject(step.Command)); err != nil {
			return err
		}
	}
	if err := a.MailTo(step.Mail, step.MailTo, fill); err != nil {
		return err
	}
	facts := map[audit.Key]string{audit.Receipt: string(a.App.Receipt), audit.State: a.App.State}
	if !at.Equal(a.Now) {
		facts[audit.TrueInstant] = at.UTC().Format(audit.TimeFormat)
	}
	return a.Audit(kind, facts, command.PersonalReason(reason))
}

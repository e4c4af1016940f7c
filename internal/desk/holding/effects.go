package holding

import (
	"fmt"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// InsertEffects writes what the approval makes of the contract from the start date on (R-CON-1).
func InsertEffects(a *command.Tx, doc application.Document, issued application.Issued, start calendar.Date) error {
	effects := application.Effects(a.App.ID, doc, issued, start, a.Now)
	est, from, at := a.App.Establishment, column.On(start), column.At(a.Now)
	for _, t := range effects.Codes {
		id, err := a.Runner.NewID()
		if err != nil {
			return err
		}
		if err := a.Store.InsertCodeTerm(a.Ctx, query.InsertCodeTermParams{ID: id, Establishment: est,
			Code: string(t.Code), Category: t.Category, Ended: t.Ended, ValidFrom: from, RecordedAt: at, Application: a.App.ID}); err != nil {
			return fmt.Errorf("writing a term of %s: %w", t.Code, err)
		}
	}
	for _, t := range effects.Services {
		id, err := a.Runner.NewID()
		if err != nil {
			return err
		}
		if err := a.Store.InsertCodeService(a.Ctx, query.InsertCodeServiceParams{ID: id, Establishment: est,
			Code: string(t.Code), StatisticsPaid: t.StatsPaid, StatisticsFree: t.StatsFree, BondedArchive: t.Archive,
			ValidFrom: from, RecordedAt: at, Application: a.App.ID}); err != nil {
			return fmt.Errorf("writing the services of %s: %w", t.Code, err)
		}
	}
	for _, t := range effects.IDs {
		id, err := a.Runner.NewID()
		if err != nil {
			return err
		}
		if err := a.Store.InsertIDTerm(a.Ctx, query.InsertIDTermParams{ID: id, Establishment: est,
			UserID: string(t.ID), Trades: strings.Join(t.Trades, " "), Method: t.Method, SingleSignOn: t.SingleSignOn,
			Ended: t.Ended, ValidFrom: from, RecordedAt: at, Application: a.App.ID}); err != nil {
			return fmt.Errorf("writing a term of %s: %w", t.ID, err)
		}
	}
	return nil
}

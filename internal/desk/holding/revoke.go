package holding

import (
	"errors"
	"time"

	"uketsuke/internal/desk/command"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// RevokeFacts takes back every fact that the application made; its codes and IDs become tombstones.
func RevokeFacts(a *command.Tx, at time.Time) error {
	est, app, when := a.App.Establishment, a.App.ID, column.At(at)
	return errors.Join(
		a.Store.RevokeCodeTerms(a.Ctx, query.RevokeCodeTermsParams{RevokedAt: when, Establishment: est, Application: app}),
		a.Store.RevokeIDTerms(a.Ctx, query.RevokeIDTermsParams{RevokedAt: when, Establishment: est, Application: app}),
		a.Store.RevokeCodeServices(a.Ctx, query.RevokeCodeServicesParams{RevokedAt: when, Establishment: est, Application: app}),
		a.Store.RevokeCodeSettings(a.Ctx, query.RevokeCodeSettingsParams{RevokedAt: when, Establishment: est, Application: app}),
	)
}

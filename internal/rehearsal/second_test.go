package rehearsal

import (
	"context"
	"net/url"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
)

// appSecret is that of the authenticator apps of the centre's people.
const appSecret = "12345678901234567890"

// appOf is the key of a person's authenticator app, "" where the role needs none.
func appOf(role account.Role) string {
	if !role.OfCentre() {
		return ""
	}
	return account.TOTPKey([]byte(appSecret))
}

// second answers with the code of the moment. Each counts once and many sign in as the same person at once: so the app
// is taken for a new one each time, and they go one after another.
func (b *browser) second(login string) (answer, error) {
	b.h.signing.Lock()
	defer b.h.signing.Unlock()
	ctx := context.Background()
	err := b.h.db.InTx(ctx, func(tx *store.Tx) error {
		row, err := tx.GetTOTP(ctx, query.GetTOTPParams{Account: login, Stage: "active"})
		if err != nil {
			return err
		}
		return tx.PutTOTP(ctx, query.PutTOTPParams{Account: login, Stage: "active", Sealed: row.Sealed, CreatedAt: row.CreatedAt})
	})
	if err != nil {
		return answer{}, err
	}
	code := account.TOTPCode([]byte(appSecret), account.TOTPStep(time.Now()))
	return b.post("second step", "/login/second", url.Values{"code": {code}})
}

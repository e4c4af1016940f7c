package web

import (
	"net/url"
	"testing"

	"uketsuke/internal/account"
	"uketsuke/internal/desk"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// signIn signs somebody in by password and, where the role needs it, by an authenticator app that is new each time: so
// that people sign in as often as a test likes, although each code counts once.
func (b *browser) signIn(d *desk.Desk, login, password, to string) pageSeen {
	b.t.Helper()
	p, err := d.DB.Read().GetAccountByLogin(b.t.Context(), login)
	if err != nil {
		b.t.Fatal(err)
	}
	if account.Role(p.Role).OfCentre() {
		giveApp(b.t, d, p.ID)
	}
	seen := b.post("/login", url.Values{"login": {login}, "password": {password}, "to": {to}})
	if seen.path != "/login/second" {
		return seen
	}
	return b.post("/login/second", url.Values{"code": {shownCode(b.t, d, p.ID)}, "to": {to}})
}

// giveApp registers an authenticator app of which no code was used.
func giveApp(t testing.TB, d *desk.Desk, id string) {
	t.Helper()
	sealed, err := d.Ring.SealFor("totp", []byte("12345678901234567890"), []byte(id))
	if err != nil {
		t.Fatal(err)
	}
	err = d.DB.InTx(t.Context(), func(tx *store.Tx) error {
		return tx.PutTOTP(t.Context(), query.PutTOTPParams{Account: id, Stage: "active", Sealed: sealed, CreatedAt: column.At(d.Elapsed())})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func shownCode(t testing.TB, d *desk.Desk, id string) string {
	t.Helper()
	code, err := d.CodeShown(t.Context(), id)
	if err != nil || code == "" {
		t.Fatalf("the app of %s shows %q: %v", id, code, err)
	}
	return code
}

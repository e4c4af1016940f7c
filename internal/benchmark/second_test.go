package benchmark

import (
	"net/url"

	"uketsuke/internal/account"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// giveApp registers an authenticator app of which no code was used, for a person of the centre.
func (s *site) giveApp(login string) account.ID {
	ctx := s.T.Context()
	p, err := s.DB.Read().GetAccountByLogin(ctx, login)
	s.must(err)
	if !account.Role(p.Role).OfCentre() {
		return account.ID(p.ID)
	}
	sealed, err := s.Ring.SealFor("totp", []byte("12345678901234567890"), []byte(p.ID))
	s.must(err)
	s.must(s.DB.InTx(ctx, func(tx *store.Tx) error {
		return tx.PutTOTP(ctx, query.PutTOTPParams{Account: p.ID, Stage: "active", Sealed: sealed, CreatedAt: column.At(s.Elapsed())})
	}))
	return account.ID(p.ID)
}

// second answers the second step of signing in.
func (s *site) second(b browser, id account.ID) {
	code, err := s.Desk.CodeShown(s.T.Context(), string(id))
	s.must(err)
	answer, err := b.client.PostForm(s.url+"/login/second", url.Values{"code": {code}, "to": {"/"}})
	s.must(err)
	s.must(answer.Body.Close())
}

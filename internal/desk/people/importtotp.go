package people

import (
	"uketsuke/internal/account"
	"uketsuke/internal/desk/factors"
	"uketsuke/internal/forget"
	"uketsuke/internal/problem"
)

// bringTOTP registers the authenticator app of a person who is brought with one.
func (i *importing) bringTOTP(p NewPerson) error {
	if p.TOTP == "" {
		return nil
	}
	secret, err := account.ParseTOTPKey(p.TOTP)
	if err != nil {
		return problem.List{problem.New("totp", "ASVS-6.5.5", "認証アプリのキーを読み取れません。Base32で20バイト以上のキーを指定してください。")}
	}
	defer forget.Bytes(secret)
	return factors.PutTOTP(i.Tx, p.ID, factors.Active, secret)
}

package checker

import (
	"errors"
	"fmt"

	"uketsuke/internal/desk/factors"
	"uketsuke/internal/forget"
	"uketsuke/internal/keyring"
	"uketsuke/internal/secret"
)

// factors looks at what people sign in with besides the password: the ring opens every secret of an authenticator
// app, and recovery codes stand in for something (ASVS 6.5.x).
func (k *checking) factors() error {
	rows, err := k.q.ListTOTP(k.ctx)
	if err != nil {
		return fmt.Errorf("reading the secrets of authenticator apps: %w", err)
	}
	for _, row := range rows {
		plain, err := k.desk.Ring.OpenFor(factors.TOTPKeys, row.Sealed, []byte(row.Account))
		forget.Bytes(plain)
		if errors.Is(err, keyring.ErrNoKey) || errors.Is(err, secret.ErrSealed) {
			k.add("ASVS-6.5.5", "", "the authenticator app of account %s cannot be opened with this ring", row.Account)
		} else if err != nil {
			return err
		}
	}
	strays, err := k.q.StrayRecoveryCodes(k.ctx)
	if err != nil {
		return fmt.Errorf("reading recovery codes: %w", err)
	}
	for _, account := range strays {
		k.add("ASVS-6.5.6", "", "account %s has recovery codes and no factor for which they could stand in", account)
	}
	return nil
}

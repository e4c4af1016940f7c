package factors

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"

	"uketsuke/internal/account"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/signin"
	"uketsuke/internal/problem"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// recoveryKeys is the purpose of the ring's key under which the codes are hashed.
const recoveryKeys = "recovery-codes"

// recoveryMessage is what a code's hash is of. No account's key holds a line break.
func recoveryMessage(id, code string) []byte { return []byte(id + "\n" + code) }

// NewRecoveryCodes makes a set of recovery codes for the actor, to be shown once; the codes before are over. A person
// without a factor has no use for them: that is a problem.List.
func (d *Desk) NewRecoveryCodes(ctx context.Context, actor account.Actor) (codes []string, err error) {
	err = d.ofAccount(ctx, actor.ID, func(a *command.Tx, p query.Account) error {
		needs, err := signin.NeedOf(ctx, a.Store.Queries, p)
		if err != nil {
			return err
		}
		if needs != signin.NeedsSecond {
			return problem.List{problem.New("", "ASVS-6.3.3", "復旧コードは、認証アプリかパスキーを登録してから作成してください。")}
		}
		if _, err := a.Store.DeleteRecoveryCodes(ctx, p.ID); err != nil {
			return fmt.Errorf("deleting the recovery codes of %s: %w", p.ID, err)
		}
		codes = nil
		for range account.RecoveryCodes {
			code, err := drawRecoveryCode(a, p)
			if err != nil {
				return err
			}
			codes = append(codes, code)
		}
		return signin.FactorChanged(a, "make-recovery-codes", p, "recovery-made", nil)
	})
	return codes, err
}

func drawRecoveryCode(a *command.Tx, p query.Account) (string, error) {
	random := make([]byte, account.RecoveryCodeBytes)
	if _, err := io.ReadFull(a.Runner.Rand, random); err != nil {
		return "", fmt.Errorf("drawing a recovery code: %w", err)
	}
	code := account.RecoveryCode(random)
	mac, err := a.Runner.Ring.MAC(recoveryKeys, recoveryMessage(p.ID, code))
	if err != nil {
		return "", err
	}
	err = a.Store.InsertRecoveryCode(a.Ctx, query.InsertRecoveryCodeParams{Account: p.ID, Mac: hex.EncodeToString(mac), CreatedAt: column.At(a.Runner.Elapsed())})
	if err != nil {
		return "", fmt.Errorf("writing a recovery code: %w", err)
	}
	return code, nil
}

// useRecoveryCode says whether a recovery code is right, and uses it up. The person is told by mail.
func useRecoveryCode(a *command.Tx, p query.Account, typed string) (bool, error) {
	code, ok := account.FoldRecoveryCode(typed)
	if !ok {
		return false, nil
	}
	macs, err := a.Runner.Ring.MACs(recoveryKeys, recoveryMessage(p.ID, code))
	if err != nil {
		return false, err
	}
	for _, mac := range macs {
		rows, err := a.Store.UseRecoveryCode(a.Ctx, query.UseRecoveryCodeParams{Account: p.ID, Mac: hex.EncodeToString(mac), UsedAt: column.At(a.Runner.Elapsed())})
		if err != nil {
			return false, fmt.Errorf("using a recovery code up: %w", err)
		}
		if rows == 1 {
			return true, signin.FactorChanged(a, "use-recovery-code", p, "recovery-used", nil)
		}
	}
	return false, nil
}

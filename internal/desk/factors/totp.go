package factors

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/url"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/signin"
	"uketsuke/internal/forget"
	"uketsuke/internal/problem"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// The stages of a secret, and how long one may wait to be confirmed, in elapsed time.
const (
	pending   = "pending"
	Active    = "active"
	totpWaits = 15 * time.Minute
)

// TOTPKeys is the purpose of the ring's key that seals the secrets.
const TOTPKeys = "totp"

// A TOTPOffer is a secret that waits to be confirmed: Key to be typed into an authenticator app, Address for its
// camera. It is shown in answers to a POST only.
type TOTPOffer struct {
	Key, Address string
	// Mark tells it from the next: it is kept with the browser that has seen it, and no other confirms it.
	Mark string
}

// BeginTOTP makes a secret, and the one that waited is over: who began before with the password alone does not know it.
// One that counts already goes on counting until the new one is confirmed.
func (d *Desk) BeginTOTP(ctx context.Context, by Enroller) (offer TOTPOffer, err error) {
	err = d.enrolling(ctx, by, func(a *command.Tx, p query.Account) error {
		secret, err := drawTOTP(a, p)
		defer forget.Bytes(secret)
		offer = d.offerOf(p, secret)
		return err
	})
	return offer, err
}

// WaitingTOTP gives the secret again after a wrong code. ErrNotFound: it waits no more.
func (d *Desk) WaitingTOTP(ctx context.Context, by Enroller) (offer TOTPOffer, err error) {
	q := d.DB.Read().Queries
	p, err := signin.ActiveAccount(ctx, q, by.ID)
	if err != nil {
		return offer, err
	}
	secret, err := d.waitingTOTP(ctx, q, p, by.Mark)
	if err != nil {
		return offer, err
	}
	defer forget.Bytes(secret)
	return d.offerOf(p, secret), nil
}

func (d *Desk) offerOf(p query.Account, secret []byte) TOTPOffer {
	key, service := account.TOTPKey(secret), d.Operator.Mail.Service
	at := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + service + ":" + p.Login,
		RawQuery: url.Values{"secret": {key}, "issuer": {service}}.Encode()}
	return TOTPOffer{Key: key, Address: at.String(), Mark: markOf(secret)}
}

func drawTOTP(a *command.Tx, p query.Account) ([]byte, error) {
	secret := make([]byte, account.TOTPSecretBytes)
	if _, err := io.ReadFull(a.Runner.Rand, secret); err != nil {
		return nil, fmt.Errorf("drawing a secret: %w", err)
	}
	return secret, PutTOTP(a, p.ID, pending, secret)
}

// PutTOTP stores the secret of an authenticator app, sealed with the ring's own key and bound to its account.
func PutTOTP(a *command.Tx, id, stage string, secret []byte) error {
	sealed, err := a.Runner.Ring.SealFor(TOTPKeys, secret, []byte(id))
	if err != nil {
		return err
	}
	err = a.Store.PutTOTP(a.Ctx, query.PutTOTPParams{Account: id, Stage: stage, Sealed: sealed, CreatedAt: column.At(a.Runner.Elapsed())})
	if err != nil {
		return fmt.Errorf("writing the secret of an authenticator app: %w", err)
	}
	return nil
}

// markOf tells secrets apart without telling them.
func markOf(secret []byte) string {
	sum := sha256.Sum256(secret)
	return hex.EncodeToString(sum[:])
}

// waitingTOTP opens the secret that waits to be confirmed, for whoever has its mark and forgets it.
func (d *Desk) waitingTOTP(ctx context.Context, q command.Reader, p query.Account, mark string) ([]byte, error) {
	row, err := totpOf(ctx, q, p.ID, pending)
	if err != nil {
		return nil, err
	}
	if d.Elapsed().Sub(row.CreatedAt.Time) > totpWaits {
		return nil, command.ErrNotFound
	}
	secret, err := d.Ring.OpenFor(TOTPKeys, row.Sealed, []byte(p.ID))
	if err == nil && subtle.ConstantTimeCompare([]byte(markOf(secret)), []byte(mark)) != 1 {
		forget.Bytes(secret)
		return nil, command.ErrNotFound // another one since
	}
	return secret, err
}

func totpOf(ctx context.Context, q command.Reader, id, stage string) (query.TotpSecret, error) {
	row, err := q.GetTOTP(ctx, query.GetTOTPParams{Account: id, Stage: stage})
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return row, command.ErrNotFound
	} else if err != nil {
		return row, fmt.Errorf("reading the secret of an authenticator app: %w", err)
	}
	return row, nil
}

func activeTOTP(ctx context.Context, q command.Reader, id string) (query.TotpSecret, error) {
	return totpOf(ctx, q, id, Active)
}

// ConfirmTOTP makes the waiting secret count, by a code that the person's app shows; an earlier one counts no more.
// ErrNotFound: it waits no more. A wrong code is a problem.List at the field "code".
func (d *Desk) ConfirmTOTP(ctx context.Context, by Enroller, code string) error {
	return d.enrolling(ctx, by, func(a *command.Tx, p query.Account) error {
		secret, err := d.waitingTOTP(ctx, a.Store.Queries, p, by.Mark)
		if err != nil {
			return err
		}
		defer forget.Bytes(secret)
		step, right := account.MatchTOTP(secret, code, d.Elapsed(), 0)
		if !right {
			return problem.List{problem.New("code", "ASVS-6.5.5", "コードが違います。認証アプリに表示されている6桁の数字を、切り替わる前に入力してください。端末の時刻が合っているかも確かめてください。")}
		}
		if err := PutTOTP(a, p.ID, Active, secret); err != nil {
			return err
		}
		if _, err := spendStep(a, p, step); err != nil {
			return err
		}
		if err := deleteTOTP(a, p, pending); err != nil {
			return err
		}
		return signin.FactorChanged(a, "set-totp", p, "totp-set", nil)
	})
}

// useTOTP says whether a code is right, and uses its step up.
func useTOTP(a *command.Tx, p query.Account, code string) (bool, error) {
	row, err := activeTOTP(a.Ctx, a.Store.Queries, p.ID)
	if errors.Is(err, command.ErrNotFound) {
		return false, nil
	} else if err != nil {
		return false, err
	}
	secret, err := a.Runner.Ring.OpenFor(TOTPKeys, row.Sealed, []byte(p.ID))
	if err != nil {
		return false, err
	}
	defer forget.Bytes(secret)
	step, right := account.MatchTOTP(secret, code, a.Runner.Elapsed(), row.LastStep)
	if !right {
		return false, nil
	}
	return spendStep(a, p, step)
}

func spendStep(a *command.Tx, p query.Account, step int64) (bool, error) {
	rows, err := a.Store.UseTOTP(a.Ctx, query.UseTOTPParams{Account: p.ID, Step: step, UsedAt: column.At(a.Runner.Elapsed())})
	if err != nil {
		return false, fmt.Errorf("using a code up: %w", err)
	}
	return rows == 1, nil
}

func deleteTOTP(a *command.Tx, p query.Account, stage string) error {
	rows, err := a.Store.DeleteTOTP(a.Ctx, query.DeleteTOTPParams{Account: p.ID, Stage: stage})
	if err != nil {
		return fmt.Errorf("deleting the secret of an authenticator app: %w", err)
	}
	if rows != 1 {
		return command.ErrNotFound
	}
	return nil
}

// RemoveTOTP takes the actor's authenticator app away. ErrNotFound: there is none.
func (d *Desk) RemoveTOTP(ctx context.Context, actor account.Actor) error {
	return d.ofAccount(ctx, actor.ID, func(a *command.Tx, p query.Account) error {
		if _, err := activeTOTP(ctx, a.Store.Queries, p.ID); err != nil {
			return err
		}
		last, err := lastFactor(a, p)
		if err != nil {
			return err
		}
		if err := deleteTOTP(a, p, Active); err != nil {
			return err
		}
		if err := dropCodes(a, p, last); err != nil {
			return err
		}
		return signin.FactorChanged(a, "remove-totp", p, "totp-removed", nil)
	})
}

// ForgetPendingTOTP deletes the secrets that nobody has confirmed in time.
func (d *Desk) ForgetPendingTOTP(ctx context.Context) error {
	err := d.DB.InTx(ctx, func(tx *store.Tx) error {
		_, err := tx.DeletePendingTOTP(ctx, column.At(d.Elapsed().Add(-totpWaits)))
		return err
	})
	if err != nil {
		return fmt.Errorf("forgetting secrets that were not confirmed: %w", err)
	}
	return nil
}

// CodeShown is what a person's authenticator app shows, as if it lay beside the keyboard: for the demo and for
// rehearsals, where nobody has it at hand. It is the code of this step or, when that is used up, of the next, which
// counts already; "" when both are used up, and for people without an app. No page outside the demo calls it.
func (d *Desk) CodeShown(ctx context.Context, id string) (string, error) {
	row, err := activeTOTP(ctx, d.DB.Read().Queries, id)
	if errors.Is(err, command.ErrNotFound) {
		return "", nil
	} else if err != nil {
		return "", err
	}
	secret, err := d.Ring.OpenFor(TOTPKeys, row.Sealed, []byte(id))
	if err != nil {
		return "", err
	}
	defer forget.Bytes(secret)
	now := account.TOTPStep(d.Elapsed())
	step := max(now, row.LastStep+1)
	if step > now+1 {
		return "", nil
	}
	return account.TOTPCode(secret, step), nil
}

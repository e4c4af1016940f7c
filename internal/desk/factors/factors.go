package factors

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/signin"
	"uketsuke/internal/problem"
	"uketsuke/internal/store/query"
)

// Factors are what an account can prove itself by besides the password, as its owner sees them.
type Factors struct {
	// TOTP says that an authenticator app is registered, since when, and when it was used last.
	TOTP                bool
	TOTPSince, TOTPUsed time.Time
	Passkeys            []Passkey
	// RecoveryLeft is how many recovery codes are unused, of the set made at RecoveryMade.
	RecoveryLeft int
	RecoveryMade time.Time
	// Required says that the role does not do without a factor (ASVS 6.3.3).
	Required bool
}

// A Passkey is one of an account's.
type Passkey struct {
	ID, Name    string
	Added, Used time.Time // Used is zero before its first use
	// Doubted is when its sign count went back, which may mean that there is a copy of it; zero normally.
	Doubted time.Time
}

// Any says whether there is a factor; recovery codes alone are none.
func (f Factors) Any() bool { return f.TOTP || len(f.Passkeys) > 0 }

// Factors reads the actor's own.
func (d *Desk) Factors(ctx context.Context, actor account.Actor) (Factors, error) {
	return factorsOf(ctx, d.DB.Read().Queries, actor)
}

func factorsOf(ctx context.Context, q command.Reader, actor account.Actor) (Factors, error) {
	f := Factors{Required: actor.Role.OfCentre()}
	totp, err := activeTOTP(ctx, q, string(actor.ID))
	if err != nil && !errors.Is(err, command.ErrNotFound) {
		return f, err
	}
	f.TOTP, f.TOTPSince, f.TOTPUsed = err == nil, totp.CreatedAt.Time, totp.UsedAt.Time
	keys, err := q.ListPasskeys(ctx, string(actor.ID))
	if err != nil {
		return f, fmt.Errorf("reading the passkeys of %s: %w", actor.ID, err)
	}
	for _, k := range keys {
		f.Passkeys = append(f.Passkeys, Passkey{ID: k.ID, Name: k.Name, Added: k.CreatedAt.Time, Used: k.UsedAt.Time, Doubted: k.DoubtedAt.Time})
	}
	codes, err := q.ListRecoveryCodes(ctx, string(actor.ID))
	if err != nil {
		return f, fmt.Errorf("counting the recovery codes of %s: %w", actor.ID, err)
	}
	for _, made := range codes {
		f.RecoveryLeft, f.RecoveryMade = len(codes), made.Time
	}
	return f, nil
}

// A SecondStep is what somebody who has given the password is asked for.
type SecondStep struct {
	Name  string
	Needs signin.Need
	// What the person can answer with.
	TOTP, Passkey, Recovery bool
}

// SecondStep reads it. ErrNotFound: the account was stopped meanwhile.
func (d *Desk) SecondStep(ctx context.Context, id account.ID) (SecondStep, error) {
	q := d.DB.Read().Queries
	p, err := signin.ActiveAccount(ctx, q, id)
	if err != nil {
		return SecondStep{}, err
	}
	needs, err := signin.NeedOf(ctx, q, p)
	if err != nil {
		return SecondStep{}, err
	}
	f, err := factorsOf(ctx, q, signin.ActorOf(p))
	return SecondStep{Name: p.Name, Needs: needs, TOTP: f.TOTP, Passkey: len(f.Passkeys) > 0 && d.PasskeysPossible(), Recovery: f.RecoveryLeft > 0}, err
}

// An Enroller is who sets up a factor.
type Enroller struct {
	ID account.ID
	// First says that nothing but the password was proven: then it must be the account's first factor, so that
	// nobody gets past a factor by setting up another one. Epoch is then that of the proof.
	First bool
	Epoch string
	// Mark is the TOTPOffer's, where one is confirmed or shown again.
	Mark string
}

// enrolling is an act of somebody who sets up a factor, one after another for each account.
func (d *Desk) enrolling(ctx context.Context, by Enroller, f func(*command.Tx, query.Account) error) error {
	return d.ofAccount(ctx, by.ID, func(a *command.Tx, p query.Account) error {
		needs, err := signin.NeedOf(ctx, a.Store.Queries, p)
		if err != nil {
			return err
		}
		if by.First && needs != signin.NeedsFactor {
			return command.ErrForbidden
		}
		if by.First && by.Epoch != signin.EpochOf(p) {
			return command.ErrNotFound // another password since
		}
		return f(a, p)
	})
}

// ofAccount is an act of a person on the own account. It is possible in every mode of the desk, as signing in is.
func (d *Desk) ofAccount(ctx context.Context, id account.ID, f func(*command.Tx, query.Account) error) error {
	p, err := signin.ActiveAccount(ctx, d.DB.Read().Queries, id)
	if err != nil {
		return err
	}
	return d.DoAs(ctx, signin.ActorOf(p), command.Always, func(a *command.Tx) error {
		if err := lockAccount(a, id); err != nil {
			return err
		}
		if p, err = signin.ActiveAccount(ctx, a.Store.Queries, id); err != nil {
			return err
		}
		return f(a, p)
	})
}

func lockAccount(a *command.Tx, id account.ID) error {
	rows, err := a.Store.LockAccount(a.Ctx, string(id))
	if err != nil {
		return fmt.Errorf("locking account %s: %w", id, err)
	}
	if rows != 1 {
		return command.ErrNotFound
	}
	return nil
}

// ErrWrongCode says that a code was wrong or used up, without saying which.
var ErrWrongCode = errors.New("wrong code")

// warnEvery is after how many wrong codes the person is told: somebody else may know the password.
const warnEvery = 10

// tryFactor looks at one try of a second factor. Tries are counted per account, whoever they come from: who gets
// here knows the password. A browser that has signed in before, and the person of a session, are counted apart, so that
// nobody who knows the password keeps the owner out. Looking and counting are one transaction, so that many at once are slowed like one
// after another (ASVS 6.3.1).
func (d *Desk) tryFactor(ctx context.Context, id account.ID, subject string, try func(*command.Tx, query.Account) (bool, error)) error {
	var refused error
	err := d.ofAccount(ctx, id, func(a *command.Tx, p query.Account) error {
		refused = nil
		tries, err := signin.TriesOf(a, subject)
		if err != nil {
			return err
		}
		if d.Elapsed().Before(tries.BlockedTo.Time) {
			refused = &signin.TooManyTries{Until: tries.BlockedTo.Time}
			return nil
		}
		right, err := try(a, p)
		switch {
		case err != nil:
			return err
		case right:
			return signin.ForgetTries(a, subject)
		}
		refused = ErrWrongCode
		return countTry(a, subject, p)
	})
	if err != nil {
		return err
	}
	return refused
}

// What wrong codes are counted against, while signing in and in a session.
func factorSubject(id account.ID) string { return "pair:SECOND " + string(id) }

func ownFactorSubject(id account.ID) string { return "pair:SECOND OWN " + string(id) }

func countTry(a *command.Tx, subject string, p query.Account) error {
	failures, err := signin.Count(a, subject)
	if err != nil {
		return err
	}
	if failures%warnEvery == 0 {
		return signin.FactorChanged(a, "second-factor-failed", p, "guessed", nil)
	}
	return a.Audit("second-factor-failed", nil, nil)
}

// SecondFactor proves somebody who has given the password by a code of the authenticator app or a recovery code;
// how is the Arrival's, device the mark that the browser keeps. Errors: ErrWrongCode, *TooManyTries, ErrNotFound for a
// stopped account.
func (d *Desk) SecondFactor(ctx context.Context, id account.ID, typed, device string) (how string, err error) {
	subject := factorSubject(id)
	if known, err := signin.KnownDevice(ctx, d.DB.Read().Queries, string(id), device); err != nil {
		return "", err
	} else if known != "" {
		subject += " DEVICE " + known
	}
	err = d.tryFactor(ctx, id, subject, func(a *command.Tx, p query.Account) (bool, error) {
		if code := strings.Join(strings.Fields(typed), ""); account.IsTOTPCode(code) {
			how = "password+totp"
			return useTOTP(a, p, code)
		}
		how = "password+recovery"
		return useRecoveryCode(a, p, typed)
	})
	return how, err
}

// lastFactor refuses to take away the last factor of somebody whose role does not do without.
func lastFactor(a *command.Tx, p query.Account) (last bool, err error) {
	factors, err := a.Store.CountFactors(a.Ctx, p.ID)
	if err != nil {
		return false, fmt.Errorf("counting the factors of %s: %w", p.ID, err)
	}
	if factors == 1 && account.Role(p.Role).OfCentre() {
		return true, problem.List{problem.New("", "ASVS-6.3.3", "センターの方には、パスワード以外の確認方法が一つ以上必要です。別の確認方法を登録してから、削除してください。")}
	}
	return factors == 1, nil
}

// dropCodes takes the recovery codes away with the last factor: they stand for nothing then.
func dropCodes(a *command.Tx, p query.Account, last bool) error {
	if !last {
		return nil
	}
	if _, err := a.Store.DeleteRecoveryCodes(a.Ctx, p.ID); err != nil {
		return fmt.Errorf("deleting the recovery codes of %s: %w", p.ID, err)
	}
	return nil
}

// ReauthenticateByCode checks a code of the actor's authenticator app in the place of the password.
func (d *Desk) ReauthenticateByCode(ctx context.Context, actor account.Actor, code string) error {
	return d.tryFactor(ctx, actor.ID, ownFactorSubject(actor.ID), func(a *command.Tx, p query.Account) (bool, error) {
		right, err := useTOTP(a, p, code)
		if err != nil || !right {
			return right, err
		}
		return true, a.Audit("reauthenticate", map[audit.Key]string{audit.Mode: "totp"}, nil)
	})
}

// ResetFactors takes every factor and every linked identity of a person away, who has lost them: an administrator for the own establishment, a
// supervisor for everybody, nobody for themselves; the operator at the command line for all. The person's sessions
// end, and a mail tells. Who needs a factor sets up a new one at the next sign-in. ErrNotFound: no such person.
func (d *Desk) ResetFactors(ctx context.Context, actor account.Actor, id account.ID) error {
	return d.DoAs(ctx, actor, command.Always, func(a *command.Tx) error {
		if err := lockAccount(a, id); err != nil {
			return err
		}
		p, err := a.Store.GetAccount(ctx, string(id))
		if err != nil {
			return fmt.Errorf("reading account %s: %w", id, err)
		}
		if err := mayResetFactors(actor, p); err != nil {
			return err
		}
		return resetFactors(a, p)
	})
}

func mayResetFactors(actor account.Actor, p query.Account) error {
	switch {
	case actor.Role == account.Operator, actor.Role == account.Supervisor && string(actor.ID) != p.ID:
		return nil
	case actor.Role != account.Supervisor && (p.Establishment == "" || string(p.Establishment) != actor.Establishment):
		return command.ErrNotFound
	case actor.Role == account.Administrator && string(actor.ID) != p.ID:
		return nil
	}
	return command.ErrForbidden
}

func resetFactors(a *command.Tx, p query.Account) error {
	_, err1 := a.Store.DeleteTOTP(a.Ctx, query.DeleteTOTPParams{Account: p.ID, Stage: Active})
	_, err2 := a.Store.DeleteTOTP(a.Ctx, query.DeleteTOTPParams{Account: p.ID, Stage: pending})
	_, err3 := a.Store.DeletePasskeys(a.Ctx, p.ID)
	_, err4 := a.Store.DeleteRecoveryCodes(a.Ctx, p.ID)
	err5 := signin.ForgetTries(a, factorSubject(account.ID(p.ID)), ownFactorSubject(account.ID(p.ID)))
	_, err6 := a.Store.DeleteIdentitiesOf(a.Ctx, p.ID)
	if err := errors.Join(err1, err2, err3, err4, err5, err6); err != nil {
		return fmt.Errorf("taking the factors of %s away: %w", p.ID, err)
	}
	if err := signin.EndLinksOf(a, p.ID); err != nil {
		return err
	}
	if err := signin.EndSignIns(a, p.ID, "", "credential"); err != nil {
		return err
	}
	return signin.FactorChanged(a, "reset-factors", p, "reset", nil)
}

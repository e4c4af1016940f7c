package recovery

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"uketsuke/internal/desk/factors"

	"uketsuke/internal/account"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk/auditlog"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/forget"
	"uketsuke/internal/keyring"
	"uketsuke/internal/store/query"
)

// A Turnover is what rotating or retiring the keys of a purpose did.
type Turnover struct {
	Drawn   []keyring.Own
	Retired []keyring.Own
	// Resealed counts the rows that were sealed anew under the newest version.
	Resealed int
}

// RotateKey draws a new version of the ring's own keys for a purpose, and seals anew what stands in the
// database under an old one. Old versions still verify and open until RetireKey. Evidence follows the
// drawing: a crash in between leaves a version that is used and in no entry, which harms nobody.
func (d *Desk) RotateKey(ctx context.Context, actor account.Actor, purpose string) (Turnover, error) {
	if actor.Role != account.Operator {
		return Turnover{}, command.ErrForbidden
	}
	drawn, err := d.Ring.Rotate(purpose)
	if err != nil {
		return Turnover{}, err
	}
	done := Turnover{Drawn: drawn}
	if done.Resealed, err = d.turnOver(ctx, actor, "rotate-key", purpose, drawn); err == nil {
		err = d.handOver(ctx, purpose)
	}
	return done, err
}

// RetireKey destroys every version of a purpose but the newest, after sealing anew what is left under them.
// What only an old version can recognise is dead then: links, recovery codes and return paths of before.
func (d *Desk) RetireKey(ctx context.Context, actor account.Actor, purpose string) (Turnover, error) {
	if actor.Role != account.Operator {
		return Turnover{}, command.ErrForbidden
	}
	old, err := d.Retirable(purpose)
	if err != nil || len(old) == 0 {
		return Turnover{}, err
	}
	done := Turnover{}
	if done.Resealed, err = d.turnOver(ctx, actor, "retire-key", purpose, old); err != nil {
		return done, err
	}
	if err := d.handOver(ctx, purpose); err != nil {
		return done, err
	}
	done.Retired, err = d.Ring.Retire(purpose)
	return done, err
}

// Retirable are the versions of a purpose that a newer one has taken the place of, and that still live.
func (d *Desk) Retirable(purpose string) ([]keyring.Own, error) {
	all, err := d.Ring.Owned()
	if err != nil {
		return nil, err
	}
	newest := map[keyring.Use]bool{}
	return slices.DeleteFunc(all, func(o keyring.Own) bool {
		if o.Purpose != purpose {
			return true
		}
		first := !newest[o.Use]
		newest[o.Use] = true
		return first || o.Retired
	}), nil
}

// handOver lets the key of the audit log that was replaced sign over to the newest, which it can do only while
// it lives.
func (d *Desk) handOver(ctx context.Context, purpose string) error {
	if purpose != auditlog.LogPurpose {
		return nil
	}
	_, err := d.auditlog.Checkpoint(ctx)
	return err
}

// turnOver seals anew and leaves the evidence.
func (d *Desk) turnOver(ctx context.Context, actor account.Actor, name, purpose string, about []keyring.Own) (resealed int, err error) {
	err = d.Do(ctx, actor, func(a *command.Tx) error {
		var err error
		if resealed, err = resealFor(a, purpose); err != nil {
			return fmt.Errorf("sealing anew for %q: %w", purpose, err)
		}
		return a.Audit(name, map[audit.Key]string{audit.Kind: purpose, audit.Keys: count(len(about)),
			audit.Version: count(about[0].Version), audit.Rows: count(resealed)}, nil)
	})
	return resealed, err
}

func count(n int) string { return strconv.Itoa(n) }

// resealFor seals anew everything that the database keeps under an old version. A purpose whose sealed rows
// are not known here must not be rotated.
func resealFor(a *command.Tx, purpose string) (int, error) {
	if purpose != factors.TOTPKeys {
		return 0, nil
	}
	rows, err := a.Store.ListTOTP(a.Ctx)
	if err != nil {
		return 0, err
	}
	resealed := 0
	for _, row := range rows {
		old, err := a.Runner.Ring.SealedBefore(purpose, row.Sealed)
		if err != nil {
			return resealed, err
		}
		if !old {
			continue
		}
		about := []byte(row.Account)
		plain, err := a.Runner.Ring.OpenFor(purpose, row.Sealed, about)
		if err != nil {
			return resealed, fmt.Errorf("of account %s: %w", row.Account, err)
		}
		sealed, err := a.Runner.Ring.SealFor(purpose, plain, about)
		forget.Bytes(plain)
		if err != nil {
			return resealed, err
		}
		n, err := a.Store.ResealTOTP(a.Ctx, query.ResealTOTPParams{Account: row.Account, Stage: row.Stage, Before: row.Sealed, Sealed: sealed})
		if err != nil {
			return resealed, err
		}
		resealed += int(n)
	}
	return resealed, nil
}

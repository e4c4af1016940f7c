package recovery

import (
	"context"
	"errors"
	"fmt"

	"uketsuke/internal/account"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/issuance"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
)

// ErrRingKept says that the open ring is the database's own: nothing is lost.
var ErrRingKept = errors.New("the open key ring is the one this database belongs to")

// A RingLoss is what goes with a lost ring.
type RingLoss struct {
	Lost, Accepted string // ids of the rings
	// Receipts are the applications whose passwords nobody can read any more, by receipt number.
	Receipts []string
	// Authenticators counts the authenticator apps that have to be set up again.
	Authenticators int
}

// LookAtRing says what would go if the open ring took the place of the database's own.
func (d *Desk) LookAtRing(ctx context.Context) (RingLoss, error) {
	return d.lossOf(ctx, d.DB.Read().Queries)
}

func (d *Desk) lossOf(ctx context.Context, q command.Reader) (RingLoss, error) {
	loss := RingLoss{Accepted: d.Ring.ID()}
	var err error
	if loss.Lost, err = q.GetRing(ctx); err != nil {
		return loss, fmt.Errorf("reading the id of the key ring: %w", err)
	}
	if loss.Lost == loss.Accepted {
		return loss, ErrRingKept
	}
	if err := d.acceptable(ctx, q); err != nil {
		return loss, err
	}
	apps, err := q.ApplicationsWithSecrets(ctx)
	if err != nil {
		return loss, fmt.Errorf("reading whose secrets are lost: %w", err)
	}
	for _, app := range apps {
		loss.Receipts = append(loss.Receipts, string(app.Receipt))
	}
	totp, err := q.ListTOTP(ctx)
	if err != nil {
		return loss, fmt.Errorf("reading whose authenticator apps are lost: %w", err)
	}
	loss.Authenticators = len(totp)
	return loss, nil
}

// acceptable refuses a ring that works for another installation: its keys are not this database's to sweep.
func (d *Desk) acceptable(ctx context.Context, q command.Reader) error {
	ring, err := d.Ring.Installation()
	if err != nil || ring == "" {
		return err
	}
	database, err := q.GetInstallation(ctx)
	if err = store.Missing(err); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("reading whose database it is: %w", err)
	}
	if ring != database {
		return fmt.Errorf("%w: the ring belongs to installation %s; name an empty folder, or a new token", ErrOtherRing, ring)
	}
	return nil
}

// AcceptRing is a person's word that the ring of the database is lost for good: the open one takes its place.
// What was sealed under the lost one is ended and deleted, so that pages and checks say what is true:
// passwords are re-issued (R-SEC-9), authenticator apps set up again, one-time links sent anew.
func (d *Desk) AcceptRing(ctx context.Context, actor account.Actor) (RingLoss, error) {
	if actor.Role != account.Operator {
		return RingLoss{}, command.ErrForbidden
	}
	var loss RingLoss
	err := d.Do(ctx, actor, func(a *command.Tx) error {
		var err error
		if loss, err = d.lossOf(ctx, a.Store.Queries); err != nil {
			return err
		}
		rows, err := a.Store.ReplaceRing(ctx, query.ReplaceRingParams{Ring: loss.Accepted, Lost: loss.Lost})
		if err != nil || rows != 1 {
			return fmt.Errorf("replacing the ring in %d rows: %w", rows, errors.Join(ErrRingKept, err))
		}
		if err := endLostSecrets(a); err != nil {
			return err
		}
		return a.Audit("accept-ring", map[audit.Key]string{audit.Receipts: count(len(loss.Receipts))}, nil)
	})
	return loss, err
}

// endLostSecrets ends every reading period whose keys are lost, and deletes the factors that were sealed or
// hashed under the ring's own.
func endLostSecrets(a *command.Tx) error {
	apps, err := a.Store.ApplicationsWithSecrets(a.Ctx)
	if err != nil {
		return fmt.Errorf("reading whose secrets are lost: %w", err)
	}
	for _, app := range apps {
		if err := a.LockInState(command.Ref{ID: app.ID}, app.State); err != nil {
			return err
		}
		if _, err := issuance.EndSecrets(a); err != nil {
			return err
		}
		if err := a.Record("end-secrets", map[string]string{"read_last": a.App.ReadLast.String(), "why": "ring-lost"}, false); err != nil {
			return err
		}
		if err := a.Write(); err != nil {
			return err
		}
		if err := a.Audit("end-secrets", map[audit.Key]string{audit.Receipt: string(a.App.Receipt), audit.Keys: "0",
			audit.LastReadingDay: a.App.ReadLast.String()}, nil); err != nil {
			return err
		}
	}
	_, totpErr := a.Store.DeleteAllTOTP(a.Ctx)
	_, codesErr := a.Store.DeleteAllRecoveryCodes(a.Ctx)
	return errors.Join(totpErr, codesErr)
}

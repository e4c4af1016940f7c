package signin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/problem"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// Identity providers (OpenID Connect). A provider says who a person is by issuer and subject; which account that is, the
// person has said before, signed in and asked again. Nothing else joins the two: a mail address is nobody's proof.

// ErrUnknownIdentity says that no account that can be used is linked to what a provider has proven.
var ErrUnknownIdentity = errors.New("no account is linked to this identity")

// An Identity is what a provider knows an account's owner by; the subject is nobody's business.
type Identity struct {
	Issuer           string
	LinkedAt, UsedAt time.Time // UsedAt is zero before the first sign-in
}

// SignInByIdentity is the account of an identity that a provider has just proven. second says that the provider asked
// for a second factor, as the operator has set it up to count. Nobody is signed in by it: SignedIn does that, once
// nothing is needed any more. ErrUnknownIdentity: none is linked, or its owner was stopped.
func (d *Desk) SignInByIdentity(ctx context.Context, issuer, subject string, second bool, from string) (Proof, error) {
	q := d.DB.Read().Queries
	row, err := q.GetIdentity(ctx, query.GetIdentityParams{Issuer: issuer, Subject: subject})
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return Proof{}, d.strangeIdentity(ctx, account.Actor{ID: "unknown", Role: account.Clock}, from)
	} else if err != nil {
		return Proof{}, fmt.Errorf("reading an identity: %w", err)
	}
	p, err := ActiveAccount(ctx, q, account.ID(row.Account))
	if errors.Is(err, command.ErrNotFound) {
		return Proof{}, d.strangeIdentity(ctx, ActorOf(p), from)
	} else if err != nil {
		return Proof{}, err
	}
	err = d.DB.InTx(ctx, func(tx *store.Tx) error {
		return tx.UseIdentity(ctx, query.UseIdentityParams{Issuer: issuer, Subject: subject, UsedAt: column.At(d.Elapsed())})
	})
	if err != nil {
		return Proof{}, fmt.Errorf("noting that an identity was used: %w", err)
	}
	proof, err := proven(ctx, q, p, "oidc")
	if second {
		proof.Needs = NeedsNothing
	}
	return proof, err
}

// strangeIdentity leaves evidence of somebody who was proven and is nobody here.
func (d *Desk) strangeIdentity(ctx context.Context, actor account.Actor, from string) error {
	err := d.DoAs(ctx, actor, command.Always, func(a *command.Tx) error {
		return a.Audit("sign-in-failed", map[audit.Key]string{audit.Mode: "oidc"}, map[audit.Key]string{audit.Remote: from})
	})
	if err != nil {
		return err
	}
	return ErrUnknownIdentity
}

// Identities are those of the actor.
func (d *Desk) Identities(ctx context.Context, actor account.Actor) ([]Identity, error) {
	rows, err := d.DB.Read().ListIdentities(ctx, string(actor.ID))
	if err != nil {
		return nil, fmt.Errorf("reading the identities of %s: %w", actor.ID, err)
	}
	var identities []Identity
	for _, row := range rows {
		identities = append(identities, Identity{Issuer: row.Issuer, LinkedAt: row.LinkedAt.Time, UsedAt: row.UsedAt.Time})
	}
	return identities, nil
}

// LinkIdentity joins what a provider has proven to the actor's account. The pages ask for it only from within a session
// that has just re-authenticated.
func (d *Desk) LinkIdentity(ctx context.Context, actor account.Actor, issuer, subject string) error {
	return d.DoAs(ctx, actor, command.Always, func(a *command.Tx) error {
		p, err := ActiveAccount(ctx, a.Store.Queries, actor.ID)
		if err != nil {
			return err
		}
		fresh, err := a.Store.InsertIdentity(ctx, query.InsertIdentityParams{Issuer: issuer, Subject: subject, Account: p.ID, LinkedAt: column.At(d.Elapsed())})
		if err != nil {
			return fmt.Errorf("writing an identity: %w", err)
		}
		if fresh != 1 {
			return problem.List{problem.New("", "ASVS-6.8.1", "このアカウントか外部の利用者が、すでに結び付けられています。前の結び付けを解除してから、もう一度お試しください。")}
		}
		return FactorChanged(a, "link-identity", p, "identity-linked", nil)
	})
}

// UnlinkIdentity takes a provider's identity from the actor's account.
func (d *Desk) UnlinkIdentity(ctx context.Context, actor account.Actor, issuer string) error {
	return d.DoAs(ctx, actor, command.Always, func(a *command.Tx) error {
		p, err := ActiveAccount(ctx, a.Store.Queries, actor.ID)
		if err != nil {
			return err
		}
		gone, err := a.Store.DeleteIdentity(ctx, query.DeleteIdentityParams{Account: p.ID, Issuer: issuer})
		if err != nil {
			return fmt.Errorf("deleting an identity: %w", err)
		}
		if gone != 1 {
			return command.ErrNotFound
		}
		return FactorChanged(a, "unlink-identity", p, "identity-unlinked", nil)
	})
}

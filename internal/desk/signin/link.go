package signin

import (
	"context"
	"crypto/hmac"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"uketsuke/internal/desk/command"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// How long a one-time link can be used, in real time: one that the centre gives to a person, and one that somebody
// has asked for who may be anybody.
const (
	LinkLife  = 7 * 24 * time.Hour
	askedLife = time.Hour
)

// A Link is what a one-time link is for: "setup" and "reset" set a password, "address" takes a new mail address.
type Link struct {
	command.Person
	// Login is what the person signs in with.
	Login string
	Kind  string
	// Address is the new mail address.
	Address string
	// Least is how many characters the new password needs.
	Least int
}

// LinkToken is the secret part of a one-time link: never stored, made again from the ring's key and the
// row's id.
func LinkToken(d *command.Runner, id string) (string, error) {
	mac, err := d.Ring.MAC("set-up-links", []byte(id))
	if err != nil {
		return "", fmt.Errorf("making a one-time link: %w", err)
	}
	return tokenOf(id, mac), nil
}

func tokenOf(id string, mac []byte) string {
	return id + "." + base64.RawURLEncoding.EncodeToString(mac)
}

// MadeHere says whether a token is one of ours, under whichever version of the ring's key.
func (d *Desk) MadeHere(id, token string) (bool, error) {
	macs, err := d.Ring.MACs("set-up-links", []byte(id))
	if err != nil {
		return false, fmt.Errorf("checking a one-time link: %w", err)
	}
	return slices.ContainsFunc(macs, func(mac []byte) bool {
		return hmac.Equal([]byte(tokenOf(id, mac)), []byte(token))
	}), nil
}

// linkOf finds the row of a token and its account, which was not stopped; a token that was not made here, or for
// something else than the kinds, is no row.
func (d *Desk) linkOf(ctx context.Context, q command.Reader, token string, kinds ...string) (query.SetupLink, query.Account, error) {
	id, _, _ := strings.Cut(token, ".")
	ours, err := d.MadeHere(id, token)
	if err != nil {
		return query.SetupLink{}, query.Account{}, err
	}
	if !ours {
		return query.SetupLink{}, query.Account{}, command.ErrNotFound
	}
	link, err := q.GetSetupLink(ctx, id)
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return link, query.Account{}, command.ErrNotFound
	} else if err != nil {
		return link, query.Account{}, fmt.Errorf("reading a one-time link: %w", err)
	}
	if !slices.Contains(kinds, link.Kind) || !link.UsedAt.IsZero() || !d.Elapsed().Before(link.ExpiresAt.Time) {
		return link, query.Account{}, command.ErrNotFound
	}
	p, err := q.GetAccount(ctx, link.Account)
	if err != nil {
		return link, p, fmt.Errorf("reading the account of a one-time link: %w", err)
	}
	if p.Status == "stopped" {
		return link, p, command.ErrNotFound
	}
	return link, p, nil
}

// useLink uses a link up, once.
func (d *Desk) useLink(a *command.Tx, token string, kinds ...string) (query.SetupLink, query.Account, error) {
	link, p, err := d.linkOf(a.Ctx, a.Store.Queries, token, kinds...)
	if err != nil {
		return link, p, err
	}
	at := column.At(d.Elapsed())
	used, err := a.Store.UseSetupLink(a.Ctx, query.UseSetupLinkParams{ID: link.ID, UsedAt: at, Now: at})
	if err != nil {
		return link, p, fmt.Errorf("using a one-time link: %w", err)
	}
	if used != 1 {
		return link, p, command.ErrNotFound
	}
	return link, p, nil
}

// SetupLink says whose link it is and what it is for; looking uses nothing up. ErrNotFound: unknown, used
// or expired.
func (d *Desk) SetupLink(ctx context.Context, token string) (Link, error) {
	link, p, err := d.linkOf(ctx, d.DB.Read().Queries, token, "setup", "reset", "address")
	if err != nil {
		return Link{}, err
	}
	needs, err := NeedOf(ctx, d.DB.Read().Queries, p)
	return Link{Person: command.PersonOf(p), Login: p.Login, Kind: link.Kind, Address: link.Address, Least: leastOf(needs)}, err
}

// askedLink writes a link that somebody has asked for, and ends those of its kind before.
func askedLink(a *command.Tx, p query.Account, kind, address string) (string, error) {
	id, err := a.Runner.NewID()
	if err != nil {
		return "", err
	}
	at := a.Runner.Elapsed()
	err = a.Store.EndLinksOfKind(a.Ctx, query.EndLinksOfKindParams{Account: p.ID, Kind: kind, UsedAt: column.At(at)})
	if err != nil {
		return "", fmt.Errorf("ending the one-time links before: %w", err)
	}
	err = a.Store.InsertAskedLink(a.Ctx, query.InsertAskedLinkParams{ID: id, Account: p.ID, Kind: kind, Address: address,
		ExpiresAt: column.At(at.Add(askedLife)), CreatedAt: column.At(at)})
	if err != nil {
		return "", fmt.Errorf("writing a one-time link: %w", err)
	}
	return id, nil
}

// EndLinksOf ends every open link of an account, whatever it is for.
func EndLinksOf(a *command.Tx, id string) error {
	err := a.Store.EndSetupLinks(a.Ctx, query.EndSetupLinksParams{UsedAt: column.At(a.Runner.Elapsed()), Account: id})
	if err != nil {
		return fmt.Errorf("ending the links of %s: %w", id, err)
	}
	return nil
}

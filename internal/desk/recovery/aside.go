package recovery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"uketsuke/internal/account"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/keyring"
)

// NoteKeys leaves the evidence of what became of keys, if there are any.
func (d *Desk) NoteKeys(ctx context.Context, actor account.Actor, name string, keys []keyring.Name) error {
	if len(keys) == 0 {
		return nil
	}
	return d.Do(ctx, actor, func(a *command.Tx) error {
		return a.Audit(name, map[audit.Key]string{audit.Keys: strconv.Itoa(len(keys))}, nil)
	})
}

// NamedKeys are the keys of all living sealed rows.
func (d *Desk) NamedKeys(ctx context.Context) (map[keyring.Name]bool, error) {
	rows, err := d.DB.Read().ListSecretKeys(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the names of the living keys: %w", err)
	}
	named := make(map[keyring.Name]bool, len(rows))
	for _, name := range rows {
		named[keyring.Name(name)] = true
	}
	return named, nil
}

// An AsideKey is a key that is set aside, or would be, because the database does not name it.
type AsideKey struct {
	keyring.Entry
	// Named: a sealed row names it, so that it comes back with the next round. Known: the database knows the
	// application, and does not name the key. Lost: the ledger knew the application before a restore.
	Named, Known, Lost bool
}

// KeysAside lists the keys that are set aside, and those in use that the next sweep would set aside. It changes nothing.
func (d *Desk) KeysAside(ctx context.Context) ([]AsideKey, error) {
	aside, err := d.Ring.ListAside()
	if err != nil {
		return nil, err
	}
	inUse, err := d.Ring.List()
	if err != nil {
		return nil, err
	}
	named, err := d.NamedKeys(ctx)
	if err != nil {
		return nil, err
	}
	inUse = slices.DeleteFunc(inUse, func(e keyring.Entry) bool { return named[e.Name] || d.Elapsed().Sub(e.Created) <= keyring.Grace })
	all := append(aside, inUse...)
	var ids, names []string
	for _, e := range all {
		ids, names = append(ids, e.Name.Application()), append(names, string(e.Name))
	}
	dead, err := d.DB.Read().DeadKeys(ctx, names)
	if err != nil {
		return nil, err
	}
	known, err := d.DB.Read().KnownApplications(ctx, ids)
	if err != nil {
		return nil, err
	}
	lost, err := d.DB.Read().LostApplications(ctx, ids)
	if err != nil {
		return nil, err
	}
	var list []AsideKey
	for _, e := range all {
		app := e.Name.Application()
		if !dead[string(e.Name)] { // else the next sweep destroys it
			list = append(list, AsideKey{Entry: e, Named: named[e.Name], Known: known[app], Lost: lost[app]})
		}
	}
	return list, nil
}

// AsideKeys are what the page of operations says of keys that are set aside.
type AsideKeys struct {
	Keys int
	// Lost counts those whose application a restore has lost, which its page explains.
	Lost int
	// Until is the last day of the last one.
	Until calendar.Date
}

// AsideKeys keeps no page from being shown: while the ring is away it says nothing, and the jobs say that.
func (d *Desk) AsideKeys(ctx context.Context) AsideKeys {
	var sum AsideKeys
	keys, err := d.KeysAside(ctx)
	if err != nil {
		d.Log.WarnContext(ctx, "looking for keys that are set aside", "error", err)
	}
	for _, k := range keys {
		if k.Named || k.Known {
			continue
		}
		sum.Keys++
		if k.Lost {
			sum.Lost++
		}
		if k.LastDay.After(sum.Until) {
			sum.Until = k.LastDay
		}
	}
	return sum
}

// BringBack brings the keys back that were set aside and that this database names, without waiting for the clock.
func (d *Desk) BringBack(ctx context.Context, actor account.Actor) ([]keyring.Name, error) {
	if actor.Role != account.Operator {
		return nil, command.ErrForbidden
	}
	return d.bringBack(ctx, actor)
}

func (d *Desk) bringBack(ctx context.Context, actor account.Actor) ([]keyring.Name, error) {
	named, err := d.NamedKeys(ctx)
	if err != nil {
		return nil, err
	}
	keys, err := d.Ring.BringBack(named)
	return keys, errors.Join(err, d.NoteKeys(ctx, actor, "bring-back-keys", keys))
}

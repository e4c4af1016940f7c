package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	"uketsuke/internal/desk"
	"uketsuke/internal/keyring"
	"uketsuke/internal/ledger"
	"uketsuke/internal/store"
)

// open opens database, key ring and ledger, the schema brought up to date. What cannot be opened is told together. No
// database is begun beside a ring or a ledger that was used: it is a wrong one, and nothing of it is touched. warn is
// called with what a restore that was killed has left.
func (f placeFlags) open(ctx context.Context, warn func(string)) (*store.DB, *keyring.Ring, *ledger.Ledger, error) {
	ring, err := f.openRing()
	var book *ledger.Ledger
	if err == nil { // a ring that is refused leaves nothing behind, no folder of a ledger either
		book, err = f.openLedger()
	}
	if err != nil {
		_, begunErr := store.Begun(ctx, f.Database)
		return nil, nil, nil, errors.Join(aboutDatabase(begunErr), err)
	}
	used, err := desk.Used(ring, book) // before the database: another process may begin that at this moment
	if err != nil {
		return nil, nil, nil, err
	}
	begun, err := store.Begun(ctx, f.Database)
	if err == nil && !begun {
		err = f.mayBegin(ctx, used)
	}
	if err != nil {
		return nil, nil, nil, aboutDatabase(err)
	}
	db, err := openDatabase(ctx, f.Database, warn)
	return db, ring, book, err
}

func aboutDatabase(err error) error {
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	return nil
}

// mayBegin refuses to begin a database where there must be one already.
func (f placeFlags) mayBegin(ctx context.Context, used bool) error {
	if err := nothingAside(ctx, f.Database); err != nil {
		return err
	}
	if !used {
		return nil
	}
	return fmt.Errorf("%w: nothing was ever done in %s, and the key ring and ledger of %s were used with another one, whose unread passwords they open; "+
		"nothing was changed. Name the right database. If it is lost: uketsuke restore FILE. "+
		"To begin a new installation, name empty folders for keys and ledger (and a new token for ring)", desk.ErrOtherDatabase, redacted(f.Database), f.Keys)
}

// errHalfRestored says that there is nothing where a restore has put a database aside.
var errHalfRestored = errors.New("a restore was interrupted")

// nothingAside refuses to begin a database from which a restore has taken away what stood there.
func nothingAside(ctx context.Context, dsn string) error {
	aside, err := store.PutAside(ctx, dsn)
	if err != nil || len(aside) == 0 {
		return err
	}
	return fmt.Errorf("%w: nothing was ever done in %s, and what stood there is put aside as %s. "+
		"To put it back: uketsuke restore --undo. To complete the restore: uketsuke restore FILE", errHalfRestored, redacted(dsn), aside[len(aside)-1])
}

// redacted is the address of a database without its password.
func redacted(dsn string) string {
	if at, err := url.Parse(dsn); err == nil && at.Scheme != "" {
		if q := at.Query(); q.Has("password") {
			q.Set("password", "xxxxx")
			at.RawQuery = q.Encode()
		}
		return at.Redacted()
	}
	return dsn
}

// openDatabase opens a database with its schema up to date, which may be its first one.
func openDatabase(ctx context.Context, dsn string, warn func(string)) (*store.DB, error) {
	left, err := store.CleanRestore(ctx, dsn)
	if err != nil {
		return nil, aboutDatabase(err)
	}
	for _, said := range left {
		warn(said)
	}
	if begun, err := store.Begun(ctx, dsn); err != nil || !begun {
		if err = errors.Join(err, nothingAside(ctx, dsn)); err != nil {
			return nil, aboutDatabase(err)
		}
	}
	db, err := store.Open(ctx, dsn)
	if err != nil {
		return nil, aboutDatabase(err)
	}
	if err := db.Migrate(ctx); err != nil {
		return nil, errors.Join(aboutDatabase(err), db.Close())
	}
	return db, nil
}

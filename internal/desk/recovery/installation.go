package recovery

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"uketsuke/internal/keyring"
	"uketsuke/internal/ledger"
	"uketsuke/internal/store"
)

// ErrOtherRing says that the database belongs to another key ring than the one that was opened.
var ErrOtherRing = errors.New("the key ring is not the one this database belongs to")

// ErrOtherDatabase says that ring or ledger were used, and not with this database.
var ErrOtherDatabase = errors.New("this is not the database of these keys")

// ErrOtherLedger says that the ledger was used, and not with this database.
var ErrOtherLedger = errors.New("the ledger is not the one this database belongs to")

// Used says whether a ring or a ledger has ever worked for a database. Whoever asks so that a new database may be begun
// asks before looking at the database: another process begins that one first.
func Used(ring *keyring.Ring, book *ledger.Ledger) (bool, error) {
	if used, err := ring.Used(); err != nil || used || book == nil {
		return used, err
	}
	return book.Used()
}

// names are what each of the three says of itself, "" for nothing.
type names struct {
	used                   bool // ring or ledger
	usedBook               bool
	database, ring, ledger string
	knows                  string // the id of the ring that the database knows
}

// installation reads them, the database last.
func (d *Desk) installation(ctx context.Context) (n names, err error) {
	if n.used, err = Used(d.Ring, d.Ledger); err != nil {
		return n, err
	}
	if d.Ledger != nil {
		if n.usedBook, err = d.Ledger.Used(); err == nil {
			n.ledger, err = d.Ledger.Installation()
		}
		if err != nil {
			return n, err
		}
	}
	if n.ring, err = d.Ring.Installation(); err != nil {
		return n, err
	}
	q := d.DB.Read()
	if n.knows, err = q.GetRing(ctx); err == nil || errors.Is(store.Missing(err), store.ErrNotFound) {
		n.database, err = q.GetInstallation(ctx)
	}
	if err = store.Missing(err); err != nil && !errors.Is(err, store.ErrNotFound) {
		return n, fmt.Errorf("reading whose database it is: %w", err)
	}
	return n, nil
}

// CheckRing lets database, ring and ledger know each other, and refuses what does not belong together: before anything
// is done with the data, and again before anything is destroyed. At the first start, when none of them was used, they
// get their name; an installation of before gets it where the database knows the ring's id.
func (d *Desk) CheckRing(ctx context.Context) error {
	n, err := d.installation(ctx)
	if err != nil {
		return err
	}
	if err := n.fit(d.Ring.ID(), d.Ledger != nil); err != nil {
		return err
	}
	if err := d.ringWhole(ctx); err != nil {
		return err
	}
	if n.database != "" && n.ring == n.database && (d.Ledger == nil || n.ledger == n.database) {
		return nil
	}
	name := cmp.Or(n.database, n.ring, n.ledger)
	if name == "" {
		if name, err = d.drawName(); err != nil {
			return err
		}
	}
	return d.belong(ctx, n, name)
}

// fit refuses. The rules, in their order:
//   - a database that knows another ring, or has another name than the ring, belongs elsewhere;
//   - one that was never begun belongs to nothing that was used;
//   - a ledger with another name belongs elsewhere, and so does one with none that was used, unless the database has none either.
func (n names) fit(ring string, book bool) error {
	switch {
	case n.knows == "" && n.database == "" && n.used:
		return ErrOtherDatabase
	case n.knows != "" && n.knows != ring:
		return fmt.Errorf("%w: the database knows %s, the ring is %s", ErrOtherRing, n.knows, ring)
	case n.database != "" && n.ring != "" && n.database != n.ring:
		return fmt.Errorf("%w: the database belongs to installation %s, the ring to %s", ErrOtherRing, n.database, n.ring)
	}
	name := cmp.Or(n.database, n.ring)
	if !book || n.ledger == name || n.ledger == "" && (n.database == "" || !n.usedBook) || name == "" {
		return nil
	}
	return fmt.Errorf("%w: the database belongs to installation %s, the ledger to %s; name the folder of its own ledger, or, if that is lost, an empty one",
		ErrOtherLedger, name, cmp.Or(n.ledger, "one without a name"))
}

// ringWhole refuses a ring in which something is missing that it had, and vouches for one of before, which would not notice
// that, when the database knows of nothing that is missing.
func (d *Desk) ringWhole(ctx context.Context) error {
	if err := d.Ring.Whole(); err != nil || d.Ring.Vouched() {
		return err
	}
	own, err := d.Ring.Owned()
	if err != nil {
		return err
	}
	made, err := d.madeByOwn(ctx)
	if err != nil {
		return err
	}
	if len(own) == 0 && made {
		return fmt.Errorf("%w: it has none of its own keys, and the database knows what they have signed or sealed", keyring.ErrOwnLost)
	}
	keys, err := d.Ring.List()
	if err != nil {
		return err
	}
	named, err := d.NamedKeys(ctx)
	if err != nil {
		return err
	}
	aside, err := d.Ring.ListAside()
	if err != nil {
		return err
	}
	if len(named) > 0 && len(keys)+len(aside) == 0 {
		return fmt.Errorf("%w: it has no key of an approval, and the database names %d; mount its folder keys. If it is lost for good, name a new folder "+
			"for the ring and see: uketsuke admin ring accept-loss", keyring.ErrRingGone, len(named))
	}
	return d.Ring.Vouch()
}

// madeByOwn says whether the database knows anything that the ring's own keys have made and that stays.
func (d *Desk) madeByOwn(ctx context.Context) (bool, error) {
	signed, err := d.DB.Read().ListLogKeys(ctx)
	if err != nil {
		return false, fmt.Errorf("reading the keys of the audit log: %w", err)
	}
	sealed, err := d.DB.Read().ListTOTP(ctx)
	if err != nil {
		return false, fmt.Errorf("reading the secrets of authenticator apps: %w", err)
	}
	return len(signed)+len(sealed) > 0, nil
}

func (d *Desk) drawName() (string, error) {
	name := make([]byte, 16)
	if _, err := io.ReadFull(d.Rand, name); err != nil {
		return "", fmt.Errorf("naming the installation: %w", err)
	}
	return hex.EncodeToString(name), nil
}

// belong gives the name to whatever has none. Killed in between, or together with another process, the next call goes
// on with the name that was given first: a new database has it before ring and ledger, so that these are never used
// before; one that knows its ring has it after them, so that it finds it there.
func (d *Desk) belong(ctx context.Context, n names, name string) (err error) {
	if n.knows == "" {
		if name, err = d.nameDatabase(ctx, name); err != nil {
			return err
		}
	}
	ring, err := d.Ring.Belong(name)
	if err != nil {
		return err
	}
	if n.knows != "" {
		name = ring
	}
	book := name
	if d.Ledger != nil {
		if book, err = d.Ledger.Belong(name); err != nil {
			return err
		}
	}
	known, err := d.nameDatabase(ctx, name)
	if err == nil && (known != ring || known != book) {
		err = fmt.Errorf("%w: database, ring and ledger were given the names %s, %s and %s at once", ErrOtherDatabase, known, ring, book)
	}
	return err
}

// nameDatabase notes ring and installation where neither is noted, and says what is.
func (d *Desk) nameDatabase(ctx context.Context, name string) (known string, err error) {
	err = d.DB.InTx(ctx, func(tx *store.Tx) error {
		if _, err := tx.InsertRing(ctx, d.Ring.ID()); err != nil {
			return err
		}
		if _, err := tx.InsertInstallation(ctx, name); err != nil {
			return err
		}
		ring, err := tx.GetRing(ctx)
		if err == nil && ring != d.Ring.ID() {
			err = fmt.Errorf("%w: the database knows %s, the ring is %s", ErrOtherRing, ring, d.Ring.ID())
		}
		if err == nil {
			known, err = tx.GetInstallation(ctx)
		}
		return err
	})
	if err != nil {
		return "", fmt.Errorf("noting whose database it is: %w", err)
	}
	return known, nil
}

package keyring

import (
	"crypto"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"uketsuke/internal/calendar"
)

// KeySize is the length of every key in bytes.
const KeySize = 32

// What a caller may have to tell apart.
var (
	// ErrExposed: the directory, or a part of it, can be read or entered by other accounts of the machine.
	ErrExposed = errors.New("open to other accounts of this machine; allow its owner only (chmod 0700)")
	// ErrRingGone: what was opened no longer holds the ring, say because the directory is not mounted or the
	// token is away. Nothing may be concluded from keys that are missing then.
	ErrRingGone = errors.New("the key ring is not where it was opened")
	// ErrNoKey: the ring is there, the key is not: it was destroyed, or never made.
	ErrNoKey = errors.New("no such key")
	// ErrOwnLost: one of the ring's own keys was drawn and is missing. Another in its place would not know what it has made.
	ErrOwnLost = errors.New("the ring has had this key, and it is missing; put it back. If it is lost for good, name a new folder for the ring " +
		"and see: uketsuke admin ring accept-loss")
	// ErrName: not a name of a key, an application or a purpose.
	ErrName = errors.New("not a name in a key ring")
	// ErrDamaged: a part of the ring has not the length or form of its kind.
	ErrDamaged = errors.New("a part of the key ring is damaged")
)

var errHashed = errors.New("Ed25519 signs messages, not their digests")

// A Ring is an open key ring. It may be used by several goroutines.
type Ring struct {
	keeper keeper
	id     string
	ledger string
}

// A keeper is where the keys of a ring lie: a directory or the token of an HSM. It may be used by several
// goroutines, and other processes use the same place.
type keeper interface {
	// present is ErrRingGone unless the ring that was opened is there.
	present() error
	// vouched says whether the ring would notice that a part of it is missing; vouch gives it what it needs for that.
	vouched() bool
	vouch() error
	// whole is ErrOwnLost when one of the ring's own keys of a purpose, "" for all, is missing.
	whole(purpose string) error
	// probe says why no key could be made or read now.
	probe() error
	// create makes a key under a name that is new; key finds one or says ErrNoKey; destroying one that is
	// gone is no error.
	create(Name) (Key, error)
	key(Name) (Key, error)
	destroy(Name) error
	// look lists the keys in no order, also those that are set aside, with an ErrStranger for each thing beside them.
	look() (keys []Entry, strangers []error, err error)
	// setAside moves a key to where a day's keys are set aside, and bringBack moves it from there; either is no error
	// when it is done already. key does not find what is set aside, and destroy does.
	setAside(Name, calendar.Date) error
	bringBack(Entry) error
	// installation is the name that the ring was given, "" for none; belong gives one unless another process has.
	installation() (string, error)
	belong(name string) error
	// tidy removes what crashes left.
	tidy(now time.Time) error

	// owned lists the ring's own keys of a purpose, "" for all, in no order; draw makes one unless another
	// process has made it.
	owned(purpose string) ([]Own, error)
	draw(Own) error
	mac(o Own, message []byte) ([]byte, error)
	sealing(Own) (Key, error)
	signer(Own) (crypto.Signer, error)
	// retire destroys a key; of one for signing the public half stays.
	retire(Own) error

	close() error
}

// Open opens the ring in a directory, and makes directory and ring at their first use. A directory that
// other accounts can enter is refused with ErrExposed. The caller compares ID with the id that the
// database knows: a ring made anew has a new one.
func Open(dir string) (*Ring, error) {
	d, err := openDirectory(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the key ring %s: %w", dir, err)
	}
	return &Ring{keeper: d, id: d.id, ledger: d.dir}, nil
}

// OpenAt opens the ring that a URI of RFC 7512 names, the token of an HSM, and makes ring and dir at their
// first use; "" opens the ring in dir. With a token, dir holds no key, only the ledger and a lock.
func OpenAt(uri, dir string) (*Ring, error) {
	if uri == "" {
		return Open(dir)
	}
	at, err := parseToken(uri)
	if err == nil {
		dir, err = filepath.Abs(dir)
	}
	if err == nil {
		err = makePrivate(dir)
	}
	var r *Ring
	if err == nil {
		r, err = openToken(at, dir)
	}
	if err != nil {
		return nil, fmt.Errorf("opening the key ring %s: %w", strings.TrimSpace(uri), err)
	}
	return r, nil
}

// Close lets go of the ring; a directory needs none.
func (r *Ring) Close() error { return r.keeper.close() }

// ID is the id of the ring: 32 hexadecimal digits, drawn when it was made.
func (r *Ring) ID() string { return r.id }

// LedgerDir is the directory, private to the service, that stands beside the keys and outside every backup
// of the database: the ring's own, or with an HSM the one given to OpenAt.
func (r *Ring) LedgerDir() string { return r.ledger }

var idForm = regexp.MustCompile(`^[0-9a-f]{32}$`)

package keyring

import (
	"cmp"
	"crypto"
	"crypto/ed25519"
	"encoding/binary"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"time"

	"uketsuke/internal/secret"
)

// A Use is what one of the ring's own keys is for. Keys of one purpose and different uses are different.
type Use string

// The uses.
const (
	ForMAC  Use = "mac"  // HMAC-SHA-256
	ForSeal Use = "seal" // AES-256-GCM
	ForSign Use = "sign" // Ed25519
)

// An Own is one version of one of the ring's own long-lived keys.
type Own struct {
	Purpose string
	Use     Use
	// Version counts from 1.
	Version int
	// Created is when it was drawn, UTC, elapsed clock.
	Created time.Time
	// Retired says that only the public half is left.
	Retired bool
	// Public is the public half of a key for signing, otherwise nil.
	Public ed25519.PublicKey
}

// String is "<purpose>.<use>.<version>".
func (o Own) String() string { return fmt.Sprintf("%s.%s.%d", o.Purpose, o.Use, o.Version) }

var (
	purposeForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)
	ownForm     = regexp.MustCompile(`^([a-z][a-z0-9-]{0,39})\.(mac|seal|sign)\.([1-9]\d{0,3})$`)
)

func parseOwn(s string) (Own, bool) {
	parts := ownForm.FindStringSubmatch(s)
	if parts == nil {
		return Own{}, false
	}
	version, err := strconv.Atoi(parts[3])
	return Own{Purpose: parts[1], Use: Use(parts[2]), Version: version}, err == nil
}

// MAC is the HMAC-SHA-256 of a message under the newest of the ring's keys for a purpose such as
// "set-up-links". Like every key of the ring's own, it is drawn at the first call of any process.
func (r *Ring) MAC(purpose string, message []byte) ([]byte, error) {
	o, err := r.newest(purpose, ForMAC)
	var mac []byte
	if err == nil {
		mac, err = r.keeper.mac(o, message)
	}
	return mac, ofPurpose(purpose, err)
}

// MACs are the HMACs of a message under every version of the key for a purpose, newest first: what was made
// before a rotation is still recognised until its version is retired.
func (r *Ring) MACs(purpose string, message []byte) ([][]byte, error) {
	versions, err := r.versions(purpose, ForMAC)
	if err != nil {
		return nil, ofPurpose(purpose, err)
	}
	var all [][]byte
	for _, o := range versions {
		mac, err := r.keeper.mac(o, message)
		if errors.Is(err, ErrNoKey) {
			continue // retired meanwhile
		}
		if err != nil {
			return nil, ofPurpose(purpose, err)
		}
		all = append(all, mac)
	}
	return all, nil
}

func ofPurpose(purpose string, err error) error {
	if err != nil {
		return fmt.Errorf("the ring's key for %q: %w", purpose, err)
	}
	return nil
}

// versionBytes is the length of the version's number before what SealFor made.
const versionBytes = 2

// SealFor encrypts under the newest of the ring's keys for a purpose: AES-256-GCM, with about
// authenticated, the number of the key's version before it.
func (r *Ring) SealFor(purpose string, plain, about []byte) ([]byte, error) {
	o, err := r.newest(purpose, ForSeal)
	if err != nil {
		return nil, ofPurpose(purpose, err)
	}
	key, err := r.keeper.sealing(o)
	var sealed []byte
	if err == nil {
		defer key.Forget()
		sealed, err = key.Seal(string(about), plain)
	}
	if err != nil {
		return nil, ofPurpose(purpose, err)
	}
	return append(binary.BigEndian.AppendUint16(nil, uint16(o.Version)), sealed...), nil
}

// OpenFor decrypts what SealFor made, under whichever version it was, into bytes that the caller forgets; ErrNoKey when that
// version is retired, secret.ErrSealed when purpose, about or bytes are not those of SealFor.
func (r *Ring) OpenFor(purpose string, sealed, about []byte) ([]byte, error) {
	plain, err := r.openFor(purpose, sealed, string(about))
	if err != nil {
		return nil, ofPurpose(purpose, err)
	}
	return plain, nil
}

func (r *Ring) openFor(purpose string, sealed []byte, about string) ([]byte, error) {
	if len(sealed) < versionBytes {
		return nil, secret.ErrSealed
	}
	versions, err := r.versions(purpose, ForSeal)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(versions, func(o Own) bool { return o.Version == versionOf(sealed) })
	if i < 0 {
		return nil, ErrNoKey
	}
	key, err := r.keeper.sealing(versions[i])
	if err != nil {
		return nil, err
	}
	defer key.Forget()
	return key.Open(about, sealed[versionBytes:])
}

func versionOf(sealed []byte) int {
	if len(sealed) < versionBytes {
		return 0
	}
	return int(binary.BigEndian.Uint16(sealed))
}

// SealedBefore says that something was sealed for a purpose under a version that is not the newest.
func (r *Ring) SealedBefore(purpose string, sealed []byte) (bool, error) {
	o, err := r.newest(purpose, ForSeal)
	return err == nil && versionOf(sealed) != o.Version, ofPurpose(purpose, err)
}

// Signer is the newest of the ring's Ed25519 keys for a purpose.
func (r *Ring) Signer(purpose string) (crypto.Signer, error) {
	o, err := r.newest(purpose, ForSign)
	var signer crypto.Signer
	if err == nil {
		signer, err = r.keeper.signer(o)
	}
	return signer, ofPurpose(purpose, err)
}

// Signers are all the ring's signing keys for a purpose, newest first, with the public half; retired ones
// too, since what they signed is still to be verified.
func (r *Ring) Signers(purpose string) ([]Own, error) {
	versions, err := r.versions(purpose, ForSign)
	return versions, ofPurpose(purpose, err)
}

func (r *Ring) newest(purpose string, use Use) (Own, error) {
	versions, err := r.versions(purpose, use)
	if err != nil {
		return Own{}, err
	}
	return versions[0], nil
}

// versions are the versions there are, newest first; the first is drawn if there is none.
func (r *Ring) versions(purpose string, use Use) ([]Own, error) {
	found, err := r.find(purpose, use)
	if err == nil { // an older version would go on in the place of the newest
		err = r.keeper.whole(purpose)
	}
	next := 1
	if len(found) > 0 {
		next = found[0].Version + 1
	}
	// The newest is never retired: one of which only the public half is there was left by a crash.
	if err != nil || len(found) > 0 && !found[0].Retired {
		return found, err
	}
	if err := r.keeper.draw(Own{Purpose: purpose, Use: use, Version: next}); err != nil {
		return nil, err
	}
	found, err = r.find(purpose, use)
	if err == nil && len(found) == 0 {
		err = ErrNoKey
	}
	return found, err
}

func (r *Ring) find(purpose string, use Use) ([]Own, error) {
	if !purposeForm.MatchString(purpose) {
		return nil, ErrName
	}
	all, err := r.owned(purpose)
	return slices.DeleteFunc(all, func(o Own) bool { return o.Use != use }), err
}

func (r *Ring) owned(purpose string) ([]Own, error) {
	if err := r.keeper.present(); err != nil {
		return nil, err
	}
	all, err := r.keeper.owned(purpose)
	slices.SortFunc(all, func(a, b Own) int {
		return cmp.Or(cmp.Compare(a.Purpose, b.Purpose), cmp.Compare(a.Use, b.Use), cmp.Compare(b.Version, a.Version), boolOrder(a.Retired, b.Retired))
	})
	// A crash amid a retirement leaves both halves of one version: the whole key comes first then.
	return slices.CompactFunc(all, func(a, b Own) bool { return a.String() == b.String() }), err
}

func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// Owned lists every version of the ring's own keys by purpose and use, newest first.
func (r *Ring) Owned() ([]Own, error) {
	all, err := r.owned("")
	if err != nil {
		return nil, fmt.Errorf("listing the ring's own keys: %w", err)
	}
	return all, nil
}

// Rotate draws a new version of every use that a purpose has, and returns the new ones. What was made under
// the old versions is still recognised, opened and verified until they are retired. ErrNoKey: the ring has
// no key for the purpose.
func (r *Ring) Rotate(purpose string) ([]Own, error) {
	var drawn []Own
	for _, use := range []Use{ForMAC, ForSeal, ForSign} {
		versions, err := r.find(purpose, use)
		if err != nil {
			return drawn, ofPurpose(purpose, err)
		}
		if len(versions) == 0 {
			continue
		}
		next := Own{Purpose: purpose, Use: use, Version: versions[0].Version + 1}
		if err := r.keeper.draw(next); err != nil {
			return drawn, ofPurpose(purpose, err)
		}
		drawn = append(drawn, next)
	}
	if len(drawn) == 0 {
		return nil, ofPurpose(purpose, ErrNoKey)
	}
	return drawn, nil
}

// Retire destroys every version of a purpose but the newest of each use, and returns what it destroyed. Of
// keys for signing the public half stays.
func (r *Ring) Retire(purpose string) ([]Own, error) {
	var gone []Own
	for _, use := range []Use{ForMAC, ForSeal, ForSign} {
		versions, err := r.find(purpose, use)
		if err != nil {
			return gone, ofPurpose(purpose, err)
		}
		for _, o := range versions[min(1, len(versions)):] {
			if o.Retired {
				continue
			}
			if err := r.keeper.retire(o); err != nil {
				return gone, ofPurpose(purpose, err)
			}
			gone = append(gone, o)
		}
	}
	return gone, nil
}

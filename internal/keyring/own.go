package keyring

import (
	"cmp"
	"crypto"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
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
	// Public is the public half of a key for signing, otherwise nil.
	Public ed25519.PublicKey
}

// String is "<purpose>.<use>.<version>".
func (o Own) String() string { return fmt.Sprintf("%s.%s.%d", o.Purpose, o.Use, o.Version) }

var (
	purposeForm = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)
	ownForm     = regexp.MustCompile(`^([a-z][a-z0-9-]{0,39})\.(mac|seal|sign)\.([1-9]\d{0,4})$`)
)

// MAC is the HMAC-SHA-256 of a message under the newest of the ring's keys for a purpose such as
// "set-up-links". Like every key of the ring's own, it is drawn at the first call of any process.
func (r *Ring) MAC(purpose string, message []byte) ([]byte, error) {
	all, err := r.MACs(purpose, message)
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// MACs are the HMACs of a message under every version of the key for a purpose, newest first: what was made
// before a rotation is still recognised until its version is retired.
func (r *Ring) MACs(purpose string, message []byte) ([][]byte, error) {
	var all [][]byte
	versions, err := r.versions(purpose, ForMAC)
	for _, o := range versions {
		var key []byte
		if key, err = readKey(r.ownFile(o)); err != nil {
			break
		}
		h := hmac.New(sha256.New, key)
		h.Write(message) // never fails
		all = append(all, h.Sum(nil))
	}
	if err != nil {
		return nil, fmt.Errorf("the ring's key for %q: %w", purpose, err)
	}
	return all, nil
}

// versionBytes is the length of the version's number before what SealFor made.
const versionBytes = 2

// SealFor encrypts under the newest of the ring's keys for a purpose: AES-256-GCM, with about
// authenticated, the number of the key's version before it.
func (r *Ring) SealFor(purpose string, plain, about []byte) ([]byte, error) {
	sealed, err := r.sealFor(purpose, plain, about)
	if err != nil {
		return nil, fmt.Errorf("sealing for %q: %w", purpose, err)
	}
	return sealed, nil
}

func (r *Ring) sealFor(purpose string, plain, about []byte) ([]byte, error) {
	versions, err := r.versions(purpose, ForSeal)
	if err != nil {
		return nil, err
	}
	key, err := readKey(r.ownFile(versions[0]))
	if err != nil {
		return nil, err
	}
	sealed, err := secret.Seal(rand.Reader, key, string(about), string(plain))
	if err != nil {
		return nil, err
	}
	return append(binary.BigEndian.AppendUint16(nil, uint16(versions[0].Version)), sealed...), nil
}

// OpenFor decrypts what SealFor made, under whichever version it was; ErrNoKey when that version is
// retired, secret.ErrSealed when purpose, about or bytes are not those of SealFor.
func (r *Ring) OpenFor(purpose string, sealed, about []byte) ([]byte, error) {
	plain, err := r.openFor(purpose, sealed, about)
	if err != nil {
		return nil, fmt.Errorf("opening what was sealed for %q: %w", purpose, err)
	}
	return []byte(plain), nil
}

func (r *Ring) openFor(purpose string, sealed, about []byte) (string, error) {
	if len(sealed) < versionBytes {
		return "", secret.ErrSealed
	}
	versions, err := r.versions(purpose, ForSeal)
	if err != nil {
		return "", err
	}
	number := int(binary.BigEndian.Uint16(sealed))
	i := slices.IndexFunc(versions, func(o Own) bool { return o.Version == number })
	if i < 0 {
		return "", ErrNoKey
	}
	key, err := readKey(r.ownFile(versions[i]))
	if err != nil {
		return "", err
	}
	return secret.Open(key, string(about), sealed[versionBytes:])
}

// SealedBefore says that something was sealed for a purpose under a version that is not the newest.
func (r *Ring) SealedBefore(purpose string, sealed []byte) (bool, error) {
	versions, err := r.versions(purpose, ForSeal)
	if err != nil {
		return false, fmt.Errorf("the ring's key for %q: %w", purpose, err)
	}
	return len(sealed) < versionBytes || int(binary.BigEndian.Uint16(sealed)) != versions[0].Version, nil
}

// Signer is the newest of the ring's Ed25519 keys for a purpose.
func (r *Ring) Signer(purpose string) (crypto.Signer, error) {
	versions, err := r.versions(purpose, ForSign)
	var seed []byte
	if err == nil {
		seed, err = readKey(r.ownFile(versions[0]))
	}
	if err != nil {
		return nil, fmt.Errorf("the ring's signing key for %q: %w", purpose, err)
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// Signers are all the ring's signing keys for a purpose, newest first, with the public half.
func (r *Ring) Signers(purpose string) ([]Own, error) {
	versions, err := r.versions(purpose, ForSign)
	if err != nil {
		return nil, fmt.Errorf("the ring's signing keys for %q: %w", purpose, err)
	}
	return versions, nil
}

// ownFile is where a version lies. The first version for MACs has no suffix.
func (r *Ring) ownFile(o Own) string {
	if o.Use == ForMAC && o.Version == 1 {
		return filepath.Join(r.own(), o.Purpose)
	}
	return filepath.Join(r.own(), o.String())
}

// versions are the versions there are, newest first; the first is drawn if there is none.
func (r *Ring) versions(purpose string, use Use) ([]Own, error) {
	if !purposeForm.MatchString(purpose) {
		return nil, ErrName
	}
	if err := r.present(); err != nil {
		return nil, err
	}
	found, err := r.find(purpose, use)
	if err != nil || len(found) > 0 {
		return found, err
	}
	if err := r.putOnce(r.ownFile(Own{Purpose: purpose, Use: use, Version: 1}), newKey()); err != nil {
		return nil, err
	}
	return r.find(purpose, use)
}

// find are the versions of a purpose and a use, newest first.
func (r *Ring) find(purpose string, use Use) ([]Own, error) {
	files, err := os.ReadDir(r.own())
	if err != nil {
		return nil, err
	}
	var found []Own
	for _, f := range files {
		o, ok := ownOf(f.Name())
		if !ok || o.Purpose != purpose || o.Use != use {
			continue
		}
		if o, err = r.described(o, f); err != nil {
			return nil, err
		}
		found = append(found, o)
	}
	slices.SortFunc(found, func(a, b Own) int { return cmp.Compare(b.Version, a.Version) })
	return found, nil
}

func ownOf(file string) (Own, bool) {
	if purposeForm.MatchString(file) {
		return Own{Purpose: file, Use: ForMAC, Version: 1}, true
	}
	parts := ownForm.FindStringSubmatch(file)
	if parts == nil {
		return Own{}, false
	}
	version, err := strconv.Atoi(parts[3])
	return Own{Purpose: parts[1], Use: Use(parts[2]), Version: version}, err == nil && !strings.HasSuffix(file, ".mac.1")
}

func (r *Ring) described(o Own, f fs.DirEntry) (Own, error) {
	info, err := f.Info()
	if err != nil {
		return o, err
	}
	o.Created = info.ModTime().UTC()
	if o.Use != ForSign {
		return o, nil
	}
	seed, err := readKey(r.ownFile(o))
	if err != nil {
		return o, err
	}
	public, ok := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	if !ok {
		return o, errors.New("no Ed25519 key")
	}
	o.Public = public
	return o, nil
}

//go:build cgo

package keyring

import (
	"crypto"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/miekg/pkcs11"
)

// What PKCS#11 3.0 added and the binding does not name.
const (
	edwardsKeyPairGen = 0x1055
	edDSA             = 0x1057
	edwardsKey        = 0x40
)

// ed25519Curve is the OID 1.3.101.112 in DER.
var ed25519Curve = []byte{0x06, 0x03, 0x2b, 0x65, 0x70}

func ownLabel(o Own) string { return o.String() + "@" + string(instant(o.Created)) }

func ownOfLabel(label string) (Own, bool) {
	name, at, _ := strings.Cut(label, "@")
	o, ok := parseOwn(name)
	made, dated := parseInstant(at)
	o.Created = made
	return o, ok && dated
}

func (t *token) owned(purpose string) (found []Own, err error) {
	of := func(class uint) attributes {
		if purpose == "" {
			return attributes{pkcs11.CKA_CLASS: class}
		}
		return attributes{pkcs11.CKA_CLASS: class, pkcs11.CKA_ID: purpose}
	}
	err = t.do(func(s session) error {
		found = nil
		living := map[string]bool{}
		err := s.each(of(pkcs11.CKO_SECRET_KEY), func(label, _ string) {
			if o, ok := ownOfLabel(label); ok {
				found = append(found, o)
			}
		})
		if err != nil {
			return err
		}
		if err := s.each(of(pkcs11.CKO_PRIVATE_KEY), func(label, _ string) { living[label] = true }); err != nil {
			return err
		}
		pairs, err := s.find(of(pkcs11.CKO_PUBLIC_KEY))
		for _, object := range pairs {
			o, ours, failed := s.pair(object)
			if o.Retired = !living[ownLabel(o)]; failed == nil && ours {
				found = append(found, o)
			}
			err = errors.Join(err, failed)
		}
		return err
	})
	return found, err
}

// pair describes a public key, if it is of the ring's own keys.
func (s session) pair(object pkcs11.ObjectHandle) (o Own, ours bool, err error) {
	label, err := s.text(object, pkcs11.CKA_LABEL)
	if err != nil {
		return o, false, err
	}
	if o, ours = ownOfLabel(label); !ours {
		return o, false, nil
	}
	point, err := s.text(object, pkcs11.CKA_EC_POINT)
	if err != nil {
		return o, false, err
	}
	// The point is 32 bytes, in an OCTET STRING or not.
	if point = strings.TrimPrefix(point, "\x04\x20"); len(point) != ed25519.PublicKeySize {
		return o, false, fmt.Errorf("the public key %s: %w", label, ErrDamaged)
	}
	o.Public = ed25519.PublicKey(point)
	return o, true, nil
}

func (t *token) draw(o Own) error {
	return t.locked(func() error {
		there, err := t.owned(o.Purpose)
		if err != nil || slices.ContainsFunc(there, func(other Own) bool { return other.String() == o.String() }) {
			return err
		}
		o.Created = time.Now()
		return t.make(ownLabel(o), func(s session) error { return s.draw(o) })
	})
}

func (s session) draw(o Own) error {
	label := ownLabel(o)
	switch o.Use {
	case ForSeal:
		return s.generate(pkcs11.CKM_AES_KEY_GEN, sealingTemplate(label, o.Purpose))
	case ForMAC:
		return s.generate(pkcs11.CKM_GENERIC_SECRET_KEY_GEN, attributes{
			pkcs11.CKA_CLASS: pkcs11.CKO_SECRET_KEY, pkcs11.CKA_KEY_TYPE: pkcs11.CKK_GENERIC_SECRET, pkcs11.CKA_VALUE_LEN: KeySize,
			pkcs11.CKA_LABEL: label, pkcs11.CKA_ID: o.Purpose, pkcs11.CKA_TOKEN: true, pkcs11.CKA_PRIVATE: true,
			pkcs11.CKA_SENSITIVE: true, pkcs11.CKA_EXTRACTABLE: false, pkcs11.CKA_SIGN: true, pkcs11.CKA_VERIFY: true,
		})
	}
	public := attributes{
		pkcs11.CKA_CLASS: pkcs11.CKO_PUBLIC_KEY, pkcs11.CKA_KEY_TYPE: edwardsKey, pkcs11.CKA_LABEL: label, pkcs11.CKA_ID: o.Purpose,
		pkcs11.CKA_TOKEN: true, pkcs11.CKA_VERIFY: true, pkcs11.CKA_EC_PARAMS: ed25519Curve,
	}
	private := attributes{
		pkcs11.CKA_CLASS: pkcs11.CKO_PRIVATE_KEY, pkcs11.CKA_KEY_TYPE: edwardsKey, pkcs11.CKA_LABEL: label, pkcs11.CKA_ID: o.Purpose,
		pkcs11.CKA_TOKEN: true, pkcs11.CKA_PRIVATE: true, pkcs11.CKA_SENSITIVE: true, pkcs11.CKA_EXTRACTABLE: false, pkcs11.CKA_SIGN: true,
	}
	if _, _, err := s.lib.GenerateKeyPair(s.handle, mechanism(edwardsKeyPairGen), public.list(), private.list()); err != nil {
		return fmt.Errorf("generating an Ed25519 key: %w", err)
	}
	return nil
}

func (t *token) mac(o Own, message []byte) (mac []byte, err error) {
	return t.signed(pkcs11.CKO_SECRET_KEY, o, pkcs11.CKM_SHA256_HMAC, message)
}

func (t *token) signed(class uint, o Own, how uint, message []byte) (made []byte, err error) {
	err = t.do(func(s session) error {
		key, err := s.one(attributes{pkcs11.CKA_CLASS: class, pkcs11.CKA_LABEL: ownLabel(o)})
		if err != nil {
			return err
		}
		made, err = s.sign(key, how, message)
		return err
	})
	return made, err
}

func (t *token) sealing(o Own) (Key, error) { return &tokenKey{t, ownLabel(o)}, nil }

// A tokenSigner is an Ed25519 key that stays in its token.
type tokenSigner struct {
	t *token
	o Own
}

func (t *token) signer(o Own) (crypto.Signer, error) {
	if o.Retired {
		return nil, ErrNoKey
	}
	return &tokenSigner{t, o}, nil
}

// Public is the public half.
func (s *tokenSigner) Public() crypto.PublicKey { return s.o.Public }

// Sign signs a message, which must not be hashed before.
func (s *tokenSigner) Sign(_ io.Reader, message []byte, opts crypto.SignerOpts) ([]byte, error) {
	if opts.HashFunc() != crypto.Hash(0) {
		return nil, errHashed
	}
	signature, err := s.t.signed(pkcs11.CKO_PRIVATE_KEY, s.o, edDSA, message)
	if err != nil {
		return nil, fmt.Errorf("signing in the token with %s: %w", s.o, err)
	}
	return signature, nil
}

// retire destroys the secret or private object; the public one has another class.
func (t *token) retire(o Own) error {
	class := uint(pkcs11.CKO_SECRET_KEY)
	if o.Use == ForSign {
		class = pkcs11.CKO_PRIVATE_KEY
	}
	return t.destroyAll(attributes{pkcs11.CKA_CLASS: class, pkcs11.CKA_LABEL: ownLabel(o)})
}

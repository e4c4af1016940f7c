//go:build cgo

package keyring

import (
	"crypto/rand"
	"fmt"
	"strconv"
	"time"

	"github.com/miekg/pkcs11"

	"uketsuke/internal/secret"
)

// A tokenKey is an AES key that stays in its token.
type tokenKey struct {
	t     *token
	label string
}

func (k *tokenKey) itself() attributes { return keyLabelled(k.label) }

func keyLabelled(label string) attributes {
	return attributes{pkcs11.CKA_CLASS: pkcs11.CKO_SECRET_KEY, pkcs11.CKA_KEY_TYPE: pkcs11.CKK_AES, pkcs11.CKA_LABEL: label}
}

// sealingTemplate is an AES-256 key that nobody can read out.
func sealingTemplate(label, id string) attributes {
	return attributes{
		pkcs11.CKA_CLASS: pkcs11.CKO_SECRET_KEY, pkcs11.CKA_KEY_TYPE: pkcs11.CKK_AES, pkcs11.CKA_VALUE_LEN: KeySize,
		pkcs11.CKA_LABEL: label, pkcs11.CKA_ID: id, pkcs11.CKA_TOKEN: true, pkcs11.CKA_PRIVATE: true,
		pkcs11.CKA_SENSITIVE: true, pkcs11.CKA_EXTRACTABLE: false, pkcs11.CKA_ENCRYPT: true, pkcs11.CKA_DECRYPT: true,
	}
}

// The parts of what secret.Seal makes, in bytes.
const (
	nonceSize = 12
	tagSize   = 16
)

// Seal seals in the token, in the form of secret.Seal. A token that insists on a nonce of its own (FIPS
// 140-3) writes it over ours.
func (k *tokenKey) Seal(place string, clear []byte) (sealed []byte, err error) {
	nonce := make([]byte, nonceSize)
	rand.Read(nonce)
	err = k.t.do(func(s session) error {
		object, err := s.one(k.itself())
		if err != nil {
			return err
		}
		params := pkcs11.NewGCMParams(nonce, []byte(place), tagSize*8)
		defer params.Free()
		ciphertext, err := s.encrypt(object, pkcs11.NewMechanism(pkcs11.CKM_AES_GCM, params), clear)
		if err != nil {
			return err
		}
		used := params.IV()
		if len(used) != nonceSize {
			return fmt.Errorf("the token used a nonce of %d bytes", len(used))
		}
		sealed = append(used, ciphertext...)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("sealing in the token: %w", err)
	}
	return sealed, nil
}

// Open opens what Seal made, here or in a directory.
func (k *tokenKey) Open(place string, sealed []byte) ([]byte, error) {
	if len(sealed) < nonceSize+tagSize {
		return nil, fmt.Errorf("opening %d bytes: %w", len(sealed), secret.ErrSealed)
	}
	var clear []byte
	err := k.t.do(func(s session) error {
		object, err := s.one(k.itself())
		if err != nil {
			return err
		}
		params := pkcs11.NewGCMParams(sealed[:nonceSize], []byte(place), tagSize*8)
		defer params.Free()
		clear, err = s.decrypt(object, pkcs11.NewMechanism(pkcs11.CKM_AES_GCM, params), sealed[nonceSize:])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("opening in the token: %w", err)
	}
	return clear, nil
}

// Forget has nothing to do: the key has never left the token.
func (k *tokenKey) Forget() {}

func instant(at time.Time) []byte { return strconv.AppendInt(nil, at.UnixMicro(), 10) }

func parseInstant(s string) (time.Time, bool) {
	micros, err := strconv.ParseInt(s, 10, 64)
	return time.UnixMicro(micros).UTC(), err == nil
}

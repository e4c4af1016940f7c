//go:build cgo

package keyring

import (
	"errors"
	"fmt"

	"github.com/miekg/pkcs11"

	"uketsuke/internal/secret"
)

// A session is one conversation with a token, used by one goroutine at a time.
type session struct {
	lib    *pkcs11.Ctx
	handle pkcs11.SessionHandle
}

// attributes are what an object is, or what is looked for.
type attributes map[uint]any

func (a attributes) list() []*pkcs11.Attribute {
	var all []*pkcs11.Attribute
	for kind, value := range a {
		all = append(all, pkcs11.NewAttribute(kind, value))
	}
	return all
}

func mechanism(kind uint) []*pkcs11.Mechanism {
	return []*pkcs11.Mechanism{pkcs11.NewMechanism(kind, nil)}
}

// find are the objects in the token that are as said.
func (s session) find(of attributes) ([]pkcs11.ObjectHandle, error) {
	wanted := append(of.list(), pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true))
	if err := s.lib.FindObjectsInit(s.handle, wanted); err != nil {
		return nil, fmt.Errorf("looking for objects: %w", err)
	}
	var all []pkcs11.ObjectHandle
	for {
		some, _, err := s.lib.FindObjects(s.handle, 100)
		if err != nil || len(some) == 0 {
			return all, errors.Join(err, s.lib.FindObjectsFinal(s.handle))
		}
		all = append(all, some...)
	}
}

// one is the one object that is as said; ErrNoKey without one.
func (s session) one(of attributes) (pkcs11.ObjectHandle, error) {
	all, err := s.find(of)
	switch {
	case err != nil:
		return 0, err
	case len(all) == 0:
		return 0, ErrNoKey
	case len(all) > 1:
		return 0, fmt.Errorf("%d objects where there must be one: %w", len(all), ErrDamaged)
	}
	return all[0], nil
}

func (s session) text(object pkcs11.ObjectHandle, kind uint) (string, error) {
	values, err := s.lib.GetAttributeValue(s.handle, object, []*pkcs11.Attribute{pkcs11.NewAttribute(kind, nil)})
	if err != nil {
		return "", fmt.Errorf("reading an object: %w", err)
	}
	return string(values[0].Value), nil
}

// each tells label and id of every object that is as said; one that goes meanwhile is left out.
func (s session) each(of attributes, tell func(label, id string)) error {
	all, err := s.find(of)
	for _, object := range all {
		label, labelErr := s.text(object, pkcs11.CKA_LABEL)
		id, idErr := s.text(object, pkcs11.CKA_ID)
		switch failed := errors.Join(labelErr, idErr); {
		case failed == nil:
			tell(label, id)
		case !is(failed, pkcs11.CKR_OBJECT_HANDLE_INVALID):
			err = errors.Join(err, failed)
		}
	}
	return err
}

func (s session) create(what attributes) error {
	if _, err := s.lib.CreateObject(s.handle, what.list()); err != nil {
		return fmt.Errorf("making an object: %w", err)
	}
	return nil
}

func (s session) generate(kind uint, what attributes) error {
	if _, err := s.lib.GenerateKey(s.handle, mechanism(kind), what.list()); err != nil {
		return fmt.Errorf("generating a key: %w", err)
	}
	return nil
}

// destroy destroys an object; one that is gone is no error.
func (s session) destroy(object pkcs11.ObjectHandle) error {
	err := s.lib.DestroyObject(s.handle, object)
	if err != nil && !is(err, pkcs11.CKR_OBJECT_HANDLE_INVALID) {
		return fmt.Errorf("destroying an object: %w", err)
	}
	return nil
}

func (s session) encrypt(key pkcs11.ObjectHandle, how *pkcs11.Mechanism, clear []byte) ([]byte, error) {
	if err := s.lib.EncryptInit(s.handle, []*pkcs11.Mechanism{how}, key); err != nil {
		return nil, err
	}
	return s.lib.Encrypt(s.handle, clear)
}

// decrypt says secret.ErrSealed when the bytes are at fault. Tokens answer that with various errors, so every
// one that is not known to be about the connection counts.
func (s session) decrypt(key pkcs11.ObjectHandle, how *pkcs11.Mechanism, sealed []byte) ([]byte, error) {
	if err := s.lib.DecryptInit(s.handle, []*pkcs11.Mechanism{how}, key); err != nil {
		return nil, err
	}
	clear, err := s.lib.Decrypt(s.handle, sealed)
	if err != nil && (!lost(err) || is(err, pkcs11.CKR_GENERAL_ERROR)) {
		return nil, fmt.Errorf("%w: %v", secret.ErrSealed, err)
	}
	return clear, err
}

func (s session) sign(key pkcs11.ObjectHandle, kind uint, message []byte) ([]byte, error) {
	if err := s.lib.SignInit(s.handle, mechanism(kind), key); err != nil {
		return nil, err
	}
	return s.lib.Sign(s.handle, message)
}

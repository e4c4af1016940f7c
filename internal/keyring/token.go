//go:build cgo

package keyring

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/miekg/pkcs11"
)

// A token keeps a ring in an HSM, as objects that never leave it:
//
//	data object "ring.id"                  its value is the ring's id
//	data object "installation"             its value is the name of the ring's installation
//	AES key, label = Name                  the key of one attempt at an approval
//	AES key, label = Name + "@aside"       one that is set aside
//	secret key or key pair, id = purpose,  a version of one of the ring's own keys
//	  label = "<purpose>.<use>.<version>@<instant>"
//
// The id of an AES key is the instant of its making, and "@<day>" behind it when it was set aside. Instants are
// microseconds since 1970.
type token struct {
	*connection
	id string
	// lockFile is locked while something is made that must be made once: PKCS#11 has no way to say so.
	lockFile string
}

const (
	ringLabel         = "ring.id"
	installationLabel = "installation"
	application       = "uketsuke"
)

func openToken(at tokenPlace, dir string) (*Ring, error) {
	t := &token{connection: newConnection(at), lockFile: filepath.Join(dir, "ring.lock")}
	err := t.locked(func() error {
		id, err := t.readID()
		if errors.Is(err, ErrNoKey) {
			id = newID()
			err = t.do(func(s session) error { return s.write(ringLabel, id) })
		}
		t.id = id
		return err
	})
	if err != nil {
		return nil, errors.Join(err, t.close())
	}
	return &Ring{keeper: t, id: t.id, ledger: dir}, nil
}

// locked does something while no other process that shares the ring's directory does.
func (t *token) locked(do func() error) error {
	f, err := os.OpenFile(t.lockFile, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	if err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err == nil {
		err = do()
	}
	return errors.Join(err, f.Close()) // closing unlocks
}

func (t *token) readID() (id string, err error) {
	err = t.do(func(s session) (err error) {
		id, err = s.ringID()
		return err
	})
	if err == nil && !idForm.MatchString(id) {
		err = fmt.Errorf("ring.id: %w", ErrDamaged)
	}
	return id, err
}

func (s session) ringID() (string, error) { return s.written(ringLabel) }

// write makes a data object that nobody can change; written is the value of one, ErrNoKey without it.
func (s session) write(label, value string) error {
	return s.create(attributes{pkcs11.CKA_CLASS: pkcs11.CKO_DATA, pkcs11.CKA_TOKEN: true, pkcs11.CKA_PRIVATE: true,
		pkcs11.CKA_MODIFIABLE: false, pkcs11.CKA_LABEL: label, pkcs11.CKA_APPLICATION: application, pkcs11.CKA_VALUE: value})
}

func (s session) written(label string) (string, error) {
	object, err := s.one(attributes{pkcs11.CKA_CLASS: pkcs11.CKO_DATA, pkcs11.CKA_LABEL: label})
	if err != nil {
		return "", err
	}
	return s.text(object, pkcs11.CKA_VALUE)
}

// present asks anew over a new connection when the ring's id is not found: a library may go on answering, of
// nothing, for a token that is away.
func (t *token) present() error {
	var id string
	err := t.do(func(s session) (err error) {
		if id, err = s.ringID(); errors.Is(err, ErrNoKey) {
			err = errNotConnected
		}
		return err
	})
	if err == nil && id == t.id {
		return nil
	}
	return fmt.Errorf("token %s: %w", t.at.label, errors.Join(ErrRingGone, err))
}

// probe is content with a token that answers: an object made and destroyed every few seconds would wear it out.
func (t *token) probe() error { return t.present() }

// A token is there whole or not at all; what somebody deletes in it by hand is not noticed.
func (t *token) vouched() bool      { return true }
func (t *token) vouch() error       { return nil }
func (t *token) whole(string) error { return nil }

func (t *token) create(n Name) (Key, error) {
	k := &tokenKey{t, string(n)}
	err := t.make(string(n), func(s session) error {
		return s.generate(pkcs11.CKM_AES_KEY_GEN, sealingTemplate(string(n), string(instant(time.Now()))))
	})
	if err != nil {
		return nil, err
	}
	return k, nil
}

// make generates something under a label that is new. A token may fail at it in passing, and nobody knows then
// what it made: that is destroyed, and it is asked again.
func (t *token) make(label string, generate func(session) error) error {
	var err error
	for range 3 {
		if err = t.once(generate); err == nil || !lost(err) {
			return err
		}
		if left := t.destroyAll(attributes{pkcs11.CKA_LABEL: label}); left != nil {
			return errors.Join(err, left)
		}
	}
	return err
}

func (t *token) key(n Name) (Key, error) {
	k := &tokenKey{t, string(n)}
	find := func(s session) error {
		_, err := s.one(k.itself())
		return err
	}
	err := t.do(find)
	if errors.Is(err, ErrNoKey) {
		if err = t.present(); err == nil {
			err = t.do(find)
		}
	}
	if err != nil {
		return nil, err
	}
	return k, nil
}

func (t *token) destroy(n Name) error {
	return errors.Join(t.destroyAll(keyLabelled(string(n))), t.destroyAll(keyLabelled(asideLabel(n))))
}

func (t *token) destroyAll(of attributes) error {
	return t.do(func(s session) error {
		objects, err := s.find(of)
		for _, object := range objects {
			err = errors.Join(err, s.destroy(object))
		}
		return err
	})
}

func (t *token) look() (keys []Entry, strangers []error, err error) {
	if err := t.present(); err != nil {
		return nil, nil, err
	}
	err = t.do(func(s session) error {
		keys, strangers = nil, nil
		return s.each(attributes{pkcs11.CKA_CLASS: pkcs11.CKO_SECRET_KEY}, func(label, id string) {
			e, ok := entryLabelled(label, id)
			switch _, own := ownOfLabel(label); {
			case own:
			case !ok:
				strangers = append(strangers, fmt.Errorf("secret key %q: %w", label, ErrStranger))
			default:
				keys = append(keys, e)
			}
		})
	})
	return keys, strangers, err
}

// tidy has nothing to do: an object is there wholly or not at all.
func (t *token) tidy(time.Time) error { return nil }

//go:build cgo

package keyring

import (
	"errors"
	"fmt"
	"strings"

	"github.com/miekg/pkcs11"

	"uketsuke/internal/calendar"
)

// asideEnd ends the label of a key that is set aside, so that nobody finds it by its name.
const asideEnd = "@aside"

func asideLabel(n Name) string { return string(n) + asideEnd }

// entryLabelled reads label and id of the key of an approval.
func entryLabelled(label, id string) (Entry, bool) {
	name, set := strings.CutSuffix(label, asideEnd)
	at, on, dated := strings.Cut(id, "@")
	last, err := Name(name).LastDay()
	made, ok := parseInstant(at)
	e := Entry{Name: Name(name), LastDay: last, Created: made}
	if set && dated {
		var odd error
		e.Aside, odd = calendar.ParseDate(on)
		err = errors.Join(err, odd)
	}
	return e, ok && set == dated && err == nil
}

func (t *token) setAside(n Name, on calendar.Date) error {
	return t.relabel(string(n), asideLabel(n), func(id string) string { return id + "@" + on.String() })
}

func (t *token) bringBack(e Entry) error {
	return t.relabel(asideLabel(e.Name), string(e.Name), func(id string) string {
		made, _, _ := strings.Cut(id, "@")
		return made
	})
}

// relabel gives a key another label and id, in one call. One that is gone was relabelled or destroyed by another
// process.
func (t *token) relabel(from, to string, newID func(string) string) error {
	return t.do(func(s session) error {
		object, err := s.one(keyLabelled(from))
		if errors.Is(err, ErrNoKey) {
			return nil
		}
		if err != nil {
			return err
		}
		id, err := s.text(object, pkcs11.CKA_ID)
		if err != nil {
			return err
		}
		changed := attributes{pkcs11.CKA_LABEL: to, pkcs11.CKA_ID: newID(id)}
		if err := s.lib.SetAttributeValue(s.handle, object, changed.list()); err != nil {
			return fmt.Errorf("relabelling %s: %w", from, err)
		}
		return nil
	})
}

func (t *token) installation() (name string, err error) {
	err = t.do(func(s session) (err error) {
		name, err = s.written(installationLabel)
		return err
	})
	if errors.Is(err, ErrNoKey) {
		return "", nil
	}
	if err == nil && !idForm.MatchString(name) {
		err = ErrDamaged
	}
	return name, err
}

func (t *token) belong(name string) error {
	return t.locked(func() error {
		known, err := t.installation()
		if err != nil || known != "" {
			return err
		}
		return t.do(func(s session) error { return s.write(installationLabel, name) })
	})
}

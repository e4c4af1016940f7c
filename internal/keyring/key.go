package keyring

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"regexp"

	"uketsuke/internal/calendar"
)

// A Name names one key: "<last reading day>/<application>-<random>". It is no secret.
type Name string

var (
	nameForm        = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})/([0-9A-Za-z_-]{1,64})-[0-9a-f]{32}$`)
	applicationForm = regexp.MustCompile(`^[0-9A-Za-z_-]{1,64}$`)
)

// LastDay is the last reading day in the name, ErrName if it is not a name of a key.
func (n Name) LastDay() (calendar.Date, error) {
	parts := nameForm.FindStringSubmatch(string(n))
	if parts == nil {
		return calendar.Date{}, fmt.Errorf("%q: %w", string(n), ErrName)
	}
	day, err := calendar.ParseDate(parts[1])
	if err != nil {
		return calendar.Date{}, fmt.Errorf("%q: %w (%w)", string(n), ErrName, err)
	}
	return day, nil
}

// Application is the application in the name, "" if it is not a name of a key.
func (n Name) Application() string {
	parts := nameForm.FindStringSubmatch(string(n))
	if parts == nil {
		return ""
	}
	return parts[2]
}

// A Key seals and opens, bound to a place (secret.Place). What one kind of ring sealed has the form of
// secret.Seal, whichever kind it was. Nobody outside the ring sees its bytes.
type Key interface {
	Seal(place string, clear []byte) ([]byte, error)
	// Open fails with secret.ErrSealed when key, place or bytes are not those of Seal. The caller forgets what was opened.
	Open(place string, sealed []byte) ([]byte, error)
	// Forget overwrites what this process knows of the key, which seals and opens nothing any more. The key in the ring stays.
	Forget()
}

// Create makes a key for one attempt at an approval. When it returns, the key is kept: the transaction that
// names it may begin. An attempt that fails leaves its key to Sweep, or destroys it. The caller forgets the key.
func (r *Ring) Create(lastDay calendar.Date, application string) (Name, Key, error) {
	name, key, err := r.create(lastDay, application)
	if err != nil {
		return "", nil, fmt.Errorf("creating the key of application %q: %w", application, err)
	}
	return name, key, nil
}

func (r *Ring) create(lastDay calendar.Date, application string) (Name, Key, error) {
	if !applicationForm.MatchString(application) || lastDay.IsZero() {
		return "", nil, ErrName
	}
	suffix := make([]byte, 16)
	rand.Read(suffix)
	name := Name(lastDay.String() + "/" + application + "-" + hex.EncodeToString(suffix))
	if _, err := name.LastDay(); err != nil {
		return "", nil, err
	}
	if err := r.keeper.present(); err != nil {
		return "", nil, err
	}
	key, err := r.keeper.create(name)
	return name, key, err
}

// Has says whether a key can be used: nil, or what Key says.
func (r *Ring) Has(n Name) error {
	key, err := r.Key(n)
	if err == nil {
		key.Forget()
	}
	return err
}

// Key finds a key, which the caller forgets. ErrNoKey means that the ring is there and the key is destroyed.
func (r *Ring) Key(n Name) (Key, error) {
	if _, err := n.LastDay(); err != nil {
		return nil, fmt.Errorf("reading the key %w", err)
	}
	key, err := r.keeper.key(n)
	if err != nil {
		return nil, fmt.Errorf("reading the key %s: %w", n, err)
	}
	return key, nil
}

// Destroy destroys a key for good, also one that is set aside. A key that is gone already is no error.
func (r *Ring) Destroy(n Name) error {
	if _, err := n.LastDay(); err != nil {
		return fmt.Errorf("destroying the key %w", err)
	}
	err := r.keeper.present()
	if err == nil {
		err = r.keeper.destroy(n)
	}
	if err != nil {
		return fmt.Errorf("destroying the key %s: %w", n, err)
	}
	return nil
}

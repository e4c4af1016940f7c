package keyring

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"

	"uketsuke/internal/calendar"
)

// A Name names one key: "<last reading day>/<application>-<random>". It is no secret.
type Name string

var (
	nameForm        = regexp.MustCompile(`^(\d{4}-\d{2}-\d{2})/[0-9A-Za-z_-]{1,64}-[0-9a-f]{32}$`)
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
		return calendar.Date{}, fmt.Errorf("%q: %w", string(n), errors.Join(ErrName, err))
	}
	return day, nil
}

// file is the path of a key; only names of the one form become paths, so that none leads elsewhere.
func (r *Ring) file(n Name) (string, error) {
	if _, err := n.LastDay(); err != nil {
		return "", err
	}
	return filepath.Join(r.keys(), filepath.FromSlash(string(n))), nil
}

// Create makes a key for one attempt at an approval and returns its name and its KeySize bytes. When it
// returns, the key is on the disk: the transaction that names it may begin. An attempt that fails leaves
// its key to Sweep, or destroys it.
func (r *Ring) Create(lastDay calendar.Date, application string) (Name, []byte, error) {
	name, key, err := r.create(lastDay, application)
	if err != nil {
		return "", nil, fmt.Errorf("creating the key of application %q: %w", application, err)
	}
	return name, key, nil
}

func (r *Ring) create(lastDay calendar.Date, application string) (Name, []byte, error) {
	if !applicationForm.MatchString(application) || lastDay.IsZero() {
		return "", nil, ErrName
	}
	if err := r.present(); err != nil {
		return "", nil, err
	}
	suffix := make([]byte, 16)
	rand.Read(suffix)
	name := Name(lastDay.String() + "/" + application + "-" + hex.EncodeToString(suffix))
	file, err := r.file(name)
	if err != nil {
		return "", nil, err
	}
	key := newKey()
	if err := writeInDay(file, key); err != nil {
		return "", nil, err
	}
	if err := errors.Join(syncDir(filepath.Dir(file)), syncDir(r.keys())); err != nil {
		return "", nil, errors.Join(err, wipe(file))
	}
	return name, key, nil
}

// writeInDay writes a new key into the directory of its day. Another process may remove that directory,
// when it has become empty, between its making and the key's: then it is made again.
func writeInDay(file string, key []byte) error {
	const attempts = 100
	var err error
	for range attempts {
		if err = os.Mkdir(filepath.Dir(file), 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		if err = writeNew(file, key); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return err
}

// Key reads a key. ErrNoKey means that the ring is there and the key is destroyed.
func (r *Ring) Key(n Name) ([]byte, error) {
	file, err := r.file(n)
	if err != nil {
		return nil, fmt.Errorf("reading the key %w", err)
	}
	key, err := readKey(file)
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrNoKey
		if gone := r.present(); gone != nil {
			err = gone
		}
	}
	if err != nil {
		return nil, fmt.Errorf("reading the key %s: %w", n, err)
	}
	return key, nil
}

// Destroy destroys a key for good: overwritten, synced, unlinked, synced; the directory of its day goes
// with its last key. A key that is gone already is no error.
func (r *Ring) Destroy(n Name) error {
	file, err := r.file(n)
	if err != nil {
		return fmt.Errorf("destroying the key %w", err)
	}
	err = r.present()
	if err == nil {
		err = errors.Join(wipe(file), syncDir(filepath.Dir(file)), r.dropDay(filepath.Dir(file)))
	}
	if err != nil {
		return fmt.Errorf("destroying the key %s: %w", n, err)
	}
	return nil
}

// dropDay removes the directory of a day if it is empty.
func (r *Ring) dropDay(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || len(entries) > 0 {
		return nil
	}
	if err != nil {
		return err
	}
	// A key made meanwhile keeps its directory: not empty counts as ErrExist.
	if err := removeIfThere(dir); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(r.keys())
}

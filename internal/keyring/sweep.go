package keyring

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"uketsuke/internal/calendar"
)

// Grace is how long a key may be named by no row: the time from Create to the commit of the approval's
// transaction.
const Grace = 10 * time.Minute

// ErrStranger: a file among the keys that is no key, such as a copy made by hand. Nothing destroys it by
// itself; somebody has to look.
var ErrStranger = errors.New("not a key, but among the keys")

// An Entry is one key as it lies in the ring.
type Entry struct {
	Name    Name
	LastDay calendar.Date
	// Created is the file's time, UTC, elapsed clock.
	Created time.Time
}

// List returns every key in the ring, in the order of their names. Keys destroyed while it looks may be
// among them or not.
func (r *Ring) List() ([]Entry, error) {
	entries, _, err := r.look()
	if err != nil {
		return nil, fmt.Errorf("listing the keys: %w", err)
	}
	return entries, nil
}

// look returns the keys, and an ErrStranger for each thing beside them.
func (r *Ring) look() (keys []Entry, strangers []error, err error) {
	if err := r.present(); err != nil {
		return nil, nil, err
	}
	days, err := os.ReadDir(r.keys())
	if err != nil {
		return nil, nil, err
	}
	for _, day := range days {
		if !day.IsDir() {
			strangers = append(strangers, fmt.Errorf("keys/%s: %w", day.Name(), ErrStranger))
			continue
		}
		files, err := os.ReadDir(filepath.Join(r.keys(), day.Name()))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, err
		}
		for _, f := range files {
			e, err := entry(day.Name(), f)
			switch {
			case err == nil:
				keys = append(keys, e)
			case !errors.Is(err, fs.ErrNotExist):
				strangers = append(strangers, fmt.Errorf("keys/%s/%s: %w", day.Name(), f.Name(), errors.Join(ErrStranger, err)))
			}
		}
	}
	return keys, strangers, nil
}

func entry(day string, f fs.DirEntry) (Entry, error) {
	name := Name(day + "/" + f.Name())
	last, err := name.LastDay()
	if err != nil {
		return Entry{}, err
	}
	if !f.Type().IsRegular() {
		return Entry{}, ErrName
	}
	info, err := f.Info()
	if err != nil {
		return Entry{}, err
	}
	return Entry{Name: name, LastDay: last, Created: info.ModTime().UTC()}, nil
}

// Sweep destroys what must not be in the ring (R-SEC-6):
//   - every key whose last reading day has ended, named or not: its day is before today, the desk clock's;
//   - every key older than Grace that is not in named, the keys of all living sealed rows: an attempt that
//     failed, an approval made void, a start date that moved.
//
// now is elapsed time. named must have been read after the ring's id was found to be the database's, and
// before Sweep is called. It returns what was destroyed, also beside an error; the error tells keys that
// could not be destroyed and things that are no keys (ErrStranger).
func (r *Ring) Sweep(named map[Name]bool, today calendar.Date, now time.Time) ([]Name, error) {
	keys, problems, err := r.look()
	if err != nil {
		return nil, fmt.Errorf("sweeping the keys: %w", err)
	}
	var destroyed []Name
	for _, k := range keys {
		ended := k.LastDay.Before(today)
		orphan := !named[k.Name] && now.Sub(k.Created) > Grace
		if !ended && !orphan {
			continue
		}
		if err := r.Destroy(k.Name); err != nil {
			problems = append(problems, err)
			continue
		}
		destroyed = append(destroyed, k.Name)
	}
	problems = append(problems, r.dropUnfinished(now))
	if err := errors.Join(problems...); err != nil {
		return destroyed, fmt.Errorf("sweeping the keys: %w", err)
	}
	return destroyed, nil
}

// dropUnfinished unlinks what a crash inside putOnce left. It is not overwritten: it may be a second link
// to the ring's living id or key.
func (r *Ring) dropUnfinished(now time.Time) error {
	files, err := os.ReadDir(r.dir)
	if err != nil {
		return err
	}
	var problems []error
	for _, f := range files {
		if !isUnfinished(f.Name()) {
			continue
		}
		if info, err := f.Info(); err == nil && now.Sub(info.ModTime()) > Grace {
			problems = append(problems, removeIfThere(filepath.Join(r.dir, f.Name())))
		}
	}
	return errors.Join(problems...)
}

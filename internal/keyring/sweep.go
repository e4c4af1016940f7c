package keyring

import (
	"errors"
	"fmt"
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
	// Created is when it was made, UTC, elapsed clock.
	Created time.Time
}

// List returns every key in the ring, in the order of their names. Keys destroyed while it looks may be
// among them or not.
func (r *Ring) List() ([]Entry, error) {
	entries, _, err := r.keeper.look()
	if err != nil {
		return nil, fmt.Errorf("listing the keys: %w", err)
	}
	return entries, nil
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
	keys, problems, err := r.keeper.look()
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
	problems = append(problems, r.keeper.tidy(now))
	if err := errors.Join(problems...); err != nil {
		return destroyed, fmt.Errorf("sweeping the keys: %w", err)
	}
	return destroyed, nil
}

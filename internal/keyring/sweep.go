package keyring

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
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
	// Aside is the day on which it was set aside, zero for a key that is in use.
	Aside calendar.Date
}

// List returns every key in use, in the order of their names. Keys destroyed while it looks may be among them or not.
func (r *Ring) List() ([]Entry, error) {
	return r.list(func(e Entry) bool { return e.Aside.IsZero() })
}

// ListAside returns every key that is set aside, in the order of their names.
func (r *Ring) ListAside() ([]Entry, error) {
	return r.list(func(e Entry) bool { return !e.Aside.IsZero() })
}

func (r *Ring) list(wanted func(Entry) bool) ([]Entry, error) {
	entries, _, err := r.keeper.look()
	if err != nil {
		return nil, fmt.Errorf("listing the keys: %w", err)
	}
	entries = slices.DeleteFunc(entries, func(e Entry) bool { return !wanted(e) })
	slices.SortFunc(entries, func(a, b Entry) int { return cmp.Compare(a.Name, b.Name) })
	return entries, nil
}

// A Sweeping is what decides on the keys of a ring.
type Sweeping struct {
	// Named are the keys of all living sealed rows, read after the database was found to be the ring's.
	Named map[Name]bool
	// Dead says which of some names an act of the database has let go of for good.
	Dead func(names []string) (map[string]bool, error)
	// Today is the desk clock's day, Now is elapsed time.
	Today calendar.Date
	Now   time.Time
}

// A Swept is what a sweep did.
type Swept struct {
	Destroyed, SetAside, BroughtBack []Name
}

// Sweep looks at every key, wherever in the ring it lies (R-SEC-6):
//   - one whose last reading day has ended is destroyed, named or not: its day is before today;
//   - one that is named stays, and comes back if it was set aside;
//   - one that is not named, and that an act has let go of for good, is destroyed: an approval made void, a start date
//     that moved, whose process was killed before it destroyed the key;
//   - any other that is not named and older than Grace is set aside: it is of an attempt that was killed, or the database
//     is the wrong one, or an old one, and a key that is destroyed never comes back.
//
// It returns what it did, also beside an error; the error tells keys that it could not do it to, and things that are
// no keys (ErrStranger).
func (r *Ring) Sweep(s Sweeping) (Swept, error) {
	var done Swept
	keys, problems, err := r.keeper.look()
	if err != nil {
		return done, fmt.Errorf("sweeping the keys: %w", err)
	}
	dead, err := s.dead(keys)
	problems = append(problems, err)
	for _, k := range keys {
		switch s.fate(k, dead) {
		case destroyed:
			done.Destroyed, err = did(done.Destroyed, k, r.Destroy(k.Name))
		case aside:
			done.SetAside, err = did(done.SetAside, k, r.keeper.setAside(k.Name, s.Today))
		case back:
			done.BroughtBack, err = did(done.BroughtBack, k, r.keeper.bringBack(k))
		default:
			continue
		}
		problems = append(problems, err)
	}
	problems = append(problems, r.keeper.tidy(s.Now))
	if err := errors.Join(problems...); err != nil {
		return done, fmt.Errorf("sweeping the keys: %w", err)
	}
	return done, nil
}

func did(done []Name, k Entry, err error) ([]Name, error) {
	if err != nil {
		return done, err
	}
	return append(done, k.Name), nil
}

// A fate is what becomes of a key.
type fate int

const (
	stays fate = iota
	destroyed
	aside
	back
)

// fate decides on one key. dead is nil when nobody could say what the database has let go of: then only what has ended goes.
func (s Sweeping) fate(k Entry, dead map[string]bool) fate {
	set := !k.Aside.IsZero()
	switch {
	case k.LastDay.Before(s.Today):
		return destroyed
	case s.Named[k.Name] && set:
		return back
	case s.Named[k.Name], dead == nil:
		return stays
	case dead[string(k.Name)]:
		return destroyed
	case set, s.young(k):
		return stays
	}
	return aside
}

func (s Sweeping) young(k Entry) bool { return s.Now.Sub(k.Created) <= Grace }

// dead asks about all keys that it depends on.
func (s Sweeping) dead(keys []Entry) (map[string]bool, error) {
	var names []string
	for _, k := range keys {
		if !s.Named[k.Name] && !k.LastDay.Before(s.Today) {
			names = append(names, string(k.Name))
		}
	}
	if len(names) == 0 {
		return map[string]bool{}, nil
	}
	return s.Dead(names)
}

// BringBack brings back what is named and was set aside, and returns it: it is what Sweep does with such keys, for
// whoever must not wait for one.
func (r *Ring) BringBack(named map[Name]bool) ([]Name, error) {
	keys, err := r.ListAside()
	var done []Name
	for _, k := range keys {
		if !named[k.Name] {
			continue
		}
		var failed error
		done, failed = did(done, k, r.keeper.bringBack(k))
		err = errors.Join(err, failed)
	}
	return done, err
}

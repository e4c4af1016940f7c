package keyring_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	. "uketsuke/internal/keyring"
)

func TestList(t *testing.T) {
	r, dir := newRing(t)
	later, _ := create(t, r, day.AddDays(1), "b")
	sooner, _ := create(t, r, day, "a")
	made := time.Date(2024, 12, 2, 1, 0, 0, 0, time.UTC)
	if err := os.Chtimes(filepath.Join(dir, "keys", string(sooner)), made, made); err != nil {
		t.Fatal(err)
	}
	all, err := r.List()
	if err != nil || len(all) != 2 || all[0] != (Entry{Name: sooner, LastDay: day, Created: made}) || all[1].Name != later || all[1].LastDay != day.AddDays(1) {
		t.Errorf("%v, %v", all, err)
	}
}

// letGo is a database whose acts have let go of some keys.
func letGo(some ...Name) func([]string) (map[string]bool, error) {
	return func(asked []string) (map[string]bool, error) {
		dead := map[string]bool{}
		for _, name := range asked {
			dead[name] = slices.Contains(some, Name(name))
		}
		return dead, nil
	}
}

func want(t *testing.T, what string, got, want Swept) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestSweep(t *testing.T) {
	const named, unnamed = true, false
	for _, row := range []struct {
		name  string
		ends  int // last reading day, counted from today
		named bool
		age   time.Duration
		dead  bool
		gone  bool
	}{
		{"R-SEC-6 named and readable", 5, named, 240 * time.Hour, false, false},
		{"R-SEC-6 named, last reading day is today", 0, named, 240 * time.Hour, false, false},
		{"R-SEC-6 named, ended yesterday", -1, named, 240 * time.Hour, false, true},
		{"R-SEC-6 named, ended, just made", -1, named, 0, false, true},
		{"R-SEC-6 let go of by an act", 5, unnamed, Grace + time.Second, true, true},
		{"R-SEC-6 let go of by an act, young", 5, unnamed, time.Second, true, true},
		{"R-SEC-6 let go of, and named all the same", 5, named, Grace + time.Second, true, false},
		{"R-SEC-6 named by no row, older than the grace", 5, unnamed, Grace + time.Second, false, false},
		{"R-SEC-6 named by no row, just at the grace", 5, unnamed, Grace, false, false},
		{"R-SEC-6 an approval under way", 5, unnamed, time.Minute, false, false},
		{"R-SEC-6 made in the future", 5, unnamed, -time.Hour, false, false},
		{"R-SEC-6 named by no row and ended", -1, unnamed, time.Minute, false, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			r, dir := newRing(t)
			today, now := day, time.Date(2024, 12, 12, 3, 0, 0, 0, time.UTC)
			name, _ := create(t, r, today.AddDays(row.ends), "app")
			made := now.Add(-row.age)
			if err := os.Chtimes(filepath.Join(dir, "keys", string(name)), made, made); err != nil {
				t.Fatal(err)
			}
			var dead []Name
			if row.dead {
				dead = append(dead, name)
			}
			done, err := r.Sweep(Sweeping{Named: map[Name]bool{name: row.named}, Dead: letGo(dead...), Today: today, Now: now})
			if err != nil || (len(done.Destroyed) == 1 && done.Destroyed[0] == name) != row.gone || !row.gone && len(done.Destroyed) > 0 {
				t.Errorf("%+v, %v", done, err)
			}
			aside := row.ends >= 0 && !row.named && !row.dead && row.age > Grace
			if (len(done.SetAside) == 1) != aside {
				t.Errorf("set aside: %v", done.SetAside)
			}
			if _, err := r.Key(name); errors.Is(err, ErrNoKey) != (row.gone || aside) {
				t.Errorf("after it: %v", err)
			}
		})
	}
}

// TestSweepTellsOfStrangers: a copy of a key made by hand is told, and does not keep the rest from going.
func TestSweepTellsOfStrangers(t *testing.T) {
	r, dir := newRing(t)
	ended, key := create(t, r, day.AddDays(-1), "app")
	copied := filepath.Join(dir, "keys", string(ended)+"~")
	loose := filepath.Join(dir, "keys", "loose")
	for _, file := range []string{copied, loose} {
		if err := os.WriteFile(file, key, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	done, err := r.Sweep(Sweeping{Named: map[Name]bool{ended: true}, Today: day, Now: time.Now()})
	if !errors.Is(err, ErrStranger) || len(done.Destroyed) != 1 || done.Destroyed[0] != ended {
		t.Errorf("R-SEC-6: %+v, %v", done, err)
	}
	for _, file := range []string{"~", "keys/loose"} {
		if !bytes.Contains([]byte(err.Error()), []byte(file)) {
			t.Errorf("R-SEC-6: %q is not in %v", file, err)
		}
	}
	if all, err := r.List(); err != nil || len(all) > 0 {
		t.Errorf("R-SEC-6: %v, %v", all, err)
	}
}

// TestSweepAfterACrash: what a crash while the ring was made left goes, without harm to the ring.
func TestSweepAfterACrash(t *testing.T) {
	r, dir := newRing(t)
	before, err := r.MAC("links", nil)
	if err != nil {
		t.Fatal(err)
	}
	draft := filepath.Join(dir, ".new-0123")
	if err := os.Link(filepath.Join(dir, "ring", "links"), draft); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Sweep(Sweeping{Today: day, Now: time.Now()}); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(draft); err != nil {
		t.Errorf("a draft that another process may be writing went: %v", err)
	}
	if _, err := r.Sweep(Sweeping{Today: day, Now: time.Now().Add(Grace + time.Minute)}); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(draft); !os.IsNotExist(err) {
		t.Errorf("an old draft stays: %v", err)
	}
	if after, err := r.MAC("links", nil); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the ring's key changed: %v", err)
	}
}

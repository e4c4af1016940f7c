package keyring_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	. "uketsuke/internal/keyring"
)

// Trap 38: a key is not destroyed because a database does not name it. It is set aside, comes back to whoever
// names it, and goes on its own last day; what a person or the clock ends goes wherever it lies.
func TestSetAside(t *testing.T) {
	kinds(t, func(t *testing.T, p place) {
		r := p.open()
		late := time.Now().Add(Grace + time.Minute)
		name, key, err := r.Create(day.AddDays(5), "app")
		if err != nil {
			t.Fatal(err)
		}
		sweep := func(what string, wanted Swept, s Sweeping) {
			t.Helper()
			s.Now = late
			done, err := r.Sweep(s)
			if err != nil {
				t.Fatal(err)
			}
			want(t, "R-SEC-6 "+what, done, wanted)
		}
		made, err := r.List()
		if err != nil || len(made) != 1 {
			t.Fatalf("%v, %v", made, err)
		}
		sweep("not named", Swept{SetAside: []Name{name}}, Sweeping{Dead: letGo(), Today: day})
		if _, err := r.Key(name); !errors.Is(err, ErrNoKey) {
			t.Errorf("R-SEC-6: what is set aside opens: %v", err)
		}
		all, err := p.open().ListAside()
		if err != nil || len(all) != 1 || all[0] != (Entry{Name: name, LastDay: day.AddDays(5), Created: made[0].Created, Aside: day}) {
			t.Errorf("R-SEC-6: %v, %v", all, err)
		}
		if inUse, err := r.List(); err != nil || len(inUse) > 0 {
			t.Errorf("%v, %v", inUse, err)
		}
		sweep("not named still, on its last day", Swept{}, Sweeping{Dead: letGo(), Today: day.AddDays(5)})
		sweep("named again", Swept{BroughtBack: []Name{name}}, Sweeping{Named: map[Name]bool{name: true}, Today: day})
		if read, err := r.Key(name); err != nil || !same(t, key, read) {
			t.Errorf("R-SEC-6: it did not come back: %v", err)
		}

		sweep("not named once more", Swept{SetAside: []Name{name}}, Sweeping{Dead: letGo(), Today: day.AddDays(1)})
		if back, err := r.BringBack(map[Name]bool{name: true}); err != nil || len(back) != 1 || back[0] != name {
			t.Errorf("R-SEC-6: %v, %v", back, err)
		}
		sweep("and again", Swept{SetAside: []Name{name}}, Sweeping{Dead: letGo(), Today: day.AddDays(1)})
		sweep("its last day is over", Swept{Destroyed: []Name{name}}, Sweeping{Dead: letGo(), Today: day.AddDays(6)})

		for what, end := range map[string]func(Name){
			"R-SEC-8 ended by somebody": func(n Name) {
				if err := r.Destroy(n); err != nil {
					t.Error(err)
				}
			},
			"R-SEC-6 let go of by an act": func(n Name) {
				sweep("let go of", Swept{Destroyed: []Name{n}}, Sweeping{Dead: letGo(n), Today: day})
			},
		} {
			n, _, err := r.Create(day.AddDays(5), "app")
			if err != nil {
				t.Fatal(err)
			}
			sweep(what, Swept{SetAside: []Name{n}}, Sweeping{Dead: letGo(), Today: day})
			end(n)
			if left, err := r.ListAside(); err != nil || len(left) > 0 {
				t.Errorf("%s: %v, %v", what, left, err)
			}
		}
	})
}

// Nobody can say what the database has let go of: nothing is destroyed or moved for it, and what has ended goes all the same.
func TestSweepWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	r, _ := newRing(t)
	create(t, r, day, "app")
	ended, _ := create(t, r, day.AddDays(-1), "app")
	away := errors.New("away")
	done, err := r.Sweep(Sweeping{Dead: func([]string) (map[string]bool, error) { return nil, away }, Today: day, Now: time.Now().Add(2 * Grace)})
	if !errors.Is(err, away) {
		t.Error(err)
	}
	want(t, "R-SEC-6", done, Swept{Destroyed: []Name{ended}})
}

// A ring is named once, whoever comes together, and knows from then on that it was used.
func TestInstallation(t *testing.T) {
	kinds(t, func(t *testing.T, p place) {
		r := p.open()
		const one, other = "0123456789abcdef0123456789abcdef", "ffffffffffffffffffffffffffffffff"
		if used, err := r.Used(); err != nil || used {
			t.Errorf("a new ring was used: %t, %v", used, err)
		}
		if name, err := r.Installation(); err != nil || name != "" {
			t.Errorf("%q, %v", name, err)
		}
		if _, err := r.Belong("../x"); !errors.Is(err, ErrName) {
			t.Error(err)
		}
		for _, name := range []string{one, other} {
			if got, err := p.open().Belong(name); err != nil || got != one {
				t.Errorf("%q, %v", got, err)
			}
		}
		if used, err := r.Used(); err != nil || !used {
			t.Errorf("a ring with a name was not used: %t, %v", used, err)
		}
	})
}

// Any trace of work says that a ring was used.
func TestUsed(t *testing.T) {
	kinds(t, func(t *testing.T, p place) {
		r := p.open()
		if _, err := r.MAC("set-up-links", nil); err != nil {
			t.Fatal(err)
		}
		if used, err := r.Used(); err != nil || !used {
			t.Errorf("with a key of its own: %t, %v", used, err)
		}
	})
	for _, left := range []string{"keys/2024-12-12/app-0123456789abcdef0123456789abcdef", "keys/stray", "aside/2024-12-12/2024-12-12/app-0123456789abcdef0123456789abcdef"} {
		r, dir := newRing(t)
		file := filepath.Join(dir, filepath.FromSlash(left))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, make([]byte, KeySize), 0o600)); err != nil {
			t.Fatal(err)
		}
		if used, err := r.Used(); err != nil || !used {
			t.Errorf("with %s: %t, %v", left, used, err)
		}
	}
}

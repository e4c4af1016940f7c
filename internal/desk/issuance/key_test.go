package issuance

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/keyring"
	"uketsuke/internal/store"
	"uketsuke/internal/store/storetest"
	"uketsuke/internal/trial"
)

// A browser that goes away while the database commits leaves the outcome unknown. Were the key destroyed
// then, a commit that did happen would have issued passwords that nobody can ever read.
func TestKeyOfAnUnsureCommitLives(t *testing.T) {
	ring, err := keyring.Open(filepath.Join(trial.Dir(t), "ring"))
	if err != nil {
		t.Fatal(err)
	}
	d := New(&command.Runner{Config: command.Config{DB: storetest.SQLite(t), Ring: ring, Now: time.Now}}, nil)
	for _, c := range []struct {
		name  string
		err   error
		lives bool
	}{
		{"refused", errors.New("a rule"), false},
		{"unsure", fmt.Errorf("%w: %w", store.ErrUnsure, errors.New("connection lost")), true},
		{"committed", nil, true},
	} {
		var name keyring.Name
		got := d.withKey(t.Context(), "app", calendar.MustDate("2024-12-12"), func(k newKey) error { name = k.name; return c.err })
		if !errors.Is(got, c.err) {
			t.Errorf("%s: withKey = %v, want %v", c.name, got, c.err)
		}
		if _, err := ring.Key(name); (err == nil) != c.lives {
			t.Errorf("%s: the key lives is %v, want %v", c.name, err == nil, c.lives)
		}
	}
}

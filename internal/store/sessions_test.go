package store_test

import (
	"testing"
	"time"

	"github.com/alexedwards/scs/v2"

	"uketsuke/internal/store"
	"uketsuke/internal/store/storetest"
)

var _ scs.CtxStore = (*store.Sessions)(nil)

func TestSessions(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		now := monday
		sessions := store.NewSessions(db, func() time.Time { return now })
		check := func(what, token, want string) {
			t.Helper()
			data, found, err := sessions.Find(token)
			if err != nil || found != (want != "") || string(data) != want {
				t.Errorf("%s: %q, %v, %v", what, data, found, err)
			}
		}
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		check("before", "t", "")
		must(sessions.Commit("t", []byte("one"), now.Add(time.Hour)))
		must(sessions.Commit("u", []byte("other"), now.Add(3*time.Hour)))
		check("begun", "t", "one")
		must(sessions.Commit("t", []byte("two"), now.Add(2*time.Hour)))
		now = now.Add(time.Hour - time.Microsecond)
		check("changed", "t", "two")
		now = now.Add(time.Microsecond)
		check("expired, since an end is never put off", "t", "")
		now = now.Add(time.Microsecond)
		if gone, err := sessions.Clean(t.Context()); err != nil || gone != 1 {
			t.Errorf("cleaned %d, %v", gone, err)
		}
		check("not yet expired", "u", "other")
		must(sessions.Commit("r", []byte("replaced"), now.Add(time.Hour)))
		must(sessions.Retire(t.Context(), "r", now.Add(10*time.Second)))
		must(sessions.Retire(t.Context(), "r", now.Add(20*time.Second)))
		must(sessions.Commit("r", []byte("under way"), now.Add(time.Hour)))
		now = now.Add(10*time.Second - time.Microsecond)
		check("retired, for a request under way", "r", "under way")
		now = now.Add(time.Microsecond)
		check("retired for good", "r", "")
		must(sessions.Delete("u"))
		check("ended", "u", "")
		must(sessions.Delete("u"))
		must(sessions.Commit("u", []byte("late"), now.Add(time.Hour)))
		check("brought back by a request that began before the end", "u", "")
		now = now.Add(4 * time.Hour)
		if gone, err := sessions.Clean(t.Context()); err != nil || gone != 2 {
			t.Errorf("the ended ones cleaned away: %d, %v", gone, err)
		}
	})
}

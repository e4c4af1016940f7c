package desk_test

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"uketsuke/internal/desk"
	"uketsuke/internal/keyring"
	"uketsuke/internal/trial"
)

// R-CAL-3, decision 9: a leap of the desk clock is not believed without a person's word.
func TestClockGuard(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		g, err := h.Desk.WatchClock(t.Context())
		h.ok(err)
		equal(t, "at the start", g.Ready(), true)
		h.Pass(time.Hour)
		h.At("2024-12-02T11:00:30+09:00")
		h.ok(g.Observe(t.Context()))
		equal(t, "half a minute ahead", g.Ready(), true)
		h.At("2024-12-04T11:00:30+09:00")
		h.ok(g.Observe(t.Context()))
		equal(t, "a leap of two days", g.Ready(), false)
		if _, err := h.Desk.AcceptClock(t.Context(), h.Supervisor); !errors.Is(err, desk.ErrForbidden) {
			t.Errorf("accepted by a supervisor: %v", err)
		}
		_, err = h.Desk.AcceptClock(t.Context(), operator())
		h.ok(err)
		h.ok(g.Observe(t.Context()))
		equal(t, "after a person's word", g.Ready(), true)
		h.At("2025-01-20T09:00:00+09:00")
		next, err := h.Desk.WatchClock(t.Context())
		h.ok(err)
		equal(t, "a start 47 days after the mark", next.Ready(), false)
	})
}

// Decision 7: a database and a ring that do not belong together are told apart.
func TestOtherRing(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		h.ok(h.Desk.CheckRing(t.Context()))
		h.ok(h.reopened().CheckRing(t.Context()))
		other, err := keyring.Open(filepath.Join(trial.Dir(t), "other"))
		h.ok(err)
		h.Desk.Ring = other
		if err := h.Desk.CheckRing(t.Context()); !errors.Is(err, desk.ErrOtherRing) {
			t.Errorf("want another ring told, got %v", err)
		}
	})
}

// R-CON-4: work that is late is an alarm with its name; what was not done before the process began is none.
func TestLateJobs(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		h.tick()
		h.Pass(time.Hour)
		g, err := h.Desk.WatchClock(t.Context())
		h.ok(err)
		late := func(what string, want ...string) {
			t.Helper()
			got, err := g.LateJobs(t.Context())
			h.ok(err)
			same(t, "R-CON-4 "+what, got, want)
		}
		late("at the start")
		h.Pass(10*time.Minute + time.Second)
		late("not done for more than ten minutes", append(slices.Clone(rounds), desk.MailJob, desk.LogJob)...)
		h.ok(h.Desk.NoteJob(t.Context(), desk.MailJob, nil))
		h.ok(h.Desk.KeepLog(t.Context()))
		late("mails are delivered, the log is kept", rounds...)
		h.tick()
		late("done")
		h.Pass(50 * time.Minute)
		h.tick()
		late("cleaning waits longer", desk.MailJob, desk.CleanJob, desk.LogJob)
	})
}

// rounds are the clock's job and its passes.
var rounds = []string{"clock", "clock/remind-settings", "clock/void", "clock/effect", "clock/remind-passwords", "clock/announce",
	"clock/expire", "clock/end-secrets", "clock/sweep"}

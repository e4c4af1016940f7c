package desk_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"uketsuke/internal/clock"
	"uketsuke/internal/desk"
	"uketsuke/internal/keyring"
	"uketsuke/internal/trial"
)

// R-CAL-3, trap 45: what cannot be undone is not done on the word of one clock.
func TestClockGuard(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		g := h.watching(desk.Witnesses{})
		g.believed("at the start", true)
		h.Pass(time.Hour)
		h.At("2024-12-02T11:01:30+09:00")
		g.believed("a minute and a half ahead after an hour", true)
		h.At("2024-12-04T11:00:30+09:00")
		g.believed("a leap of two days", false)
		if _, err := h.Desk.AcceptClock(t.Context(), h.Supervisor, desk.Witnesses{}); !errors.Is(err, desk.ErrForbidden) {
			t.Errorf("accepted by a supervisor: %v", err)
		}
		_, err := h.Desk.AcceptClock(t.Context(), operator(), desk.Witnesses{})
		h.ok(err)
		g.believed("after a person's word", true)
		h.At("2024-12-05T11:00:30+09:00")
		g.believed("another leap", false)
		h.At("2024-12-04T11:00:40+09:00")
		g.believed("set right again", true)
		h.At("2024-12-04T09:00:00+09:00")
		g.believed("two hours back", false)
		h.Pass(2 * time.Hour)
		h.At("2024-12-04T11:00:00+09:00")
		g.believed("not yet caught up", false)
		h.Pass(time.Minute)
		h.At("2024-12-04T11:01:00+09:00")
		g.believed("caught up", true)
	})
}

// A clock that gains a little all the time is as wrong as one that leaps.
func TestClockDrifts(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		gains := func(what string, each, gain time.Duration, times int, believed bool) {
			t.Helper()
			g := h.watching(desk.Witnesses{})
			for range times {
				h.Pass(each)
				h.Forward(each + gain)
				h.ok(g.Observe(t.Context()))
			}
			if got := g.Doubt() == ""; got != believed {
				t.Errorf("R-CAL-3 %s: believed %v, %q", what, got, g.Doubt())
			}
		}
		gains("50 seconds gained each second", time.Second, 50*time.Second, 1, false)
		gains("a second gained in each of 30", time.Second, time.Second, 30, true)
		gains("a second gained in each of 31", time.Second, time.Second, 31, false)
		gains("four seconds lost in each of eight minutes", time.Minute, -4*time.Second, 8, false)
		gains("two minutes gained in six hours", 11*time.Minute, 3600*time.Millisecond, 32, true)
		gains("more than two minutes gained in six hours", 11*time.Minute, 4*time.Second, 32, false)
		gains("two minutes gained in a day", 11*time.Minute, time.Second, 130, true)
	})
}

// What a start believes, by what is stored and by who has a word.
func TestClockAtTheStart(t *testing.T) {
	const day = 24 * time.Hour
	kept, unkept := func() bool { return true }, func() bool { return false }
	each(t, monday, func(t *testing.T, h *house) {
		start := func(what string, step time.Duration, ask desk.Witnesses, believed bool) {
			t.Helper()
			h.Forward(time.Hour)
			_, err := h.Desk.AcceptClock(t.Context(), operator(), desk.Witnesses{})
			h.ok(err)
			run := clock.Run{ID: "one", Up: time.Minute}
			before := h.watching(desk.Witnesses{Run: func() clock.Run { return run }})
			h.Forward(time.Second)
			run.Up += time.Second
			before.believed("before", true)
			h.Forward(step)
			h.watching(ask).believed(what, believed)
		}
		run := func(id string, passed time.Duration) func() clock.Run {
			return func() clock.Run { return clock.Run{ID: id, Up: time.Minute + time.Second + passed} }
		}
		database := func(ahead time.Duration) func(context.Context) (time.Time, error) {
			return func(context.Context) (time.Time, error) { return h.Now().Add(ahead), nil }
		}
		own := func(context.Context) (time.Time, error) { return time.Time{}, nil }

		start("a week later, nobody says anything", 7*day, desk.Witnesses{}, true)
		start("eight days later, nobody says anything", 8*day, desk.Witnesses{}, false)
		start("eight days later, the kernel has no word", 8*day, desk.Witnesses{Synchronised: unkept, Database: own}, false)
		start("a year later, the kernel's time is kept", 365*day, desk.Witnesses{Synchronised: kept}, true)
		start("20 days later, as the machine has run", 20*day, desk.Witnesses{Run: run("one", 20*day)}, true)
		start("20 days later, the machine has run an hour", 20*day, desk.Witnesses{Run: run("one", time.Hour), Synchronised: kept}, false)
		start("a minute later, the machine has run a second", time.Minute, desk.Witnesses{Run: run("one", time.Second)}, false)
		start("20 days later, another run of the machine", 20*day, desk.Witnesses{Run: run("two", time.Hour)}, false)
		start("20 days later, another run, kept", 20*day, desk.Witnesses{Run: run("two", time.Hour), Synchronised: kept}, true)
		start("20 days later, the database agrees", 20*day, desk.Witnesses{Database: database(time.Minute), Run: run("one", 0)}, true)
		start("20 days later, the database does not", 20*day, desk.Witnesses{Database: database(-20 * day), Run: run("one", 20*day), Synchronised: kept}, false)
		start("at once, three minutes before the database", 0, desk.Witnesses{Database: database(3 * time.Minute), Run: run("one", 0)}, false)
	})
}

// Against another machine's clock a person's word does not help either: one of the two is wrong and has to be set.
func TestClockAgainstTheDatabase(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		theirs := h.Now()
		ask := desk.Witnesses{Database: func(context.Context) (time.Time, error) { return theirs, nil }}
		right, g := h.watching(ask), h.watching(ask)
		right.believed("before", true)
		h.Forward(72 * time.Hour)
		g.believed("three days ahead of the database", false)
		err := h.unchanged("accepted against the database", func() error {
			_, err := h.Desk.AcceptClock(t.Context(), operator(), ask)
			return err
		})
		if _, is := errors.AsType[*desk.ClockApart](err); !is {
			t.Errorf("a person's word against the database: %v", err)
		}
		g.believed("accepted against the database", false)
		// Whatever has raised the mark, a machine whose clock is right voids nothing by it.
		_, err = h.Desk.AcceptClock(t.Context(), operator(), desk.Witnesses{})
		h.ok(err)
		h.Forward(-72 * time.Hour)
		right.believed("the mark is three days ahead of a right clock", false)
		h.Forward(72 * time.Hour)
		theirs = h.Now()
		g.believed("both agree", true)
	})
}

// A watched clock is a guard that a test asks.
type watched struct {
	*desk.ClockGuard
	h *house
}

func (h *house) watching(ask desk.Witnesses) watched {
	h.t.Helper()
	g, err := h.Desk.WatchClock(h.t.Context(), ask)
	h.ok(err)
	return watched{g, h}
}

func (w watched) believed(what string, want bool) {
	w.h.t.Helper()
	w.h.ok(w.Observe(w.h.t.Context()))
	if got := w.Doubt() == ""; got != want {
		w.h.t.Errorf("R-CAL-3 %s: believed %v, %q", what, got, w.Doubt())
	}
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
		g, err := h.Desk.WatchClock(t.Context(), desk.Witnesses{})
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

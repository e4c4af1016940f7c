package desk_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// job is a job as the page of C10 shows it.
func (h *house) job(name string) desk.Job {
	h.t.Helper()
	view, err := h.Desk.Operations(h.t.Context(), h.Examiner)
	h.ok(err)
	for _, job := range view.Jobs {
		if job.Name == name {
			return job
		}
	}
	h.t.Fatalf("there is no job %s in %v", name, view.Jobs)
	return desk.Job{}
}

// R-CON-4: a pass that fails does not stop the others, shows what it failed with, and is well again after a
// success.
func TestAPassThatFailsShows(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		h.tick()
		for _, name := range rounds {
			if job := h.job(name); job.LastSuccess.IsZero() || job.Failure != "" || job.Late {
				t.Errorf("%s after a round: %+v", name, job)
			}
		}
		missed, _ := h.Approved(incomplete(sample.S2("2024-12-12")))
		started, _ := h.Approved(sample.S2("2024-12-12"))
		h.At("2024-12-12T00:00:00+09:00")
		_, err := h.raw.ExecContext(t.Context(), "ALTER TABLE secret_readings RENAME TO readings_away")
		h.ok(err)
		h.At("2024-12-12T10:00:00+09:00")
		if err := h.Desk.Tick(t.Context()); err == nil {
			t.Fatal("nothing failed")
		}
		if job := h.job("clock/remind-passwords"); job.Failure == "" || job.FailedAt.IsZero() || !strings.Contains(job.Failure, started.ID) {
			t.Errorf("the failed pass: %+v", job)
		}
		equal(t, "the round failed", h.job("clock").Failure != "", true)
		equal(t, "the pass before", h.job("clock/void").Failure, "")
		equal(t, "the pass after", h.job("clock/end-secrets").Failure, "")
		equal(t, "R-SET-1 done all the same", h.count("applications", "id = $1 AND state = 'void'", missed.ID), 1)
		equal(t, "利用開始 told all the same", len(h.letters(started.ID, application.MailInEffect)), 2)
		_, err = h.raw.ExecContext(t.Context(), "ALTER TABLE readings_away RENAME TO secret_readings")
		h.ok(err)
		h.tick()
		for _, name := range rounds {
			if job := h.job(name); job.Failure != "" || !job.FailedAt.IsZero() {
				t.Errorf("%s is not well again: %+v", name, job)
			}
		}
		equal(t, "the reminder is sent then", len(h.letters(started.ID, application.MailPasswordReminder)), 2)
	})
}

// A job that is late says so, and since when it is due.
func TestALateJob(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		equal(t, "never run is not late", h.job(desk.MailJob).Late, false)
		h.ok(h.Desk.NoteJob(t.Context(), desk.MailJob, nil))
		job := h.job(desk.MailJob)
		equal(t, "next", job.Next, job.LastSuccess.Add(time.Minute))
		h.ok(h.Desk.NoteJob(t.Context(), desk.MailJob, errors.New(strings.Repeat("失", 500))))
		if job = h.job(desk.MailJob); len(job.Failure) > 300 || job.LastSuccess.IsZero() {
			t.Errorf("a long failure: %+v", job)
		}
		h.Pass(11 * time.Minute)
		equal(t, "R-CON-4 late", h.job(desk.MailJob).Late, true)
		h.ok(h.Desk.NoteJob(t.Context(), desk.MailJob, nil))
		job = h.job(desk.MailJob)
		equal(t, "done", job.Late || job.Failure != "", false)
	})
}

// Rounds of one minute with nothing to do write the rows of the passes once.
func TestQuietRoundsWriteLittle(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		h.tick()
		first := h.rows("SELECT name, last_success FROM jobs WHERE name LIKE 'clock/%'")
		equal(t, "a row for each pass", len(first), len(rounds)-1)
		_, err := h.raw.ExecContext(t.Context(), "UPDATE jobs SET last_success = $1 WHERE name = 'clock'", h.Elapsed().Format("2006-01-02T15:04:05.000000Z"))
		h.ok(err)
		h.tick()
		now := h.rows("SELECT name, last_success FROM jobs WHERE name LIKE 'clock/%'")
		if minute := time.Now().UTC().Format("T15:04"); strings.Contains(first[0], minute) && strings.Contains(now[0], minute) {
			same(t, "within a minute", now, first)
		}
		h.Pass(time.Minute)
		h.tick()
		if now := h.rows("SELECT name, last_success FROM jobs WHERE name LIKE 'clock/%'"); now[0] == first[0] {
			t.Errorf("the next minute is not noted: %v", now)
		}
	})
}

// R-CON-4, R-SET-1, R-SET-4, R-SEC-10: down over a deadline for weeks. Everything is recorded with its true
// instant, at most the newest reminder is sent and the others are recorded as skipped, and a second process
// that catches up at the same time repeats nothing.
func TestDownForWeeks(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		missed, _ := h.Approved(incomplete(sample.S2("2024-12-20"))) // deadline 12-16
		reading, _ := h.Approved(sample.S2("2024-12-27"))            // last reading day 2025-01-07
		h.At("2025-01-06T10:00:00+09:00")
		other := h.reopened()
		_, errs := together(2, func(i int) (int, error) { return i, []*desk.Desk{h.Desk, other}[i].Tick(t.Context()) })
		for _, err := range errs {
			h.ok(err)
		}
		h.tick()
		equal(t, "R-SET-1 the true instant", h.Case(h.Applicant, missed.ID).EndedAt, time.Date(2024, 12, 16, 15, 0, 0, 0, time.UTC))
		equal(t, "told once each", len(h.letters(missed.ID, application.MailVoid)), 2)
		same(t, "R-SET-4 all skipped", h.reminders(missed.ID, application.MailSettingsReminder),
			[]string{"12-06T09 skipped reason-gone", "12-12T09 skipped reason-gone", "12-13T09 skipped reason-gone", "12-16T09 skipped reason-gone"})
		same(t, "R-SEC-10 the newest alone", h.reminders(reading.ID, application.MailPasswordReminder),
			[]string{"12-26T09 skipped newer-due", "12-27T09 skipped newer-due", "01-06T09 sent "})
		equal(t, "sent once each", len(h.letters(reading.ID, application.MailPasswordReminder)), 2)
		h.ok(h.unchanged("the round after", func() error { return other.Tick(t.Context()) }))
	})
}

// Trap 13 at the jobs' rows: a round that fails anywhere says so and leaves the lease to the next.
func TestARoundThatFailsAnywhereIsNoted(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		h.Approved(sample.S2("2024-12-12"))
		h.At("2024-12-12T09:00:00+09:00")
		broken := h.Another(t)
		broken.Rand = strings.NewReader("")
		if err := broken.Tick(t.Context()); !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("want the failure of the random source, got %v", err)
		}
		equal(t, "noted", h.job("clock/effect").Failure != "", true)
		h.tick()
		equal(t, "well again", h.job("clock/effect").Failure+h.job("clock").Failure, "")
	})
}

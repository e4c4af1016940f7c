package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"uketsuke/internal/calendar"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// The names of the background work besides the passes of the clock's round.
const (
	MailJob  = "mail"  // what empties the outbox
	CleanJob = "clean" // what deletes ended sessions and old failures of signing in
)

// A Job is background work as the page of C10 shows it. Times are elapsed time, but for Age.
type Job struct {
	Name        string
	LastSuccess time.Time // zero: never yet
	Age         time.Duration
	// Every is how often it is meant to run, Next when it is due again.
	Every time.Duration
	Next  time.Time
	// FailedAt and Failure are what it last failed with, zero and "" after a success.
	FailedAt time.Time
	Failure  string
	Late     bool
}

// A watch is how often work is meant to be done, and after how long without success it is late (R-CON-4).
type watch struct {
	name        string
	every, late time.Duration
}

// watches lists every job, in the order of the page: the round, its passes, and the work beside it.
func watches() []watch {
	list := []watch{{clockJob, 30 * time.Second, workLate}}
	for _, name := range passNames() {
		list = append(list, watch{name, time.Minute, workLate})
	}
	return append(list, watch{MailJob, time.Minute, workLate}, watch{CleanJob, 10 * time.Minute, time.Hour}, watch{LogJob, time.Minute, workLate})
}

// jobs are all jobs with what is known of them.
func (d *Desk) jobs(ctx context.Context, q reader) ([]Job, error) {
	rows, err := q.ListJobs(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading what the jobs have done: %w", err)
	}
	elapsed := d.Elapsed()
	var list []Job
	for _, w := range watches() {
		job := Job{Name: w.name, Every: w.every}
		if at := slices.IndexFunc(rows, func(row query.Job) bool { return row.Name == w.name }); at >= 0 {
			job.LastSuccess, job.FailedAt, job.Failure = rows[at].LastSuccess.Time, rows[at].FailedAt.Time, rows[at].Failure
		}
		if !job.LastSuccess.IsZero() {
			job.Age, job.Next = elapsed.Sub(job.LastSuccess), job.LastSuccess.Add(w.every)
			job.Late = job.Age > w.late
		}
		list = append(list, job)
	}
	return list, nil
}

// LateJobs names the jobs that no process has done for too long (R-CON-4): nothing becomes wrong by it, but
// nobody is told and no key destroyed. The time before this process does not count.
func (g *ClockGuard) LateJobs(ctx context.Context) ([]string, error) {
	jobs, err := g.desk.jobs(ctx, g.desk.DB.Read().Queries)
	if err != nil {
		return nil, err
	}
	elapsed := g.desk.Elapsed()
	var late []string
	for i, w := range watches() {
		last := g.begun
		if jobs[i].LastSuccess.After(last) {
			last = jobs[i].LastSuccess
		}
		if elapsed.Sub(last) > w.late {
			late = append(late, w.name)
		}
	}
	return late, nil
}

// failureMax bounds what is kept of a failure, in bytes.
const failureMax = 300

// NoteJob records that background work was done, or what it failed with.
func (d *Desk) NoteJob(ctx context.Context, name string, failed error) error {
	at := d.Elapsed()
	err := d.DB.InTx(ctx, func(tx *store.Tx) error { return noteJob(ctx, tx, outcome{name, failed}, at) })
	if err != nil {
		return fmt.Errorf("noting the outcome of the job %s: %w", name, err)
	}
	return nil
}

func noteJob(ctx context.Context, tx *store.Tx, o outcome, at time.Time) error {
	if o.failed != nil {
		return tx.NoteJobFailed(ctx, query.NoteJobFailedParams{Name: o.name, At: column.At(at), Failure: cut(o.failed.Error(), failureMax)})
	}
	return tx.NoteJobDone(ctx, query.NoteJobDoneParams{Name: o.name, At: column.At(at)})
}

// passNames are the names of the passes of a round, in their order.
func passNames() []string {
	var names []string
	for _, p := range (&round{}).passes() {
		names = append(names, p.name)
	}
	return names
}

// A pass is one part of the clock's round, an outcome what became of it.
type pass struct {
	name string
	run  func() error
}

type outcome struct {
	name   string
	failed error
}

// passes are the parts of a round in their order. One that fails does not keep the others.
func (r *round) passes() []pass {
	return []pass{{"clock/remind-settings", r.remindSettings}, {"clock/void", r.void}, {"clock/effect", r.effect},
		{"clock/remind-passwords", r.remindPasswords}, {"clock/announce", r.announce}, {"clock/expire", r.expire},
		{"clock/end-secrets", r.endSecrets}, {"clock/sweep", r.sweep}}
}

// A hold is a lease of a job, with what its row said when it was taken.
type hold struct {
	fence int64
	// lastSuccess is that before; failing says that the round before failed.
	lastSuccess time.Time
	failing     bool
}

// endRound gives the clock's lease back and says what became of the round. Each pass has a row of its own,
// written at most once a minute unless something failed or has just recovered.
func (d *Desk) endRound(ctx context.Context, h hold, done []outcome) error {
	var failed error
	for _, o := range done {
		failed = errors.Join(failed, o.failed)
	}
	at := d.Elapsed()
	noted := d.DB.InTx(ctx, func(tx *store.Tx) error {
		if failed != nil || h.failing || !at.Truncate(time.Minute).Equal(h.lastSuccess.Truncate(time.Minute)) {
			for _, o := range done {
				if err := noteJob(ctx, tx, o, at); err != nil {
					return err
				}
			}
		}
		if failed != nil {
			_, err := tx.ReleaseJob(ctx, query.ReleaseJobParams{Name: clockJob, Fence: h.fence, FailedAt: column.At(at), Failure: cut(failed.Error(), failureMax)})
			return err
		}
		_, err := tx.FinishJob(ctx, query.FinishJobParams{Name: clockJob, Fence: h.fence, LastSuccess: column.At(at)})
		return err
	})
	return errors.Join(failed, noted)
}

// sortByDay sorts by a day, keeping the order within one.
func sortByDay[T any](list []T, day func(T) calendar.Date) {
	slices.SortStableFunc(list, func(a, b T) int { return day(a).Compare(day(b)) })
}

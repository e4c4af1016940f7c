package operations

import (
	"context"
	"fmt"
	"slices"
	"time"

	"uketsuke/internal/desk/auditlog"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/jobs"
	"uketsuke/internal/store/query"
)

// The names of the background work besides the passes of the clock's round.
const (
	MailJob  = "mail"  // what empties the outbox
	CleanJob = "clean" // what deletes ended sessions and old failures of signing in
)

// A Job is background work as the page of operations shows it. Times are elapsed time, but for Age.
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
	list := []watch{{jobs.ClockJob, 30 * time.Second, workLate}}
	for _, name := range jobs.PassNames() {
		list = append(list, watch{name, time.Minute, workLate})
	}
	return append(list, watch{MailJob, time.Minute, workLate}, watch{CleanJob, 10 * time.Minute, time.Hour}, watch{auditlog.LogJob, time.Minute, workLate})
}

// jobs are all jobs with what is known of them.
func (d *Desk) jobs(ctx context.Context, q command.Reader) ([]Job, error) {
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

package mail

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// An Outbox is where mails wait: rows written in the transaction of their event. It is the deliverer's
// only way to the store, so that this package knows no database.
type Outbox interface {
	// Claim leases up to n rows that are due and that nobody else has under lease. The claim counts as
	// an attempt and takes a new fencing number.
	Claim(ctx context.Context, worker string, lease time.Duration, n int) ([]Job, error)
	// Accepted notes that the server has taken the mail, with its answer: "delivered" is not known.
	// A row that was claimed again since (another fencing number) is left alone, with an error.
	Accepted(ctx context.Context, job Job, reply string) error
	// Failed notes why the mail was not taken; it is due again at retryAt, and never if that is zero.
	Failed(ctx context.Context, job Job, reply string, retryAt time.Time) error
}

// A Job is one claimed row of the outbox.
type Job struct {
	ID       string
	Fence    int64 // fencing number of the lease
	Attempts int   // how often it has been claimed, this time included: 1 at the first
	Letter   Letter
	// MessageID without angle brackets; "" if the row keeps none: then it follows from ID.
	MessageID string
	// Application is the mail's, "" for none; Stable names a letter by what it is about, "" for most.
	Application, Stable string
}

// A deliverer talks to the server in so many sessions at once, each about one mail: a session that hangs holds up no
// other mail. A claim takes no more rows than there are free sessions, and each begins at once with sendLimit for the
// server and noteLimit for the note of its outcome, so that its lease outlives it.
const (
	sessions  = 4
	lease     = 5 * time.Minute
	sendLimit = 30 * time.Second
	noteLimit = 5 * time.Second
)

// A Deliverer empties the outbox: at least once each, begun in the order of being due. Any number of them may
// run on one outbox.
type Deliverer struct {
	Outbox  Outbox
	Letters *Letters
	// Paths gives each mail its own return path; nil leaves them all the operator's.
	Paths *ReturnPaths
	// Links makes the address of a one-time link, which is never stored; nil knows none.
	Links func(link string) (url string, err error)
	// Send hands a message to the mail server: Sender.Send.
	Send func(ctx context.Context, m Message) (reply string, err error)
	// Elapsed reads real time; nil is this machine's clock.
	Elapsed func() time.Time
	Worker  string // names this process among those that claim
	Log     *slog.Logger
	Wake    <-chan struct{} // a word that something may be due; nil is never
	Every   time.Duration   // the longest time without looking
	// Looked, when set, is told after each look at the outbox whether that succeeded; a mail that was not
	// accepted is no failure of looking.
	Looked func(ctx context.Context, failed error)
}

// Run delivers until ctx ends, and returns nil then. Nothing that fails ends it earlier. A mail on its way
// when ctx ends is noted before Run returns.
func (d *Deliverer) Run(ctx context.Context) error {
	ended := make(chan struct{}, sessions) // a word for each session that has ended
	var going sync.WaitGroup
	defer going.Wait()
	more := true
	for free := sessions; ctx.Err() == nil; {
		if more && free > 0 {
			jobs := d.claim(ctx, free)
			more = len(jobs) == free
			free -= len(jobs)
			for _, job := range jobs {
				going.Go(func() { d.deliver(ctx, job); ended <- struct{}{} })
			}
			continue
		}
		select {
		case <-ctx.Done():
		case <-ended:
			free++
		case <-d.Wake:
			more = true
		case <-time.After(d.Every):
			more = true
		}
	}
	return nil
}

// claim takes rows that are due, n at most.
func (d *Deliverer) claim(ctx context.Context, n int) []Job {
	jobs, err := d.Outbox.Claim(ctx, d.Worker, lease, n)
	if d.Looked != nil {
		d.Looked(ctx, err)
	}
	if err != nil {
		if ctx.Err() == nil {
			d.Log.ErrorContext(ctx, "claim mails", "error", err)
		}
		return nil
	}
	return jobs
}

// deliver sends one mail and notes the outcome, even when ctx ends meanwhile: an acceptance that is not
// noted would be sent again.
func (d *Deliverer) deliver(ctx context.Context, job Job) {
	reply, err := d.attempt(ctx, job)
	note, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteLimit)
	defer cancel()
	if err == nil {
		d.noted(ctx, job, d.Outbox.Accepted(note, job, reply))
		return
	}
	retryAt := d.retryAt(ctx, job, err)
	d.Log.WarnContext(ctx, "mail not accepted", "job", job.ID, "kind", job.Letter.Kind, "attempt", job.Attempts,
		"given_up", retryAt.IsZero(), "error", err)
	d.noted(ctx, job, d.Outbox.Failed(note, job, replyOf(err), retryAt))
}

// attempt renders and sends.
func (d *Deliverer) attempt(ctx context.Context, job Job) (reply string, err error) {
	if job.Letter.Link != "" && d.Links != nil {
		if job.Letter.URL, err = d.Links(job.Letter.Link); err != nil {
			return "", &SendError{Reply: "cannot be written", Temporary: true, Err: err}
		}
	}
	m, err := d.Letters.Render(job.Letter)
	if err != nil {
		return "", &SendError{Reply: "cannot be written", Err: err}
	}
	m.MessageID = job.MessageID
	if m.MessageID == "" {
		m.MessageID = d.Letters.op.MessageID(job.ID)
	}
	if d.Paths != nil {
		m.ReturnPath = d.Paths.For(job.ID)
	}
	ctx, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	return d.Send(ctx, m)
}

// retryAt is when to try again, by elapsed time (R-CAL-3), zero for never. A stop of this process is no
// fault of the mail: it is due again at once.
func (d *Deliverer) retryAt(ctx context.Context, job Job, err error) time.Time {
	if ctx.Err() != nil {
		return d.elapsed()
	}
	if refused, ok := errors.AsType[*SendError](err); ok && !refused.Temporary {
		return time.Time{}
	}
	wait, giveUp := Retry(job.Attempts)
	if giveUp {
		return time.Time{}
	}
	return d.elapsed().Add(wait)
}

func (d *Deliverer) elapsed() time.Time {
	if d.Elapsed == nil {
		return time.Now()
	}
	return d.Elapsed()
}

// noted logs that an outcome could not be noted: the lease ends by itself and the mail is sent again with
// its own Message-ID.
func (d *Deliverer) noted(ctx context.Context, job Job, err error) {
	if err != nil {
		d.Log.ErrorContext(ctx, "note outcome of mail", "job", job.ID, "error", err)
	}
}

// replyOf is what people are shown of a failure.
func replyOf(err error) string {
	if refused, ok := errors.AsType[*SendError](err); ok {
		return refused.Reply
	}
	return "mail server not reached"
}

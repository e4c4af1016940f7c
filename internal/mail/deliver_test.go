package mail

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/mail/mailtest"
)

// An outbox in memory keeps the promises of Outbox: leases, due times, fencing numbers.
type outbox struct {
	mu    sync.Mutex
	rows  []*row
	fence int64
	// fail is asked before each method; an error is what a broken database says.
	fail func(method string) error
}

type row struct {
	job              Job
	due, leasedUntil time.Time
	accepted, failed bool
	replies          []string
}

func newOutbox(letters ...Letter) *outbox {
	o := &outbox{fail: func(string) error { return nil }}
	for _, l := range letters {
		o.add(l)
	}
	return o
}

func (o *outbox) add(l Letter) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.rows = append(o.rows, &row{job: Job{ID: fmt.Sprintf("row-%d", len(o.rows)+1), Letter: l}})
}

func (o *outbox) Claim(_ context.Context, _ string, lease time.Duration, n int) ([]Job, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.fail("Claim"); err != nil {
		return nil, err
	}
	var jobs []Job
	for now, r := time.Now(), 0; r < len(o.rows) && len(jobs) < n; r++ {
		if row := o.rows[r]; !row.accepted && !row.failed && !row.due.After(now) && !row.leasedUntil.After(now) {
			o.fence++
			row.job.Fence, row.leasedUntil = o.fence, now.Add(lease)
			row.job.Attempts++
			jobs = append(jobs, row.job)
		}
	}
	return jobs, nil
}

func (o *outbox) note(method string, job Job, reply string, change func(*row)) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.fail(method); err != nil {
		return err
	}
	i := slices.IndexFunc(o.rows, func(r *row) bool { return r.job.ID == job.ID && r.job.Fence == job.Fence })
	if i < 0 {
		return errors.New("claimed again since")
	}
	o.rows[i].replies = append(o.rows[i].replies, reply)
	o.rows[i].leasedUntil = time.Time{}
	change(o.rows[i])
	return nil
}

func (o *outbox) Accepted(ctx context.Context, job Job, reply string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return o.note("Accepted", job, reply, func(r *row) { r.accepted = true })
}

func (o *outbox) Failed(ctx context.Context, job Job, reply string, retryAt time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return o.note("Failed", job, reply, func(r *row) { r.due, r.failed = retryAt, retryAt.IsZero() })
}

// get is a copy of a row, by its place.
func (o *outbox) get(i int) row {
	o.mu.Lock()
	defer o.mu.Unlock()
	return *o.rows[i]
}

// A post notes what it is given to send.
type post struct {
	mu   sync.Mutex
	sent []Message
	at   []time.Time
	// answer is asked for the nth mail, from 1.
	answer func(ctx context.Context, n int) error
}

func (p *post) Send(ctx context.Context, m Message) (string, error) {
	p.mu.Lock()
	p.sent, p.at = append(p.sent, m), append(p.at, time.Now())
	n := len(p.sent)
	p.mu.Unlock()
	if p.answer != nil {
		if err := p.answer(ctx, n); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("queued as %d", n), nil
}

func deliverer(t *testing.T, o Outbox, send func(context.Context, Message) (string, error)) *Deliverer {
	return &Deliverer{
		Outbox: o, Letters: newLetters(t), Send: send, Worker: "w", Log: slog.New(slog.DiscardHandler), Every: time.Minute,
	}
}

// running starts a deliverer within a bubble and returns what stops it and waits for its end.
func running(t *testing.T, d *Deliverer) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.Run(ctx) }()
	return func() {
		t.Helper()
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
	}
}

func letters(n int) []Letter {
	return slices.Repeat([]Letter{full(application.MailRegistered)}, n)
}

// R-MAIL-4: every row is sent once, with its own Message-ID, and the answer is noted; more than one batch
// goes without waiting.
func TestDeliver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, p := newOutbox(letters(4*sessions+3)...), &post{}
		o.rows[1].job.MessageID = "kept@elsewhere.example"
		begun := time.Now()
		stop := running(t, deliverer(t, o, p.Send))
		synctest.Wait()
		stop()
		if len(p.sent) != len(o.rows) || time.Since(begun) != 0 {
			t.Fatalf("%d of %d sent after %v", len(p.sent), len(o.rows), time.Since(begun))
		}
		for i, r := range o.rows {
			n := slices.IndexFunc(p.sent, func(m Message) bool {
				return m.MessageID == fmt.Sprintf("row-%d@centre.example", i+1) || i == 1 && m.MessageID == "kept@elsewhere.example"
			})
			if !r.accepted || n < 0 || r.replies[0] != fmt.Sprintf("queued as %d", n+1) {
				t.Errorf("row %d: %+v", i, r)
			}
		}
	})
}

// A wake-up is heard at once, and without one the deliverer looks by itself.
func TestWake(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, p, wake := newOutbox(), &post{}, make(chan struct{}, 1)
		d := deliverer(t, o, p.Send)
		d.Wake = wake
		defer running(t, d)()
		begun := time.Now()
		synctest.Wait()
		o.add(full(application.MailRegistered))
		wake <- struct{}{}
		synctest.Wait()
		o.add(full(application.MailApproved))
		time.Sleep(d.Every)
		synctest.Wait()
		if len(p.at) != 2 || p.at[0].Sub(begun) != 0 || p.at[1].Sub(begun) != d.Every {
			t.Errorf("sent at %v, begun at %v", p.at, begun)
		}
	})
}

// R-MAIL-4: a mail put off is tried at the times of Retry, with one Message-ID, until given up; the others
// are not held up, and none is sent twice for it (trap 13).
func TestPutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOutbox(letters(2)...)
		p := &post{answer: func(_ context.Context, n int) error {
			if n == 2 {
				return nil
			}
			return &SendError{Temporary: true, Reply: "451 later"}
		}}
		d := deliverer(t, o, p.Send)
		d.Every = 10 * time.Second
		stop := running(t, d)
		time.Sleep(100 * time.Hour)
		stop()
		taken, put := o.rows[1], o.rows[0]
		if put.accepted { // the two are begun at one moment, and either may be the second
			taken, put = put, taken
		}
		if !taken.accepted || taken.job.Attempts != 1 {
			t.Errorf("the other mail: %+v", taken)
		}
		if !put.failed || put.job.Attempts != lastAttempt || len(p.sent) != lastAttempt+1 {
			t.Fatalf("failed %v after %d attempts, %d sent", put.failed, put.job.Attempts, len(p.sent))
		}
		at := slices.Delete(slices.Clone(p.at), 1, 2)
		for i := 1; i < len(at); i++ {
			want, _ := Retry(i)
			if got := at[i].Sub(at[i-1]); got < want || got > want+d.Every {
				t.Errorf("attempt %d after %v, want %v", i+1, got, want)
			}
		}
		for i, m := range p.sent {
			if want := put.job.ID + "@centre.example"; i != 1 && m.MessageID != want {
				t.Errorf("attempt %d has Message-ID %q", i, m.MessageID)
			}
		}
		if put.replies[0] != "451 later" {
			t.Errorf("trap 24: replies %q", put.replies)
		}
	})
}

// Refused for good, or not to be written: said once, and no other attempt.
func TestGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lacking := full(application.MailRegistered)
		lacking.Receipt = ""
		o := newOutbox(full(application.MailRegistered), lacking)
		p := &post{answer: func(context.Context, int) error { return &SendError{Reply: "550 no such user"} }}
		stop := running(t, deliverer(t, o, p.Send))
		time.Sleep(24 * time.Hour)
		stop()
		for i, want := range []string{"550 no such user", "cannot be written"} {
			if r := o.rows[i]; !r.failed || len(r.replies) != 1 || r.replies[0] != want {
				t.Errorf("row %d: failed %v, replies %q", i, r.failed, r.replies)
			}
		}
		if len(p.sent) != 1 {
			t.Errorf("%d sent", len(p.sent))
		}
	})
}

// A database that fails for hours ends nothing: all is delivered after it; what was accepted but could not
// be noted repeats with its own Message-ID.
func TestBrokenOutbox(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o, p := newOutbox(letters(3)...), &post{}
		repaired := time.Now().Add(3 * time.Hour)
		n := 0
		o.fail = func(method string) error {
			n++
			if time.Now().Before(repaired) && (method != "Claim" || n%2 == 0) {
				return errors.New("disk I/O error")
			}
			return nil
		}
		stop := running(t, deliverer(t, o, p.Send))
		time.Sleep(4 * time.Hour)
		stop()
		ids := map[string]int{}
		for _, m := range p.sent {
			ids[m.MessageID]++
		}
		if len(ids) != 3 || len(p.sent) <= 3 {
			t.Errorf("sent %v", ids)
		}
		for i, r := range o.rows {
			if !r.accepted {
				t.Errorf("row %d was never noted", i)
			}
		}
	})
}

// A session that hangs keeps its own mail for the limit, and holds up no other.
func TestOneSessionHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOutbox(letters(30)...)
		p := &post{answer: func(ctx context.Context, n int) error {
			if n != 2 {
				return nil
			}
			<-ctx.Done()
			return &SendError{Temporary: true, Reply: "mail server not reached", Err: ctx.Err()}
		}}
		begun := time.Now()
		stop := running(t, deliverer(t, o, p.Send))
		synctest.Wait()
		accepted := 0
		for i := range o.rows {
			if o.get(i).accepted {
				accepted++
			}
		}
		if accepted != 29 || time.Since(begun) != 0 {
			t.Errorf("while one session hangs %d of 29 others were taken after %v", accepted, time.Since(begun))
		}
		time.Sleep(sendLimit)
		synctest.Wait()
		stop()
		if len(p.sent) != 30 {
			t.Errorf("%d mails were begun", len(p.sent))
		}
	})
}

// A server that says nothing keeps each mail for the limit only, within its lease, so that no other worker takes what
// this one still sends (trap 14, 34).
func TestSlowServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOutbox(letters(2 * sessions)...)
		begun, mu, sending, ended := time.Now(), sync.Mutex{}, map[string]bool{}, map[string]time.Duration{}
		send := func(ctx context.Context, m Message) (string, error) {
			mu.Lock()
			if sending[m.MessageID] {
				t.Errorf("%s is sent by two at once", m.MessageID)
			}
			sending[m.MessageID] = true
			mu.Unlock()
			<-ctx.Done()
			time.Sleep(noteLimit) // the note takes its time too
			mu.Lock()
			defer mu.Unlock()
			delete(sending, m.MessageID)
			if ended[m.MessageID] == 0 {
				ended[m.MessageID] = time.Since(begun)
			}
			return "", &SendError{Temporary: true, Reply: "mail server not reached", Err: ctx.Err()}
		}
		stopOne := running(t, deliverer(t, o, send))
		synctest.Wait()
		stopTwo := running(t, deliverer(t, o, send))
		time.Sleep(2 * lease)
		stopOne()
		stopTwo()
		if len(ended) != 2*sessions || ended[fmt.Sprintf("row-%d@centre.example", 2*sessions)] > lease {
			t.Errorf("ended after %v; the lease is %v", ended, lease)
		}
	})
}

// A stop cuts the mail on its way, which is noted as due at once: no attempt is waited for, none is lost.
func TestStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOutbox(letters(1)...)
		p := &post{answer: func(ctx context.Context, n int) error {
			if n > 1 {
				return nil
			}
			<-ctx.Done()
			return &SendError{Temporary: true, Reply: "no acceptance", Err: ctx.Err()}
		}}
		stop := running(t, deliverer(t, o, p.Send))
		synctest.Wait()
		begun := time.Now()
		stop()
		if took := time.Since(begun); took != 0 {
			t.Errorf("the stop took %v", took)
		}
		if r := o.get(0); r.failed || r.accepted || r.due.After(time.Now()) || len(r.replies) != 1 {
			t.Fatalf("after the stop: %+v", r)
		}
		stop = running(t, deliverer(t, o, p.Send))
		synctest.Wait()
		stop()
		if r := o.get(0); !r.accepted || p.sent[0].MessageID != p.sent[1].MessageID {
			t.Errorf("after the next start: %+v", r)
		}
	})
}

// A mail that was accepted while the stop came is noted as accepted.
func TestAcceptedDuringStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOutbox(letters(1)...)
		p := &post{answer: func(ctx context.Context, _ int) error {
			<-ctx.Done()
			return nil
		}}
		stop := running(t, deliverer(t, o, p.Send))
		synctest.Wait()
		stop()
		if r := o.get(0); !r.accepted {
			t.Errorf("%+v", r)
		}
	})
}

// R-MAIL-4: killed between the server's acceptance and the note, the next process sends the mail again
// with the same Message-ID and bytes, over real SMTP.
func TestCrashAfterAcceptance(t *testing.T) {
	t.Parallel()
	server := mailtest.Start(t, mailtest.Options{StartTLS: true})
	sender := to(server)
	sender.Mode = ModeStartTLS
	o := newOutbox(letters(1)...)
	ctx, kill := context.WithCancel(t.Context())
	o.fail = func(method string) error {
		if method == "Accepted" {
			kill()
			return errors.New("killed")
		}
		return nil
	}
	if err := deliverer(t, o, sender.Send).Run(ctx); err != nil {
		t.Fatal(err)
	}
	o.fail = func(string) error { return nil }
	o.rows[0].leasedUntil = time.Time{} // the lease has ended
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- deliverer(t, o, sender.Send).Run(ctx) }()
	got := server.Wait(t, 2)
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].MessageID == "" || string(got[0].Raw) != string(got[1].Raw) {
		t.Errorf("R-MAIL-4 sent:\n%s\nthen:\n%s", got[0].Raw, got[1].Raw)
	}
}

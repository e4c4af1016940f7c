package rehearsal

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"uketsuke/internal/store/pgtest"
	"uketsuke/internal/store/storetest"
	"uketsuke/internal/trial"
)

// TestFailOver is R-ID-6 and R-APP-15 with real servers: two processes serve on a primary with a standby, the primary is
// killed while people register, the standby is promoted, and both processes live on. An asynchronous standby whose
// replication was cut has never had what was acknowledged since: that is lost, and said to be, and none of its numbers and codes
// is given out again. With a synchronous one nothing is lost.
func TestFailOver(t *testing.T) {
	if !trial.Thorough() {
		t.Skip("the comparison itself is tested with every check; this is a part of make thorough")
	}
	drills := trial.Size(t, "REHEARSAL_FAILOVERS", 1, 6)
	for n := range drills {
		t.Run(fmt.Sprintf("asynchronous %d", n+1), func(t *testing.T) { newFailOver(t).asynchronous() })
	}
	for n := range (drills + 1) / 2 {
		t.Run(fmt.Sprintf("synchronous %d", n+1), func(t *testing.T) { newFailOver(t).synchronous() })
	}
}

// How much is done in a drill: registrations and as many approvals before the cut, after it, and after the fail-over; and
// registrations that are pressed at once while the primary dies.
const (
	before, since, later = 2, 3, 4
	total                = before + since + later
	storm                = 16
)

// A failOver is one drill.
type failOver struct {
	t      *testing.T
	pair   *pgtest.Pair
	h      *house
	both   []*house
	people map[string]*browser // by process and login
	asks   *registration
	work   *registration // what is approved
	grants *approval

	mu     sync.Mutex
	given  map[string]string // what was told, and to whom
	failed atomic.Int64      // presses that came to nothing
	acked  [storm]bool

	killed, promoted, first time.Time
}

func newFailOver(t *testing.T) *failOver {
	t.Helper()
	f := &failOver{t: t, pair: pgtest.Replicated(t), people: map[string]*browser{}, given: map[string]string{}}
	dsn := f.pair.NewDatabase(t, "uketsuke")
	f.must(storetest.Migrate(dsn))
	f.h = newHouse(t, dsn, 40)
	f.both = []*house{f.h, f.h.other()}
	f.asks, f.work = &registration{h: f.h}, &registration{h: f.h}
	f.grants = &approval{h: f.h, of: f.work, issued: fresh}
	for _, at := range f.both {
		for _, login := range []string{"applicant", "examiner"} {
			f.people[at.address+login] = at.signedIn(login)
		}
	}
	applicant, examiner := f.by(0, "applicant"), f.by(0, "examiner")
	f.must(f.asks.Prepare(applicant, total+storm))
	f.must(f.work.Prepare(applicant, total))
	for i := range total {
		f.must(f.work.Press(applicant, i))
	}
	f.must(f.grants.Prepare(examiner, total))
	return f
}

// other is another process of the house, on the same database and keys.
func (h *house) other() *house {
	h.t.Helper()
	o := &house{t: h.t, binary: h.binary, dsn: h.dsn, keys: h.keys, address: freeAddress(h.t), mails: h.mails, db: h.db,
		up: make(chan struct{}), flight: map[string]int{}}
	o.start()
	h.t.Cleanup(func() {
		if o.process.ProcessState == nil {
			o.kill()
		}
	})
	return o
}

func (f *failOver) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// by is whoever does the i-th thing, at one process or the other.
func (f *failOver) by(i int, login string) *browser { return f.people[f.both[i%2].address+login] }

// tell notes what somebody was told.
func (f *failOver) tell(thing, whom string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if other, twice := f.given[thing]; twice {
		f.t.Errorf("R-ID-6, R-APP-15: %s was given to %s, and then to %s", thing, other, whom)
	}
	f.given[thing] = whom
}

// register presses the i-th registration and looks what was told; again marks one that is done anew.
func (f *failOver) register(b *browser, i int, again string) error {
	if err := f.asks.Press(b, i); err != nil {
		return err
	}
	receipt, err := f.asks.Look(b, i)
	if err == nil {
		f.tell(receipt, again+f.asks.ids[i])
	}
	return err
}

func (f *failOver) approve(b *browser, i int, again string) error {
	if err := f.grants.Press(b, i); err != nil {
		return err
	}
	code, err := f.grants.Look(b, i)
	if err == nil {
		f.tell(code, again+f.work.ids[i])
	}
	return err
}

// act registers and approves one thing of each.
func (f *failOver) act(i int, press func(b *browser, do func(*browser) error) error, again string) {
	f.t.Helper()
	f.must(press(f.by(i, "applicant"), func(b *browser) error { return f.register(b, i, again) }))
	f.must(press(f.by(i, "examiner"), func(b *browser) error { return f.approve(b, i, again) }))
}

func once(b *browser, do func(*browser) error) error { return do(b) }

// insist presses until it succeeds, and signs in again when that is asked for.
func (f *failOver) insist(b *browser, do func(*browser) error) error {
	var err error
	for began := time.Now(); time.Since(began) < time.Minute; <-time.After(50 * time.Millisecond) {
		if err = do(b); err == nil {
			return nil
		}
		f.failed.Add(1)
		if signed := b.signIn(b.login); signed != nil {
			err = errors.Join(err, signed)
		}
	}
	return err
}

// die kills the primary in the middle of many registrations and promotes the standby; then everybody presses on.
func (f *failOver) die() {
	f.t.Helper()
	var all sync.WaitGroup
	for i := range storm {
		b := f.both[i%2].browser()
		b.cookies, b.login = maps.Clone(f.by(i, "applicant").cookies), "applicant"
		all.Go(func() { f.acked[i] = f.asks.Press(b, total+i) == nil })
	}
	<-time.After(time.Duration(rand.IntN(150)) * time.Millisecond) // some of them are through by then
	f.pair.Kill(f.t)
	f.killed = time.Now()
	all.Wait()
	f.pair.Promote(f.t)
	f.promoted = time.Now()
	for i := range storm {
		b := f.both[i%2].browser()
		b.login = "applicant"
		all.Go(func() {
			err := f.insist(b, func(b *browser) error {
				if receipt, err := f.asks.Look(b, total+i); err == nil { // it was done before
					f.tell(receipt, f.asks.ids[total+i])
					return nil
				}
				return f.register(b, total+i, "")
			})
			if err != nil {
				f.t.Errorf("registration %d of the storm: %v", i, err)
			}
		})
	}
	f.act(before+since, f.insist, "")
	f.first = time.Now()
	for i := before + since + 1; i < total; i++ {
		f.act(i, f.insist, "")
	}
	all.Wait()
}

// through counts the registrations of the storm that were acknowledged before the primary died.
func (f *failOver) through() (n int64) {
	for _, acked := range f.acked {
		if acked {
			n++
		}
	}
	return n
}

// lost is what the database was found to have forgotten.
func (f *failOver) lost() (registrations, approvals int64) {
	f.t.Helper()
	rows, err := f.h.db.Read().ListRestores(f.t.Context())
	f.must(err)
	for _, row := range rows {
		registrations, approvals = registrations+row.Receipts, approvals+row.Codes
	}
	return registrations, approvals
}

func (f *failOver) asynchronous() {
	f.t.Helper()
	for i := range before {
		f.act(i, once, "")
	}
	f.h.settled()
	f.pair.CaughtUp(f.t)
	f.pair.Cut(f.t)
	for i := before; i < before+since; i++ {
		f.act(i, once, "")
	}
	f.die()
	for i := before; i < before+since; i++ { // what was lost is done anew, and told under other numbers
		f.act(i, f.insist, "again ")
	}
	registrations, approvals := f.lost()
	if registrations < since+f.through() || approvals != since { // one whose answer failed may have been done all the same
		f.t.Errorf("%d registrations and %d approvals are said to be lost, not %d and %d", registrations, approvals, since+f.through(), since)
	}
	if out := f.h.tool("check"); !strings.Contains(out, "no difference") || !strings.Contains(out, "forgotten were") {
		f.t.Errorf("the check says: %s", out)
	}
	if !slices.ContainsFunc(f.both, func(at *house) bool { return strings.Contains(at.log.String(), "behind its ledger") }) {
		f.t.Error("no process says that the database fell behind")
	}
	f.say(registrations, approvals)
}

func (f *failOver) synchronous() {
	f.t.Helper()
	f.pair.Synchronous(f.t, "on")
	for i := range before + since {
		f.act(i, once, "")
	}
	f.die()
	for i := range before + since {
		f.must(f.insist(f.by(i, "applicant"), func(b *browser) error {
			receipt, err := f.asks.Look(b, i)
			if err == nil && f.given[receipt] != f.asks.ids[i] {
				f.t.Errorf("R-APP-15: %s was told another number than %s", f.asks.ids[i], receipt)
			}
			return err
		}))
	}
	registrations, approvals := f.lost()
	if registrations+approvals > 0 {
		f.t.Errorf("%d registrations and %d approvals are said to be lost", registrations, approvals)
	}
	if out := f.h.tool("check"); !strings.HasSuffix(out, "no difference\n") {
		f.t.Errorf("the check says: %s", out)
	}
	f.say(registrations, approvals)
}

func (f *failOver) say(registrations, approvals int64) {
	f.t.Logf("RPO: %d registrations and %d approvals lost, of %d that were acknowledged and might have been; RTO: %v after the kill, %v after the promotion; %d presses came to nothing meanwhile",
		registrations, approvals, 2*since+f.through(), f.first.Sub(f.killed).Round(time.Millisecond), f.first.Sub(f.promoted).Round(time.Millisecond), f.failed.Load())
}

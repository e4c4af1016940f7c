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

// TestFailOver is R-ID-6 and R-APP-15 with real servers: two processes serve on a primary with an asynchronous standby, the
// replication stops, acts are acknowledged, the primary is killed and the standby, which never had them, is promoted. Both
// processes live on. What was acknowledged is lost, and said to be; none of its numbers and codes is given out again.
func TestFailOver(t *testing.T) {
	if !trial.Thorough() {
		t.Skip("the comparison itself is tested with every check; this is a part of make thorough")
	}
	for drill := range trial.Size(t, "REHEARSAL_FAILOVERS", 1, 6) {
		t.Run(fmt.Sprint(drill+1), func(t *testing.T) { failOver(t) })
	}
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

const (
	kept, lostActs, after = 2, 3, 4 // registrations, and as many approvals
	storm                 = 16      // registrations that are pressed at once while the primary dies
)

func failOver(t *testing.T) {
	pair := pgtest.Replicated(t)
	dsn := pair.NewDatabase(t, "uketsuke")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(storetest.Migrate(dsn))
	h := newHouse(t, dsn, 40)
	both := []*house{h, h.other()}
	total := kept + lostActs + after
	asks, work := &registration{h: h}, &registration{h: h}
	grants := &approval{h: h, of: work, issued: fresh}
	applicant, examiner := h.signedIn("applicant"), h.signedIn("examiner")
	must(asks.Prepare(applicant, total+storm))
	must(work.Prepare(applicant, total))
	for i := range total {
		must(work.Press(applicant, i))
	}
	must(grants.Prepare(examiner, total))
	var telling sync.Mutex
	given := map[string]string{} // what was told, to whom
	tell := func(thing, whom string) {
		t.Helper()
		telling.Lock()
		defer telling.Unlock()
		if before, twice := given[thing]; twice && before != whom {
			t.Errorf("R-ID-6, R-APP-15: %s was given to %s, and then to %s", thing, before, whom)
		} else if twice {
			t.Errorf("R-ID-6, R-APP-15: %s was given to %s twice", thing, whom)
		}
		given[thing] = whom
	}
	acts := func(from, to int, press func(*house, string, func(*browser) error) error) {
		t.Helper()
		for i := from; i < to; i++ {
			at := both[i%2]
			must(press(at, "applicant", func(b *browser) error {
				if err := asks.Press(b, i); err != nil {
					return err
				}
				receipt, err := asks.Look(b, i)
				if err == nil {
					tell(receipt, asks.ids[i])
				}
				return err
			}))
			must(press(at, "examiner", func(b *browser) error {
				if err := grants.Press(b, i); err != nil {
					return err
				}
				code, err := grants.Look(b, i)
				if err == nil {
					tell(code, work.ids[i])
				}
				return err
			}))
		}
	}
	people := map[string]*browser{}
	of := func(at *house, login string) *browser { return people[at.address+login] }
	for _, at := range both {
		for _, login := range []string{"applicant", "examiner"} {
			people[at.address+login] = at.signedIn(login)
		}
	}
	once := func(at *house, login string, do func(*browser) error) error { return do(of(at, login)) }
	acts(0, kept, once)
	h.settled()
	pair.CaughtUp(t)
	pair.Cut(t)
	acts(kept, kept+lostActs, once)
	var all sync.WaitGroup
	acknowledged := make([]bool, storm)
	for i := range storm {
		b := both[i%2].browser()
		b.cookies = maps.Clone(of(both[i%2], "applicant").cookies)
		b.login = "applicant"
		all.Go(func() { acknowledged[i] = asks.Press(b, total+i) == nil })
	}
	<-time.After(time.Duration(rand.IntN(150)) * time.Millisecond) // some of them are through by then
	pair.Kill(t)
	all.Wait()
	killed := time.Now()
	pair.Promote(t)
	promoted := time.Now()
	var refused atomic.Int64
	insist := func(b *browser, do func(*browser) error) error {
		var err error
		for began := time.Now(); time.Since(began) < time.Minute; <-time.After(50 * time.Millisecond) {
			if err = do(b); err == nil {
				return nil
			}
			refused.Add(1)
			if signed := b.signIn(b.login); signed != nil { // every session may have ended
				err = errors.Join(err, signed)
			}
		}
		return err
	}
	patiently := func(at *house, login string, do func(*browser) error) error { return insist(of(at, login), do) }
	for i := range storm {
		all.Go(func() {
			b := both[i%2].browser()
			b.login = "applicant"
			err := insist(b, func(b *browser) error {
				if err := asks.Press(b, total+i); err != nil {
					return err
				}
				receipt, err := asks.Look(b, total+i)
				if err == nil {
					tell(receipt, asks.ids[total+i])
				}
				return err
			})
			if err != nil {
				t.Errorf("registration %d of the storm: %v", i, err)
			}
		})
	}
	acts(kept+lostActs, kept+lostActs+1, patiently)
	first := time.Now()
	acts(kept+lostActs+1, total, patiently)
	all.Wait()
	// What was lost is done anew, and told under other numbers.
	for i := kept; i < kept+lostActs; i++ {
		must(patiently(both[i%2], "applicant", func(b *browser) error {
			if err := asks.Press(b, i); err != nil {
				return err
			}
			receipt, err := asks.Look(b, i)
			if err == nil {
				tell(receipt, "again "+asks.ids[i])
			}
			return err
		}))
		must(patiently(both[i%2], "examiner", func(b *browser) error {
			if err := grants.Press(b, i); err != nil {
				return err
			}
			code, err := grants.Look(b, i)
			if err == nil {
				tell(code, "again "+work.ids[i])
			}
			return err
		}))
	}
	through := 0
	for _, was := range acknowledged {
		if was {
			through++
		}
	}
	lost := h.restoresSay(lostActs+int64(through), lostActs)
	if out := h.tool("check"); !strings.Contains(out, "no difference") || !strings.Contains(out, "forgotten were") {
		t.Errorf("the check says: %s", out)
	}
	if !slices.ContainsFunc(both, func(at *house) bool { return strings.Contains(at.log.String(), "behind its ledger") }) {
		t.Error("no process says that the database fell behind")
	}
	t.Logf("RPO: %s of %d acknowledged since the cut; RTO: %v after the kill, %v after the promotion; %d presses came to nothing meanwhile",
		lost, 2*lostActs+through, first.Sub(killed).Round(time.Millisecond), first.Sub(promoted).Round(time.Millisecond), refused.Load())
}

// restoresSay reads what the database was found to have lost.
func (h *house) restoresSay(registrations, approvals int64) string {
	h.t.Helper()
	rows, err := h.db.Read().ListRestores(h.t.Context())
	if err != nil || len(rows) == 0 {
		h.t.Fatal(errors.Join(err, errors.New("no restore was recorded")))
	}
	var receipts, codes int64
	for _, row := range rows {
		receipts, codes = receipts+row.Receipts, codes+row.Codes
	}
	// One whose answer failed may have been done all the same.
	if receipts < registrations || codes != approvals {
		h.t.Errorf("%d registrations and %d codes are said to be lost, not %d and %d", receipts, codes, registrations, approvals)
	}
	return fmt.Sprintf("%d registrations and %d approvals lost", receipts, codes)
}

// Package rehearsal answers: what is left when the process is killed in the middle of it?
//
// Words: a work is something that people do again and again at the real pages; the killer is kill -9 of the
// real process at random moments while they do; what somebody was told is acknowledged. TestKilled rehearses
// registrations and approvals under the killer. TestKilledAtEveryStatement kills the desk at the first
// statement of a registration and of an approval, at the second, and so on to the last (S9).
//
// REHEARSAL_COUNT is how many of each work are done in a house, REHEARSAL_KILLS how many kills each database gets at
// least, REHEARSAL_CHECK_EVERY after how many of them everything is checked before the next process starts, REHEARSAL_SEED
// what the killer's moments follow from; a run says it.
package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/keyring"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/pgtest"
	"uketsuke/internal/store/query"
	"uketsuke/internal/store/storetest"
	"uketsuke/internal/trial"
)

// A Work is something that people do again and again while the process is killed under them.
type Work interface {
	Name() string
	// Login is who does it.
	Login() string
	// Longest is the longest time that a process lives under the killer: some get done within it.
	Longest() time.Duration
	// Prepare makes ready what n of them need, before anything is killed.
	Prepare(b *browser, n int) error
	// Press does the i-th one and returns nil once the person was told that it is done. When it returns
	// errGone it is done again, as people do.
	Press(b *browser, i int) error
	// Look is what the person sees of it afterwards; it must be there for ever after Press.
	Look(b *browser, i int) (string, error)
	// Verify compares what was told with what is stored.
	Verify(ctx context.Context, db *store.DB, told map[int]string) error
}

// clients is how many people do a work at once.
const clients = 4

// A tally is what a rehearsal counts.
type tally struct {
	kills  int
	flight map[string]int // kills by what was in flight
	unborn int            // kills of processes that were not ready yet
	// sequencing are kills while entries of evidence got their places: what was in flight besides.
	sequencing int
	done       int
	again      int // presses that got no answer and were repeated
	took       time.Duration
}

func (t tally) String() string {
	var flights []string
	for _, name := range slices.Sorted(maps.Keys(t.flight)) {
		flights = append(flights, fmt.Sprintf("%s %d", name, t.flight[name]))
	}
	return fmt.Sprintf("%d done in %v, %d kills (in flight: %s; %d before ready), %d presses without an answer",
		t.done, t.took.Round(time.Millisecond), t.kills, strings.Join(flights, ", "), t.unborn, t.again)
}

// R-EX-7, R-APP-14, R-MAIL-4: nothing acknowledged is lost and nothing happens twice, whatever is killed when.
func TestKilled(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		killed(t, func(t *testing.T) string { return filepath.Join(trial.Durable(t), "uketsuke.db") })
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		server := pgtest.Durable(t)
		killed(t, func(t *testing.T) string { return server.NewDatabase(t, storetest.Migrate) })
	})
}

// killed rehearses in one house after another until so many kills are reached: a small history is checked quickly.
func killed(t *testing.T, database func(t *testing.T) string) {
	t.Helper()
	count, want := trial.Size(t, "REHEARSAL_COUNT", 8, 120), trial.Size(t, "REHEARSAL_KILLS", 1, 300)
	random := int(time.Now().UnixNano() % 1_000_000)
	seed := trial.Size(t, "REHEARSAL_SEED", random, random)
	kills := 0
	for n := 0; kills < want && !t.Failed(); n++ {
		t.Run(strconv.Itoa(n), func(t *testing.T) { kills += killedHouse(t, database(t), count, seed+n) })
	}
	t.Logf("%d kills", kills)
}

func killedHouse(t *testing.T, dsn string, count, seed int) (kills int) {
	t.Helper()
	if err := storetest.Migrate(dsn); err != nil {
		t.Fatal(err)
	}
	t.Logf("count %d, seed %d", count, seed)
	h := newHouse(t, dsn, count)
	registrations := &registration{h: h}
	works := []struct {
		work func() Work
		n    int
	}{
		{func() Work { return registrations }, count},
		{func() Work { return &approval{h: h, of: registrations, issued: fresh} }, count},
		{func() Work { return &reissue{approval{h: h, of: &registration{h: h}, issued: past}} }, reissues(count)},
		{func() Work { return erasure(h, registrations.ids[:count/2]) }, count / 2},
		{func() Work { return voiding(h, registrations.ids[count/2:]) }, count - count/2},
	}
	sequencing := 0
	for i, w := range works {
		work := w.work()
		tally := h.rehearse(work, w.n, rand.New(rand.NewPCG(uint64(seed), uint64(i))))
		t.Logf("%s: %s", work.Name(), tally)
		if tally.kills == 0 {
			t.Errorf("%s: nothing was killed", work.Name())
		}
		kills += tally.kills
		sequencing += tally.sequencing
	}
	t.Logf("%d of the kills came while the log of evidence was kept", sequencing)
	h.sweep(registrations.ids)
	sent, repeated := h.mailed()
	t.Logf("%d mails, %d of them repeated with their own Message-ID, %d kills in all", sent, repeated, kills)
	if repeated > kills {
		t.Errorf("R-MAIL-4: %d mails were repeated by %d kills", repeated, kills)
	}
	h.stop()
	began := time.Now()
	h.sound("at the end")
	t.Logf("uketsuke check: %v", time.Since(began).Round(time.Millisecond))
	h.tool("audit", "checkpoint")
	t.Logf("uketsuke audit verify: %s", h.tool("audit", "verify"))
	return kills
}

// sound wants the history to be what its events say, and the log of evidence whole.
func (h *house) sound(when string) {
	h.t.Helper()
	if said := h.tool("check"); said != "no difference\n" {
		h.t.Errorf("check %s: %s", when, said)
	}
	h.tool("audit", "verify") // says what it finds, and fails
}

// reissues is how many of the count are applications for new passwords.
func reissues(count int) int { return count / 2 }

// sweep lets the clock's work destroy the keys that acts have let go of and set those of killed attempts aside, and wants no
// other key in use:
// what was erased or made void cannot be opened, wherever a copy of the database may be (R-SEC-6, R-SEC-8).
func (h *house) sweep(ended []string) {
	h.t.Helper()
	ring, err := keyring.Open(h.keys)
	if err != nil {
		h.t.Fatal(err)
	}
	named, err := h.db.Read().ListSecretKeys(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	living := map[keyring.Name]bool{}
	for _, name := range named {
		living[keyring.Name(name)] = true
		for _, id := range ended {
			if strings.Contains(name, id) {
				h.t.Errorf("R-SEC-6: the ended application %s still names the key %s", id, name)
			}
		}
	}
	// Keys of killed attempts are set aside after the grace, which a rehearsal does not wait for.
	swept, err := ring.Sweep(keyring.Sweeping{Named: living, Today: calendar.DateOf(time.Now()), Now: time.Now().Add(2 * keyring.Grace),
		Dead: func(names []string) (map[string]bool, error) { return h.db.Read().DeadKeys(h.t.Context(), names) }})
	if err != nil {
		h.t.Error(err)
	}
	left, err := ring.List()
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Logf("%d keys live, %d of killed attempts were set aside, %d of killed destructions were destroyed", len(left), len(swept.SetAside), len(swept.Destroyed))
	asides, err := ring.ListAside()
	if err != nil {
		h.t.Fatal(err)
	}
	var all []string
	for _, e := range append(slices.Clone(left), asides...) {
		all = append(all, string(e.Name))
	}
	dead, err := h.db.Read().DeadKeys(h.t.Context(), all)
	if err != nil || len(dead) > 0 {
		h.t.Errorf("R-SEC-6: keys that an act has let go of are left: %v, %v", dead, err)
	}
	if len(left) != len(living) {
		h.t.Errorf("R-SEC-6: after the sweep %d keys are in the ring and %d are named", len(left), len(living))
	}
}

// rehearse does a work n times under the killer, with several people at once.
func (h *house) rehearse(w Work, n int, random *rand.Rand) tally {
	h.t.Helper()
	tally := tally{flight: map[string]int{}, done: n}
	if err := w.Prepare(h.signedIn(w.Login()), n); err != nil {
		h.t.Fatalf("preparing %s: %v", w.Name(), err)
	}
	// The last of them waits for the first kill: a work that is done before anything was killed has rehearsed nothing.
	queue, killed := make(chan int, n), make(chan struct{})
	for i := range n - 1 {
		queue <- i
	}
	go func() { <-killed; queue <- n - 1; close(queue) }()
	var people sync.WaitGroup
	var mu sync.Mutex
	told := map[int]string{}
	var finished atomic.Int64
	browsers := make([]*browser, clients)
	for i := range browsers {
		browsers[i] = h.signedIn(w.Login())
	}
	began := time.Now()
	for _, b := range browsers {
		people.Go(func() {
			for i := range queue {
				seen, again, err := h.do(w, b, i)
				finished.Add(1)
				mu.Lock()
				tally.again += again
				told[i] = seen
				mu.Unlock()
				if err != nil {
					h.t.Errorf("%s %d: %v; the process said:\n%s", w.Name(), i, err, h.log)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { people.Wait(); close(done) }()
	h.killer(w.Longest(), random, done, &tally, finished.Load, sync.OnceFunc(func() { close(killed) }))
	tally.took = time.Since(began)
	if err := w.Verify(h.t.Context(), h.db, told); err != nil {
		h.t.Errorf("%s: %v", w.Name(), err)
	}
	return tally
}

func (h *house) signedIn(login string) *browser {
	h.t.Helper()
	b := h.browser()
	if err := b.signIn(login); err != nil {
		h.t.Fatal(err)
	}
	return b
}

// do does one, again and again until there is an answer, and then looks until it is seen.
func (h *house) do(w Work, b *browser, i int) (seen string, again int, err error) {
	for {
		err = w.Press(b, i)
		if err == nil {
			break
		}
		if !errors.Is(err, errGone) {
			return "", again, err
		}
		again++
		h.await()
	}
	for {
		seen, err = w.Look(b, i)
		if err == nil {
			return seen, again, nil
		}
		if !errors.Is(err, errGone) {
			return "", again, fmt.Errorf("acknowledged and lost: %w", err)
		}
		h.await()
	}
}

// killer kills the process at random moments until the work is done; the last process lives. What a kill leaves is
// checked before the next process touches it, and now and then beside that one, which serves while the check looks. Where a
// machine is so slow that nothing gets done within a life, lives become longer. After the first kill it calls first.
func (h *house) killer(longest time.Duration, random *rand.Rand, done <-chan struct{}, tally *tally, finished func() int64, first func()) {
	h.t.Helper()
	before := int64(-1)
	every := trial.Size(h.t, "REHEARSAL_CHECK_EVERY", 5, 5)
	most := trial.Size(h.t, "REHEARSAL_KILLS_OF_A_WORK", 6, math.MaxInt)
	killed := func() {
		defer first()
		h.countSequencing(tally)
		if tally.kills++; tally.kills%every == 0 {
			h.sound(fmt.Sprintf("after kill %d", tally.kills))
		}
	}
	for round := 1; ; round++ {
		if tally.kills >= most {
			<-done
			return
		}
		if now := finished(); now == before {
			longest += longest / 8
		} else {
			before = now
		}
		select {
		case <-done:
			return
		case <-time.After(time.Duration(random.Int64N(int64(longest)))):
		}
		flight := h.kill()
		slices.Sort(flight)
		if len(flight) == 0 {
			flight = []string{"nothing"}
		}
		tally.flight[strings.Join(flight, " + ")]++
		killed()
		for random.IntN(4) == 0 {
			h.endLeases()
			h.unborn(time.Duration(random.Int64N(int64(start))))
			tally.unborn++
			killed()
		}
		h.endLeases()
		h.start()
		if round%beside == 0 {
			h.sound(fmt.Sprintf("beside the process after kill %d", tally.kills))
		}
	}
}

// beside is after how many rounds the check looks while the next process serves.
const beside = 10

// start is about how long a process needs to be ready.
const start = 100 * time.Millisecond

// countSequencing counts the kill if the dead process was keeping the log of evidence: it still has the lease.
func (h *house) countSequencing(tally *tally) {
	h.t.Helper()
	for _, job := range h.jobs() {
		if job.Name == desk.LogJob && !job.LeasedUntil.IsZero() {
			tally.sequencing++
		}
	}
}

func (h *house) jobs() []query.Job {
	h.t.Helper()
	jobs, err := h.db.Read().ListJobs(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return jobs
}

// endLeases lets the time pass for which a dead process still holds its jobs and its mails, and the waits between tries.
func (h *house) endLeases() {
	h.t.Helper()
	jobs := h.jobs()
	rows, err := allMails(h.t.Context(), h.db)
	if err != nil {
		h.t.Fatal(err)
	}
	err = h.db.InTx(h.t.Context(), func(tx *store.Tx) error {
		for _, job := range jobs {
			if _, err := tx.ReleaseJob(h.t.Context(), query.ReleaseJobParams{Name: job.Name, Fence: job.Fence, FailedAt: job.FailedAt, Failure: job.Failure}); err != nil {
				return err
			}
		}
		for _, row := range rows {
			if !row.AcceptedAt.IsZero() || !row.FailedAt.IsZero() || row.Attempts == 0 {
				continue
			}
			if _, err := tx.RetryOutbox(h.t.Context(), query.RetryOutboxParams{ID: row.ID, Fence: row.Fence, RunAt: column.At(time.Now())}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func allMails(ctx context.Context, db *store.DB) ([]query.Outbox, error) {
	var all []query.Outbox
	after := ""
	for {
		rows, err := db.Read().AllOutbox(ctx, query.AllOutboxParams{After: after, Most: 500})
		if err != nil || len(rows) == 0 {
			return all, err
		}
		all = append(all, rows...)
		after = rows[len(rows)-1].ID
	}
}

// mailed waits until every mail has reached the server, and counts those that came again.
func (h *house) mailed() (sent, repeated int) {
	h.t.Helper()
	rows, err := allMails(h.t.Context(), h.db)
	if err != nil {
		h.t.Fatal(err)
	}
	want := map[string]bool{}
	for _, row := range rows {
		want[row.MessageID] = true
	}
	for least := len(want); ; {
		came := map[string]int{}
		bodies := map[string]string{}
		all := h.mails.Wait(h.t, least)
		for _, m := range all {
			came[m.MessageID]++
			if before, again := bodies[m.MessageID]; again && before != m.Body {
				h.t.Errorf("the repeated mail %s says something else", m.MessageID)
			}
			bodies[m.MessageID] = m.Body
		}
		if missing := len(want) - len(came); missing > 0 {
			least = len(all) + missing
			continue
		}
		for id, n := range came {
			if !want[id] {
				h.t.Errorf("the mail %s is not in the outbox", id)
			}
			repeated += n - 1
		}
		return len(came), repeated
	}
}

package signin

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A try is somebody at a lane in a test.
type try struct{ login, from string }

// arrive lets tries come one after another to a lane whose places are taken, and says how each fared.
func arrive(t *testing.T, l *lane, tries []try) []*fared {
	t.Helper()
	ended := make([]*fared, len(tries))
	for i, at := range tries {
		ended[i] = &fared{err: errWaits}
		go func() { ended[i].is(l.enter(t.Context(), l.marksOf(at.login, at.from))) }()
		synctest.Wait()
	}
	return ended
}

var errWaits = errors.New("still waits")

// A fared is how somebody fared.
type fared struct {
	mu  sync.Mutex
	err error
}

func (o *fared) is(err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.err = err
}

func (o *fared) now() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.err
}

// full is a lane with one place, which is taken.
func full(t *testing.T) *lane {
	t.Helper()
	l := newLane(1)
	if err := l.enter(t.Context(), l.marksOf("somebody", "192.0.2.1")); err != nil {
		t.Fatal(err)
	}
	return l
}

// ASVS 2.4.1: somebody who has missed nothing is next, before any number of tries from one place or of one login; of equals,
// the last to come. What is tried from many places is as new as anybody, until the first miss.
func TestLanes(t *testing.T) {
	t.Parallel()
	many := func(of func(i int) try) (tries []try) {
		for i := range 50 {
			tries = append(tries, of(i))
		}
		return tries
	}
	for name, flood := range map[string][]try{
		"one place":             many(func(i int) try { return try{fmt.Sprint("guess", i), fmt.Sprintf("203.0.113.%d", i)} }),
		"one login":             many(func(i int) try { return try{"owner", fmt.Sprintf("10.0.%d.1", i)} }),
		"many places, misses":   many(func(i int) try { return try{fmt.Sprint("guess", i), fmt.Sprintf("10.0.%d.1", i)} }),
		"one network of IPv6":   many(func(i int) try { return try{fmt.Sprint("guess", i), fmt.Sprintf("2001:db8::%x:1", i)} }),
		"addresses of no shape": many(func(i int) try { return try{fmt.Sprint("guess", i), "@"} }),
	} {
		synctest.Test(t, func(t *testing.T) {
			l := full(t)
			for _, at := range flood {
				l.missed(l.marksOf(at.login, at.from))
			}
			before := arrive(t, l, flood[:25])
			honest := arrive(t, l, []try{{"hanako", "198.51.100.7"}, {"taro", "198.51.100.7"}})
			after := arrive(t, l, flood[25:])
			for range honest {
				l.leave()
				synctest.Wait()
			}
			if honest[0].now() != nil || honest[1].now() != nil {
				t.Errorf("%s: with two turns: %v, %v", name, honest[0].now(), honest[1].now())
			}
			time.Sleep(waitsMost)
			synctest.Wait()
			for _, err := range append(before, after...) {
				if !errors.Is(err.now(), ErrBusy) {
					t.Errorf("%s: one of the flood: %v", name, err.now())
				}
			}
			l.leave()
			if l.free != 1 || len(l.waiting) != 0 {
				t.Errorf("%s: %d places are free, %d wait", name, l.free, len(l.waiting))
			}
		})
	}
}

// The queue is bounded: who would be the last gives up the place to who comes, and is told at once.
func TestAFullQueueLosesItsLast(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := full(t)
		l.most = 2
		l.missed(l.marksOf("guess", "203.0.113.1"))
		ended := arrive(t, l, []try{{"hanako", "198.51.100.7"}, {"guess", "203.0.113.2"}, {"taro", "198.51.101.7"}, {"guess", "203.0.113.3"}})
		if ended[0].now() != errWaits || ended[2].now() != errWaits || !errors.Is(ended[1].now(), ErrBusy) || !errors.Is(ended[3].now(), ErrBusy) {
			t.Errorf("%v, %v, %v, %v", ended[0].now(), ended[1].now(), ended[2].now(), ended[3].now())
		}
		l.leave()
		l.leave()
		synctest.Wait()
		if ended[0].now() != nil || ended[2].now() != nil {
			t.Errorf("%v, %v", ended[0].now(), ended[2].now())
		}
		l.leave()
	})
}

// Of equals the first to come is next; when there are more than can be served, the last.
func TestEqualsTakeTurns(t *testing.T) {
	t.Parallel()
	for wait, want := range map[time.Duration]int{patient: 0, patient + time.Millisecond: 2} {
		synctest.Test(t, func(t *testing.T) {
			l := full(t)
			ended := arrive(t, l, []try{{"a", "192.0.2.1"}, {"b", "198.51.100.1"}, {"c", "203.0.113.1"}})
			time.Sleep(wait)
			l.leave()
			synctest.Wait()
			for i, err := range ended {
				if (err.now() == nil) != (i == want) {
					t.Errorf("after %v: %d has %v", wait, i, err.now())
				}
			}
			time.Sleep(waitsMost)
			synctest.Wait()
			l.leave()
		})
	}
}

// Whoever goes away leaves no place behind, and friends have a lane of their own.
func TestWhoGoesAwayLeavesNoPlace(t *testing.T) {
	t.Parallel()
	l := full(t)
	gone, goAway := context.WithCancel(t.Context())
	goAway()
	if err := l.enter(gone, l.marksOf("hanako", "198.51.100.7")); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	l.leave()
	if l.free != 1 || len(l.waiting) != 0 {
		t.Errorf("%d places are free, %d wait", l.free, len(l.waiting))
	}
	if laneOf([]string{"pair:OWN somebody"}) == laneOf([]string{"pair:", "login:", "address:"}) {
		t.Error("friends wait behind strangers")
	}
}

// However many come, misses are counted in the same memory, and what was long ago counts less than what was just now.
func TestMissesAreBounded(t *testing.T) {
	t.Parallel()
	m := newMisses()
	for i := range 1000 {
		m.add([2]mark{m.mark(fmt.Sprint("from ", i)), m.mark(fmt.Sprint("login ", i))})
	}
	taken := 0
	for i := range 1000 {
		if m.of([2]mark{m.mark(fmt.Sprint("from other ", i)), m.mark(fmt.Sprint("login other ", i))}) > 0 {
			taken++
		}
	}
	if taken > 80 {
		t.Errorf("%d of 1000 strangers to a flood of 1000 are taken for it", taken)
	}
	// One of them may share its counters with the flood, by chance; not many.
	const ones = 100
	var marks [ones][2]mark
	var had [ones]float32
	for i := range ones {
		marks[i] = [2]mark{m.mark(fmt.Sprint("from here ", i)), m.mark(fmt.Sprint("login this ", i))}
		m.add(marks[i])
		had[i] = m.of(marks[i])
	}
	for i := range 2 * halveAfter {
		m.add([2]mark{m.mark(fmt.Sprint("from ", i%1000)), m.mark(fmt.Sprint("login ", i%1000))})
	}
	still := 0
	for i := range ones {
		if m.of(marks[i]) >= had[i] {
			still++
		}
	}
	if still > ones/10 {
		t.Errorf("%d of %d misses of long ago count as much as just now", still, ones)
	}
}

package signin

import (
	"context"
	"errors"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"uketsuke/internal/account"
)

// ErrBusy says that so many wait for their password to be looked at that somebody's turn did not come (ASVS 2.4.1).
var ErrBusy = errors.New("too many wait for their passwords to be looked at")

// A lane bounds how many passwords are hashed at once, since each needs much memory and a core, and says who is next.
//
// Next is who has the fewest misses: failed tries and turns that did not come, of the neighbourhood that the try comes from
// and of the login that it names, added up. Of several with as few, the first to come is next, until that one has waited for
// longer than patient: then there are more than can be served, and the last to come is next, who has not waited in vain yet
// and will not do so behind all the others. So one place or one login that is tried without end has no turn before others;
// many places, each with its first try, are as new as anybody, until their first miss. Nobody is told apart by whether the
// login exists.
type lane struct {
	mu      sync.Mutex
	free    int
	most    int // how many may wait
	waiting []*ticket
	misses  *misses
}

// A ticket is somebody who waits. turn is closed when it is theirs or, with lost, when somebody else took the place in the queue.
type ticket struct {
	marks [2]mark
	since time.Time
	turn  chan struct{}
	lost  bool
}

// Whoever is known, by a session or by a browser of before, does not wait behind strangers. They are made when somebody first
// comes: then it is known how much memory there is.
var (
	strangers = sync.OnceValue(func() *lane { return newLane(places()) })
	friends   = sync.OnceValue(func() *lane { return newLane(max(1, places()/2)) })
)

// places is how many passwords are hashed at once: one a core, and so many that they take a quarter of Go's memory.
func places() int {
	each := int64(passwordParams().Memory) << 10
	return int(max(1, min(int64(runtime.GOMAXPROCS(0)), debug.SetMemoryLimit(-1)/(4*each))))
}

const (
	// waitingMost is how many wait in a lane. Each is an open connection and a form, nothing more.
	waitingMost = 1024
	// patient is how long the first may have waited while the others still wait behind it.
	patient = time.Second
	// waitsMost is how long somebody waits for a turn.
	waitsMost = 4 * time.Second
	// crowd is from how many on, of one neighbourhood at once, whoever is not looked at is told so after a pause only.
	crowd      = 16
	crowdPause = 2 * time.Second
)

func newLane(places int) *lane { return &lane{free: places, most: waitingMost, misses: newMisses()} }

// laneOf is the lane of a try: strangers count against several subjects (tries.go).
func laneOf(subjects []string) *lane {
	if len(subjects) == 1 {
		return friends()
	}
	return strangers()
}

// marksOf are what a try is known by in a lane.
func (l *lane) marksOf(login, from string) [2]mark {
	return [2]mark{l.misses.mark("from " + account.Neighbourhood(from)), l.misses.mark("login " + login)}
}

// enter waits for a turn; then leave must be called.
func (l *lane) enter(ctx context.Context, marks [2]mark) error {
	mine := l.queue(marks)
	if mine == nil {
		return nil
	}
	patience := time.NewTimer(waitsMost)
	defer patience.Stop()
	err := ErrBusy
	select {
	case <-mine.turn:
	case <-patience.C:
	case <-ctx.Done():
		err = ctx.Err()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if at := slices.Index(l.waiting, mine); at >= 0 {
		l.waiting = slices.Delete(l.waiting, at, at+1)
	} else if !mine.lost {
		return nil // it may have come in the last moment
	}
	l.misses.add(marks)
	return err
}

// queue takes a free place, and answers nil; or a place in the queue, that of whoever would be the last if there is none.
func (l *lane) queue(marks [2]mark) *ticket {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.free > 0 {
		l.free--
		return nil
	}
	mine := &ticket{marks: marks, since: time.Now(), turn: make(chan struct{})}
	l.waiting = append(l.waiting, mine)
	if len(l.waiting) > l.most {
		l.call(l.last(), true)
	}
	return mine
}

// leave gives the place to who is next.
func (l *lane) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		l.free++
		return
	}
	l.call(l.next(), false)
}

// missed notes that a try was looked at in vain.
func (l *lane) missed(marks [2]mark) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.misses.add(marks)
}

func (l *lane) call(at int, lost bool) {
	called := l.waiting[at]
	l.waiting = slices.Delete(l.waiting, at, at+1)
	called.lost = lost
	close(called.turn)
}

// next is the place in the queue of who has the fewest misses.
func (l *lane) next() int {
	least := l.misses.of(l.waiting[0].marks)
	first, last := 0, 0 // of those who have as few
	for i, t := range l.waiting {
		switch n := l.misses.of(t.marks); {
		case n < least:
			first, last, least = i, i, n
		case n == least:
			last = i
		}
	}
	if time.Since(l.waiting[first].since) > patient {
		return last
	}
	return first
}

// last is the place in the queue of who has the most misses, the first of them to come.
func (l *lane) last() (found int) {
	most := l.misses.of(l.waiting[0].marks)
	for i, t := range l.waiting {
		if n := l.misses.of(t.marks); n > most {
			found, most = i, n
		}
	}
	return found
}

// A throng counts the tries of each neighbourhood that are on their way.
type throng struct {
	mu sync.Mutex
	by map[string]int
}

var arriving = &throng{by: map[string]int{}}

// come counts one more from an address, and says whether they are a crowd.
func (t *throng) come(from string) (crowded bool, leave func()) {
	place := account.Neighbourhood(from)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.by[place]++
	return t.by[place] > crowd, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.by[place]--; t.by[place] == 0 {
			delete(t.by, place)
		}
	}
}

// pause lets one of a crowd wait for its refusal: a flood that is answered at once comes again at once.
func pause(ctx context.Context) {
	timer := time.NewTimer(crowdPause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

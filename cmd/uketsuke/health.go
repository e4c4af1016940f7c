package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
	"uketsuke/internal/web/kit"

	"uketsuke/internal/store"
)

// Health is said in three words at three addresses, to whoever asks, without details:
//
//	/livez      "alive": the process answers; whoever starts it again when it does not asks here
//	/readyz     "ready" or "degraded" with 200, "not ready" with 503: whoever sends people here asks here
//	/degradedz  the same words, 200 for "ready" alone: whoever wakes somebody asks here
//
// Behind the first line stand codes of what was found, one a line; what they mean stands in docs/operations.md and on the
// page of operations, what the system said in the log alone. /healthz is /readyz.
var healthAddresses = map[string]bool{"/livez": true, "/readyz": true, "/degradedz": true, "/healthz": true}

// How often health is looked at, and how long one look may take. A look that is older than three of both is no word.
const (
	healthEvery = 5 * time.Second
	healthLimit = 5 * time.Second
)

// A weight is what a finding means for people.
type weight int

const (
	mention weight = iota // somebody should see to it in the next days
	degrade               // pages work, something behind them does not
	unready               // people cannot do their work here
)

// A finding is one thing that is wrong. Its code is for machines and of fixed meaning, its error for the log.
type finding struct {
	code   kit.FindingCode
	weight weight
	err    error
}

// A health is what was found last.
type health struct {
	mu    sync.Mutex
	at    time.Time
	found []finding
	// keepUp is how the last comparison of the database with its ledger failed, nil when it did not.
	keepUp error
}

// watchHealth looks until ctx ends, and often while people cannot work, so that they are let in again soon.
func (s *service) watchHealth(ctx context.Context) {
	var last time.Time
	every(ctx, time.Second, func() {
		if time.Since(last) < healthEvery && word(s.health.now(time.Now())) != wordUnready {
			return
		}
		s.look(ctx)
		last = time.Now()
	})
}

// look finds what is wrong, and tells the log what has changed.
func (s *service) look(ctx context.Context) {
	s.certificate.look(s.log)
	limited, cancel := context.WithTimeout(ctx, healthLimit)
	defer cancel()
	found := s.find(limited)
	if ctx.Err() != nil {
		return
	}
	before := s.health.set(found, time.Now())
	for _, f := range found {
		if !has(before, f.code) {
			s.log.WarnContext(ctx, "health", "is", word(found), "code", f.code, "error", f.err)
		}
	}
	for _, f := range before {
		if !has(found, f.code) {
			s.log.InfoContext(ctx, "health", "is", word(found), "over", f.code)
		}
	}
}

// find asks everything that the work rests on.
func (s *service) find(ctx context.Context) []finding {
	var found []finding
	add := func(w weight, code kit.FindingCode, err error) {
		if err != nil {
			found = append(found, finding{code, w, err})
		}
	}
	if err := s.db.Ping(ctx); err != nil {
		add(unready, kit.FindDatabase, err)
		return found
	}
	if err := s.db.KnowsSchema(ctx); errors.Is(err, store.ErrSchema) {
		add(unready, kit.FindSchema, err) // a newer program has begun its work here
	}
	err := s.db.ProbeWrite(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		// Somebody else has been writing all the time: an import, or a slow disk.
		add(degrade, kit.FindDatabaseSlow, err)
	} else {
		add(unready, kit.FindDatabaseWrite, err)
	}
	add(unready, kit.FindKeys, s.desk.Ring.Probe())
	add(unready, kit.FindLedger, s.ledger.Probe())
	how, behind := s.behind()
	add(how, kit.FindBehind, behind)
	add(degrade, kit.FindClocksApart, errors.Join(s.skewed(ctx), follow(ctx, s.db, s.elapsed)))
	if s.guard != nil {
		if why := s.guard.Doubt(); why != "" {
			add(degrade, kit.FindClock, fmt.Errorf("%w (%s)", errClockDoubted, why))
		} else if late, err := s.guard.LateJobs(ctx); err != nil || len(late) > 0 {
			add(degrade, kit.FindLate, errors.Join(err, lateOrNil(late)))
		}
	}
	papers := s.desk.Signing()
	if papers.Failure != "" {
		add(degrade, kit.FindPapers, errors.New(papers.Failure))
	} else if papers.Soon {
		add(mention, kit.FindPapersSoon, fmt.Errorf("the certificate of papers ends %s", papers.Ends.UTC().Format(time.RFC3339)))
	}
	return append(found, s.certificate.findings(time.Now())...)
}

// skewed says that this machine's clock and that of a database elsewhere are apart.
func (s *service) skewed(ctx context.Context) error {
	before := time.Now()
	theirs, err := s.db.Clock(ctx)
	if err != nil {
		return err
	}
	return skew(theirs.At, before, time.Now())
}

// set takes what was found in the place of what was found before, and returns that.
func (h *health) set(found []finding, at time.Time) (before []finding) {
	h.mu.Lock()
	defer h.mu.Unlock()
	before, h.found, h.at = h.found, found, at
	return before
}

// now is what was found last, or that nobody has looked for long.
func (h *health) now(at time.Time) []finding {
	h.mu.Lock()
	defer h.mu.Unlock()
	if at.Sub(h.at) > 3*(healthEvery+healthLimit) {
		return []finding{{kit.FindNotLooked, unready, errors.New("nobody has looked for long: the machine may be at its end")}}
	}
	return h.found
}

func has(found []finding, code kit.FindingCode) bool {
	for _, f := range found {
		if f.code == code {
			return true
		}
	}
	return false
}

// The words but "ready".
const (
	wordDegraded = "degraded"
	wordUnready  = "not ready"
)

func word(found []finding) string {
	worst := mention
	for _, f := range found {
		worst = max(worst, f.weight)
	}
	switch worst {
	case unready:
		return wordUnready
	case degrade:
		return wordDegraded
	}
	return "ready"
}

// serveHealth answers at the addresses of health.
func (s *service) serveHealth(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	if r.URL.Path == "/livez" {
		_, _ = w.Write([]byte("alive\n"))
		return
	}
	found := s.health.now(time.Now())
	said := word(found)
	if said == wordUnready || said == wordDegraded && r.URL.Path == "/degradedz" {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_, _ = w.Write([]byte(strings.Join(append([]string{said}, codes(found)...), "\n") + "\n"))
}

// codes are the lines behind the word; late work is named.
func codes(found []finding) []string {
	var list []string
	for _, f := range found {
		line := string(f.code)
		if late, is := errors.AsType[workLate](f.err); is {
			line += " " + strings.Join(late, " ")
		}
		list = append(list, line)
	}
	return list
}

// condition is what the page of operations shows of this process.
func (s *service) condition() kit.Condition {
	found := s.health.now(time.Now())
	c := kit.Condition{Word: word(found)}
	for _, f := range found {
		c.Found = append(c.Found, f.code)
	}
	return c
}

// skewMax is how far this machine's clock may be from the database's: the machines of one database must
// agree on the time.
const skewMax = time.Second

// skew judges what the database said its time is, asked between two readings of this machine's clock.
func skew(theirs time.Time, before, after time.Time) error {
	if theirs.Before(before.Add(-skewMax)) || theirs.After(after.Add(skewMax)) {
		return fmt.Errorf("this machine's clock is more than %v from the database's, which says %s", skewMax, theirs.Format(time.RFC3339Nano))
	}
	return nil
}

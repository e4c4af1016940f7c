package model

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	mathrand "math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/desk"
	"uketsuke/internal/document"
	"uketsuke/internal/keyring"
	"uketsuke/internal/problem"
	"uketsuke/internal/sample"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
	"uketsuke/internal/trial"
)

// A history is one world under the hands of its people, and the truth beside it.
type history struct {
	t    *testing.T
	ctx  context.Context
	r    *mathrand.Rand
	seed uint64
	db   *store.DB
	ring *keyring.Ring
	desk *desk.Desk
	m    *truth
	// late is by how much the desk clock stands behind its mark during a step (R-CAL-3).
	late time.Duration
	// last is what the step before was done to: half the time people go on with what they have begun.
	last *app
	// steps are the texts of all steps so far.
	steps []string
}

// parts are what all desks share, because making them takes longer than a hundred steps.
var parts = sync.OnceValues(func() (*catalogue.Catalogue, error) { return catalogue.Load(nil) })

var printer = sync.OnceValues(document.NewPrinter)

// begin makes the world of a history on an empty migrated database.
func begin(t *testing.T, db *store.DB, seed uint64) *history {
	t.Helper()
	h := &history{t: t, ctx: t.Context(), r: mathrand.New(mathrand.NewPCG(seed, seed)), seed: seed, db: db}
	cat, err := parts()
	h.must(err)
	print, err := printer()
	h.must(err)
	h.ring, err = keyring.Open(filepath.Join(trial.Dir(t), "ring"))
	h.must(err)
	h.m = &truth{cat: cat, codes: map[string]map[string]bool{}, areas: map[string]area{}, sequences: map[int]int{},
		fourEyes: map[string]bool{}, mode: desk.ModeOpen, usage: map[string]map[string]int64{},
		secrets: map[string]bool{}, answered: map[string]string{},
		now: calendar.NewDate(2024, 1, 4).AddDays(h.r.IntN(1000)).At(9, h.r.IntN(60))}
	// Elapsed time is an hour ahead, so that a key which no row names is too old for its approval at once.
	h.desk, err = desk.New(desk.Config{DB: db, Ring: h.ring, Printer: print, Catalogue: cat, Operator: sample.Operator(),
		Now: func() time.Time { return h.m.now.Add(-h.late) }, Elapsed: func() time.Time { return time.Now().UTC().Add(time.Hour).Truncate(time.Microsecond) },
		Rand: rand.Reader, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	h.must(err)
	h.must(h.desk.CheckRing(h.ctx))
	h.furnish()
	return h
}

// must ends the test when something fails that is no step.
func (h *history) must(err error) {
	h.t.Helper()
	if err != nil {
		h.wrong("%v", err)
	}
}

// wrong ends the test with what led to it.
func (h *history) wrong(format string, args ...any) {
	h.t.Helper()
	from := max(0, len(h.steps)-20)
	h.t.Fatalf("MODEL_SEED=%d, step %d: %s\nthe last steps:\n%s", h.seed, len(h.steps), fmt.Sprintf(format, args...),
		strings.Join(h.steps[from:], "\n"))
}

// try does one thing, compares its outcome with the one foretold, and says whether it was done.
func (h *history) try(who person, what string, a *app, foretold string, do func() error) bool {
	h.t.Helper()
	about := ""
	if a != nil {
		about = fmt.Sprintf(" %s (%s)", a, h.m.shown(a))
	}
	h.steps = append(h.steps, fmt.Sprintf("%4d %s %s: %s%s → %s", len(h.steps)+1,
		h.m.now.In(calendar.Tokyo).Format("2006-01-02 15:04:05.000000"), who.ID, what, about, foretold))
	seen.count(what, foretold)
	err := do()
	if h.m.bars(who, strings.HasPrefix(what, "read the") || strings.HasPrefix(what, "note the")) && !passes(what) && outcome(err) == notOpen {
		return false
	}
	if got := outcome(err); got != foretold {
		h.wrong("%s: %s, foretold was: %s (%v)", what, got, foretold, err)
	}
	return err == nil
}

// outcome says in the words of the truth how a step ended.
func outcome(err error) string {
	if err == nil {
		return fine
	}
	if l, is := errors.AsType[problem.List](err); is {
		r := rules{}
		for _, p := range l {
			r[p.Rule] = true
		}
		return r.outcome()
	}
	if r, is := errors.AsType[*application.Refusal](err); is {
		return "refused: " + string(r.Why)
	}
	if _, is := errors.AsType[*desk.Stale](err); is {
		return stale
	}
	if _, is := errors.AsType[*desk.NotOpen](err); is {
		return notOpen
	}
	if n, is := errors.AsType[*desk.NotReadable](err); is {
		if n.Ended {
			return over
		}
		return unreadable
	}
	switch {
	case errors.Is(err, desk.ErrNotFound):
		return notFound
	case errors.Is(err, desk.ErrForbidden):
		return forbidden
	}
	return "error: " + err.Error()
}

func (h *history) chance(p float64) bool { return h.r.Float64() < p }

// one is somebody of an establishment, or of the centre, with one of the roles.
func (h *history) one(e *establishment, roles string) person {
	var some []person
	for _, p := range h.m.people {
		if has(roles, string(p.Role)) && (centre(p) || p.Establishment == e.id) {
			some = append(some, p)
		}
	}
	return some[h.r.IntN(len(some))]
}

// who is somebody with one of the roles, now and then just anybody.
func (h *history) who(e *establishment, roles string) person {
	if h.chance(0.07) {
		return h.m.people[h.r.IntN(len(h.m.people))]
	}
	return h.one(e, roles)
}

// claimant is the one who holds an application, now and then somebody else.
func (h *history) claimant(a *app) person {
	if a.holder == "" || h.chance(0.1) {
		return h.who(a.est, examiners)
	}
	return h.m.person(a.holder)
}

// ref is an application at the version that a page showed: the latest, now and then an older one.
func (h *history) ref(a *app) desk.Ref {
	version := a.version
	if version > 1 && h.chance(0.06) {
		version -= 1 + h.r.Int64N(min(3, version-1))
	}
	return desk.Ref{ID: a.id, Version: version}
}

// pick is an application that is shown in one of the states, nil when there is none; no states are all.
func (h *history) pick(states string) *app {
	var some []*app
	for _, a := range h.m.apps {
		if !a.gone && (states == "" || has(states, string(h.m.shown(a)))) {
			some = append(some, a)
		}
	}
	if len(some) == 0 {
		return nil
	}
	// What is young is picked more often, so that old ones do not hold up the history.
	if h.chance(0.5) {
		some = some[max(0, len(some)-4):]
	}
	return some[h.r.IntN(len(some))]
}

// furnish imports companies, establishments and people, and gives people their accounts.
func (h *history) furnish() {
	h.t.Helper()
	s := h.setup()
	operator := account.OperatorActor("model")
	_, err := h.desk.Import(h.ctx, operator, s, false)
	h.must(err)
	h.must(h.db.InTx(h.ctx, func(tx *store.Tx) error {
		for _, p := range s.People {
			if _, err := tx.SetPassword(h.ctx, query.SetPasswordParams{ID: p.ID, PasswordHash: "none", Version: 1}); err != nil {
				return err
			}
			h.m.people = append(h.m.people, person{account.Actor{ID: account.ID(p.ID), Name: p.Name, Role: p.Role,
				Establishment: p.Establishment}, p.Email})
		}
		return nil
	}))
	slices.SortFunc(h.m.people, func(a, b person) int { return strings.Compare(string(a.ID), string(b.ID)) })
}

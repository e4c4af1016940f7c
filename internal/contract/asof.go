package contract

import (
	"cmp"
	"slices"
	"time"

	"uketsuke/internal/calendar"
	"uketsuke/internal/userid"
)

// A Contract is what an establishment holds on one day.
type Contract struct {
	Day       calendar.Date
	Codes     []Code // sorted by code
	Plan      string
	Terminals int
	// GeneralPlan and GeneralTerminals are those of the general part.
	GeneralPlan      string
	GeneralTerminals int
	// Establishment is the zero term when none holds on the day.
	Establishment EstablishmentTerm
}

// A Code is a user code that exists on the day. Since is the first day of its present terms' run, Until
// the first day on which it is not to exist any more, as known when the day was over, zero for good; so with an ID.
type Code struct {
	Code                          userid.Code
	Category                      string
	StatsPaid, StatsFree, Archive bool
	Since, Until                  calendar.Date
	IDs                           []ID // sorted by ID
}

// An ID is a user ID that exists on the day.
type ID struct {
	ID           userid.ID
	Trades       []string
	Method       string
	SingleSignOn bool
	Since, Until calendar.Date
}

// AsOf is the contract on a day (R-CON-2). Facts that hold count, unless born of an application that came
// to nothing. Of several terms of one thing the one that began last counts, then the one recorded last; a thing
// whose term is ended does not exist.
func AsOf(facts Facts, day calendar.Date, voided Voided) Contract {
	c := Contract{Day: day}
	services := grouped(facts.Services, func(s CodeService) userid.Code { return s.Code })
	ids := grouped(facts.IDs, func(t IDTerm) userid.Code { return t.ID.Code() })
	for code, terms := range grouped(facts.Codes, func(t CodeTerm) userid.Code { return t.Code }) {
		c.addCode(terms, services[code], ids[code], voided)
	}
	slices.SortFunc(c.Codes, func(a, b Code) int { return cmp.Compare(a.Code, b.Code) })
	if term, ok := latest(facts.Terms, day, voided, func(t ContractTerm) Fact { return t.Fact }); ok {
		c.Plan, c.Terminals = term.Plan, term.Terminals
		c.GeneralPlan, c.GeneralTerminals = term.GeneralPlan, term.GeneralTerminals
	}
	c.Establishment, _ = latest(facts.Establishment, day, voided, func(t EstablishmentTerm) Fact { return t.Fact })
	return c
}

// addCode adds the code of the terms, if it exists on the day.
func (c *Contract) addCode(terms []CodeTerm, services []CodeService, ids []IDTerm, voided Voided) {
	now, ok := latest(terms, c.Day, voided, func(t CodeTerm) Fact { return t.Fact })
	if !ok || now.Ended {
		return
	}
	code := Code{Code: now.Code, Category: now.Category, IDs: idsOf(ids, c.Day, voided)}
	code.Since, code.Until = run(terms, c.Day, voided, func(t CodeTerm) (Fact, bool) { return t.Fact, t.Ended })
	if s, ok := latest(services, c.Day, voided, func(s CodeService) Fact { return s.Fact }); ok {
		code.StatsPaid, code.StatsFree, code.Archive = s.StatsPaid, s.StatsFree, s.Archive
	}
	c.Codes = append(c.Codes, code)
}

func idsOf(terms []IDTerm, day calendar.Date, voided Voided) []ID {
	var ids []ID
	for _, same := range grouped(terms, func(t IDTerm) userid.ID { return t.ID }) {
		now, ok := latest(same, day, voided, func(t IDTerm) Fact { return t.Fact })
		if !ok || now.Ended {
			continue
		}
		id := ID{ID: now.ID, Trades: now.Trades, Method: now.Method, SingleSignOn: now.SingleSignOn}
		id.Since, id.Until = run(same, day, voided, func(t IDTerm) (Fact, bool) { return t.Fact, t.Ended })
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b ID) int { return cmp.Compare(a.ID, b.ID) })
	return ids
}

// grouped are the terms of each thing, in their order: one pass, so that the work grows with the facts and not
// with their square.
func grouped[T any, K comparable](terms []T, key func(T) K) map[K][]T {
	groups := make(map[K][]T)
	for _, t := range terms {
		groups[key(t)] = append(groups[key(t)], t)
	}
	return groups
}

// latest is the term that counts on a day: of those that hold, the one that began last, then the one
// recorded last.
func latest[T any](terms []T, day calendar.Date, voided Voided, fact func(T) Fact) (T, bool) {
	var found T
	ok := false
	for _, t := range terms {
		f := fact(t)
		if !voided.counts(f, day) {
			continue
		}
		if ok {
			other := fact(found)
			if order := cmp.Or(f.ValidFrom.Compare(other.ValidFrom), f.RecordedAt.Compare(other.RecordedAt)); order < 0 {
				continue
			}
		}
		found, ok = t, true
	}
	return found, ok
}

// run is the unbroken stretch of days around a day on which the thing exists: its first day, and the first day
// after it, zero when it has no end. Between two days on which a term begins or ends nothing changes. The end is
// what was known when the day was over: what is decided later changes no answer about it (R-CON-2).
func run[T any](terms []T, day calendar.Date, voided Voided, fact func(T) (Fact, bool)) (since, until calendar.Date) {
	plain := func(t T) Fact { f, _ := fact(t); return f }
	for _, turn := range turns(terms, voided, plain) {
		switch {
		case turn.After(day):
		case !exists(terms, turn, voided, fact):
			since = calendar.Date{}
		case since.IsZero():
			since = turn
		}
	}
	known := only(terms, func(t T) bool { return voided.knownOn(plain(t), day) })
	then := func(t T) (Fact, bool) {
		f, ended := fact(t)
		f.RevokedAt = time.Time{} // what was taken back later stood on the day
		return f, ended
	}
	for _, turn := range turns(known, nil, func(t T) Fact { f, _ := then(t); return f }) {
		if turn.After(day) && !exists(known, turn, nil, then) {
			return since, turn
		}
	}
	return since, calendar.Date{}
}

func exists[T any](terms []T, day calendar.Date, voided Voided, fact func(T) (Fact, bool)) bool {
	t, ok := latest(terms, day, voided, func(t T) Fact { f, _ := fact(t); return f })
	_, ended := fact(t)
	return ok && !ended
}

// turns are the days on which a standing term begins or ends, in order, each once.
func turns[T any](terms []T, voided Voided, fact func(T) Fact) []calendar.Date {
	var days []calendar.Date
	for _, t := range terms {
		f := fact(t)
		if !voided.stands(f) {
			continue
		}
		days = append(days, f.ValidFrom)
		if !f.ValidTo.IsZero() {
			days = append(days, f.ValidTo)
		}
	}
	slices.SortFunc(days, calendar.Date.Compare)
	return slices.Compact(days)
}

func only[T any](all []T, keep func(T) bool) []T {
	var kept []T
	for _, t := range all {
		if keep(t) {
			kept = append(kept, t)
		}
	}
	return kept
}

package contract

import (
	"cmp"
	"slices"

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
// the first day on which it is known not to exist any more, zero for good; so with an ID.
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
	for _, term := range facts.Codes {
		if voided.counts(term.Fact, day) {
			c.addCode(term, facts, day, voided)
		}
	}
	slices.SortFunc(c.Codes, func(a, b Code) int { return cmp.Compare(a.Code, b.Code) })
	if term, ok := latest(facts.Terms, day, voided, func(t ContractTerm) Fact { return t.Fact }); ok {
		c.Plan, c.Terminals = term.Plan, term.Terminals
		c.GeneralPlan, c.GeneralTerminals = term.GeneralPlan, term.GeneralTerminals
	}
	c.Establishment, _ = latest(facts.Establishment, day, voided, func(t EstablishmentTerm) Fact { return t.Fact })
	return c
}

func (c *Contract) addCode(term CodeTerm, facts Facts, day calendar.Date, voided Voided) {
	if slices.ContainsFunc(c.Codes, func(code Code) bool { return code.Code == term.Code }) {
		return
	}
	same := only(facts.Codes, func(t CodeTerm) bool { return t.Code == term.Code })
	now, _ := latest(same, day, voided, func(t CodeTerm) Fact { return t.Fact })
	if now.Ended {
		return
	}
	code := Code{Code: now.Code, Category: now.Category}
	code.Since, code.Until = run(same, day, voided, func(t CodeTerm) (Fact, bool) { return t.Fact, t.Ended })
	services := only(facts.Services, func(s CodeService) bool { return s.Code == term.Code })
	if s, ok := latest(services, day, voided, func(s CodeService) Fact { return s.Fact }); ok {
		code.StatsPaid, code.StatsFree, code.Archive = s.StatsPaid, s.StatsFree, s.Archive
	}
	code.IDs = idsOf(term.Code, facts, day, voided)
	c.Codes = append(c.Codes, code)
}

func idsOf(code userid.Code, facts Facts, day calendar.Date, voided Voided) []ID {
	terms := map[userid.ID][]IDTerm{}
	for _, t := range facts.IDs {
		if t.ID.Code() == code {
			terms[t.ID] = append(terms[t.ID], t)
		}
	}
	var ids []ID
	for _, same := range terms {
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
// after it, zero when it has no end. Between two days on which a term begins or ends nothing changes.
func run[T any](terms []T, day calendar.Date, voided Voided, fact func(T) (Fact, bool)) (since, until calendar.Date) {
	plain := func(t T) Fact { f, _ := fact(t); return f }
	exists := func(day calendar.Date) bool {
		t, ok := latest(terms, day, voided, plain)
		_, ended := fact(t)
		return ok && !ended
	}
	for _, turn := range turns(terms, voided, plain) {
		switch there := exists(turn); {
		case turn.After(day):
			if !there {
				return since, turn
			}
		case !there:
			since = calendar.Date{}
		case since.IsZero():
			since = turn
		}
	}
	return since, calendar.Date{}
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

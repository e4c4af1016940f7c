package contract

import (
	"slices"

	"uketsuke/internal/calendar"
	"uketsuke/internal/userid"
)

// A Change is what becomes different on one day, 00:00 (R-CON-1), as known now.
type Change struct {
	Day calendar.Date
	// Before and After are the contract on the day before and on the day.
	Before, After Contract
	// AddedCodes and RemovedCodes, AddedIDs and RemovedIDs come and go; ChangedCodes are those whose
	// category or services differ, ChangedIDs those whose trades, method or single sign-on do.
	AddedCodes, RemovedCodes, ChangedCodes []Code
	AddedIDs, RemovedIDs, ChangedIDs       []ID
}

// Coming lists the days after today on which the contract becomes different, in their order, with what
// changes.
func Coming(facts Facts, today calendar.Date, voided Voided) []Change {
	var changes []Change
	for _, day := range turningDays(facts, voided) {
		if !day.After(today) {
			continue
		}
		change := Compare(AsOf(facts, day.AddDays(-1), voided), AsOf(facts, day, voided))
		if change.any() {
			changes = append(changes, change)
		}
	}
	return changes
}

// turningDays are the days on which some fact begins or ends.
func turningDays(facts Facts, voided Voided) []calendar.Date {
	var days []calendar.Date
	add := func(f Fact) {
		if !voided.stands(f) {
			return
		}
		days = append(days, f.ValidFrom)
		if !f.ValidTo.IsZero() {
			days = append(days, f.ValidTo)
		}
	}
	for _, t := range facts.Codes {
		add(t.Fact)
	}
	for _, t := range facts.IDs {
		add(t.Fact)
	}
	for _, t := range facts.Services {
		add(t.Fact)
	}
	for _, t := range facts.Terms {
		add(t.Fact)
	}
	for _, t := range facts.Establishment {
		add(t.Fact)
	}
	slices.SortFunc(days, calendar.Date.Compare)
	return slices.Compact(days)
}

// Compare says what differs between two contracts, the second being the later; its day is the change's.
func Compare(before, after Contract) Change {
	c := Change{Day: after.Day, Before: before, After: after}
	c.AddedCodes, c.RemovedCodes, c.ChangedCodes = differ(before.Codes, after.Codes,
		func(code Code) userid.Code { return code.Code }, sameCode)
	c.AddedIDs, c.RemovedIDs, c.ChangedIDs = differ(before.ids(), after.ids(),
		func(id ID) userid.ID { return id.ID }, sameID)
	return c
}

func (c Contract) ids() []ID {
	var ids []ID
	for _, code := range c.Codes {
		ids = append(ids, code.IDs...)
	}
	return ids
}

func (c Change) any() bool {
	return len(c.AddedCodes)+len(c.RemovedCodes)+len(c.ChangedCodes)+
		len(c.AddedIDs)+len(c.RemovedIDs)+len(c.ChangedIDs) > 0 ||
		c.Before.Plan != c.After.Plan || c.Before.Terminals != c.After.Terminals ||
		c.Before.GeneralPlan != c.After.GeneralPlan || c.Before.GeneralTerminals != c.After.GeneralTerminals ||
		!sameEstablishment(c.Before.Establishment, c.After.Establishment)
}

// differ parts two lists of things with keys: those only in after, only in before, and those of after
// that are in both but not the same.
func differ[T any, K comparable](before, after []T, key func(T) K, same func(a, b T) bool) (added, removed, changed []T) {
	old := map[K]T{}
	for _, t := range before {
		old[key(t)] = t
	}
	for _, t := range after {
		was, is := old[key(t)]
		switch {
		case !is:
			added = append(added, t)
		case !same(was, t):
			changed = append(changed, t)
		}
		delete(old, key(t))
	}
	for _, t := range before {
		if _, gone := old[key(t)]; gone {
			removed = append(removed, t)
		}
	}
	return added, removed, changed
}

func sameCode(a, b Code) bool {
	return a.Category == b.Category && a.StatsPaid == b.StatsPaid && a.StatsFree == b.StatsFree && a.Archive == b.Archive
}

func sameID(a, b ID) bool {
	return a.Method == b.Method && a.SingleSignOn == b.SingleSignOn && slices.Equal(a.Trades, b.Trades)
}

func sameEstablishment(a, b EstablishmentTerm) bool {
	a.Fact, b.Fact = Fact{}, Fact{}
	return a == b
}

// Package contract knows what an establishment holds.
//
// A fact (R-CON-2) is something true of a contract from a day on, until a day or for good: that a user code
// is of a category, that a user ID has these trades, that the contract has so many terminals. A fact is
// never overwritten: a later one takes its place from its own first day on, or it is revoked because it never
// came true. A term is a fact with its content; one that is ended says that the thing does not exist from then
// on. Facts are born of an application, or of an import.
//
// The package answers: what does an establishment hold on a day, and what is coming? It is pure.
package contract

import (
	"slices"
	"time"

	"uketsuke/internal/calendar"
	"uketsuke/internal/userid"
)

// A Fact is the time of a term: it holds from the beginning of ValidFrom to the end of the day before
// ValidTo, zero for good.
type Fact struct {
	ValidFrom, ValidTo calendar.Date
	// RecordedAt is when it was written, RevokedAt when it was taken back; zero: it stands.
	RecordedAt, RevokedAt time.Time
	// BornBy is the id of the application that brought it, or another word for how it came, such as
	// "import".
	BornBy string
}

// HoldsOn says whether the fact holds on a day (R-CON-1, R-CON-2):
//   - it was not revoked,
//   - it has begun: 00:00 of its first day counts,
//   - it has not ended: the day it is valid to is the first on which it does not hold.
func (f Fact) HoldsOn(day calendar.Date) bool {
	return f.RevokedAt.IsZero() && !day.Before(f.ValidFrom) && (f.ValidTo.IsZero() || day.Before(f.ValidTo))
}

// A CodeTerm says which category a user code has; a code without one that holds is a tombstone (R-ID-6).
type CodeTerm struct {
	Fact
	Code     userid.Code
	Category string
	// Ended says that the code does not exist from ValidFrom on (R-APP-8).
	Ended bool
}

// An IDTerm says what a user ID is for.
type IDTerm struct {
	Fact
	ID           userid.ID
	Trades       []string // catalogue keys
	Method       string
	SingleSignOn bool
	// Ended says that the ID does not exist from ValidFrom on (R-APP-8).
	Ended bool
}

// A CodeService says which data services a user code has.
type CodeService struct {
	Fact
	Code                          userid.Code
	StatsPaid, StatsFree, Archive bool
}

// A ContractTerm says what the establishment's contract is: plan "A" or "B" and number of terminals, of the
// netNACCS part and of the general part (R-CON-5).
type ContractTerm struct {
	Fact
	Plan             string
	Terminals        int
	GeneralPlan      string
	GeneralTerminals int
}

// An EstablishmentTerm says who the establishment is.
type EstablishmentTerm struct {
	Fact
	Name, NameKana                  string
	PostalCode, Address, Phone, Fax string
	EmergencyFax                    string
	SignatoryPosition               string
	SignatoryName                   string
}

// Facts are all facts of one establishment, past, present and to come.
type Facts struct {
	Codes         []CodeTerm
	IDs           []IDTerm
	Services      []CodeService
	Terms         []ContractTerm
	Establishment []EstablishmentTerm
}

// EndedBy is the facts as if what an application brought had been taken back at an instant already; what was
// taken back before stays so. It is for approvals that are void before any job has recorded it (R-SET-1).
func (f Facts) EndedBy(application string, at time.Time) Facts {
	end := func(fact Fact) Fact {
		if fact.BornBy == application && fact.RevokedAt.IsZero() {
			fact.RevokedAt = at
		}
		return fact
	}
	f.Codes, f.IDs, f.Services = slices.Clone(f.Codes), slices.Clone(f.IDs), slices.Clone(f.Services)
	for i := range f.Codes {
		f.Codes[i].Fact = end(f.Codes[i].Fact)
	}
	for i := range f.IDs {
		f.IDs[i].Fact = end(f.IDs[i].Fact)
	}
	for i := range f.Services {
		f.Services[i].Fact = end(f.Services[i].Fact)
	}
	return f
}

// Voided says whether an application came to nothing: its stored settings deadline passed without
// completion, recorded or not (R-SET-1). Its facts do not count. nil: none did.
type Voided func(application string) bool

// stands says whether a fact was neither revoked nor voided.
func (v Voided) stands(f Fact) bool { return f.RevokedAt.IsZero() && (v == nil || !v(f.BornBy)) }

// knownOn says whether a fact that begins after a day was known when the day was over; what has begun counts if it
// stands.
func (v Voided) knownOn(f Fact, day calendar.Date) bool {
	over := day.AddDays(1).Start()
	switch {
	case !f.ValidFrom.After(day):
		return v.stands(f)
	case f.RevokedAt.IsZero():
		return f.RecordedAt.Before(over) && v.stands(f)
	}
	return f.RecordedAt.Before(over) && !f.RevokedAt.Before(over)
}

func (v Voided) counts(f Fact, day calendar.Date) bool { return v.stands(f) && f.HoldsOn(day) }

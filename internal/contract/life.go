package contract

import (
	"slices"
	"time"

	"uketsuke/internal/calendar"
	"uketsuke/internal/userid"
)

// A Turn is a day on which a code or an ID became, or will become, different.
type Turn struct {
	Day calendar.Date
	// Differences are those of the thing, and for a code those of the IDs under it.
	Differences []Difference
	// BornBy are the applications that brought it, or "import".
	BornBy []string
}

// A Lapse is what an application would have made of a code or an ID, had it not come to nothing (R-EX-8,
// R-SET-1), or had its start date not been moved (R-EX-9).
type Lapse struct {
	Day    calendar.Date // from which it would have held
	BornBy string
	// RevokedAt is zero while no job has recorded it.
	RevokedAt time.Time
}

// OfCode are the facts of one user code and of the IDs under it.
func (f Facts) OfCode(code userid.Code) Facts {
	return Facts{
		Codes:    only(f.Codes, func(t CodeTerm) bool { return t.Code == code }),
		IDs:      only(f.IDs, func(t IDTerm) bool { return t.ID.Code() == code }),
		Services: only(f.Services, func(s CodeService) bool { return s.Code == code }),
	}
}

// OfID are the facts of one user ID, with those of its code, without which it does not exist.
func (f Facts) OfID(id userid.ID) Facts {
	return Facts{
		Codes: only(f.Codes, func(t CodeTerm) bool { return t.Code == id.Code() }),
		IDs:   only(f.IDs, func(t IDTerm) bool { return t.ID == id }),
	}
}

// Turns lists the days on which the facts of one code or ID change something, the oldest first.
func Turns(facts Facts, voided Voided) []Turn {
	var turns []Turn
	for _, day := range turningDays(facts, voided) {
		change := Compare(AsOf(facts, day.AddDays(-1), voided), AsOf(facts, day, voided))
		if differences := change.Differences(); len(differences) > 0 {
			turns = append(turns, Turn{Day: day, Differences: differences, BornBy: bornOn(facts, day, voided)})
		}
	}
	return turns
}

// bornOn are the applications whose facts begin on a day.
func bornOn(facts Facts, day calendar.Date, voided Voided) []string {
	var born []string
	for _, f := range facts.all() {
		if voided.stands(f) && f.ValidFrom == day {
			born = with(born, []string{f.BornBy})
		}
	}
	return born
}

// Lapses lists what came to nothing, one per application and day, in the order of recording.
func Lapses(facts Facts, voided Voided) []Lapse {
	var lapses []Lapse
	all := facts.all()
	slices.SortStableFunc(all, func(a, b Fact) int { return a.RecordedAt.Compare(b.RecordedAt) })
	for _, f := range all {
		if !voided.stands(f) {
			lapses = with(lapses, []Lapse{{f.ValidFrom, f.BornBy, f.RevokedAt}})
		}
	}
	return lapses
}

// all are the times of all facts of codes and IDs.
func (f Facts) all() []Fact {
	var all []Fact
	for _, t := range f.Codes {
		all = append(all, t.Fact)
	}
	for _, s := range f.Services {
		all = append(all, s.Fact)
	}
	for _, t := range f.IDs {
		all = append(all, t.Fact)
	}
	return all
}

package contract

import (
	"slices"

	"uketsuke/internal/calendar"
	"uketsuke/internal/userid"
)

// A LogonReason says in one word why an ID may or may not log on. The words are part of the programming
// interface.
type LogonReason string

// The reasons.
const (
	LogonEntitled   LogonReason = "entitled"
	LogonNotIssued  LogonReason = "not-issued"  // no such ID was ever issued
	LogonNotStarted LogonReason = "not-started" // issued; its start date is still to come
	LogonEnded      LogonReason = "ended"       // deleted, or its code was
	LogonVoid       LogonReason = "void"        // its approval came to nothing before it began
)

// LogonReasons lists them all.
func LogonReasons() []LogonReason {
	return []LogonReason{LogonEntitled, LogonNotIssued, LogonNotStarted, LogonEnded, LogonVoid}
}

// A Logon is the answer to "may this ID log on to the network on this day?". ID is what the contract says of
// it on the day, only for an entitled one; ValidFrom is the first day of its present or coming life.
type Logon struct {
	ID        ID
	Reason    LogonReason
	ValidFrom calendar.Date
}

// Entitled says whether it may.
func (l Logon) Entitled() bool { return l.Reason == LogonEntitled }

// LogonOn says whether an ID may log on on a day (R-CON-1, R-CON-3, R-CON-4):
//   - from 00:00 of its start date, however long ago the approval was,
//   - not from the day on which it or its code is deleted,
//   - not when its approval came to nothing, recorded or not.
//
// facts are those of the ID and of its code; more of the same establishment change nothing.
func LogonOn(facts Facts, id userid.ID, day calendar.Date, voided Voided) Logon {
	facts.IDs = only(facts.IDs, func(t IDTerm) bool { return t.ID == id })
	facts.Codes = only(facts.Codes, func(t CodeTerm) bool { return t.Code == id.Code() })
	if len(facts.IDs) == 0 {
		return Logon{Reason: LogonNotIssued}
	}
	if held, ok := holds(facts, day, voided); ok {
		return Logon{ID: held, Reason: LogonEntitled, ValidFrom: held.Since}
	}
	lived := false
	for _, turn := range turnsOf(facts, voided) {
		switch _, there := holds(facts, turn, voided); {
		case there && turn.After(day):
			return Logon{Reason: LogonNotStarted, ValidFrom: turn}
		case there:
			lived = true
		}
	}
	if lived {
		return Logon{Reason: LogonEnded}
	}
	return Logon{Reason: LogonVoid}
}

// holds is the only ID of the facts on a day. It begins on the day from which both it and its code exist.
func holds(facts Facts, day calendar.Date, voided Voided) (ID, bool) {
	codes := AsOf(facts, day, voided).Codes
	at := slices.IndexFunc(codes, func(code Code) bool { return len(code.IDs) > 0 })
	if at < 0 {
		return ID{}, false
	}
	id := codes[at].IDs[0]
	if codes[at].Since.After(id.Since) {
		id.Since = codes[at].Since
	}
	return id, true
}

func turnsOf(facts Facts, voided Voided) []calendar.Date {
	days := append(turns(facts.IDs, voided, func(t IDTerm) Fact { return t.Fact }),
		turns(facts.Codes, voided, func(t CodeTerm) Fact { return t.Fact })...)
	slices.SortFunc(days, calendar.Date.Compare)
	return slices.Compact(days)
}

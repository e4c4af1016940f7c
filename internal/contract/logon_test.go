package contract

import (
	"testing"
	"time"
)

// Each point of the rule at its own edge: the day before, the day of it, the day after.
func TestLogonOn(t *testing.T) {
	at := func(from, to, by string) Fact {
		f := Fact{ValidFrom: d(from), RecordedAt: time.Date(2024, 12, 2, 1, 0, 0, 0, time.UTC), BornBy: by}
		if to != "" {
			f.ValidTo = d(to)
		}
		return f
	}
	code := func(f Fact, ended bool) Facts {
		return Facts{Codes: []CodeTerm{{Fact: f, Code: "1ANAC", Category: "common", Ended: ended}}}
	}
	id := func(f Fact, ended bool) Facts {
		return Facts{IDs: []IDTerm{{Fact: f, ID: "1ANACA0A", Trades: []string{"nvocc"}, Method: "netnaccs", Ended: ended}}}
	}
	begun := plus(code(at("2024-12-12", "", "a1"), false), id(at("2024-12-12", "", "a1"), false))
	numberOf := plus(code(at("2020-04-01", "", "import"), false), id(at("2024-12-12", "", "a1"), false))
	revoked := plus(begun, Facts{})
	for i := range revoked.Codes {
		revoked.Codes[i].RevokedAt = time.Date(2024, 12, 6, 15, 0, 0, 0, time.UTC)
	}
	for i := range revoked.IDs {
		revoked.IDs[i].RevokedAt = time.Date(2024, 12, 6, 15, 0, 0, 0, time.UTC)
	}
	moved := plus(revoked, plus(code(at("2024-12-16", "", "a1"), false), id(at("2024-12-16", "", "a1"), false)))
	tests := []struct {
		name   string
		facts  Facts
		void   string // the application that came to nothing
		day    string
		reason LogonReason
		from   string
	}{
		{"R-CON-3 approved, day before the start", begun, "", "2024-12-11", LogonNotStarted, "2024-12-12"},
		{"R-CON-1 day of the start", begun, "", "2024-12-12", LogonEntitled, "2024-12-12"},
		{"R-CON-1 years later", begun, "", "2031-01-01", LogonEntitled, "2024-12-12"},
		{"R-CON-1 a number under an old code begins with the number", numberOf, "", "2024-12-11", LogonNotStarted, "2024-12-12"},
		{"R-CON-1 and on its day", numberOf, "", "2024-12-12", LogonEntitled, "2024-12-12"},
		{"R-APP-8 day before the number's deletion", plus(begun, id(at("2025-02-03", "", "a2"), true)), "", "2025-02-02", LogonEntitled, "2024-12-12"},
		{"R-APP-8 day of the number's deletion", plus(begun, id(at("2025-02-03", "", "a2"), true)), "", "2025-02-03", LogonEnded, ""},
		{"R-APP-8 day before the code's deletion", plus(begun, code(at("2025-02-03", "", "a2"), true)), "", "2025-02-02", LogonEntitled, "2024-12-12"},
		{"R-APP-8 day of the code's deletion", plus(begun, code(at("2025-02-03", "", "a2"), true)), "", "2025-02-03", LogonEnded, ""},
		{"R-EX-8 a deletion that came to nothing", plus(begun, id(at("2025-02-03", "", "a2"), true)), "a2", "2025-02-03", LogonEntitled, "2024-12-12"},
		{"R-CON-2 valid to is the first day without", plus(code(at("2024-12-12", "", "a1"), false), id(at("2024-12-12", "2025-02-03", "a1"), false)), "", "2025-02-03", LogonEnded, ""},
		{"R-SET-1 void before the start", begun, "a1", "2024-12-12", LogonVoid, ""},
		{"R-EX-8 revoked facts", revoked, "", "2024-12-12", LogonVoid, ""},
		{"R-EX-9 moved start: not on the first date", moved, "", "2024-12-12", LogonNotStarted, "2024-12-16"},
		{"R-EX-9 moved start: on the new date", moved, "", "2024-12-16", LogonEntitled, "2024-12-16"},
		{"R-ID-6 never issued", Facts{}, "", "2024-12-12", LogonNotIssued, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := LogonOn(tt.facts, "1ANACA0A", d(tt.day), func(app string) bool { return tt.void != "" && app == tt.void })
			from := ""
			if !got.ValidFrom.IsZero() {
				from = got.ValidFrom.String()
			}
			if got.Reason != tt.reason || from != tt.from || got.Entitled() != (tt.reason == LogonEntitled) {
				t.Errorf("%s on %s: %s from %q, want %s from %q", tt.name, tt.day, got.Reason, from, tt.reason, tt.from)
			}
			if got.Entitled() != (len(got.ID.Trades) == 1) {
				t.Errorf("trades %v go with %s", got.ID.Trades, got.Reason)
			}
		})
	}
}

package calendar_test

import (
	"testing"

	"pgregory.net/rapid"

	. "uketsuke/internal/calendar"
)

// TestPeriods holds the table of R-CAL in full, and the traps 29 and 30.
func TestPeriods(t *testing.T) {
	c := New(nil)
	for _, row := range []struct{ name, start, deadline, last, closed string }{
		{"R-SET-1 R-SEC-1 a plain week", "2024-12-10", "2024-12-04", "2024-12-12", "2024-12-13"},
		{"R-SEC-1 the first closed day may be a Saturday", "2024-12-11", "2024-12-05", "2024-12-13", "2024-12-14"},
		{"R-CAL-1 reading over the turn of the year", "2025-12-26", "2025-12-22", "2026-01-06", "2026-01-07"},
		{"R-CAL-1 deadline over the turn of the year", "2026-01-05", "2025-12-23", "2026-01-07", "2026-01-08"},
		{"R-CAL-2 Coming of Age Day", "2026-01-13", "2026-01-06", "2026-01-15", "2026-01-16"},
		{"trap 30 Golden Week", "2026-05-07", "2026-04-27", "2026-05-11", "2026-05-12"},
	} {
		t.Run(row.name, func(t *testing.T) {
			start := MustDate(row.start)
			last := c.AddBusinessDays(start, 2)
			check(t, "deadline", c.AddBusinessDays(start, -4), row.deadline)
			check(t, "last reading day", last, row.last)
			check(t, "first closed day", last.AddDays(1), row.closed)
		})
	}
}

func check(t *testing.T, what string, got Date, want string) {
	t.Helper()
	if got.String() != want {
		t.Errorf("%s: %s, want %s", what, got, want)
	}
}

func TestAddBusinessDays(t *testing.T) {
	c := New(map[Date]string{MustDate("2024-12-06"): "創立記念日"})
	for _, row := range []struct {
		name, from string
		n          int
		want       string
	}{
		{"R-CAL-1 nothing to add", "2024-12-07", 0, "2024-12-07"},
		{"R-CAL-1 from a Saturday", "2024-11-30", 1, "2024-12-02"},
		{"R-CAL-1 back from a Sunday", "2024-12-01", -1, "2024-11-29"},
		{"R-CAL-1 a closing day is passed over", "2024-12-05", 1, "2024-12-09"},
		{"R-CAL-1 and so backwards", "2024-12-09", -1, "2024-12-05"},
		{"R-APP-11 over the turn of the year", "2025-12-22", 7, "2026-01-07"},
		{"R-APP-11 over Golden Week (trap 30)", "2026-04-22", 7, "2026-05-07"},
		{"R-CAL-2 three days off in September 2026", "2026-09-18", 1, "2026-09-24"},
	} {
		t.Run(row.name, func(t *testing.T) {
			check(t, "day", c.AddBusinessDays(MustDate(row.from), row.n), row.want)
		})
	}
}

func TestWhyClosed(t *testing.T) {
	c := New(map[Date]string{MustDate("2024-12-06"): "創立記念日", MustDate("2024-12-05"): ""})
	for _, row := range []struct{ name, day, ja, en string }{
		{"R-CAL-1 business day", "2024-12-10", "", ""},
		{"R-CAL-1 Saturday", "2024-12-07", "土曜日", "Saturday"},
		{"R-CAL-1 Sunday", "2024-12-08", "日曜日", "Sunday"},
		{"R-CAL-1 closing day", "2024-12-06", "創立記念日", "closing day: 創立記念日"},
		{"R-CAL-1 closing day without a name", "2024-12-05", "休業日", "closing day"},
		{"R-CAL-1 28 December is worked", "2026-12-28", "", ""},
		{"R-CAL-1 29 December", "2026-12-29", "年末年始", "turn of the year"},
		{"R-CAL-1 3 January", "2025-01-03", "年末年始", "turn of the year"},
		{"R-CAL-1 4 January is worked", "2027-01-04", "", ""},
		{"R-CAL-2 holiday", "2027-01-01", "元日", "New Year's Day"},
		{"R-CAL-2 substitute holiday", "2024-11-04", "振替休日", "Substitute holiday"},
	} {
		t.Run(row.name, func(t *testing.T) {
			d := MustDate(row.day)
			ja, en := c.WhyClosed(d)
			if ja != row.ja || en != row.en {
				t.Errorf("%q, %q; want %q, %q", ja, en, row.ja, row.en)
			}
			if c.IsBusinessDay(d) != (row.ja == "") {
				t.Error("IsBusinessDay differs from WhyClosed")
			}
		})
	}
}

func TestNewKeepsNoHoldOfItsMap(t *testing.T) {
	closed := map[Date]string{}
	c := New(closed)
	d := MustDate("2024-12-10")
	closed[d] = "後から"
	if !c.IsBusinessDay(d) {
		t.Error("a change of the map changed the calendar")
	}
}

func TestNoDate(t *testing.T) {
	c, none := New(nil), Date{}
	if c.IsBusinessDay(none) || c.OnOrAfter(none) != none || c.AddBusinessDays(none, 3) != none {
		t.Error("no date must stay no date")
	}
}

// days are the days of the law's years, calendars have closing days of any kind among them.
var (
	days = rapid.Custom(func(t *rapid.T) Date {
		return NewDate(2020, 1, 1).AddDays(rapid.IntRange(0, 365*79).Draw(t, "day"))
	})
	calendars = rapid.Custom(func(t *rapid.T) *Calendar {
		closed := map[Date]string{}
		near := days.Draw(t, "near")
		for _, off := range rapid.SliceOfN(rapid.IntRange(-40, 40), 0, 15).Draw(t, "closed") {
			closed[near.AddDays(off)] = "休業日"
		}
		return New(closed)
	})
	counts = rapid.IntRange(-40, 40)
)

func TestBusinessDayProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, d, n := calendars.Draw(t, "calendar"), days.Draw(t, "d"), counts.Draw(t, "n")
		got := c.AddBusinessDays(d, n)
		if n != 0 && !c.IsBusinessDay(got) {
			t.Fatalf("%s%+d BD is %s, no business day", d, n, got)
		}
		if counted := c.BusinessDaysBetween(d, got); counted != n {
			t.Fatalf("%s%+d BD is %s, but %d business days lie between", d, n, got, counted)
		}
		on := c.OnOrAfter(d)
		if on.Before(d) || !c.IsBusinessDay(on) || c.OnOrAfter(on) != on {
			t.Fatalf("OnOrAfter(%s) = %s", d, on)
		}
		if back := c.AddBusinessDays(c.AddBusinessDays(on, n), -n); back != on {
			t.Fatalf("%s%+d%+d BD is %s", on, n, -n, back)
		}
		if next := c.AddBusinessDays(d.AddDays(-1), 1); next != on {
			t.Fatalf("the day after %s's eve is %s, OnOrAfter says %s", d, next, on)
		}
		if m := counts.Draw(t, "m"); n*m > 0 && c.AddBusinessDays(got, m) != c.AddBusinessDays(d, n+m) {
			t.Fatalf("%s: %+d then %+d BD differs from %+d BD", d, n, m, n+m)
		}
	})
}

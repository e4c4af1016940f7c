package secret_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	. "uketsuke/internal/secret"
)

var plain = calendar.New(nil)

func at(t *testing.T, s string) time.Time {
	t.Helper()
	instant, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return instant
}

// TestPeriodFor holds the rows of the table in docs/rules.md.
func TestPeriodFor(t *testing.T) {
	for _, row := range []struct{ name, start, advised, last, closed string }{
		{"R-SEC-1 approved Mon 12-02", "2024-12-10", "2024-12-11", "2024-12-12", "2024-12-13"},
		{"R-SEC-1 first closed day is a Saturday", "2024-12-11", "2024-12-12", "2024-12-13", "2024-12-14"},
		{"R-SEC-1 R-SEC-2 turn of the year, advised is a calendar day", "2025-12-26", "2025-12-27", "2026-01-06", "2026-01-07"},
		{"R-SEC-1 first Monday of the year", "2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08"},
		{"R-SEC-1 after Coming of Age Day", "2026-01-13", "2026-01-14", "2026-01-15", "2026-01-16"},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := PeriodFor(plain, at(t, "2024-12-02T10:00:00.1234567+09:00"), calendar.MustDate(row.start))
			got := [...]string{p.Start.String(), p.Advised.String(), p.LastDay.String(), p.FirstClosed.String()}
			if want := [...]string{row.start, row.advised, row.last, row.closed}; got != want {
				t.Errorf("%s, want %s", got, want)
			}
			if from := p.From.Format(time.RFC3339Nano); from != "2024-12-02T01:00:00.123456Z" {
				t.Errorf("from %s: not UTC to the microsecond", from)
			}
		})
	}
}

func TestPeriodAsJSON(t *testing.T) {
	p := PeriodFor(plain, at(t, "2024-12-02T10:00:00+09:00"), calendar.MustDate("2024-12-10"))
	got, err := json.Marshal(p)
	const want = `{"readable_from":"2024-12-02T01:00:00Z","start":"2024-12-10","advised_day":"2024-12-11",` +
		`"last_reading_day":"2024-12-12","first_closed_day":"2024-12-13"}`
	if err != nil || string(got) != want {
		t.Errorf("%s, %v", got, err)
	}
}

// TestReadable holds S5 and trap 29.
func TestReadable(t *testing.T) {
	p := PeriodFor(plain, at(t, "2024-12-02T10:00:00+09:00"), calendar.MustDate("2024-12-10"))
	for _, row := range []struct {
		name, now string
		readable  bool
		left      int
	}{
		{"R-SEC-1 before the approval", "2024-12-02T09:59:59.999999+09:00", false, 0},
		{"R-SEC-1 at the approval", "2024-12-02T10:00:00+09:00", true, 11},
		{"R-SEC-1 on the start date", "2024-12-10T00:00:00+09:00", true, 3},
		{"R-SEC-1 the last day begins", "2024-12-12T00:00:00+09:00", true, 1},
		{"S5 end of the last day in UTC is not the end", "2024-12-12T00:00:00Z", true, 1},
		{"S5 last second", "2024-12-12T23:59:59+09:00", true, 1},
		{"S5 last microsecond", "2024-12-12T23:59:59.999999+09:00", true, 1},
		{"S5 midnight in Tokyo", "2024-12-13T00:00:00+09:00", false, 0},
		{"S5 the same in UTC (trap 29)", "2024-12-12T15:00:00Z", false, 0},
		{"R-SEC-1 a year later", "2025-12-10T12:00:00+09:00", false, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			now := at(t, row.now)
			if p.Readable(now) != row.readable || p.DaysLeft(now) != row.left {
				t.Errorf("%t, %d days left; want %t, %d", p.Readable(now), p.DaysLeft(now), row.readable, row.left)
			}
		})
	}
	if none := (Period{}); none.Readable(at(t, "2024-12-02T10:00:00Z")) || none.DaysLeft(time.Time{}) != 0 {
		t.Error("R-SEC-11: without a period nothing is readable")
	}
}

func TestMayRead(t *testing.T) {
	for _, row := range []struct {
		name, id string
		role     account.Role
		of       string
		active   bool
		may      bool
	}{
		{"R-SEC-7 administrator", "m", account.Administrator, "e1", true, true},
		{"R-SEC-7 administrator, no longer active", "m", account.Administrator, "e1", false, false},
		{"R-SEC-7 administrator of another establishment", "m", account.Administrator, "e2", true, false},
		{"R-SEC-7 who registered", "a", account.Applicant, "e1", true, true},
		{"R-SEC-7 who registered, no longer active", "a", account.Applicant, "e1", false, false},
		{"R-SEC-7 who registered, now elsewhere", "a", account.Applicant, "e2", true, false},
		{"R-SEC-7 who registered, now a viewer", "a", account.Viewer, "e1", true, false},
		{"R-SEC-7 another applicant", "b", account.Applicant, "e1", true, false},
		{"R-SEC-7 viewer", "v", account.Viewer, "e1", true, false},
		{"R-SEC-7 examiner", "x", account.Examiner, "", true, false},
		{"R-SEC-7 supervisor", "s", account.Supervisor, "", true, false},
		{"R-SEC-7 centre's staff that registered", "a", account.Supervisor, "e1", true, false},
		{"R-SEC-7 clock", "clock", account.Clock, "", true, false},
		{"R-SEC-7 unknown role", "a", "root", "e1", true, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			actor := account.Actor{ID: account.ID(row.id), Role: row.role, Establishment: row.of}
			if MayRead(actor, "e1", "a", row.active) != row.may {
				t.Errorf("want %t", row.may)
			}
		})
	}
	nobody := account.Actor{Role: account.Applicant, Establishment: "e1"}
	if MayRead(nobody, "e1", "", true) {
		t.Error("R-SEC-7: an actor without ID is not whoever registered nothing")
	}
	lost := account.Actor{ID: "m", Role: account.Administrator}
	if MayRead(lost, "", "a", true) {
		t.Error("R-SEC-7: without an establishment nobody is its administrator")
	}
}

func TestReminders(t *testing.T) {
	closedLater := calendar.New(map[calendar.Date]string{calendar.MustDate("2024-12-11"): "臨時休業"})
	for _, row := range []struct {
		name  string
		today *calendar.Calendar
		start string
		want  string
	}{
		{"R-SEC-10 a plain week", plain, "2024-12-10", "[day-before 2024-12-09 start-day 2024-12-10 day-after 2024-12-11 final-day 2024-12-12]"},
		{"R-SEC-10 over the turn of the year", plain, "2025-12-26", "[day-before 2025-12-25 start-day 2025-12-26 day-after 2026-01-05 final-day 2026-01-06]"},
		{"R-SEC-10 R-SEC-3 a later closing day makes two fall on one", closedLater, "2024-12-10", "[day-before 2024-12-09 start-day 2024-12-10 final-day 2024-12-12]"},
	} {
		t.Run(row.name, func(t *testing.T) {
			promised := PeriodFor(plain, at(t, "2024-12-02T10:00:00+09:00"), calendar.MustDate(row.start))
			var got []string
			for _, r := range Reminders(row.today, promised) {
				got = append(got, string(r.Which)+" "+r.Day.String())
				if r.Due != r.Day.At(9, 0) {
					t.Errorf("R-SET-4: due %s on %s", r.Due, r.Day)
				}
			}
			if fmt.Sprint(got) != row.want {
				t.Errorf("%s, want %s", got, row.want)
			}
		})
	}
	if due := Reminders(plain, Period{}); due != nil {
		t.Errorf("R-SEC-11: %v", due)
	}
}

// TestReminderProperties: whatever the calendar has become since the promise, no day has two reminders, the
// last reading day has one, and none is due when nothing can be read any more.
func TestReminderProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := plain.OnOrAfter(calendar.MustDate("2024-01-01").AddDays(rapid.IntRange(0, 1400).Draw(t, "start")))
		closed := map[calendar.Date]string{}
		for _, off := range rapid.SliceOfN(rapid.IntRange(-10, 10), 0, 15).Draw(t, "closed later") {
			closed[start.AddDays(off)] = ""
		}
		p := PeriodFor(plain, start.AddDays(-20).At(10, 0), start)
		due := Reminders(calendar.New(closed), p)
		for i, r := range due {
			if i > 0 && !due[i-1].Due.Before(r.Due) {
				t.Fatalf("R-SEC-10: %v", due)
			}
			if !p.Readable(r.Due) && r.Due.After(p.From) {
				t.Fatalf("R-SEC-10: due on %s, closed from %s", r.Day, p.FirstClosed)
			}
		}
		if last := due[len(due)-1]; last.Which != FinalDay || last.Day != p.LastDay {
			t.Fatalf("R-SEC-10: %v", due)
		}
	})
}

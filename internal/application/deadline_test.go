package application

import (
	"slices"
	"testing"
	"time"

	"uketsuke/internal/calendar"
	"uketsuke/internal/problem"
)

var cal = calendar.New(nil)

func d(s string) calendar.Date { return calendar.MustDate(s) }

func tokyo(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestEarliestWish(t *testing.T) {
	for _, c := range []struct{ name, at, base, earliest string }{
		{"R-APP-11 Friday morning", "2024-11-29T10:00:00+09:00", "2024-11-29", "2024-12-10"},
		{"R-APP-11 17:00:00.000 is in time", "2024-11-29T17:00:00+09:00", "2024-11-29", "2024-12-10"},
		{"R-APP-11 a microsecond later is not", "2024-11-29T17:00:00.000001+09:00", "2024-12-02", "2024-12-11"},
		{"R-APP-11 17:00:01", "2024-11-29T17:00:01+09:00", "2024-12-02", "2024-12-11"},
		{"R-APP-11 Saturday", "2024-11-30T09:00:00+09:00", "2024-12-02", "2024-12-11"},
		{"R-APP-11 Sunday", "2024-12-01T23:59:59+09:00", "2024-12-02", "2024-12-11"},
		{"R-APP-11 the turn of the year", "2025-12-22T09:00:00+09:00", "2025-12-22", "2026-01-07"},
		{"R-APP-11 Golden Week", "2026-04-22T09:00:00+09:00", "2026-04-22", "2026-05-07"},
		{"R-APP-11 S1", "2024-12-02T10:00:00+09:00", "2024-12-02", "2024-12-11"},
		{"R-APP-11 the day is Tokyo's, not UTC's", "2024-11-28T23:00:00Z", "2024-11-29", "2024-12-10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := WhyEarliest(cal, tokyo(t, c.at))
			if w.Base != d(c.base) || w.Earliest != d(c.earliest) {
				t.Errorf("base %s earliest %s, want %s %s", w.Base, w.Earliest, c.base, c.earliest)
			}
		})
	}
}

func TestWhyEarliestSaysWhy(t *testing.T) {
	if w := WhyEarliest(cal, tokyo(t, "2024-11-29T17:00:01+09:00")); !w.AfterHours || w.ClosedDay {
		t.Errorf("R-APP-11 after hours: %+v", w)
	}
	if w := WhyEarliest(cal, tokyo(t, "2024-11-30T10:00:00+09:00")); w.AfterHours || !w.ClosedDay {
		t.Errorf("R-APP-11 closed day: %+v", w)
	}
}

func TestLatestWish(t *testing.T) {
	for _, c := range []struct{ name, base, latest string }{
		{"R-APP-11 the month's last day, a Sunday", "2026-08-31", "2027-02-26"},
		{"R-APP-11 the same day of the month", "2024-12-02", "2025-06-02"},
		{"R-APP-11 a closed day goes back", "2024-11-29", "2025-05-29"},
		{"R-APP-11 the turn of the year goes back", "2026-07-01", "2026-12-28"},
	} {
		if got := LatestWish(cal, d(c.base).At(10, 0)); got != d(c.latest) {
			t.Errorf("%s: %s, want %s", c.name, got, c.latest)
		}
	}
}

func TestWishProblems(t *testing.T) {
	registered := tokyo(t, "2024-11-29T10:00:00+09:00")
	for _, c := range []struct {
		name, wish string
		ok         bool
	}{
		{"R-APP-11 the earliest", "2024-12-10", true},
		{"R-APP-11 the day before it", "2024-12-09", false},
		{"R-APP-11 a Saturday", "2024-12-14", false},
		{"R-APP-11 a holiday", "2025-01-13", false},
		{"R-APP-11 the latest", "2025-05-29", true},
		{"R-APP-11 the day after it", "2025-05-30", false},
	} {
		if l := WishProblems(cal, d(c.wish), registered); (len(l) == 0) != c.ok {
			t.Errorf("%s: %v", c.name, l)
		}
	}
	if l := WishProblems(cal, calendar.Date{}, registered); len(l) != 1 || l[0].Field != "desired" || l[0].Rule != "R-APP-11" {
		t.Errorf("R-APP-11 no wish: %v", l)
	}
	if got := WishProblems(cal, d("2024-12-09"), registered).Error(); got !=
		"desired [R-APP-11] 利用開始希望日は、最も早い日である2024年12月10日(火)以降の営業日を指定してください。" {
		t.Error(got)
	}
}

func TestEarliestStart(t *testing.T) {
	for _, c := range []struct {
		name, wish, approved string
		complete             bool
		start, deadline      string
	}{
		{"S5 as wished", "2024-12-10", "2024-12-02", true, "2024-12-10", "2024-12-04"},
		{"S6 incomplete on 12-02", "2024-12-10", "2024-12-02", false, "2024-12-10", "2024-12-04"},
		{"S6 incomplete one business day later", "2024-12-10", "2024-12-03", false, "2024-12-11", "2024-12-05"},
		{"S13 incomplete, late", "2024-12-12", "2024-12-18", false, "2024-12-26", "2024-12-20"},
		{"S13 complete, late", "2024-12-12", "2024-12-18", true, "2024-12-19", "2024-12-13"},
		{"S13 changed on 12-20", "2024-12-26", "2024-12-20", false, "2025-01-06", "2024-12-24"},
		{"R-EX-9 approved on a Saturday", "2024-12-10", "2024-12-14", true, "2024-12-16", "2024-12-10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			start := EarliestStart(cal, d(c.wish), d(c.approved), c.complete)
			if start != d(c.start) || SettingsDeadline(cal, start) != d(c.deadline) {
				t.Errorf("start %s deadline %s, want %s %s", start, SettingsDeadline(cal, start), c.start, c.deadline)
			}
			reason := StartReason(cal, d(c.wish), d(c.approved), c.complete)
			if (reason == "") != (start == d(c.wish)) {
				t.Errorf("R-EX-9 proposed reason %q", reason)
			}
			if l := StartProblems(cal, d(c.wish), start, d(c.approved), c.complete, reason); len(l) > 0 {
				t.Errorf("R-EX-9 the proposal is refused: %v", l)
			}
		})
	}
}

func TestStartProblems(t *testing.T) {
	for _, c := range []struct {
		name, start, approved string
		complete              bool
		reason, field, rule   string
	}{
		{"R-EX-4 as wished, no reason needed", "2024-12-12", "2024-12-02", true, "", "", ""},
		{"R-EX-4 later without a reason", "2024-12-13", "2024-12-02", true, "", "start_reason", "R-EX-4"},
		{"R-EX-4 later with a reason", "2024-12-13", "2024-12-02", true, "都合による", "", ""},
		{"R-EX-4 before the wish", "2024-12-11", "2024-12-02", true, "理由", "start", "R-EX-4"},
		{"R-EX-4 no business day", "2024-12-14", "2024-12-02", true, "理由", "start", "R-EX-4"},
		{"R-EX-4 none", "", "2024-12-02", true, "理由", "start", "R-EX-4"},
		{"R-EX-9 S13 too early while incomplete", "2024-12-25", "2024-12-18", false, "理由", "start", "R-EX-9"},
		{"R-EX-9 the approval day itself", "2024-12-18", "2024-12-18", true, "理由", "start", "R-EX-9"},
		{"R-EX-4 a reason with control characters", "2024-12-13", "2024-12-02", true, "a\x00b", "start_reason", "R-EX-4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var start calendar.Date
			if c.start != "" {
				start = d(c.start)
			}
			expectOne(t, StartProblems(cal, d("2024-12-12"), start, d(c.approved), c.complete, c.reason), c.field, c.rule)
		})
	}
}

func TestStartChangeProblems(t *testing.T) {
	for _, c := range []struct{ name, start, today, reason, field, rule string }{
		{"S13 to 2025-01-06", "2025-01-06", "2024-12-20", "理由", "", ""},
		{"R-EX-9 only to a later date", "2024-12-26", "2024-12-18", "理由", "start", "R-EX-9"},
		{"R-EX-9 as of that day", "2024-12-27", "2024-12-20", "理由", "start", "R-EX-9"},
		{"R-EX-4 with a reason", "2025-01-06", "2024-12-20", "", "start_reason", "R-EX-4"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := StartChangeProblems(cal, d("2024-12-12"), d("2024-12-26"), d(c.start), d(c.today), false, c.reason)
			expectOne(t, l, c.field, c.rule)
		})
	}
}

// expectOne wants exactly one problem at a field under a rule, or none when rule is "".
func expectOne(t *testing.T, l problem.List, field, rule string) {
	t.Helper()
	if rule == "" {
		if len(l) > 0 {
			t.Errorf("unexpected: %v", l)
		}
		return
	}
	if len(l) != 1 || l[0].Field != field || l[0].Rule != rule {
		t.Errorf("got %v, want one %s at %s", l, rule, field)
	}
}

func TestSettingsDeadline(t *testing.T) {
	for start, want := range map[string]string{
		"2024-12-10": "2024-12-04", "2024-12-11": "2024-12-05", "2025-12-26": "2025-12-22",
		"2026-01-05": "2025-12-23", "2026-01-13": "2026-01-06", "2024-12-12": "2024-12-06",
	} {
		if got := SettingsDeadline(cal, d(start)); got != d(want) {
			t.Errorf("R-SET-1 start %s: %s, want %s", start, got, want)
		}
	}
}

func TestReminders(t *testing.T) {
	due := SettingsReminders(cal, d("2024-12-20"))
	want := []time.Time{at("2024-12-06", 9, 0), at("2024-12-12", 9, 0), at("2024-12-13", 9, 0), at("2024-12-16", 9, 0)}
	if !slices.EqualFunc(due, want, time.Time.Equal) {
		t.Fatalf("R-SET-4 due %v, want %v", due, want)
	}
	none := func(time.Time) bool { return false }
	for _, c := range []struct {
		name          string
		approved, now time.Time
		needed        bool
		handled       func(time.Time) bool
		want          []SkipReason
	}{
		{"R-SET-4 none due yet", at("2024-12-02", 10, 0), at("2024-12-06", 8, 59), true, none, nil},
		{"R-SET-4 the first", at("2024-12-02", 10, 0), at("2024-12-06", 9, 0), true, none, []SkipReason{""}},
		{"R-SET-4 not after the approval", at("2024-12-06", 9, 0), at("2024-12-06", 9, 0), true, none, []SkipReason{SkipNotAfterApproval}},
		{"R-SET-4 a late one when a newer is due", at("2024-12-02", 10, 0), at("2024-12-13", 9, 30), true, none,
			[]SkipReason{SkipNewerDue, SkipNewerDue, ""}},
		{"R-SET-4 the reason has gone", at("2024-12-02", 10, 0), at("2024-12-12", 9, 0), false, none,
			[]SkipReason{SkipReasonGone, SkipReasonGone}},
		{"R-SET-4 nothing twice", at("2024-12-02", 10, 0), at("2024-12-12", 9, 0), true,
			func(t time.Time) bool { return t.Equal(want[0]) }, []SkipReason{""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []SkipReason
			for _, r := range DueReminders(due, c.approved, c.now, c.needed, c.handled) {
				got = append(got, r.Skip)
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

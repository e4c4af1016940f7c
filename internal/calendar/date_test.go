package calendar_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	. "uketsuke/internal/calendar"
)

// TestEndOfDayInTokyo is trap 29: a day ends at midnight in Japan, nine hours before it ends in UTC.
func TestEndOfDayInTokyo(t *testing.T) {
	for instant, want := range map[string]string{
		"2024-12-12T14:59:59.999999Z": "2024-12-12",
		"2024-12-12T15:00:00Z":        "2024-12-13",
		"2024-12-12T23:59:59Z":        "2024-12-13",
		"2024-12-13T00:00:00+09:00":   "2024-12-13",
		"2024-12-31T20:00:00-05:00":   "2025-01-01",
	} {
		at, err := time.Parse(time.RFC3339Nano, instant)
		if err != nil {
			t.Fatal(err)
		}
		check(t, instant, DateOf(at), want)
	}
	start := MustDate("2024-12-13").Start()
	if got := start.Format(time.RFC3339); got != "2024-12-12T15:00:00Z" {
		t.Errorf("Start: %s", got)
	}
	if got := MustDate("2024-12-13").At(17, 30).Format(time.RFC3339); got != "2024-12-13T08:30:00Z" {
		t.Errorf("At: %s", got)
	}
}

func TestAddMonths(t *testing.T) {
	for _, row := range []struct {
		name, from string
		n          int
		want       string
	}{
		{"R-APP-11 same day", "2024-12-02", 6, "2025-06-02"},
		{"R-APP-11 last day instead", "2026-08-31", 6, "2027-02-28"},
		{"R-APP-11 leap year", "2027-08-31", 6, "2028-02-29"},
		{"backwards", "2024-03-31", -1, "2024-02-29"},
		{"over the year", "2024-11-30", 3, "2025-02-28"},
		{"not at all", "2024-01-31", 0, "2024-01-31"},
	} {
		t.Run(row.name, func(t *testing.T) { check(t, row.from, MustDate(row.from).AddMonths(row.n), row.want) })
	}
}

func TestForms(t *testing.T) {
	for day, want := range map[string][3]string{
		"2024-12-10": {"2024年12月10日(火)", "Tue 10 December 2024", "令和6年12月10日"},
		"2019-05-01": {"2019年5月1日(水)", "Wed 1 May 2019", "令和元年5月1日"},
		"2019-04-30": {"2019年4月30日(火)", "Tue 30 April 2019", "平成31年4月30日"},
		"1989-01-07": {"1989年1月7日(土)", "Sat 7 January 1989", "昭和64年1月7日"},
		"1912-07-30": {"1912年7月30日(火)", "Tue 30 July 1912", "大正元年7月30日"},
		"1873-01-01": {"1873年1月1日(水)", "Wed 1 January 1873", "明治6年1月1日"},
		"1872-12-31": {"1872年12月31日(火)", "Tue 31 December 1872", "1872年12月31日"},
	} {
		d := MustDate(day)
		if got := [3]string{d.Japanese(), d.English(), d.Wareki()}; got != want {
			t.Errorf("%s: %q, want %q", day, got, want)
		}
	}
	none := Date{}
	if none.String()+none.Japanese()+none.English()+none.Wareki() != "" {
		t.Error("no date must print as nothing")
	}
}

func TestText(t *testing.T) {
	type holder struct {
		Day  Date            `json:"day"`
		None Date            `json:"none"`
		Gone Date            `json:"gone,omitzero"`
		By   map[Date]string `json:"by"`
	}
	in := holder{Day: MustDate("2024-12-10"), By: map[Date]string{MustDate("2025-01-06"): "x"}}
	text, err := json.Marshal(in)
	if want := `{"day":"2024-12-10","none":"","by":{"2025-01-06":"x"}}`; err != nil || string(text) != want {
		t.Fatalf("%s, %v; want %s", text, err, want)
	}
	out := holder{None: MustDate("2000-01-01")}
	if err := json.Unmarshal(text, &out); err != nil || out.Day != in.Day || !out.None.IsZero() || out.By[MustDate("2025-01-06")] != "x" {
		t.Errorf("%+v, %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"day":"2024-2-1"}`), &out); !errors.Is(err, ErrNotADate) {
		t.Errorf("a typed form in JSON: %v", err)
	}
	if _, err := NewDate(10000, 1, 1).MarshalText(); err == nil {
		t.Error("the year 10000 was written")
	}
}

func TestDateProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, n := days.Draw(t, "d"), rapid.IntRange(-9000, 9000).Draw(t, "n")
		e := d.AddDays(n)
		if e.Sub(d) != n || e.AddDays(-n) != d {
			t.Fatalf("%s%+d = %s, back %s", d, n, e, e.AddDays(-n))
		}
		if e.Before(d) != (n < 0) || e.After(d) != (n > 0) || e.Compare(d) != -d.Compare(e) {
			t.Fatalf("order of %s and %s", d, e)
		}
		if DateOf(d.Start()) != d || DateOf(d.Start().Add(-time.Microsecond)) != d.AddDays(-1) {
			t.Fatalf("start of %s", d)
		}
		if NewDate(d.Year(), d.Month(), d.Day()) != d {
			t.Fatalf("parts of %s", d)
		}
		m := d.AddMonths(n / 300)
		if m.Day() > d.Day() || m.Day() < d.Day() && m.AddDays(1).Day() != 1 {
			t.Fatalf("%s%+d months = %s", d, n/300, m)
		}
	})
}

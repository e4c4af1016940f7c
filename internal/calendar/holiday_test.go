package calendar_test

import (
	"encoding/csv"
	"os"
	"testing"

	. "uketsuke/internal/calendar"
)

// TestHolidaysOfTheOracle: R-CAL-2, all days of 2024–2027, no other and none missing.
func TestHolidaysOfTheOracle(t *testing.T) {
	f, err := os.Open("testdata/holidays.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1+75 {
		t.Fatalf("%d rows, want a header and 75 days", len(rows))
	}
	want := map[Date][2]string{}
	for _, row := range rows[1:] {
		want[MustDate(row[0])] = [2]string{row[1], row[2]}
	}
	for d := MustDate("2024-01-01"); d.Year() < 2028; d = d.AddDays(1) {
		ja, en, ok := Holiday(d)
		named, is := want[d]
		if ok != is || named != [2]string{ja, en} {
			t.Errorf("R-CAL-2 %s: %q, %q, %t; want %q, %t", d, ja, en, ok, named, is)
		}
	}
}

func TestHolidaysThatDiffer(t *testing.T) {
	for _, row := range []struct{ name, day, ja string }{
		{"R-CAL-2 2020 Marine Day moved", "2020-07-23", "海の日"},
		{"R-CAL-2 2020 its own day is worked", "2020-07-20", ""},
		{"R-CAL-2 2020 Sports Day moved", "2020-07-24", "スポーツの日"},
		{"R-CAL-2 2020 no Sports Day in October", "2020-10-12", ""},
		{"R-CAL-2 2020 Mountain Day moved", "2020-08-10", "山の日"},
		{"R-CAL-2 2020 no 11 August", "2020-08-11", ""},
		{"R-CAL-2 2020 substitute in February", "2020-02-24", "振替休日"},
		{"R-CAL-2 2020 substitute after three days", "2020-05-06", "振替休日"},
		{"R-CAL-2 2021 Marine Day moved", "2021-07-22", "海の日"},
		{"R-CAL-2 2021 no third Monday", "2021-07-19", ""},
		{"R-CAL-2 2021 Sports Day moved", "2021-07-23", "スポーツの日"},
		{"R-CAL-2 2021 no Sports Day in October", "2021-10-11", ""},
		{"R-CAL-2 2021 Mountain Day moved", "2021-08-08", "山の日"},
		{"R-CAL-2 2021 and its substitute", "2021-08-09", "振替休日"},
		{"R-CAL-2 2021 no 11 August", "2021-08-11", ""},
		{"R-CAL-2 2022 back to the law", "2022-07-18", "海の日"},
		{"R-CAL-2 sandwiched day 2032", "2032-09-21", "国民の休日"},
		{"R-CAL-2 equinox of 2099", "2099-03-20", "春分の日"},
		{"R-CAL-2 equinox of 2012's kind, 22 September 2044", "2044-09-22", "秋分の日"},
		{"R-CAL-2 19 March 2092", "2092-03-19", "春分の日"},
		{"R-CAL-2 before the first year", "2019-11-23", ""},
		{"R-CAL-2 after the last year", "2100-01-01", ""},
		{"R-CAL-2 last day of the law", "2099-11-23", "勤労感謝の日"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if ja, _, ok := Holiday(MustDate(row.day)); ja != row.ja || ok != (row.ja != "") {
				t.Errorf("%s: %q, %t; want %q", row.day, ja, ok, row.ja)
			}
		})
	}
}

// TestHolidaysOfEveryYear: R-CAL-2, each year has all sixteen days, and no holiday on a Sunday is lost.
func TestHolidaysOfEveryYear(t *testing.T) {
	for y := 2020; y <= 2099; y++ {
		named, sundays, substitutes := map[string]bool{}, 0, 0
		for d := NewDate(y, 1, 1); d.Year() == y; d = d.AddDays(1) {
			ja, _, ok := Holiday(d)
			switch {
			case ja == "振替休日":
				substitutes++
			case ok && ja != "国民の休日":
				named[ja] = true
				if d.Weekday() == 0 {
					sundays++
				}
			}
		}
		if len(named) != 16 || sundays != substitutes {
			t.Errorf("R-CAL-2 %d: %d names, %d Sundays, %d substitutes", y, len(named), sundays, substitutes)
		}
	}
}

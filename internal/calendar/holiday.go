package calendar

import "time"

// The law is counted for these years: before, other days were holidays; after, the formula for the
// equinoxes ends.
const (
	firstLawYear = 2020
	lastLawYear  = 2099
)

// A nationalHoliday is one of the sixteen days of the law (国民の祝日). day is its day of the month in a year.
type nationalHoliday struct {
	ja, en string
	month  time.Month
	day    func(year int) int
}

// To follow a change of the law: a day that is moved or dropped for single years is a row of overrides; a
// day that is new, renamed or moved for good is a row of nationalHolidays whose day function gives 0 for
// the years in which it does not apply. Substitute and sandwiched days follow by themselves.
var nationalHolidays = [...]nationalHoliday{
	{"元日", "New Year's Day", time.January, on(1)},
	{"成人の日", "Coming of Age Day", time.January, monday(time.January, 2)},
	{"建国記念の日", "National Foundation Day", time.February, on(11)},
	{"天皇誕生日", "Emperor's Birthday", time.February, on(23)},
	{"春分の日", "Vernal Equinox Day", time.March, equinox(20843100)},
	{"昭和の日", "Showa Day", time.April, on(29)},
	{"憲法記念日", "Constitution Day", time.May, on(3)},
	{"みどりの日", "Greenery Day", time.May, on(4)},
	{"こどもの日", "Children's Day", time.May, on(5)},
	{"海の日", "Marine Day", time.July, monday(time.July, 3)},
	{"山の日", "Mountain Day", time.August, on(11)},
	{"敬老の日", "Respect for the Aged Day", time.September, monday(time.September, 3)},
	{"秋分の日", "Autumnal Equinox Day", time.September, equinox(23248800)},
	{"スポーツの日", "Sports Day", time.October, monday(time.October, 2)},
	{"文化の日", "Culture Day", time.November, on(3)},
	{"勤労感謝の日", "Labour Thanksgiving Day", time.November, on(23)},
}

// An override is a year in which a holiday is another day than its row says; no date means it is dropped.
type override struct {
	year int
	ja   string
	date Date
}

// 2020 and 2021: the days moved for the Olympic Games and their postponement.
var overrides = [...]override{
	{2020, "海の日", NewDate(2020, 7, 23)},
	{2020, "スポーツの日", NewDate(2020, 7, 24)},
	{2020, "山の日", NewDate(2020, 8, 10)},
	{2021, "海の日", NewDate(2021, 7, 22)},
	{2021, "スポーツの日", NewDate(2021, 7, 23)},
	{2021, "山の日", NewDate(2021, 8, 8)},
}

func on(day int) func(int) int { return func(int) int { return day } }

// monday is the nth Monday of a month.
func monday(m time.Month, nth int) func(int) int {
	return func(year int) int {
		toMonday := (int(time.Monday) - int(NewDate(year, m, 1).Weekday()) + 7) % 7
		return 1 + toMonday + 7*(nth-1)
	}
}

// equinox is the usual approximation for 1980–2099: the equinox of 1980 in millionths of a day of its month,
// drifting by 0.242194 days a year, less the leap days since. The cabinet announces the day each February
// for the year after; should it ever differ, that is a row of overrides.
func equinox(of1980 int) func(int) int {
	return func(year int) int {
		years := year - 1980
		return (of1980+242194*years)/1_000_000 - years/4
	}
}

// Holiday says whether a day is a day off by law, and by which name (R-CAL-2):
//   - a national holiday;
//   - the first day after it that is none, when a national holiday falls on a Sunday (振替休日);
//   - a day between two national holidays (国民の休日).
//
// It knows the years 2020–2099; other years have no holidays here.
func Holiday(d Date) (ja, en string, ok bool) {
	if ja, en, ok = national(d); ok {
		return ja, en, true
	}
	before := d.AddDays(-1)
	for isNational(before) {
		if before.Weekday() == time.Sunday {
			return "振替休日", "Substitute holiday", true
		}
		before = before.AddDays(-1)
	}
	if isNational(d.AddDays(-1)) && isNational(d.AddDays(1)) {
		return "国民の休日", "Citizens' holiday", true
	}
	return "", "", false
}

func isNational(d Date) bool {
	_, _, ok := national(d)
	return ok
}

// national says whether a day is itself one of the sixteen.
func national(d Date) (ja, en string, ok bool) {
	y, m, day := d.utc().Date()
	if d.IsZero() || y < firstLawYear || y > lastLawYear {
		return "", "", false
	}
	for _, h := range nationalHolidays {
		if moved, is := overridden(y, h.ja); is {
			if moved == d {
				return h.ja, h.en, true
			}
			continue
		}
		if h.month == m && h.day(y) == day {
			return h.ja, h.en, true
		}
	}
	return "", "", false
}

func overridden(year int, ja string) (Date, bool) {
	for _, o := range overrides {
		if o.year == year && o.ja == ja {
			return o.date, true
		}
	}
	return Date{}, false
}

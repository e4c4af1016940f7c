package calendar

import (
	"fmt"
	"strings"
)

// An era (元号): the year in which it began is its year 1, 元年.
type era struct {
	name  string
	signs string // what may stand for it in a typed date
	first Date
	begin int // the western year of its year 1
}

// eras from the newest on; each ends the day before the one above begins. 明治 counts from its sixth year,
// because the days before 1873-01-01 belong to another calendar.
var eras = [...]era{
	{"令和", "令和 ㋿ R", NewDate(2019, 5, 1), 2019},
	{"平成", "平成 ㍻ H", NewDate(1989, 1, 8), 1989},
	{"昭和", "昭和 ㍼ S", NewDate(1926, 12, 25), 1926},
	{"大正", "大正 ㍽ T", NewDate(1912, 7, 30), 1912},
	{"明治", "明治 ㍾ M", NewDate(1873, 1, 1), 1868},
}

// eraOf is the era in which a day lies, the zero era before 1873.
func eraOf(d Date) era {
	for _, e := range eras {
		if !d.Before(e.first) {
			return e
		}
	}
	return era{}
}

func eraNamed(sign string) era {
	for _, e := range eras {
		if strings.Contains(e.signs, sign) {
			return e
		}
	}
	return era{}
}

// year is the western year of a year of the era, which is written in digits or as 元.
func (e era) year(typed string) int {
	if typed == "元" {
		return e.begin
	}
	return e.begin + atoi(typed) - 1
}

// Wareki is the day by era, as in 令和6年12月10日 or 令和元年5月1日; days before 1873 have the western year.
func (d Date) Wareki() string {
	if d.IsZero() {
		return ""
	}
	rest := d.format("年1月2日")
	switch e := eraOf(d); {
	case e.name == "":
		return d.format("2006") + rest
	case d.Year() == e.begin:
		return e.name + "元" + rest
	default:
		return fmt.Sprint(e.name, d.Year()-e.begin+1) + rest
	}
}

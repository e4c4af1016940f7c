package command

import (
	"errors"
	"strings"
	"uketsuke/internal/calendar"
	"uketsuke/internal/problem"
	"unicode/utf8"
)

// CheckPage is how many applications or rows are held in memory at once.
const CheckPage = 500

// Pages calls load with the key of the last row until a page is empty; load returns that key.
func Pages(load func(after string) (last string, err error)) error {
	after := ""
	for {
		last, err := load(after)
		if err != nil || last == "" {
			return err
		}
		after = last
	}
}

// PageSize is how many rows a list shows.
const PageSize = 50

// Cut shortens text to at most n bytes, between characters.
func Cut(text string, n int) string {
	for len(text) > n {
		_, size := utf8.DecodeLastRuneInString(text)
		text = text[:len(text)-size]
	}
	return text
}

// ErrDryRun rolls a dry run back.
var ErrDryRun = errors.New("dry run")

// ParseDay reads a day as people write it.
func ParseDay(typed, field, rule, label string) (calendar.Date, problem.List) {
	if strings.TrimSpace(typed) == "" {
		return calendar.Date{}, nil // that it is missing is for the rule to say
	}
	day, err := calendar.ParseTyped(typed)
	if err != nil {
		return day, problem.List{problem.New(field, rule,
			"「%s」の日付を読み取れません。2024-12-10、2024年12月10日、令和6年12月10日のように、実在する日付を入力してください。", label)}
	}
	return day, nil
}

package application

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/calendar"
	"uketsuke/internal/secret"
)

// TestWorkedDaysOfTheRulesPage computes the tables of docs/rules.md again: people plan by them, so a day in them is
// never wrong (R-APP-11, R-EX-9, R-SET-1, R-SEC-1, R-SEC-2).
func TestWorkedDaysOfTheRulesPage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	const few = 5
	for header, again := range map[string]func(*testing.T, []string) []string{
		"| Registered | Base day | Earliest wish | Latest wish | Why |":                     wishAgain,
		"| Wish | Approved | Settings | First possible start | Why |":                       startAgain,
		"| Start | Settings deadline | Advised day | Last reading day | First closed day |": periodAgain,
	} {
		rows := tableBelow(string(text), header)
		if len(rows) < few {
			t.Errorf("%s has %d rows, want at least %d", header, len(rows), few)
		}
		for _, cells := range rows {
			want := again(t, cells)
			if got := strings.Join(cells[:len(want)], " | "); got != strings.Join(want, " | ") {
				t.Errorf("docs/rules.md says %s\nthe rules say     %s", got, strings.Join(want, " | "))
			}
		}
	}
}

// tableBelow are the cells of the rows under a header of a Markdown table.
func tableBelow(text, header string) (rows [][]string) {
	_, below, _ := strings.Cut(text, header+"\n")
	lines := strings.Split(below, "\n")
	for _, line := range lines[min(1, len(lines)):] {
		if !strings.HasPrefix(line, "|") {
			break
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, cells)
	}
	return rows
}

// onPage is a day as the page writes it, with its weekday.
func onPage(d calendar.Date) string { return d.Weekday().String()[:3] + " " + d.String() }

// readDay takes the day out of a cell; a wrong weekday shows when it is written again.
func readDay(t *testing.T, cell string) calendar.Date {
	t.Helper()
	_, day, _ := strings.Cut(cell, " ")
	read, err := calendar.ParseDate(day)
	if err != nil {
		t.Fatal(err)
	}
	return read
}

func wishAgain(t *testing.T, cells []string) []string {
	t.Helper()
	registered, err := time.ParseInLocation("Mon 2006-01-02 15:04:05", cells[0], time.FixedZone("JST", 9*60*60))
	if err != nil {
		t.Fatal(err)
	}
	w := WhyEarliest(cal, registered)
	return []string{onPage(calendar.DateOf(registered)) + registered.Format(" 15:04:05"), onPage(w.Base), onPage(w.Earliest), onPage(w.Latest)}
}

func startAgain(t *testing.T, cells []string) []string {
	t.Helper()
	wish, approved := readDay(t, cells[0]), readDay(t, cells[1])
	settings := map[string]bool{"complete": true, "incomplete": false}
	complete, known := settings[cells[2]]
	if !known {
		return []string{fmt.Sprintf("settings are neither complete nor incomplete but %q", cells[2])}
	}
	return []string{onPage(wish), onPage(approved), cells[2], onPage(EarliestStart(cal, wish, approved, complete))}
}

func periodAgain(t *testing.T, cells []string) []string {
	t.Helper()
	start := readDay(t, cells[0])
	p := secret.PeriodFor(cal, start.AddDays(-10).Start(), start)
	return []string{onPage(start), onPage(SettingsDeadline(cal, start)), onPage(p.Advised), onPage(p.LastDay), onPage(p.FirstClosed)}
}

package desk

import (
	"encoding/csv"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"uketsuke/internal/application"
	"uketsuke/internal/charge"
	"uketsuke/internal/problem"
	"uketsuke/internal/userid"
)

// FuzzParseClosingCSV: a file is taken whole or refused in sentences, and what is taken can be written and taken
// again.
func FuzzParseClosingCSV(f *testing.F) {
	for _, s := range []string{"day,name\n2026-08-14,夏季休業\n", "\ufeffday,name,closed\r\n2026-08-14,\"a,\"\"b\",no\r\n", "day,name,closed\n\"x", "day,name\n\n", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		edits, err := ParseClosingCSV(text)
		if err != nil {
			if _, is := errors.AsType[problem.List](err); !is {
				t.Fatalf("%v", err)
			}
			return
		}
		if len(edits) == 0 || len(edits) > closingLinesMax {
			t.Fatalf("%d days", len(edits))
		}
		var again strings.Builder
		out := csv.NewWriter(&again)
		lines := [][]string{strings.Split(closingHeader, ",")}
		for _, e := range edits {
			lines = append(lines, []string{e.Day.String(), e.Name, map[bool]string{true: "yes", false: "no"}[e.Closed]})
		}
		if err := out.WriteAll(lines); err != nil {
			t.Fatal(err)
		}
		same, err := ParseClosingCSV(again.String())
		if err != nil || len(same) != len(edits) {
			t.Fatalf("%d days are written and %d read, %v", len(edits), len(same), err)
		}
		for i := range same {
			if same[i].Day != edits[i].Day || same[i].Closed != edits[i].Closed {
				t.Fatalf("%+v becomes %+v", edits[i], same[i])
			}
		}
	})
}

// FuzzUsageFile: whatever is sent as metered usage is read to its end or refused with its line; no amount can
// overflow a sum, and no problem says more than a screen holds.
func FuzzUsageFile(f *testing.F) {
	for _, s := range []string{"2024-12,1ANACA0A,電文処理,1,100\n", "2024-12,1anaca0a,\"a\nb\",0,1000000000\n", "2024-11,x,,-1,1.5\n", "\"", "2024-12,\xff,x,1,1\n"} {
		f.Add(s)
	}
	month, err := charge.ParseMonth("2024-12")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m := &metering{month: month}
		in := csv.NewReader(strings.NewReader(text))
		in.FieldsPerRecord, in.ReuseRecord = -1, true
		for {
			record, at, err := m.next(in)
			if err != nil {
				break
			}
			before := len(m.problems)
			line, err := m.parse(record, at)
			if err != nil {
				break
			}
			if line.Quantity < 0 || line.Quantity > mostOfNumber || line.Amount < 0 || line.Amount > mostOfNumber {
				if len(m.problems) == before {
					t.Fatalf("%+v passes", line)
				}
			}
			if _, err := userid.ParseID(line.UserID); len(m.problems) == before && (err != nil || !utf8.ValidString(line.Item)) {
				t.Fatalf("%+v passes", line)
			}
		}
		for _, p := range m.problems {
			if !utf8.ValidString(p.String()) || len(p.String()) > 2000 || strings.Contains(p.String(), "%!") {
				t.Fatalf("%s", p)
			}
		}
		if len(m.problems) > mostUsageProblems+1 {
			t.Fatalf("%d problems", len(m.problems))
		}
	})
}

// FuzzPlace: the place of a page in an address is one of ours or the beginning, and what was typed on a small page is
// read or refused.
func FuzzPlace(f *testing.F) {
	for _, s := range []string{"2~2024-12-10T01:00:00.000000Z~0193a1", "0~~", "-1~a~b", "~~", "99999999999999999999~a~b", "1ANACA0A URY"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := placeOf(text)
		if p.state < 0 || placeOf(p.String()) != p {
			t.Fatalf("%q: %+v, then %+v", text, p, placeOf(p.String()))
		}
		if id, step, err := ParseTick(text); err == nil {
			if again, same, err := ParseTick(string(id) + " " + step); err != nil || again != id || same != step {
				t.Fatalf("%q: %s %q", text, id, step)
			}
		}
		if login := foldLogin(text); len(login) > longestLogin || foldLogin(login) != login && utf8.ValidString(text) {
			t.Fatalf("%q: %q, then %q", text, login, foldLogin(login))
		}
	})
}

// FuzzCheckInput: what is typed on the public check page is refused in sentences or looked for as hexadecimal
// digits, 80 bits of them at least.
func FuzzCheckInput(f *testing.F) {
	f.Add("2400001A", "9f86 d081 884c 7d65 9a2f")
	f.Add("", "")
	f.Add("通知第24-00001号", "9Ｆ８６ーd081")
	f.Fuzz(func(t *testing.T, number, digest string) {
		typed, err := typedDigest(number, digest)
		if err == nil && (len(typed) < leastDigest || strings.Trim(typed, "0123456789abcdef") != "") {
			t.Fatalf("%q is looked for as %q", digest, typed)
		}
		if l, is := errors.AsType[problem.List](err); err != nil && (!is || len(l) == 0) {
			t.Fatalf("%v", err)
		}
		application.ParsePaperNumber(number)
	})
}

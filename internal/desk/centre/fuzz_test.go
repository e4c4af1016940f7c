package centre

import (
	"encoding/csv"
	"errors"
	"strings"
	"testing"
	"uketsuke/internal/problem"
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

package records

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// A spring gives the same text without end, and counts how much was taken.
type spring struct {
	text  string
	taken int
}

func (s *spring) Read(into []byte) (int, error) {
	for i := range into {
		into[i] = s.text[(s.taken+i)%len(s.text)]
	}
	s.taken += len(into)
	return len(into), nil
}

// A file of anything without end is let go after little more than one record's length: commas, one field, one quotation over
// many lines, quotations that open and close.
func TestRecordsEnd(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"commas": ",", "one field": "a", "an open quotation": "\"" + strings.Repeat("a\n", 1<<20), "quoted columns": `"a",`, "commas in quotations": `"` + strings.Repeat(",", 1<<20)} {
		from := &spring{text: text}
		in := csv.NewReader(Bounded(from, Longest, MostColumns))
		_, err := in.Read()
		if _, wide := errors.AsType[*TooWide](err); !wide || from.taken > 64<<10 {
			t.Errorf("%s: %v after %d bytes", name, err, from.taken)
		}
	}
}

// What is within the bounds comes through as it is, and the line of what is not is the line where it begins.
func TestRecordsPassOn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(rapid.StringMatching(`[a-z,"\n ]{0,8}`), 1, 5), 0, 20).Draw(t, "rows")
		var text strings.Builder
		out := csv.NewWriter(&text)
		if err := out.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(Bounded(strings.NewReader(text.String()), 256, 6))
		if err != nil || string(got) != text.String() {
			t.Fatalf("%q, %v", got, err)
		}
		_, err = io.ReadAll(Bounded(strings.NewReader(text.String()+"a,b,c,d,e,f,g\n"), 256, 6))
		wide, is := errors.AsType[*TooWide](err)
		if want := 1 + strings.Count(text.String(), "\n"); !is || wide.Line != want {
			t.Fatalf("%v, want line %d", err, want)
		}
	})
}

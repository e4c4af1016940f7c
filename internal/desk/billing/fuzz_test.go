package billing

import (
	"encoding/csv"
	"strings"
	"testing"
	"uketsuke/internal/charge"
	"uketsuke/internal/userid"
	"unicode/utf8"
)

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

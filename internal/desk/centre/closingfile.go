package centre

import (
	"encoding/csv"
	"errors"
	"io"
	"strings"

	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/problem"
	"uketsuke/internal/records"
)

// The file of closing days: UTF-8, first the line of closingHeader, then one day a line. The last column may
// be left out everywhere: then every day is closed.
const (
	closingHeader      = "day,name,closed"
	closingHeaderShort = "day,name"
	closingLinesMax    = 400
)

// ParseClosingCSV reads a file of closing days. What is wrong stands at the field "csv", with the line, the
// column and the remedy; one mistake and nothing is taken.
func ParseClosingCSV(text string) ([]ClosingEdit, error) {
	text = strings.TrimPrefix(text, "\ufeff")
	header, _, _ := strings.Cut(text, "\n")
	header = strings.TrimSpace(header)
	if header != closingHeader && header != closingHeaderShort {
		return nil, problem.List{problem.New("csv", "R-CAL-1", "1行目を「%s」か「%s」にしてください。", closingHeader, closingHeaderShort)}
	}
	r := csv.NewReader(records.Bounded(strings.NewReader(text), records.Longest, records.MostColumns))
	r.FieldsPerRecord = -1
	var l problem.List
	var edits []ClosingEdit
	for n := 0; ; n++ {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if wide, is := errors.AsType[*records.TooWide](err); is {
			l.Add("csv", "R-CAL-1", "%d行目：長すぎるか、項目が多すぎます（上限は%dバイト、%d項目）。1行目と同じ項目だけにし、引用符（\"）の対応を確認してください。", wide.Line, wide.Bytes, wide.Columns)
			break
		}
		if bad, is := errors.AsType[*csv.ParseError](err); is {
			l.Add("csv", "R-CAL-1", "%d行目：引用符（\"）の使い方が正しくありません。引用符を取るか、前後にそろえてください。", bad.Line)
			break
		}
		line, _ := r.FieldPos(0)
		switch {
		case n == 0:
		case len(edits) == closingLinesMax:
			l.Add("csv", "R-CAL-1", "%d日までにしてください。残りは分けて取り込んでください。", closingLinesMax)
			return nil, l
		default:
			edit, wrong := closingLine(record, strings.Count(header, ",")+1, line)
			l, edits = append(l, wrong...), append(edits, edit)
		}
	}
	if len(edits) == 0 && len(l) == 0 {
		l.Add("csv", "R-CAL-1", "2行目から、休業日を1行に1日ずつ入力してください。")
	}
	return edits, l.Err()
}

// closingLine reads one line.
func closingLine(record []string, columns, line int) (ClosingEdit, problem.List) {
	var l problem.List
	if len(record) != columns {
		l.Add("csv", "R-CAL-1", "%d行目：項目が%dつあります。1行目と同じ%dつにしてください。", line, len(record), columns)
		return ClosingEdit{}, l
	}
	e := ClosingEdit{Name: strings.TrimSpace(record[1]), Closed: true, Line: line}
	var err error
	if e.Day, err = calendar.ParseDate(strings.TrimSpace(record[0])); err != nil {
		l.Add("csv", "R-CAL-1", "%d行目 day：「%s」を日付として読み取れません。2026-08-14 の形で、実在する日を入力してください。", line, command.Cut(record[0], 40))
	}
	if columns == 3 {
		switch strings.TrimSpace(record[2]) {
		case "yes":
		case "no":
			e.Closed = false
		default:
			l.Add("csv", "R-CAL-1", "%d行目 closed：「%s」は使えません。休業日にするなら yes、取り消すなら no にしてください。", line, command.Cut(record[2], 40))
		}
	}
	return e, l
}

// quoted is a field of a CSV line.
func quoted(text string) string {
	if !strings.ContainsAny(text, "\",\n") {
		return text
	}
	return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
}

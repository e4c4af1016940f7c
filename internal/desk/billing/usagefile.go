package billing

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"uketsuke/internal/application"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/problem"
	"uketsuke/internal/records"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
	"uketsuke/internal/userid"
)

// The file of metered usage: UTF-8, a header line, comma-separated (RFC 4180).

// usageHeader is the first line of the file.
func usageHeader() []string { return []string{"month", "user_id", "item", "quantity", "amount"} }

const (
	// MaxUsageFile is the longest file of metered usage in bytes.
	MaxUsageFile = 64 << 20
	// mostUsageProblems is how many problems are told before reading stops.
	mostUsageProblems = 50
	// mostOfNumber bounds quantity and amount, so that no sum can overflow.
	mostOfNumber = 1_000_000_000
	// longestItem is in characters.
	longestItem = 60
	// mostUsageLines is a year's charges of every user ID there can be, several items each.
	mostUsageLines = 2_000_000
)

// errEnough ends the reading of a file with too many faults.
var errEnough = errors.New("enough problems")

// wrong notes a problem of the file.
func (m *metering) wrong(text string, args ...any) error {
	m.problems.Add("file", "R-CON-5", text, args...)
	if len(m.problems) < mostUsageProblems {
		return nil
	}
	m.problems.Add("file", "R-CON-5", "間違いが多いため、読み取りを途中でやめました。直してから、もう一度お試しください。")
	return errEnough
}

// read takes every line of the file in, a batch at a time: memory does not grow with the file.
func (m *metering) read(file io.Reader) error {
	bounded := &io.LimitedReader{R: file, N: MaxUsageFile + 1}
	text := bufio.NewReaderSize(io.TeeReader(bounded, m.hash), 64<<10)
	if mark, err := text.Peek(3); err == nil && string(mark) == "\ufeff" {
		if _, err := text.Discard(3); err != nil {
			return fmt.Errorf("reading the usage file: %w", err)
		}
	}
	in := csv.NewReader(records.Bounded(text, records.Longest, records.MostColumns))
	in.FieldsPerRecord, in.ReuseRecord = -1, true
	err := m.rows(in)
	if err != nil && !errors.Is(err, errEnough) {
		return err
	}
	if bounded.N <= 0 {
		return problem.List{problem.New("file", "R-CON-5", "ファイルが大きすぎます（上限は%d MB）。不要な行がないか確認してください。", MaxUsageFile>>20)}
	}
	if len(m.problems) == 0 {
		err = m.repeated()
	}
	if err == nil || errors.Is(err, errEnough) {
		err = m.problems.Err()
	}
	return err
}

func (m *metering) rows(in *csv.Reader) error {
	header, _, err := m.next(in)
	if errors.Is(err, io.EOF) || err == nil && !slices.Equal(header, usageHeader()) {
		m.problems.Add("file", "R-CON-5", "1行目が見出しではありません。1行目を「%s」にしてください。", strings.Join(usageHeader(), ","))
		return errEnough
	}
	if err != nil {
		return err
	}
	batch := make([]store.UsageLine, 0, store.UsageBatch)
	for {
		record, at, err := m.next(in)
		if errors.Is(err, io.EOF) {
			return m.take(batch)
		}
		if err != nil {
			return err
		}
		if m.report.Lines == mostUsageLines {
			m.problems.Add("file", "R-CON-5", "%d行までにしてください。不要な行がないか確認してください。", mostUsageLines)
			return errEnough
		}
		line, err := m.parse(record, at)
		if err != nil {
			return err
		}
		if batch = append(batch, line); len(batch) == cap(batch) {
			if err := m.take(batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
}

// next is the next record and its line in the file. Text that is not UTF-8 or not CSV ends the reading,
// because what follows cannot be trusted either.
func (m *metering) next(in *csv.Reader) ([]string, int, error) {
	record, err := in.Read()
	if wide, ok := errors.AsType[*records.TooWide](err); ok {
		m.problems.Add("file", "R-CON-5", "%d行目が長すぎるか、列が多すぎます（上限は%dバイト、%d列）。「%s」の5列だけにし、引用符（\"）の対応を確認してください。",
			wide.Line, wide.Bytes, wide.Columns, strings.Join(usageHeader(), ","))
		return nil, 0, errEnough
	}
	if broken, ok := errors.AsType[*csv.ParseError](err); ok {
		m.problems.Add("file", "R-CON-5", "%d行目をCSVとして読めません。引用符（\"）の対応を確認してください。", broken.Line)
		return nil, 0, errEnough
	}
	if err != nil {
		if errors.Is(err, io.EOF) {
			return nil, 0, io.EOF
		}
		return nil, 0, fmt.Errorf("reading the usage file: %w", err)
	}
	at, _ := in.FieldPos(0)
	if slices.ContainsFunc(record, func(s string) bool { return !utf8.ValidString(s) }) {
		m.problems.Add("file", "R-CON-5", "%d行目をUTF-8として読めません。Shift_JISなどで保存されている場合は、文字コードをUTF-8にして保存し直してください。", at)
		return nil, 0, errEnough
	}
	return record, at, nil
}

// parse reads one record; what is wrong with it names line, field and remedy.
func (m *metering) parse(record []string, at int) (store.UsageLine, error) {
	line := store.UsageLine{Import: m.id, Line: int64(at), Month: m.month.String()}
	if len(record) != len(usageHeader()) {
		return line, m.wrong("%d行目の列が%d個です。「%s」の5列にしてください。", at, len(record), strings.Join(usageHeader(), ","))
	}
	var errs [4]error
	if record[0] != line.Month {
		errs[0] = m.wrong("%d行目のmonth「%s」が、取り込む月「%s」と違います。その月の行だけにしてください。", at, shown(record[0]), line.Month)
	}
	id, err := userid.ParseID(record[1])
	if err != nil {
		errs[1] = m.wrong("%d行目のuser_id「%s」が利用者IDの形ではありません。英数字8文字で入力してください。", at, shown(record[1]))
	}
	line.UserID, line.Item = string(id), record[2]
	if n := utf8.RuneCountInString(line.Item); strings.TrimSpace(line.Item) == "" || n > longestItem || !application.Printable(line.Item, false) {
		errs[2] = m.wrong("%d行目のitemは、改行などを含まない1文字以上%d文字以内で入力してください。", at, longestItem)
	}
	for i, into := range []*int64{&line.Quantity, &line.Amount} {
		typed := record[3+i]
		if *into, err = wholeNumber(typed); err != nil {
			errs[3] = errors.Join(errs[3], m.wrong("%d行目の%s「%s」が、0以上%d以下の整数ではありません。桁区切りや小数点のない半角数字で入力してください。", at, usageHeader()[3+i], shown(typed), mostOfNumber))
		}
	}
	m.report.Lines++
	m.report.Amount += line.Amount
	return line, errors.Join(errs[:]...)
}

// shown is the beginning of a wrong value, without what has no shape.
func shown(typed string) string {
	return command.Cut(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '?'
		}
		return r
	}, typed), 40)
}

// wholeNumber reads a quantity or an amount: digits alone.
func wholeNumber(s string) (int64, error) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, fmt.Errorf("%q is no whole number", s)
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err == nil && n > mostOfNumber {
		err = fmt.Errorf("%d is more than %d", n, mostOfNumber)
	}
	return n, err
}

// take looks up whose IDs a batch names, and stores it unless something is wrong already.
func (m *metering) take(batch []store.UsageLine) error {
	var ids []string
	for _, line := range batch {
		if line.UserID != "" && !slices.Contains(ids, line.UserID) {
			ids = append(ids, line.UserID)
		}
	}
	of, err := m.Store.EstablishmentsOfIDs(m.Ctx, ids)
	if err != nil {
		return err
	}
	for i, line := range batch {
		establishment, known := of[line.UserID]
		if line.UserID != "" && !known {
			if err := m.wrong("%d行目のuser_id「%s」は、発行されていない利用者IDです。IDを確認して直してください。", int(line.Line), line.UserID); err != nil {
				return err
			}
		}
		batch[i].Establishment = establishment
	}
	if len(m.problems) > 0 {
		return nil
	}
	return m.Store.InsertUsage(m.Ctx, batch)
}

// repeated finds what the file names twice: it would be charged twice.
func (m *metering) repeated() error {
	rows, err := m.Store.RepeatedUsage(m.Ctx, query.RepeatedUsageParams{Import: m.id, Most: mostUsageProblems})
	if err != nil {
		return fmt.Errorf("looking for repeated usage: %w", err)
	}
	for _, row := range rows {
		err := m.wrong("%d行目の利用者ID「%s」と項目「%s」の組は、%d行目にもあります。1行にまとめてください。", int(row.LastLine), row.UserID, row.Item, int(row.FirstLine))
		if err != nil {
			return err
		}
	}
	return nil
}

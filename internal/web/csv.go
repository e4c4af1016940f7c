package web

import (
	"encoding/csv"
	"iter"
	"strings"
	"unicode/utf8"
)

// csvFlush is how many rows are gathered before they leave: a file of any length needs no more memory (trap 22).
const csvFlush = 500

// sendCSV answers with a file of rows, the first of which are the headings, as they come. UTF-8 with a mark at
// the beginning, because spreadsheets take it for something else without one. An error before the first row
// becomes a page as everywhere; one after it can only be said in the file's last line and in the log. The answer
// is how many rows have left, the headings not counted.
func (v *visit) sendCSV(name string, rows iter.Seq2[[]string, error]) (int, error) {
	out := csv.NewWriter(v.w)
	out.UseCRLF = true
	n := 0
	for row, err := range rows {
		if err != nil && n == 0 {
			return 0, err
		}
		if err != nil {
			v.s.hangups.Tell(v.ctx(), v.s.Log, "request failed", err, "request", v.id)
			row = []string{v.s.pages.Texts.Text(v.lang, "途中で問題が起きたため、この行より後は出力されていません。")}
		}
		if n == 0 {
			v.attach("text/csv; charset=utf-8", name)
			_, _ = v.w.Write([]byte("\ufeff")) // the first row says whether the browser is there
		}
		if n++; out.Write(csvCells(row)) != nil || err != nil {
			break
		}
		if n%csvFlush == 0 {
			out.Flush()
		}
	}
	out.Flush()
	return max(0, n-1), nil // an error of writing means that the browser has gone
}

// csvCells are cells that no spreadsheet takes for a formula, whoever typed them: what would begin one gets an
// apostrophe in front.
func csvCells(row []string) []string {
	safe := make([]string, len(row))
	for i, cell := range row {
		if safe[i] = cell; beginsFormula(cell) {
			safe[i] = "'" + cell
		}
	}
	return safe
}

// beginsFormula says whether a spreadsheet would calculate. A bar alone stands for nothing.
func beginsFormula(cell string) bool {
	first, size := utf8.DecodeRuneInString(cell)
	return size > 0 && strings.ContainsRune("=+-@＝＋－＠\t\r", first) && cell != "－"
}

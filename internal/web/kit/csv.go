package kit

import (
	"encoding/csv"
	"iter"
	"strings"
	"unicode/utf8"
)

// CSVFlush is how many rows are gathered before they leave: a file of any length needs no more memory.
const CSVFlush = 500

// SendCSV answers with a file of rows, the first of which are the headings, as they come. UTF-8 with a mark at
// the beginning, because spreadsheets take it for something else without one. An error before the first row
// becomes a page as everywhere; one after it can only be said in the file's last line and in the log. The answer
// is how many rows have left, the headings not counted.
func (v *Request) SendCSV(name string, rows iter.Seq2[[]string, error]) (int, error) {
	out := csv.NewWriter(v.Out)
	out.UseCRLF = true
	n := 0
	for row, err := range rows {
		if err != nil && n == 0 {
			return 0, err
		}
		if err != nil {
			v.Kit.hangups.Tell(v.Ctx(), v.Kit.Log, "request failed", err, "request", v.ID)
			row = []string{v.Kit.Renderer.Texts.Text(v.Lang, "途中で問題が起きたため、この行より後は出力されていません。")}
		}
		if n == 0 {
			v.Attach("text/csv; charset=utf-8", name)
			_, _ = v.Out.Write([]byte("\ufeff")) // the first row says whether the browser is there
		}
		if n++; out.Write(CSVCells(row)) != nil || err != nil {
			break
		}
		if n%CSVFlush == 0 {
			out.Flush()
		}
	}
	out.Flush()
	return max(0, n-1), nil // an error of writing means that the browser has gone
}

// CSVCells are cells that no spreadsheet takes for a formula, whoever typed them: what would begin one gets an
// apostrophe in front.
func CSVCells(row []string) []string {
	safe := make([]string, len(row))
	for i, cell := range row {
		if safe[i] = cell; BeginsFormula(cell) {
			safe[i] = "'" + cell
		}
	}
	return safe
}

// BeginsFormula says whether a spreadsheet would calculate. A bar alone stands for nothing.
func BeginsFormula(cell string) bool {
	first, size := utf8.DecodeRuneInString(cell)
	return size > 0 && strings.ContainsRune("=+-@＝＋－＠\t\r", first) && cell != "－"
}

package cases

import (
	"slices"
	"strings"

	"uketsuke/internal/contract"
	"uketsuke/internal/web/kit"
)

// MarkedRows are the IDs of a contract beside those of another before it: what is added, changed (with the row as it
// was) and deleted is marked, of the codes that own says; nil marks all.
func (s *Pages) MarkedRows(before, after contract.Contract, own func(code string) bool) []ContractRow {
	old := map[string]ContractRow{}
	for _, row := range s.contractRows(before) {
		old[row.Code+row.Number] = row
	}
	var rows []ContractRow
	for _, row := range s.contractRows(after) {
		was, known := old[row.Code+row.Number]
		delete(old, row.Code+row.Number)
		switch {
		case own != nil && !own(row.Code):
		case !known:
			row.Mark = kit.Tag{Kind: "green", Text: "追加"}
		case !sameRow(was, row):
			was.Mark, row.Mark = kit.Tag{Kind: "orange", Text: "変更前"}, kit.Tag{Kind: "orange", Text: "変更後"}
			rows = append(rows, was)
		}
		rows = append(rows, row)
	}
	for _, row := range s.contractRows(before) {
		if _, gone := old[row.Code+row.Number]; gone && (own == nil || own(row.Code)) {
			row.Mark = kit.Tag{Kind: "red", Text: "削除"}
			rows = append(rows, row)
		}
	}
	slices.SortStableFunc(rows, func(a, b ContractRow) int { return strings.Compare(a.Code+a.Number, b.Code+b.Number) })
	return rows
}

// sameRow says whether two rows say the same of an ID and its code; since when and until when does not count.
func sameRow(a, b ContractRow) bool {
	return a.Category == b.Category && slices.Equal(a.Trades, b.Trades) && a.Method == b.Method && a.SingleSignOn == b.SingleSignOn &&
		a.StatsPaid == b.StatsPaid && a.StatsFree == b.StatsFree && a.Archive == b.Archive
}

package web

import (
	"errors"
	"slices"
	"strings"

	"uketsuke/internal/charge"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk"
)

// Class is how the row of the table is coloured; the tag says the same in words.
func (r ContractRow) Class() string {
	return map[string]string{"green": "added", "red": "removed", "orange": "changed"}[r.Mark.Kind]
}

// Services names what the row's user code has switched on.
func (r ContractRow) Services() []string { return serviceNames(r.StatsPaid, r.StatsFree, r.Archive) }

// markedRows are the IDs of a contract beside those of another before it: what is added, changed (with the row as it
// was) and deleted is marked, of the codes that own says; nil marks all.
func (s *Server) markedRows(before, after contract.Contract, own func(code string) bool) []ContractRow {
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
			row.Mark = Tag{"green", "追加"}
		case !sameRow(was, row):
			was.Mark, row.Mark = Tag{"orange", "変更前"}, Tag{"orange", "変更後"}
			rows = append(rows, was)
		}
		rows = append(rows, row)
	}
	for _, row := range s.contractRows(before) {
		if _, gone := old[row.Code+row.Number]; gone && (own == nil || own(row.Code)) {
			row.Mark = Tag{"red", "削除"}
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

// plannedWords say what a plan does to a contract, before and after. What does not exist yet has no history to
// lead to.
func (s *Server) plannedWords(today, then contract.Contract, base string) []ContractDifference {
	var all []ContractDifference
	for _, d := range (contract.Change{Before: today, After: then}).Differences() {
		words := s.differenceWords(d, base)
		if d.Before.Kind == "" {
			words.Address = ""
		}
		all = append(all, words)
	}
	return all
}

// A ChargeComparison is what an application does to the monthly charge, in yen (R-CON-5): part "charge-change".
type ChargeComparison struct {
	Lines []ChargeComparisonLine
}

// A ChargeComparisonLine is one amount before and after.
type ChargeComparisonLine struct {
	Term                      string // Japanese text
	Before, After, Difference string
	Strong                    bool
}

// chargeComparison is nil where the catalogue has no price for the day of the wish, and for a re-issue, which
// changes no contract.
func (s *Server) chargeComparison(v *visit, c desk.Case) (*ChargeComparison, error) {
	if c.Document.IsReissue() {
		return nil, nil
	}
	change, err := s.Desk.ChargeAsWished(v.ctx(), v.actor(), c.ID)
	var unpriced *charge.NoPrice
	if errors.As(err, &unpriced) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	line := func(term string, was, becomes int64, strong bool) ChargeComparisonLine {
		difference := charge.Thousands(becomes - was)
		if becomes > was {
			difference = "+" + difference
		}
		return ChargeComparisonLine{term, charge.Thousands(was), charge.Thousands(becomes), difference, strong}
	}
	comparison := &ChargeComparison{Lines: []ChargeComparisonLine{
		line("月額（税抜）", change.Before.Subtotal, change.After.Subtotal, false), line("消費税", change.Before.Tax, change.After.Tax, false),
		line("月額（税込）", change.Before.Total, change.After.Total, true),
	}}
	return comparison, nil
}

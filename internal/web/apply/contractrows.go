package apply

import (
	"errors"

	"uketsuke/internal/charge"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk"
	"uketsuke/internal/web/holding"
	"uketsuke/internal/web/kit"
)

// PlannedWords say what a plan does to a contract, before and after. What does not exist yet has no history to
// lead to.
func (s *Pages) PlannedWords(today, then contract.Contract, base string) []holding.ContractDifference {
	var all []holding.ContractDifference
	for _, d := range (contract.Change{Before: today, After: then}).Differences() {
		words := s.holding.DifferenceWords(d, base)
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
func (s *Pages) chargeComparison(v *kit.Request, c desk.Case) (*ChargeComparison, error) {
	if c.Document.IsReissue() {
		return nil, nil
	}
	change, err := s.Desk.ChargeAsWished(v.Ctx(), v.Actor(), c.ID)
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

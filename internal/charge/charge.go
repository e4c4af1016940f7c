package charge

import (
	"cmp"
	"slices"

	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/contract"
	"uketsuke/internal/userid"
)

// Of is the bill of an establishment's month (R-CON-5):
//   - terminals: the highest number that stands on any day, by the plan of the last day with a contract,
//   - paid statistics and archive: each user code that has them on any day, for the whole month,
//   - metered usage, if imported; metered says so, also when there is no line,
//   - prices and rate of tax: those of the last day,
//   - tax: once per rate, rounded down.
//
// It fails with a *NoPrice where the catalogue lacks a price that is needed.
func Of(facts contract.Facts, voided contract.Voided, month Month, prices []catalogue.Charge, usage []Metered, metered bool) (Bill, error) {
	stood := standing{statistics: map[userid.Code]bool{}, archive: map[userid.Code]bool{}}
	for _, day := range days(facts, month) {
		stood.see(contract.AsOf(facts, day, voided))
	}
	return stood.bill(month, month.Last(), prices, usage, metered)
}

// Monthly is what a contract costs in a month that it stands through as it is, without metered usage, at the
// prices of a day.
func Monthly(c contract.Contract, on calendar.Date, prices []catalogue.Charge) (Bill, error) {
	stood := standing{statistics: map[userid.Code]bool{}, archive: map[userid.Code]bool{}}
	stood.see(c)
	return stood.bill(MonthOf(on), on, prices, nil, false)
}

// A Change is what a change of the contract does to the monthly charge, at the prices of one day.
type Change struct {
	Before, After Bill
	// Difference is of the totals with tax, in yen; positive when it becomes dearer.
	Difference int64
}

// ChangeOf is the change of the monthly charge between two contracts at the prices of a day.
func ChangeOf(before, after contract.Contract, on calendar.Date, prices []catalogue.Charge) (Change, error) {
	was, err := Monthly(before, on, prices)
	if err != nil {
		return Change{}, err
	}
	becomes, err := Monthly(after, on, prices)
	return Change{was, becomes, becomes.Total - was.Total}, err
}

// A standing is what has stood on the days seen so far, in their order.
type standing struct {
	net, general        Base
	statistics, archive map[userid.Code]bool
}

func (s *standing) see(c contract.Contract) {
	s.net = Base{cmp.Or(c.Plan, s.net.Plan), max(c.Terminals, s.net.Terminals)}
	s.general = Base{cmp.Or(c.GeneralPlan, s.general.Plan), max(c.GeneralTerminals, s.general.Terminals)}
	for _, code := range c.Codes {
		if code.StatsPaid {
			s.statistics[code.Code] = true
		}
		if code.Archive {
			s.archive[code.Code] = true
		}
	}
}

func (s *standing) bill(month Month, day calendar.Date, prices []catalogue.Charge, usage []Metered, metered bool) (Bill, error) {
	tax, err := priceOn(prices, keyTax, day)
	if err != nil {
		return Bill{}, err
	}
	b := &billing{bill: Bill{Month: month, Net: s.net, General: s.general, Metered: metered, Rates: []RateTotal{{Rate: tax.Amount}}}, prices: prices, day: day, rate: tax.Amount}
	if err := b.base(Net, s.net); err != nil {
		return Bill{}, err
	}
	if err := b.base(General, s.general); err != nil {
		return Bill{}, err
	}
	for code := range s.statistics {
		if err := b.priced(Services, Statistics, keyStatistics, string(code), 1); err != nil {
			return Bill{}, err
		}
	}
	for code := range s.archive {
		if err := b.priced(Services, Archive, keyArchive, string(code), 1); err != nil {
			return Bill{}, err
		}
	}
	b.usage(usage)
	return b.sum(), nil
}

// days are the days of a month on which the contract may differ from the day before, and the first: between
// two of them nothing changes.
func days(facts contract.Facts, month Month) []calendar.Date {
	all := []calendar.Date{month.First()}
	add := func(f contract.Fact) {
		for _, day := range []calendar.Date{f.ValidFrom, f.ValidTo} {
			if !day.IsZero() && MonthOf(day) == month {
				all = append(all, day)
			}
		}
	}
	for _, t := range facts.Codes {
		add(t.Fact)
	}
	for _, t := range facts.Services {
		add(t.Fact)
	}
	for _, t := range facts.Terms {
		add(t.Fact)
	}
	slices.SortFunc(all, calendar.Date.Compare)
	return slices.Compact(all)
}

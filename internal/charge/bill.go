package charge

import (
	"cmp"
	"slices"
	"strconv"

	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/userid"
)

// A Kind is what a line is charged for.
type Kind string

// The kinds of lines, in the order in which they stand in a part.
const (
	BaseFee    Kind = "base"
	Statistics Kind = "statistics"
	Archive    Kind = "archive"
	Usage      Kind = "usage"
)

// A Part is the side of the contract that a line belongs to. Services are of a user code, which may have IDs
// on both sides.
type Part string

// The parts of a bill, in their order.
const (
	Net      Part = "net"
	General  Part = "general"
	Services Part = "services"
)

// Japanese names the part as pages and papers do.
func (p Part) Japanese() string {
	switch p {
	case Net:
		return "netNACCS"
	case General:
		return "一般NACCS"
	}
	return "付加サービス"
}

// A Line is one line of a bill. Quantity × Price is Amount, except of metered usage, whose price is 0 here
// and whose amount is as imported.
type Line struct {
	Part Part `json:"part"`
	Kind Kind `json:"kind"`
	// Name is the catalogue's name of the price, or the item of the usage, as shown.
	Name string `json:"name"`
	// Subject is the user code or user ID that the line is about, "" for a base fee.
	Subject  string `json:"subject,omitempty"`
	Quantity int64  `json:"quantity"`
	Price    int64  `json:"price"`  // yen before tax
	Amount   int64  `json:"amount"` // yen before tax
	Rate     int    `json:"rate"`   // of tax, in percent
}

// A RateTotal is what one rate of tax is paid on. Tax is rounded down, once.
type RateTotal struct {
	Rate     int   `json:"rate"`     // percent
	Subtotal int64 `json:"subtotal"` // yen before tax
	Tax      int64 `json:"tax"`      // yen
}

// A Base is what the base fee of a part rests on; Plan is "" where no contract stands.
type Base struct {
	Plan      string `json:"plan"`
	Terminals int    `json:"terminals"`
}

// A Bill is what a month costs. Its lines stand in the order of parts, kinds, subjects and names.
type Bill struct {
	Month    Month       `json:"month"`
	Net      Base        `json:"net"`
	General  Base        `json:"general"`
	Lines    []Line      `json:"lines"`
	Rates    []RateTotal `json:"rates"` // by rate, the lowest first
	Subtotal int64       `json:"subtotal"`
	Tax      int64       `json:"tax"`
	Total    int64       `json:"total"`
	// Metered says that usage was imported; without it the bill is an estimate.
	Metered bool `json:"metered"`
}

// Metered is the imported usage of one user ID in one item.
type Metered struct {
	UserID           userid.ID
	Item             string
	Quantity, Amount int64 // yen before tax
}

// OfPart are the lines of one part.
func (b Bill) OfPart(part Part) []Line {
	var lines []Line
	for _, l := range b.Lines {
		if l.Part == part {
			lines = append(lines, l)
		}
	}
	return lines
}

// Owed says whether there is anything to bill: a contract stood in the month, or something was used.
func (b Bill) Owed() bool { return b.Net.Plan != "" || b.General.Plan != "" || len(b.Lines) > 0 }

// OfKind is the sum before tax of the lines of a kind.
func (b Bill) OfKind(kind Kind) int64 {
	var sum int64
	for _, l := range b.Lines {
		if l.Kind == kind {
			sum += l.Amount
		}
	}
	return sum
}

// A billing is a bill on its way.
type billing struct {
	bill   Bill
	prices []catalogue.Charge
	day    calendar.Date // whose prices and rate count
	rate   int
}

// priced adds a line by the catalogue's price.
func (b *billing) priced(part Part, kind Kind, key, subject string, quantity int64) error {
	price, err := priceOn(b.prices, key, b.day)
	if err != nil {
		return err
	}
	b.bill.Lines = append(b.bill.Lines, Line{Part: part, Kind: kind, Name: price.Name, Subject: subject, Quantity: quantity,
		Price: int64(price.Amount), Amount: quantity * int64(price.Amount), Rate: b.rate})
	return nil
}

// base adds the base fee of a part, if it has terminals.
func (b *billing) base(part Part, base Base) error {
	if base.Plan == "" || base.Terminals == 0 {
		return nil
	}
	return b.priced(part, BaseFee, keyBase(base.Plan), "", int64(base.Terminals))
}

// usage adds the metered lines, each on the side of its user ID.
func (b *billing) usage(usage []Metered) {
	for _, m := range usage {
		part := Net
		if m.UserID.Number().Class() == userid.General {
			part = General
		}
		b.bill.Lines = append(b.bill.Lines, Line{Part: part, Kind: Usage, Name: m.Item, Subject: string(m.UserID),
			Quantity: m.Quantity, Amount: m.Amount, Rate: b.rate})
	}
}

// sum puts the lines in their order and adds them up; tax is rounded down once per rate.
func (b *billing) sum() Bill {
	parts, kinds := []Part{Net, General, Services}, []Kind{BaseFee, Statistics, Archive, Usage}
	slices.SortStableFunc(b.bill.Lines, func(x, y Line) int {
		return cmp.Or(cmp.Compare(slices.Index(parts, x.Part), slices.Index(parts, y.Part)),
			cmp.Compare(slices.Index(kinds, x.Kind), slices.Index(kinds, y.Kind)),
			cmp.Compare(x.Subject, y.Subject), cmp.Compare(x.Name, y.Name))
	})
	for _, l := range b.bill.Lines {
		at := slices.IndexFunc(b.bill.Rates, func(r RateTotal) bool { return r.Rate == l.Rate })
		if at < 0 {
			b.bill.Rates = append(b.bill.Rates, RateTotal{Rate: l.Rate})
			at = len(b.bill.Rates) - 1
		}
		b.bill.Rates[at].Subtotal += l.Amount
		b.bill.Subtotal += l.Amount
	}
	slices.SortFunc(b.bill.Rates, func(x, y RateTotal) int { return cmp.Compare(x.Rate, y.Rate) })
	for i, r := range b.bill.Rates {
		b.bill.Rates[i].Tax = r.Subtotal * int64(r.Rate) / 100
		b.bill.Tax += b.bill.Rates[i].Tax
	}
	b.bill.Total = b.bill.Subtotal + b.bill.Tax
	return b.bill
}

// Thousands writes a number with a comma before every three digits.
func Thousands(n int64) string {
	digits := strconv.FormatInt(n, 10)
	first := 0
	if n < 0 {
		first = 1
	}
	for i := len(digits) - 3; i > first; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

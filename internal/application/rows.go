package application

import (
	"slices"

	"uketsuke/internal/catalogue"
)

// RowsOf makes the rows of the block 「識別番号に関する項目」 (R-APP-2): with single sign-on one row that
// carries every trade ticked, without it one row for each.
func RowsOf(ticked []string, sso bool, method string, count int) []Row {
	if sso || len(ticked) == 0 {
		return []Row{{SingleSignOn: sso, Trades: slices.Clone(ticked), Method: method, Count: count}}
	}
	var rows []Row
	for _, trade := range ticked {
		rows = append(rows, Row{Trades: []string{trade}, Method: method, Count: count})
	}
	return rows
}

// Split parts a code whose trades are of several groups into one item per group, as R-APP-4 offers.
// The first keeps the placeholder, the others have 0. Services go where the trades may take them. It is
// false when there is nothing to part, or a trade is unknown.
func Split(item CodeItem, cat *catalogue.Catalogue) ([]CodeItem, bool) {
	var heads []catalogue.Trade // the first trade of each group
	for _, key := range item.Trades() {
		trade, known := cat.Trade(key)
		if !known {
			return nil, false
		}
		same := func(head catalogue.Trade) bool { return head.SSOGroup == trade.SSOGroup }
		if !slices.ContainsFunc(heads, same) {
			heads = append(heads, trade)
		}
	}
	if len(heads) < 2 {
		return nil, false
	}
	var parts []CodeItem
	for i, head := range heads {
		part := partOf(item, head, cat)
		if i > 0 {
			part.Placeholder = 0
		}
		parts = append(parts, part)
	}
	return parts, true
}

// partOf is what one group keeps of a code.
func partOf(item CodeItem, head catalogue.Trade, cat *catalogue.Catalogue) CodeItem {
	part := item
	part.Rows = nil
	for _, row := range item.Rows {
		var trades []string
		for _, key := range row.Trades {
			if trade, _ := cat.Trade(key); trade.SSOGroup == head.SSOGroup {
				trades = append(trades, key)
			}
		}
		if len(trades) > 0 {
			part.Rows = append(part.Rows, RowsOf(trades, row.SingleSignOn && len(trades) > 1, row.Method, row.Count)...)
		}
	}
	offered := OfferedServices(part.Trades(), cat)
	part.StatsPaid = item.StatsPaid && offered.Paid
	part.StatsFree = item.StatsFree && offered.Free
	part.Archive = item.Archive && offered.Archive
	return part
}

// SplitCode replaces a code of the document by its parts (R-APP-4), each new one under a placeholder
// of its own; false, and the document unchanged, when there is nothing to part.
func SplitCode(d Document, placeholder int, cat *catalogue.Catalogue) (Document, bool) {
	at := slices.IndexFunc(d.Codes, func(c CodeItem) bool { return c.Placeholder == placeholder })
	if at < 0 {
		return d, false
	}
	parts, ok := Split(d.Codes[at], cat)
	if !ok {
		return d, false
	}
	for i := range parts {
		if parts[i].Placeholder == 0 {
			parts[i].Placeholder = d.NextPlaceholder()
			d.LastPlaceholder = parts[i].Placeholder
		}
	}
	d.Codes = slices.Concat(d.Codes[:at], parts, d.Codes[at+1:])
	return d, true
}

// NextPlaceholder is the placeholder for a new code: one that no code of this application ever had
// (R-ID-8).
func (d Document) NextPlaceholder() int {
	next := d.LastPlaceholder
	for _, item := range d.Codes {
		next = max(next, item.Placeholder)
	}
	return next + 1
}

package application

import (
	"fmt"
	"strings"

	"uketsuke/internal/catalogue"
	"uketsuke/internal/userid"
)

// A TableRow is one line of the table 「申込情報」 (E7, E10, E13, 申込書). Every row stands complete.
type TableRow struct {
	Placeholder int
	Row         int // index into the item's rows
	// Operation is 追加; Category is 共用, 航空 or 海上.
	Operation, Category string
	// Trades are short names; those of one single-sign-on ID share the cell.
	Trades       []string
	SingleSignOn bool
	// Method is a short name.
	Method string
	// Code is 「追加1」 or the issued code; Number is 「－」 or the issued numbers, blank between them.
	Code, Number string
	Count        int
	StatsPaid    bool
	StatsFree    bool
	Archive      bool
}

// NotIssued stands where a number does not exist yet.
const NotIssued = "－"

// PlaceholderName is 「追加n」.
func PlaceholderName(placeholder int) string { return fmt.Sprintf("追加%d", placeholder) }

// TableRows is the table 「申込情報」 of a document, one line per row; issued may be nil. A key that the
// catalogue no longer knows is shown as it is.
func TableRows(d Document, cat *catalogue.Catalogue, issued Issued) []TableRow {
	var table []TableRow
	for _, item := range d.Codes {
		for i, row := range item.Rows {
			line := TableRow{
				Placeholder: item.Placeholder, Row: i,
				Operation: "追加", Category: CategoryName(item.Category),
				Trades: tradeShorts(row.Trades, cat), SingleSignOn: row.SingleSignOn,
				Method: methodShort(row.Method, cat),
				Code:   PlaceholderName(item.Placeholder), Number: NotIssued, Count: row.Count,
				StatsPaid: item.StatsPaid, StatsFree: item.StatsFree, Archive: item.Archive,
			}
			if code, is := issued[item.Placeholder]; is && i < len(code.Rows) {
				line.Code, line.Number = string(code.Code), numbersOf(code.Rows[i])
			}
			table = append(table, line)
		}
	}
	return table
}

// numbersOf writes the identification numbers of the IDs of one row.
func numbersOf(ids []userid.ID) string {
	var numbers []string
	for _, id := range ids {
		numbers = append(numbers, string(id.Number()))
	}
	if len(numbers) == 0 {
		return NotIssued
	}
	return strings.Join(numbers, " ")
}

func tradeShorts(keys []string, cat *catalogue.Catalogue) []string {
	shorts := make([]string, len(keys))
	for i, key := range keys {
		shorts[i] = key
		if trade, known := cat.Trade(key); known {
			shorts[i] = trade.Short
		}
	}
	return shorts
}

func methodShort(key string, cat *catalogue.Catalogue) string {
	if method, known := cat.Method(key); known {
		return method.Short
	}
	return key
}

// Legend explains the placeholders below the table (S1, S3): the same placeholder is the same code,
// different ones are different codes.
func Legend(d Document) []string {
	var legend, names []string
	for _, item := range d.Codes {
		name := PlaceholderName(item.Placeholder)
		names = append(names, name)
		if len(item.Rows) > 1 {
			legend = append(legend, name+" 同士は同じ利用者コードになります")
		}
	}
	if len(names) > 1 {
		legend = append(legend, strings.Join(names, " と ")+" は異なる利用者コードになります")
	}
	return legend
}

package application

import (
	"fmt"
	"strings"

	"uketsuke/internal/catalogue"
	"uketsuke/internal/userid"
)

// A TableRow is one line of the table 「申込情報」 (pages and 申込書). Every row stands complete.
type TableRow struct {
	Placeholder int
	Row         int // index into the item's rows
	// Operation is 追加, 変更前, 変更後, 削除 or 再発行; Category is 共用, 航空 or 海上.
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

// The words of 申込内容 in the table.
const (
	OperationAdd    = "追加"
	OperationBefore = "変更前"
	OperationAfter  = "変更後"
	OperationDelete = "削除"
)

// NotIssued stands where a number does not exist yet.
const NotIssued = "－"

// PlaceholderName is 「追加n」.
func PlaceholderName(placeholder int) string { return fmt.Sprintf("追加%d", placeholder) }

// TableRows is the table 「申込情報」 of a document, one line per row; issued may be nil. A key that the
// catalogue no longer knows is shown as it is.
func TableRows(d Document, cat *catalogue.Catalogue, issued Issued) []TableRow {
	var table []TableRow
	for _, item := range d.Codes {
		table = append(table, addedRows(item, PlaceholderName(item.Placeholder), cat, issued)...)
	}
	for _, item := range d.Existing {
		table = append(table, existingRows(item, cat, issued)...)
	}
	return table
}

// addedRows are the rows of a code, or of the numbers that are added to one, that are to be issued.
func addedRows(item CodeItem, name string, cat *catalogue.Catalogue, issued Issued) []TableRow {
	var table []TableRow
	for i, row := range item.Rows {
		line := tableRow(item, row, OperationAdd, cat)
		line.Row, line.Code, line.Number, line.Count = i, name, NotIssued, row.Count
		if code, is := issued[item.Placeholder]; is && i < len(code.Rows) {
			line.Code, line.Number = string(code.Code), numbersOf(code.Rows[i])
		}
		table = append(table, line)
	}
	return table
}

func tableRow(item CodeItem, row Row, operation string, cat *catalogue.Catalogue) TableRow {
	return TableRow{Placeholder: item.Placeholder, Operation: operation, Category: CategoryName(item.Category),
		Trades: tradeShorts(row.Trades, cat), SingleSignOn: row.SingleSignOn, Method: methodShort(row.Method, cat),
		StatsPaid: item.StatsPaid, StatsFree: item.StatsFree, Archive: item.Archive}
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

// Legend explains the placeholders below the table: the same placeholder is the same code,
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

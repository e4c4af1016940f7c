package application

import (
	"slices"
	"strings"

	"uketsuke/internal/catalogue"
	"uketsuke/internal/userid"
)

// existingRows are the lines of one existing code in the table 「申込情報」: a deletion with every ID, a change
// before and after, then the numbers that are deleted and those that are added (R-APP-8). IDs that say the
// same share a line.
func existingRows(item ExistingItem, cat *catalogue.Catalogue, issued Issued) []TableRow {
	before := CodeItem{Placeholder: item.Placeholder, Category: item.Before.Category,
		StatsPaid: item.Before.StatsPaid, StatsFree: item.Before.StatsFree, Archive: item.Before.Archive}
	if item.Delete {
		return stateRows(before, item.Code, item.Before.IDs, OperationDelete, cat)
	}
	after := item.After()
	var table []TableRow
	if item.ChangesCode() {
		touched, now := item.touched()
		table = append(table, stateRows(before, item.Code, touched, OperationBefore, cat)...)
		table = append(table, stateRows(after, item.Code, now, OperationAfter, cat)...)
	}
	removed := slices.DeleteFunc(slices.Clone(item.Before.IDs), func(id IDState) bool { return !slices.Contains(item.Remove, id.ID) })
	table = append(table, stateRows(before, item.Code, removed, OperationDelete, cat)...)
	after.Rows = item.Add
	return append(table, addedRows(after, string(item.Code), cat, issued)...)
}

// touched are the kept IDs that a change concerns, before and after: all when the code itself changes, else
// those whose trades do.
func (e ExistingItem) touched() (before, after []IDState) {
	all := e.Category != e.Before.Category || e.ChangesServices() || e.Settings
	for _, id := range e.Kept() {
		if _, changes := e.changeOf(id.ID); !all && !changes {
			continue
		}
		at := slices.IndexFunc(e.Before.IDs, func(s IDState) bool { return s.ID == id.ID })
		before, after = append(before, e.Before.IDs[at]), append(after, id)
	}
	return before, after
}

// stateRows writes IDs of a code, those with the same trades, method and single sign-on on one line.
func stateRows(code CodeItem, name userid.Code, ids []IDState, operation string, cat *catalogue.Catalogue) []TableRow {
	var table []TableRow
	at := map[string]int{}
	for _, id := range ids {
		row := Row{SingleSignOn: id.SingleSignOn, Trades: id.Trades, Method: id.Method}
		key := id.Method + "\x00" + strings.Join(id.Trades, "\x00") + choose(id.SingleSignOn, "\x00sso", "")
		if i, is := at[key]; is {
			table[i].Number += " " + string(id.ID.Number())
			table[i].Count++
			continue
		}
		at[key] = len(table)
		line := tableRow(code, row, operation, cat)
		line.Code, line.Number, line.Count = string(name), string(id.ID.Number()), 1
		table = append(table, line)
	}
	return table
}

// ItemNames are the items of an application in words, such as 「利用者コード（追加・変更）」.
func ItemNames(d Document, cat *catalogue.Catalogue) []string {
	var names []string
	for _, key := range d.Kinds {
		name := key
		if kind, known := cat.Kind(key); known {
			name = kind.Name
		}
		if operations := operationsOf(d, key); len(operations) > 0 {
			name += "（" + strings.Join(operations, "・") + "）"
		}
		names = append(names, name)
	}
	return names
}

// operationsOf are the operations of a kind that the application asks for.
func operationsOf(d Document, kind string) []string {
	asks := func(of func(ExistingItem) bool) bool { return slices.ContainsFunc(d.Existing, of) }
	var operations []string
	add := func(is bool, word string) {
		if is {
			operations = append(operations, word)
		}
	}
	switch kind {
	case kindCode:
		add(len(d.Codes) > 0, OperationAdd)
		add(asks(ExistingItem.ChangesCode), "変更")
		add(asks(func(e ExistingItem) bool { return e.Delete }), OperationDelete)
	case kindNumber:
		add(asks(func(e ExistingItem) bool { return len(e.Add) > 0 }), OperationAdd)
		add(asks(func(e ExistingItem) bool { return len(e.Remove) > 0 }), OperationDelete)
	}
	return operations
}

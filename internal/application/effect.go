package application

import (
	"slices"
	"time"

	"uketsuke/internal/calendar"
	"uketsuke/internal/contract"
)

// Effects is what an approval makes of the contract (R-CON-1, R-CON-2): for each code a category and its
// services, for each ID its trades and method, all from the start date on and born of the application.
// Codes that issued does not name make nothing.
func Effects(id string, d Document, issued Issued, start calendar.Date, recordedAt time.Time) contract.Facts {
	var facts contract.Facts
	fact := contract.Fact{ValidFrom: start, RecordedAt: recordedAt, BornBy: id}
	for _, item := range d.Codes {
		code, is := issued[item.Placeholder]
		if !is {
			continue
		}
		facts.Codes = append(facts.Codes, contract.CodeTerm{Fact: fact, Code: code.Code, Category: item.Category})
		facts.Services = append(facts.Services, contract.CodeService{Fact: fact, Code: code.Code,
			StatsPaid: item.StatsPaid, StatsFree: item.StatsFree, Archive: item.Archive})
		for i, ids := range code.Rows {
			for _, id := range ids {
				row := item.Rows[i]
				facts.IDs = append(facts.IDs, contract.IDTerm{Fact: fact, ID: id,
					Trades: slices.Clone(row.Trades), Method: row.Method, SingleSignOn: row.SingleSignOn})
			}
		}
	}
	return facts
}

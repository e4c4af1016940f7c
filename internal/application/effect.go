package application

import (
	"slices"
	"time"

	"uketsuke/internal/calendar"
	"uketsuke/internal/contract"
)

// Effects is what an approval makes of the contract (R-CON-1, R-CON-2): for each new code a category and its
// services, for each ID its trades and method, and for existing codes what changes or ends, all from the start
// date on and born of the application. A fact takes the place of earlier ones; nothing else is written. Codes
// that issued does not name make nothing.
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
		facts.IDs = append(facts.IDs, issuedTerms(fact, item.Rows, code)...)
	}
	for _, item := range d.Existing {
		if item.Delete {
			facts.Codes = append(facts.Codes, contract.CodeTerm{Fact: fact, Code: item.Code, Category: item.Before.Category, Ended: true})
		} else {
			changeCode(&facts, fact, item)
			facts.IDs = append(facts.IDs, issuedTerms(fact, item.Add, issued[item.Placeholder])...)
		}
		facts.IDs = append(facts.IDs, endedTerms(fact, item)...)
	}
	return facts
}

// issuedTerms are the terms of the IDs that rows became.
func issuedTerms(fact contract.Fact, rows []Row, code IssuedCode) []contract.IDTerm {
	var terms []contract.IDTerm
	for i, ids := range code.Rows {
		for _, id := range ids {
			terms = append(terms, contract.IDTerm{Fact: fact, ID: id,
				Trades: slices.Clone(rows[i].Trades), Method: rows[i].Method, SingleSignOn: rows[i].SingleSignOn})
		}
	}
	return terms
}

// changeCode is what a change makes of a code: only what differs (R-APP-8).
func changeCode(facts *contract.Facts, fact contract.Fact, item ExistingItem) {
	if item.Category != item.Before.Category {
		facts.Codes = append(facts.Codes, contract.CodeTerm{Fact: fact, Code: item.Code, Category: item.Category})
	}
	if item.ChangesServices() {
		facts.Services = append(facts.Services, contract.CodeService{Fact: fact, Code: item.Code,
			StatsPaid: item.StatsPaid, StatsFree: item.StatsFree, Archive: item.Archive})
	}
	for _, id := range item.Kept() {
		if _, changes := item.changeOf(id.ID); changes {
			facts.IDs = append(facts.IDs, contract.IDTerm{Fact: fact, ID: id.ID, Trades: slices.Clone(id.Trades),
				Method: id.Method, SingleSignOn: id.SingleSignOn})
		}
	}
}

// endedTerms end the numbers that are deleted, all of them with their code.
func endedTerms(fact contract.Fact, item ExistingItem) []contract.IDTerm {
	var terms []contract.IDTerm
	for _, id := range item.Before.IDs {
		if item.Delete || slices.Contains(item.Remove, id.ID) {
			terms = append(terms, contract.IDTerm{Fact: fact, ID: id.ID, Trades: id.Trades, Method: id.Method,
				SingleSignOn: id.SingleSignOn, Ended: true})
		}
	}
	return terms
}

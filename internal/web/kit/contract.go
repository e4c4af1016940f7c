package kit

import (
	"strings"

	"uketsuke/internal/contract"
	"uketsuke/internal/desk"
)

// CompanyPairs say who the establishment is on the day; the company's own name is not dated.
func CompanyPairs(page desk.ContractPage) []Pair {
	e := page.Establishment
	pairs := []Pair{{Term: "企業名", Value: OrNone(e.Company)}, {Term: "企業名（カナ）", Value: OrNone(e.CompanyKana)}}
	pairs = append(pairs, TermPairs(contract.EstablishmentTerm{Name: e.Name, NameKana: e.NameKana, PostalCode: e.PostalCode, Address: e.Address,
		Phone: e.Phone, Fax: e.Fax, EmergencyFax: e.EmergencyFax, SignatoryPosition: e.SignatoryPosition, SignatoryName: e.SignatoryName})...)
	if len(e.Abbreviations) > 0 {
		pairs = append(pairs, Pair{Term: "企業略称", Value: strings.Join(e.Abbreviations, " "), Mono: true})
	}
	return pairs
}

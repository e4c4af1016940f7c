package kit

import (
	"uketsuke/internal/contract"
)

// TermPairs are what an establishment is named and where it is.
func TermPairs(t contract.EstablishmentTerm) []Pair {
	return []Pair{
		{Term: "事業所名", Value: OrNone(t.Name)}, {Term: "事業所名（カナ）", Value: OrNone(t.NameKana)},
		{Term: "郵便番号", Value: OrNone(t.PostalCode)}, {Term: "所在地", Value: OrNone(t.Address)},
		{Term: "電話番号", Value: OrNone(t.Phone)}, {Term: "FAX番号", Value: OrNone(t.Fax)}, {Term: "緊急連絡先FAX番号", Value: OrNone(t.EmergencyFax)},
		{Term: "契約者の役職", Value: OrNone(t.SignatoryPosition)}, {Term: "契約者名", Value: OrNone(t.SignatoryName)},
	}
}

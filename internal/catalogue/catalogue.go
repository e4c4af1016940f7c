package catalogue

import (
	"slices"
	"strings"

	"uketsuke/internal/calendar"
	"uketsuke/internal/userid"
)

// A Catalogue is all tables, checked, in the order of the files. It is not changed after Load.
type Catalogue struct {
	Trades            []Trade
	Methods           []Method
	Kinds             []Kind
	Fields            []Field
	Regions           []Region
	Charges           []Charge
	SetupTransactions []SetupTransaction

	fieldsOf map[string][]Field // Fields by their tab
}

// A Trade is a row of trades.csv. Medium is "common", "air" or "sea"; trades of one SSOGroup may stand
// under one user code. SSO, StatsPaid, StatsFree, Archive and Settings say whether the trade may have it.
type Trade struct {
	Key, Name, Short, English                    string
	Medium                                       string
	SSOGroup                                     string
	SSO, StatsPaid, StatsFree, Archive, Settings bool
}

// A Method is a row of methods.csv. Class is the series of its identification numbers; one that is not
// Offered stands in old contracts only.
type Method struct {
	Key, Name, Short     string
	Class                userid.Class
	Certificate, Offered bool
}

// A Kind is a row of application-kinds.csv. Operations are some of "add", "change", "delete", "reissue".
type Kind struct {
	Key, Group, Name   string
	Operations         []string
	StartDate, Offered bool
}

// A Region is a row of customs-regions.csv. Code is the first character of office codes there (R-ID-7);
// Prefectures are those for which it is proposed, without 都, 府 and 県.
type Region struct {
	Code, Name  string
	Prefectures []string
}

// A Charge is a row of charges.csv: a price in yen or a rate in percent from the day From to the day To,
// both included; no To is until further notice.
type Charge struct {
	Key, Name string
	Amount    int
	Unit      string
	From, To  calendar.Date
}

// A SetupTransaction is a row of setup-transactions.csv (U業務). For names who has to do it: "*",
// "trade:KEY", "method:KEY", "service:statistics".
type SetupTransaction struct {
	Code, Name string
	For        []string
}

// NameTab is the tab 名称, which every user code has; the other tabs are keys of trades.
const NameTab = "name"

// Trade is the trade with a key.
func (c *Catalogue) Trade(key string) (Trade, bool) {
	return first(c.Trades, func(t Trade) bool { return t.Key == key })
}

// Method is the method with a key, offered or not.
func (c *Catalogue) Method(key string) (Method, bool) {
	return first(c.Methods, func(m Method) bool { return m.Key == key })
}

// Kind is the kind of application with a key, offered or not.
func (c *Catalogue) Kind(key string) (Kind, bool) {
	return first(c.Kinds, func(k Kind) bool { return k.Key == key })
}

// Region is the customs region with a code.
func (c *Catalogue) Region(code string) (Region, bool) {
	return first(c.Regions, func(r Region) bool { return r.Code == code })
}

// Field is a field of a tab.
func (c *Catalogue) Field(tab, key string) (Field, bool) {
	return first(c.Fields, func(f Field) bool { return f.Tab == tab && f.Key == key })
}

// FieldsOf is all fields of a tab in their order (R-SET-3), none for a tab that does not exist.
func (c *Catalogue) FieldsOf(tab string) []Field { return slices.Clip(c.fieldsOf[tab]) }

// RegionOf is the customs region proposed for a prefecture, 東京 or 東京都; what counts is the region stored
// with the establishment (R-ID-7).
func (c *Catalogue) RegionOf(prefecture string) (Region, bool) {
	short := shortPrefecture(prefecture)
	return first(c.Regions, func(r Region) bool { return slices.Contains(r.Prefectures, short) })
}

// SetupFor is the set-up transactions of a contract with these trades and methods (keys), and with
// management statistics or without, in the order of the file.
func (c *Catalogue) SetupFor(trades, methods []string, statistics bool) []SetupTransaction {
	needed := func(reason string) bool {
		what, key, _ := strings.Cut(reason, ":")
		switch what {
		case "trade":
			return slices.Contains(trades, key)
		case "method":
			return slices.Contains(methods, key)
		case "service":
			return statistics
		}
		return reason == "*"
	}
	var setup []SetupTransaction
	for _, s := range c.SetupTransactions {
		if slices.ContainsFunc(s.For, needed) {
			setup = append(setup, s)
		}
	}
	return setup
}

func first[T any](all []T, is func(T) bool) (T, bool) {
	if i := slices.IndexFunc(all, is); i >= 0 {
		return all[i], true
	}
	var none T
	return none, false
}

package api

import (
	"uketsuke/internal/calendar"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk"
)

// The messages. The tag "about" says in openapi.yaml what a field is; a Date stands as 2024-12-10.

// A LogonCheck asks about one user ID.
type LogonCheck struct {
	UserID string `json:"user_id" about:"user ID, 8 characters; widths and case are folded"`
}

// A LogonAnswer has the same fields whatever the answer is.
type LogonAnswer struct {
	UserID       string               `json:"user_id" about:"the ID as it was understood"`
	Entitled     bool                 `json:"entitled" about:"may it log on today?"`
	Reason       contract.LogonReason `json:"reason" about:"why, in one word"`
	Day          calendar.Date        `json:"day" about:"the day of the answer, in Asia/Tokyo"`
	Trades       []string             `json:"trades" about:"catalogue keys; none unless entitled"`
	TradeNames   []string             `json:"trade_names" about:"the trades in Japanese"`
	Method       string               `json:"method" about:"catalogue key; empty unless entitled"`
	MethodName   string               `json:"method_name" about:"the method in Japanese"`
	SingleSignOn bool                 `json:"single_sign_on" about:"the trades share this ID"`
	ValidFrom    *calendar.Date       `json:"valid_from" about:"first day of its present or coming life; null if there is none"`
}

// A Contract is what an establishment holds on a day.
type Contract struct {
	Establishment    string         `json:"establishment" about:"its key"`
	Company          string         `json:"company" about:"name of the company"`
	Name             string         `json:"name" about:"name of the establishment"`
	On               calendar.Date  `json:"on" about:"the day"`
	AsKnownNow       bool           `json:"as_known_now" about:"the day is to come, so the answer may still change"`
	Plan             string         `json:"plan" about:"A or B, of the netNACCS part"`
	Terminals        int            `json:"terminals" about:"netNACCS terminals"`
	GeneralPlan      string         `json:"general_plan" about:"A or B, of the general part"`
	GeneralTerminals int            `json:"general_terminals" about:"terminals of the general part"`
	Codes            []ContractCode `json:"codes" about:"user codes, sorted"`
}

// A ContractCode is a user code of a contract.
type ContractCode struct {
	Code           string         `json:"code" about:"user code"`
	Category       string         `json:"category" about:"common, air or sea"`
	StatisticsPaid bool           `json:"statistics_paid" about:"management statistics, paid part"`
	StatisticsFree bool           `json:"statistics_free" about:"management statistics, free part"`
	BondedArchive  bool           `json:"bonded_archive" about:"archive of bonded records"`
	ValidFrom      calendar.Date  `json:"valid_from" about:"first day"`
	ValidTo        *calendar.Date `json:"valid_to" about:"first day without it; null if none is known"`
	IDs            []ContractID   `json:"ids" about:"user IDs, sorted"`
}

// A ContractID is a user ID of a contract.
type ContractID struct {
	UserID       string         `json:"user_id" about:"user ID"`
	Number       string         `json:"number" about:"identification number"`
	Trades       []string       `json:"trades" about:"catalogue keys"`
	TradeNames   []string       `json:"trade_names" about:"the trades in Japanese"`
	Method       string         `json:"method" about:"catalogue key"`
	MethodName   string         `json:"method_name" about:"the method in Japanese"`
	SingleSignOn bool           `json:"single_sign_on" about:"the trades share this ID"`
	ValidFrom    calendar.Date  `json:"valid_from" about:"first day"`
	ValidTo      *calendar.Date `json:"valid_to" about:"first day without it; null if none is known"`
}

// A Problem says why there is no answer (RFC 9457).
type Problem struct {
	Type   string `json:"type" about:"always about:blank: status and title say it all"`
	Title  string `json:"title" about:"the status in words"`
	Status int    `json:"status" about:"the HTTP status"`
	Detail string `json:"detail,omitempty" about:"what is wrong, and the remedy"`
	Field  string `json:"field,omitempty" about:"the field it stands at"`
	Rule   string `json:"rule,omitempty" about:"number of the rule"`
}

// maybe is a day that may be missing.
func maybe(day calendar.Date) *calendar.Date {
	if day.IsZero() {
		return nil
	}
	return &day
}

// tradeNames are the trades in words; one that the catalogue has lost stays as it is.
func (s *Server) tradeNames(keys []string) []string {
	names := make([]string, 0, len(keys))
	for _, key := range keys {
		if trade, known := s.Desk.Catalogue.Trade(key); known {
			key = trade.Name
		}
		names = append(names, key)
	}
	return names
}

func (s *Server) methodName(key string) string {
	if method, known := s.Desk.Catalogue.Method(key); known {
		return method.Name
	}
	return key
}

// some is a list that is never null.
func some(keys []string) []string {
	if keys == nil {
		return []string{}
	}
	return keys
}

func (s *Server) logonAnswer(a desk.LogonAnswer) LogonAnswer {
	return LogonAnswer{UserID: string(a.UserID), Entitled: a.Entitled(), Reason: a.Reason, Day: a.Day, Trades: some(a.ID.Trades),
		TradeNames: s.tradeNames(a.ID.Trades), Method: a.ID.Method, MethodName: s.methodName(a.ID.Method), SingleSignOn: a.ID.SingleSignOn,
		ValidFrom: maybe(a.ValidFrom)}
}

func (s *Server) contractOf(page desk.ContractPage) Contract {
	c, e := page.Contract, page.Establishment
	m := Contract{Establishment: e.ID, Company: e.Company, Name: e.Name, On: page.On, AsKnownNow: page.On.After(page.Today), Plan: c.Plan, Terminals: c.Terminals,
		GeneralPlan: c.GeneralPlan, GeneralTerminals: c.GeneralTerminals, Codes: []ContractCode{}}
	for _, code := range c.Codes {
		one := ContractCode{Code: string(code.Code), Category: code.Category, StatisticsPaid: code.StatsPaid, StatisticsFree: code.StatsFree,
			BondedArchive: code.Archive, ValidFrom: code.Since, ValidTo: maybe(code.Until), IDs: []ContractID{}}
		for _, id := range code.IDs {
			one.IDs = append(one.IDs, ContractID{UserID: string(id.ID), Number: string(id.ID.Number()), Trades: some(id.Trades), TradeNames: s.tradeNames(id.Trades),
				Method: id.Method, MethodName: s.methodName(id.Method), SingleSignOn: id.SingleSignOn, ValidFrom: id.Since, ValidTo: maybe(id.Until)})
		}
		m.Codes = append(m.Codes, one)
	}
	return m
}

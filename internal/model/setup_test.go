package model

import (
	"fmt"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
)

// setup is what a history begins with: mihon has nothing yet, two establishments share its codes; of reiji's
// first abbreviation in region 2 nearly all codes are used, and of hako's only one all but a few.
func (h *history) setup() desk.Setup {
	s := desk.Setup{Companies: []desk.NewCompany{
		{ID: "mihon", Name: "見本商事株式会社", NameKana: "ミホンショウジ", Abbreviations: []string{"NAC"}},
		{ID: "reiji", Name: "例示物流株式会社", NameKana: "レイジブツリュウ", Abbreviations: []string{"REI", "RJX"}},
		{ID: "hako", Name: "箱庭倉庫株式会社", NameKana: "ハコニワソウコ", Abbreviations: []string{"QZX"}},
	}}
	abbreviations := map[string][]string{}
	for _, c := range s.Companies {
		abbreviations[c.ID] = c.Abbreviations
	}
	for _, e := range []struct{ id, company, region string }{{"e1", "mihon", "1"}, {"e2", "mihon", "1"},
		{"e3", "reiji", "2"}, {"e4", "reiji", "1"}, {"e5", "hako", "3"}} {
		est := &establishment{id: e.id, region: e.region, abbreviations: abbreviations[e.company], base: contract{},
			since: calendar.MustDate("2021-04-01"), plan: []string{"A", "B"}[h.r.IntN(2)], terminals: h.r.IntN(5)}
		h.m.establishments = append(h.m.establishments, est)
		next := desk.NewEstablishment{ID: e.id, Company: e.company, Region: e.region, Name: "事業所" + e.id, NameKana: "ジギョウショ",
			PostalCode: "105-0013", Address: "東京都港区浜松町1-1-1", Phone: "03-1234-5678", SignatoryPosition: "代表取締役",
			SignatoryName: "見本 一郎", Plan: est.plan, Terminals: est.terminals, Since: est.since}
		switch e.id {
		case "e3":
			next.Codes = h.used(est, "REI", 31+h.r.IntN(4))
		case "e4":
			next.Codes = append(h.used(est, "RJX", 2), h.imported(est, "1IREI"))
		case "e5":
			next.Codes = h.used(est, "QZX", 28+h.r.IntN(5))
		}
		s.Establishments = append(s.Establishments, next)
		s.People = append(s.People, people(e.id)...)
	}
	s.People = append(s.People, staff("x1", account.Examiner), staff("x2", account.Examiner), staff("s1", account.Supervisor), staff("s2", account.Supervisor))
	return s
}

func people(e string) []desk.NewPerson {
	var all []desk.NewPerson
	for i, role := range []account.Role{account.Administrator, account.Administrator, account.Applicant, account.Applicant, account.Viewer} {
		p := staff(fmt.Sprintf("%s-%s%d", e, role, i%2+1), role)
		p.Establishment = e
		all = append(all, p)
	}
	return all
}

func staff(id string, role account.Role) desk.NewPerson {
	return desk.NewPerson{ID: "p-" + id, Role: role, Login: id, Name: "氏名 " + id, NameKana: "シメイ", Phone: "03-1234-5678",
		Email: id + "@model.example"}
}

// used are n codes of an abbreviation that an establishment has already, not the first ones alone.
func (h *history) used(e *establishment, abbreviation string, n int) []desk.NewCode {
	var codes []desk.NewCode
	for _, at := range h.r.Perm(len(seconds))[:n] {
		codes = append(codes, h.imported(e, e.region+seconds[at:at+1]+abbreviation))
	}
	return codes
}

// imported is a code that exists already, with up to three numbers, some out of the order of the series.
func (h *history) imported(e *establishment, name string) desk.NewCode {
	c := desk.NewCode{Code: name, Category: "common", StatsPaid: h.chance(0.5)}
	held := holding{category: "common", paid: c.StatsPaid, numbers: map[string]row{}}
	h.m.codes[name] = map[string]bool{}
	for _, number := range [][]string{{"A0A"}, {"A0I"}, {"A0C", "A0B"}, {"A0A", "001"}, {"003", "001", "A0O"}}[h.r.IntN(5)] {
		r := row{trades: []string{"customs-broker"}, method: "netnaccs"}
		if number[0] == '0' {
			r.method = "direct" // no longer offered, but still in old contracts
		}
		c.IDs = append(c.IDs, desk.NewID{Number: number, Trades: r.trades, Method: r.method})
		held.numbers[number], h.m.codes[name][number] = r, true
	}
	e.base[name] = held
	return c
}

package web

import (
	"net/url"
	"slices"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/userid"
)

// A ContractPage is page E3: the contract as of a day.
type ContractPage struct {
	Frame
	Tab     string
	Tabs    []Link
	On      calendar.Date
	Today   calendar.Date
	Day     Field
	Company []Pair
	People  []desk.Person
	Plan    []Pair
	Codes   []ContractCode
	Rows    []ContractRow
	Figure  IDFigure
	Coming  []ComingChange
	Apply   bool
}

// A ContractCode is a user code of the contract in words.
type ContractCode struct {
	Code      string
	Category  string
	Trades    []string // of all its IDs, each once
	StatsPaid bool
	StatsFree bool
	Archive   bool
	Since     calendar.Date
	Until     calendar.Date
}

// A ComingChange is what becomes different on a day to come.
type ComingChange struct {
	Day  calendar.Date
	Says []Sentence
}

// The tabs of E3.
const (
	tabCompany = "company"
	tabNet     = "net"
	tabGeneral = "general"
	tabCharges = "charges"
)

func (s *Server) showContract(v *visit, f Form) error {
	query := v.r.URL.Query()
	on, wrong := contractDay(query.Get("on"))
	page, err := s.Desk.Contract(v.ctx(), v.actor(), v.actor().Establishment, on)
	if err != nil {
		return err
	}
	f.Problems = append(f.Problems, wrong...)
	if len(wrong) > 0 {
		f.Values = url.Values{"on": {printable(query.Get("on"))}}
		v.status = 422
	} else {
		f.Values = url.Values{"on": {page.On.String()}}
	}
	data := ContractPage{
		Frame: v.frame("/contract", f), Tab: contractTab(query.Get("tab")), On: page.On, Today: page.Today, Apply: v.actor().Role.MayApply(),
		Day:     f.Field(Field{Name: "on", Label: "表示する日", Type: "date", Hint: Say("その日の契約内容を表示します。")}),
		Company: companyPairs(page), People: page.Establishment.Administrators, Plan: planPairs(page.Contract), Coming: comingWords(page.Coming),
	}
	_, data.Figure = workedCases(page.Establishment)
	data.Tabs = contractTabs(data.Tab, page)
	s.contractTables(&data, page.Contract)
	data.Back = Link{Text: "トップメニューに戻る", Address: "/"}
	return v.render("contract", data)
}

// contractDay reads the day asked for; none is today.
func contractDay(typed string) (calendar.Date, problem.List) {
	if typed == "" {
		return calendar.Date{}, nil
	}
	day, err := calendar.ParseTyped(typed)
	if err != nil {
		return calendar.Date{}, problem.List{problem.New("on", "R-CON-2", "日付を読み取れません。2024-12-10のように、実在する日付を入力してください。今日の契約内容を表示しています。")}
	}
	return day, nil
}

func contractTab(asked string) string {
	switch asked {
	case tabCompany, tabGeneral, tabCharges:
		return asked
	}
	return tabNet
}

func contractTabs(current string, page desk.ContractPage) []Link {
	var links []Link
	for _, t := range []struct{ tab, text string }{{tabCompany, "契約者情報"}, {tabNet, "netNACCS"}, {tabGeneral, "一般NACCS"}, {tabCharges, "料金・管理統計資料"}} {
		query := url.Values{"tab": {t.tab}}
		if page.On != page.Today {
			query.Set("on", page.On.String())
		}
		links = append(links, Link{Text: t.text, Address: "/contract?" + query.Encode(), Current: t.tab == current})
	}
	return links
}

// contractTables fills in the IDs of the tab's class and the codes that stand on it; the tab of charges has
// every code.
func (s *Server) contractTables(data *ContractPage, c contract.Contract) {
	class := userid.Net
	if data.Tab == tabGeneral {
		class = userid.General
	}
	for _, row := range s.contractRows(c, c) {
		if userid.Number(row.Number).Class() == class {
			data.Rows = append(data.Rows, row)
		}
	}
	for _, code := range c.Codes {
		if data.Tab != tabCharges && !standsOn(code, class) {
			continue
		}
		data.Codes = append(data.Codes, ContractCode{string(code.Code), application.CategoryName(code.Category), s.tradesOf(code), code.StatsPaid, code.StatsFree, code.Archive, code.Since, code.Until})
	}
}

// standsOn says whether a code stands on the tab of a class: it has an ID of that class. A code without any
// ID would stand nowhere, and stands on netNACCS.
func standsOn(code contract.Code, class userid.Class) bool {
	if len(code.IDs) == 0 {
		return class == userid.Net
	}
	return slices.ContainsFunc(code.IDs, func(id contract.ID) bool { return id.ID.Number().Class() == class })
}

// tradesOf are the trades of a code's IDs in words, each once.
func (s *Server) tradesOf(code contract.Code) []string {
	var keys []string
	for _, id := range code.IDs {
		for _, key := range id.Trades {
			if !slices.Contains(keys, key) {
				keys = append(keys, key)
			}
		}
	}
	return s.tradeNames(keys)
}

func companyPairs(page desk.ContractPage) []Pair {
	e := page.Establishment
	pairs := []Pair{
		{Term: "企業名", Value: orNone(e.Company)}, {Term: "企業名（カナ）", Value: orNone(e.CompanyKana)},
		{Term: "事業所名", Value: orNone(e.Name)}, {Term: "事業所名（カナ）", Value: orNone(e.NameKana)},
		{Term: "郵便番号", Value: orNone(e.PostalCode)}, {Term: "所在地", Value: orNone(e.Address)},
		{Term: "電話番号", Value: orNone(e.Phone)}, {Term: "FAX番号", Value: orNone(e.Fax)}, {Term: "緊急連絡先FAX番号", Value: orNone(e.EmergencyFax)},
		{Term: "契約者の役職", Value: orNone(e.SignatoryPosition)}, {Term: "契約者名", Value: orNone(e.SignatoryName)},
	}
	for _, abbreviation := range e.Abbreviations {
		pairs = append(pairs, Pair{Term: "企業略称", Value: abbreviation, Mono: true})
	}
	return pairs
}

// planPairs say what the contract is; prices are not shown until charges are.
func planPairs(c contract.Contract) []Pair {
	plan := Say("－")
	switch c.Plan {
	case "A":
		plan = Say("Aプラン")
	case "B":
		plan = Say("Bプラン")
	}
	return []Pair{{Term: "料金プラン", Says: plan}, {Term: "netNACCS台数", Says: Say("%d台", c.Terminals)}}
}

// comingWords say what is coming, day by day (R-CON-1).
func comingWords(changes []contract.Change) []ComingChange {
	var coming []ComingChange
	for _, change := range changes {
		one := ComingChange{Day: change.Day}
		say := func(text string, n int) {
			if n > 0 {
				one.Says = append(one.Says, Say(text, n))
			}
		}
		for _, code := range change.AddedCodes {
			one.Says = append(one.Says, Say("利用者コード %s を追加", string(code.Code)))
		}
		for _, id := range change.AddedIDs {
			one.Says = append(one.Says, Say("利用者ID %s を追加", string(id.ID)))
		}
		for _, code := range change.RemovedCodes {
			one.Says = append(one.Says, Say("利用者コード %s を削除", string(code.Code)))
		}
		for _, id := range change.RemovedIDs {
			one.Says = append(one.Says, Say("利用者ID %s を削除", string(id.ID)))
		}
		say("利用者コード%d件の内容を変更", len(change.ChangedCodes))
		say("利用者ID%d件の内容を変更", len(change.ChangedIDs))
		if change.Before.Terminals != change.After.Terminals {
			one.Says = append(one.Says, Say("netNACCS台数を%d台から%d台に変更", change.Before.Terminals, change.After.Terminals))
		}
		if len(one.Says) == 0 {
			one.Says = append(one.Says, Say("契約者情報を変更"))
		}
		coming = append(coming, one)
	}
	return coming
}

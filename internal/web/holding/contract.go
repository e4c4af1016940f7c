package holding

import (
	"net/url"

	"uketsuke/internal/calendar"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/userid"
	"uketsuke/internal/web/kit"
)

// A ContractPage is the page of the contract: the contract as of a day.
type ContractPage struct {
	kit.Frame
	Base    string // address of the contract's pages
	Whose   string // the establishment, where the centre looks at it
	Tab     string
	Tabs    []kit.Link
	On      calendar.Date
	Today   calendar.Date
	Day     kit.Field
	Company []kit.Pair
	People  []desk.Person
	Parts   []PartPairs
	Codes   []ContractLine
	IDs     []ContractLine
	Figure  kit.IDFigure
	Coming  []ComingChange
	Apply   bool
	Files   []kit.Export // the same rows as files
	Compare string
}

// PartPairs are plan and terminals of one part of the contract.
type PartPairs struct {
	Name  string
	Pairs []kit.Pair
}

// A LineTable is a table of lines of one kind: part "contract-lines".
type LineTable struct {
	Caption string
	Lines   []ContractLine
}

// CodeTable is the table of the user codes.
func (p ContractPage) CodeTable() LineTable { return LineTable{"利用者コード", p.Codes} }

// IDTable is the table of the user IDs.
func (p ContractPage) IDTable() LineTable { return LineTable{"利用者ID", p.IDs} }

// A ComingChange is what becomes different on a day to come.
type ComingChange struct {
	Day         calendar.Date
	Differences []ContractDifference
}

// The tabs of the page of the contract.
const (
	tabCompany = "company"
	TabNet     = "net"
	TabGeneral = "general"
	TabCharges = "charges"
)

// A contractPlace is whose contract is looked at, and at which address: an establishment's own people have one,
// the centre one per establishment.
type contractPlace struct {
	establishment string
	base          string
	back          kit.Link
	applications  string
	centre        bool
}

func placeAsked(v *kit.Request) contractPlace {
	if v.Actor().Role.OfCentre() {
		id := v.HTTP.PathValue("id")
		home := "/desk/establishments/" + url.PathEscape(id)
		return contractPlace{id, home + "/contract", kit.Link{Text: "事業所に戻る", Address: home}, "/desk/applications/", true}
	}
	return contractPlace{v.Actor().Establishment, "/contract", kit.Link{Text: "トップメニューに戻る", Address: "/"}, "/applications/", false}
}

// toContract leads from a page below the contract back to it.
func (p contractPlace) toContract() kit.Link {
	return kit.Link{Text: "契約内容に戻る", Address: p.base}
}

func (s *Pages) ShowContract(v *kit.Request, f kit.Form) error {
	query, place := v.HTTP.URL.Query(), placeAsked(v)
	on, wrong := contractDay("on", query.Get("on"))
	page, err := s.Desk.Contract(v.Ctx(), v.Actor(), place.establishment, on)
	if err != nil {
		return err
	}
	f.Problems = append(f.Problems, wrong...)
	f.Values = url.Values{"on": {page.On.String()}}
	if len(wrong) > 0 {
		f.Values.Set("on", kit.Printable(query.Get("on")))
		v.Status = 422
	}
	data := ContractPage{
		Frame: v.Frame(place.base, f), Base: place.base, Tab: contractTab(query.Get("tab")), On: page.On, Today: page.Today,
		Day:     f.Field(kit.Field{Name: "on", Label: "表示する日", Type: "date", Hint: kit.Say("過去の日も、これからの日も指定できます。")}),
		Company: kit.CompanyPairs(page), People: page.Establishment.Administrators, Apply: v.Actor().Role.MayApply(),
		Compare: place.base + "/compare",
	}
	if place.centre {
		data.Whose = page.Establishment.Company + " " + page.Establishment.Name
	}
	_, data.Figure = kit.WorkedCases(page.Establishment)
	data.Tabs, data.Files = contractTabs(data.Tab, place.base, page), contractFiles(place.base, page)
	data.Fill(s.ContractLines(page.Contract, place.base))
	for _, change := range page.Coming {
		data.Coming = append(data.Coming, ComingChange{change.Day, s.changeWords(change, place.base)})
	}
	data.Back = place.back
	return v.Render("contract", data)
}

// Fill puts the lines that belong to the tab in their tables; the tab of charges has every code.
func (p *ContractPage) Fill(lines []ContractLine) {
	class := userid.Net
	switch p.Tab {
	case TabGeneral:
		class = userid.General
	case TabCharges:
		class = ""
	}
	for _, part := range linesOfClass(lines, contract.OfPart, class) {
		p.Parts = append(p.Parts, PartPairs{part.Name, partPairs(part)})
	}
	p.Codes, p.IDs = linesOfClass(lines, contract.OfCode, class), linesOfClass(lines, contract.OfID, class)
	if p.Tab == TabCharges {
		p.Codes = cellsOf(p.Codes, cellPaid, cellFree, cellArchive)
	}
}

// partPairs are the cells of a part under their names; terminals have that of the part.
func partPairs(part ContractLine) []kit.Pair {
	terminals := "netNACCS台数"
	if part.Line.Subject == string(userid.General) {
		terminals = "一般NACCS台数"
	}
	var pairs []kit.Pair
	for _, cell := range part.Cells {
		if cell.Label == cellTerminals {
			cell.Label = terminals
		}
		pairs = append(pairs, kit.Pair{Term: cell.Label, Says: cell.Says})
	}
	return pairs
}

// contractDay reads a day asked for; none is the zero day.
func contractDay(field, typed string) (calendar.Date, problem.List) {
	if typed == "" {
		return calendar.Date{}, nil
	}
	day, err := calendar.ParseTyped(typed)
	if err != nil {
		return calendar.Date{}, problem.List{problem.New(field, "R-CON-2", "日付を読み取れません。2024-12-10のように、実在する日付を入力してください。")}
	}
	return day, nil
}

func contractTab(asked string) string {
	switch asked {
	case tabCompany, TabGeneral, TabCharges:
		return asked
	}
	return TabNet
}

func contractTabs(current, base string, page desk.ContractPage) []kit.Link {
	var links []kit.Link
	for _, t := range []struct{ tab, text string }{{tabCompany, "契約者情報"}, {TabNet, "netNACCS"}, {TabGeneral, "一般NACCS"}, {TabCharges, "料金・管理統計資料"}} {
		query := url.Values{"tab": {t.tab}}
		if page.On != page.Today {
			query.Set("on", page.On.String())
		}
		links = append(links, kit.Link{Text: t.text, Address: base + "?" + query.Encode(), Current: t.tab == current})
	}
	return links
}

package centre

import (
	"net/http"
	"net/url"

	"uketsuke/internal/account"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/web/cases"
	"uketsuke/internal/web/kit"
)

// An EstablishmentsPage is the page of establishments: the establishments, or those that a search leads to.
type EstablishmentsPage struct {
	kit.Frame
	Search kit.Field
	Found  kit.Sentence
	Rows   []EstablishmentLine
	Empty  kit.Empty
	Pager  kit.Pager
}

// An EstablishmentLine is one of them.
type EstablishmentLine struct {
	Company, CompanyKana, Name, NameKana, Address string
}

// An EstablishmentPage is one establishment: what it is, its contract, people, applications.
type EstablishmentPage struct {
	kit.Frame
	Company, Name     string
	Pairs             []kit.Pair
	Contract, Charges string
	Members           []kit.MemberLine
	Applications      []cases.ListLine
	People            string // where accounts are managed, "" for those who may not
}

// What was searched for is personal, so the session keeps it and no address does.
const keyEstablishmentSearch = "establishment-search"

func (s *Pages) ShowEstablishments(v *kit.Request, f kit.Form) error {
	asked := v.HTTP.URL.Query()
	search := ""
	if asked.Get(kit.NameSearched) == "yes" {
		search = s.SessionManager.GetString(v.Ctx(), keyEstablishmentSearch)
		if search == "" {
			f.Problems = append(f.Problems, problem.New("search", "R-APP-12", "検索した文字は保存されていません。もう一度入力して検索してください。"))
			v.Status = http.StatusUnprocessableEntity
		}
	}
	if f.Values == nil {
		f.Values = url.Values{"search": {search}}
	}
	data := EstablishmentsPage{
		Frame:  v.Frame(kit.EstablishmentsPath, f.OnPage("search")),
		Search: f.Field(kit.Field{Name: "search", Label: "企業名・事業所名・カナ・利用者コード・利用者ID・申込受付番号・電話番号・メールアドレス", Hint: kit.Say("利用者コード、利用者ID、申込受付番号は全部の文字を入力してください。")}),
		Empty:  kit.Empty{Says: kit.Say("事業所はまだ登録されていません。")},
	}
	if len(f.Problems) == 0 {
		list, err := s.Desk.Establishments(v.Ctx(), v.Actor(), search, kit.Printable(kit.Last(asked["after"])))
		if err != nil {
			return err
		}
		for _, row := range list.Rows {
			data.Rows = append(data.Rows, EstablishmentLine{row.Company, row.CompanyKana, row.Name, row.NameKana, kit.EstablishmentPath(row.ID)})
		}
		data.Pager = kit.PagerOf(kit.EstablishmentsPath, asked, asked["after"], list.Next)
	}
	if search != "" || len(f.Problems) > 0 {
		data.Empty = kit.Empty{Says: kit.Say("条件に合う事業所はありません。検索の文字を変えてください。"), Link: kit.Link{Text: "すべての事業所を見る", Address: kit.EstablishmentsPath}}
	}
	if search != "" {
		data.Found = kit.Say("「%s」に合う事業所", search)
	}
	data.Back = kit.Link{Text: "受付窓口に戻る", Address: "/desk"}
	return v.Render("establishments", data)
}

// SearchEstablishments keeps what is searched for, leaves evidence, and leads to what it finds.
func (s *Pages) SearchEstablishments(v *kit.Request) error {
	in, err := v.Form("search")
	if err != nil {
		return err
	}
	search := kit.CutSearch(in.Get("search"))
	if search == "" {
		return v.SeeOther(kit.EstablishmentsPath)
	}
	if err := s.Desk.Searched(v.Ctx(), v.Actor(), search); err != nil {
		return err
	}
	s.SessionManager.Put(v.Ctx(), keyEstablishmentSearch, search)
	return v.SeeOther(kit.EstablishmentsPath + "?" + kit.NameSearched + "=yes")
}

func (s *Pages) ShowEstablishment(v *kit.Request, f kit.Form) error {
	page, err := s.Desk.Establishment(v.Ctx(), v.Actor(), v.HTTP.PathValue("id"))
	if err != nil {
		return err
	}
	e := page.Establishment
	data := EstablishmentPage{
		Frame: v.Frame(kit.EstablishmentPath(e.ID), f.OnPage()), Company: e.Company, Name: e.Name,
		Pairs:    kit.CompanyPairs(desk.ContractPage{Establishment: e}),
		Contract: kit.EstablishmentPath(e.ID, "contract"), Charges: kit.EstablishmentPath(e.ID, "charges"),
		Applications: cases.ListLines(page.Applications, "/desk/applications"),
	}
	supervisor := v.Actor().Role == account.Supervisor
	if supervisor {
		data.People = kit.EstablishmentPath(e.ID, "people")
	}
	for _, m := range page.Members {
		line := kit.MemberLineOf(m)
		if supervisor {
			line.Manage = kit.EstablishmentPath(e.ID, "people", string(m.ID))
		}
		data.Members = append(data.Members, line)
	}
	data.Back = kit.Link{Text: "事業所の一覧に戻る", Address: kit.EstablishmentsPath}
	return v.Render("establishment", data)
}

package web

import (
	"net/http"
	"net/url"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
)

// An EstablishmentsPage is page C4: the establishments, or those that a search leads to.
type EstablishmentsPage struct {
	Frame
	Search Field
	Found  Sentence
	Rows   []EstablishmentLine
	Empty  Empty
	Pager  Pager
}

// An EstablishmentLine is one of them.
type EstablishmentLine struct {
	Company, CompanyKana, Name, NameKana, Address string
}

// An EstablishmentPage is one establishment: what it is, its contract, people, applications.
type EstablishmentPage struct {
	Frame
	Company, Name     string
	Pairs             []Pair
	Contract, Charges string
	Members           []MemberLine
	Applications      []ListLine
	People            string // where accounts are managed, "" for those who may not
}

// A MemberLine is a person of an establishment.
type MemberLine struct {
	desk.Person
	Login      string
	Role       string
	Status     Tag
	LastSignIn time.Time
	LinkUntil  time.Time
	Manage     string // where the account is changed, "" for those who may not
}

// What was searched for is personal, so the session keeps it and no address does.
const keyEstablishmentSearch = "establishment-search"

const establishmentsPath = "/desk/establishments"

func establishmentPath(id string, rest ...string) string {
	path := establishmentsPath + "/" + url.PathEscape(id)
	for _, part := range rest {
		path += "/" + url.PathEscape(part)
	}
	return path
}

func (s *Server) showEstablishments(v *visit, f Form) error {
	asked := v.r.URL.Query()
	search := ""
	if asked.Get(nameSearched) == "yes" {
		search = s.sessions.GetString(v.ctx(), keyEstablishmentSearch)
		if search == "" {
			f.Problems = append(f.Problems, problem.New("search", "R-APP-12", "検索した文字は保存されていません。もう一度入力して検索してください。"))
			v.status = http.StatusUnprocessableEntity
		}
	}
	if f.Values == nil {
		f.Values = url.Values{"search": {search}}
	}
	data := EstablishmentsPage{
		Frame:  v.frame(establishmentsPath, f.onPage("search")),
		Search: f.Field(Field{Name: "search", Label: "企業名・事業所名・カナ・利用者コード・利用者ID・申込受付番号・電話番号・メールアドレス", Hint: Say("利用者コード、利用者ID、申込受付番号は全部の文字を入力してください。")}),
		Empty:  Empty{Says: Say("事業所はまだ登録されていません。")},
	}
	if len(f.Problems) == 0 {
		list, err := s.Desk.Establishments(v.ctx(), v.actor(), search, printable(last(asked["after"])))
		if err != nil {
			return err
		}
		for _, row := range list.Rows {
			data.Rows = append(data.Rows, EstablishmentLine{row.Company, row.CompanyKana, row.Name, row.NameKana, establishmentPath(row.ID)})
		}
		data.Pager = pagerOf(establishmentsPath, asked, asked["after"], list.Next)
	}
	if search != "" || len(f.Problems) > 0 {
		data.Empty = Empty{Says: Say("条件に合う事業所はありません。検索の文字を変えてください。"), Link: Link{Text: "すべての事業所を見る", Address: establishmentsPath}}
	}
	if search != "" {
		data.Found = Say("「%s」に合う事業所", search)
	}
	data.Back = Link{Text: "受付窓口に戻る", Address: "/desk"}
	return v.render("establishments", data)
}

// searchEstablishments keeps what is searched for, leaves evidence, and leads to what it finds.
func (s *Server) searchEstablishments(v *visit) error {
	in, err := v.form("search")
	if err != nil {
		return err
	}
	search := cutSearch(in.Get("search"))
	if search == "" {
		return v.seeOther(establishmentsPath)
	}
	if err := s.Desk.Searched(v.ctx(), v.actor(), search); err != nil {
		return err
	}
	s.sessions.Put(v.ctx(), keyEstablishmentSearch, search)
	return v.seeOther(establishmentsPath + "?" + nameSearched + "=yes")
}

func (s *Server) showEstablishment(v *visit, f Form) error {
	page, err := s.Desk.Establishment(v.ctx(), v.actor(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	e := page.Establishment
	data := EstablishmentPage{
		Frame: v.frame(establishmentPath(e.ID), f.onPage()), Company: e.Company, Name: e.Name,
		Pairs:    companyPairs(desk.ContractPage{Establishment: e}),
		Contract: establishmentPath(e.ID, "contract"), Charges: establishmentPath(e.ID, "charges"),
		Applications: listLines(page.Applications, "/desk/applications"),
	}
	supervisor := v.actor().Role == account.Supervisor
	if supervisor {
		data.People = establishmentPath(e.ID, "people")
	}
	for _, m := range page.Members {
		line := memberLine(m)
		if supervisor {
			line.Manage = establishmentPath(e.ID, "people", string(m.ID))
		}
		data.Members = append(data.Members, line)
	}
	data.Back = Link{Text: "事業所の一覧に戻る", Address: establishmentsPath}
	return v.render("establishment", data)
}

func roleName(role account.Role) string {
	return role.Japanese()
}

// statusTag is the state of an account as a coloured word.
func statusTag(status string) Tag {
	switch status {
	case "active":
		return Tag{"green", "利用中"}
	case "invited":
		return Tag{"orange", "登録待ち"}
	}
	return Tag{"gray", "停止中"}
}

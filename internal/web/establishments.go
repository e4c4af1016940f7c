package web

import (
	"net/http"
	"net/url"
	"strings"
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
	Invite            string // where a person is added, "" for those who may not
}

// A MemberLine is a person of an establishment.
type MemberLine struct {
	desk.Person
	Login      string
	Role       string
	Status     Tag
	LastSignIn time.Time
	LinkUntil  time.Time
	SendLink   string // where a new link is sent from, "" for nobody
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
	search := strings.TrimSpace(in.Get("search"))
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
		data.Invite = establishmentPath(e.ID, "people", "new")
	}
	for _, m := range page.Members {
		line := MemberLine{Person: m.Person, Login: m.Login, Role: roleName(m.Role), Status: statusTag(m.Status), LastSignIn: m.LastSignIn, LinkUntil: m.LinkUntil}
		if supervisor && m.Status != "stopped" {
			line.SendLink = establishmentPath(e.ID, "people", string(m.ID), "link")
		}
		data.Members = append(data.Members, line)
	}
	data.Back = Link{Text: "事業所の一覧に戻る", Address: establishmentsPath}
	return v.render("establishment", data)
}

func roleName(role account.Role) string {
	return map[account.Role]string{account.Applicant: "申込担当者", account.Administrator: "管理責任者", account.Viewer: "閲覧者"}[role]
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

// An InvitePage is the form by which a person is given an account.
type InvitePage struct {
	Frame
	Company, Name string
	Action        string
	Role          Choices
	Fields        []Field
}

// personFields are the names of the form's fields.
func personFields() []string {
	return []string{"role", "name", "kana", "department", "position", "phone", "email"}
}

func (s *Server) showInvite(v *visit, f Form) error {
	page, err := s.Desk.Establishment(v.ctx(), v.actor(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	e := page.Establishment
	path := establishmentPath(e.ID, "people", "new")
	data := InvitePage{
		Frame: v.frame(path, f.onPage(personFields()...)), Company: e.Company, Name: e.Name, Action: path,
		Role: f.Choices(Choices{Name: "role", Label: "役割", Required: true, Choices: []Choice{
			{Value: string(account.Applicant), Label: "申込担当者", Hint: Say("申込を作成し、登録します。")},
			{Value: string(account.Administrator), Label: "管理責任者", Hint: Say("申込担当者の役割に加えて、事業所の責任者になります。")},
			{Value: string(account.Viewer), Label: "閲覧者", Hint: Say("契約と申込を見ます。パスワードは見られません。")}}}),
	}
	for _, field := range []Field{
		{Name: "name", Label: "氏名", Required: true, Max: 40}, {Name: "kana", Label: "氏名（フリガナ）", Required: true, Max: 40},
		{Name: "department", Label: "部署名", Optional: true}, {Name: "position", Label: "役職", Optional: true},
		{Name: "phone", Label: "電話番号", Required: true, InputMode: "tel", Width: "m"},
		{Name: "email", Label: "メールアドレス", Required: true, InputMode: "email", Hint: Say("ログインIDにもなります。ご案内のメールは、このアドレスにだけ送ります。")},
	} {
		data.Fields = append(data.Fields, f.Field(field))
	}
	data.Back = Link{Text: "事業所に戻る", Address: establishmentPath(e.ID)}
	return v.render("invite", data)
}

// invite gives a person an account.
func (s *Server) invite(v *visit) error {
	in, err := v.form(personFields()...)
	if err != nil {
		return err
	}
	id := v.r.PathValue("id")
	err = s.Desk.Invite(v.ctx(), v.actor(), id, desk.PersonForm{Role: in.Get("role"), Name: in.Get("name"), NameKana: in.Get("kana"),
		Department: in.Get("department"), Position: in.Get("position"), Phone: in.Get("phone"), Email: in.Get("email")})
	if err != nil {
		return err
	}
	return v.seeOther(establishmentPath(id), "アカウントを登録し、ご案内のメールを送ります。")
}

// sendLink sends a person a new one-time link.
func (s *Server) sendLink(v *visit) error {
	if _, err := v.form(); err != nil {
		return err
	}
	id := v.r.PathValue("id")
	if err := s.Desk.SendLink(v.ctx(), v.actor(), id, account.ID(v.r.PathValue("person"))); err != nil {
		return err
	}
	return v.seeOther(establishmentPath(id), "新しいリンクを作り、ご案内のメールを送ります。前のリンクは使えなくなりました。")
}

package people

import (
	"net/url"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/web/kit"
)

// A PeoplePage is page the page of people, and that of the centre: who has an account, and what was done to accounts.
type PeoplePage struct {
	kit.Frame
	Company, Establishment string
	Centre                 bool
	Alone                  bool // one person manages the others
	Rows                   []PersonLine
	Invite                 string
	Events                 []AccountLine
	Empty                  kit.Empty
}

// A PersonLine is one person of a team.
type PersonLine struct {
	kit.MemberLine
	Address      string
	SecondFactor kit.Tag
	Expired      bool // invited, and the link is over
}

// An AccountLine is one thing that was done to an account.
type AccountLine struct {
	At   time.Time
	Says kit.Sentence
	By   string
	More []kit.Sentence
}

// A PersonPage is one person with all that can be done to the account. It is one form with several buttons.
type PersonPage struct {
	kit.Frame
	Name, Action, Version                          string
	Status                                         kit.Tag
	Pairs                                          []kit.Pair
	Self, Last, Invited, Active, Stopped, MayRemit bool
	MayReset                                       bool // there are second factors to take away, for who has lost them
	Roles                                          kit.Choices
	Successor                                      kit.Select
	Password                                       kit.Field
	AskPassword                                    bool
	Applications                                   []KeptLine
	Events                                         []AccountLine
}

// A KeptLine is an application in somebody's hands.
type KeptLine struct {
	Receipt, Items string
	State          kit.Tag
	Address        string // "" for one that the reader may not open
}

// A place is whose people a page is about, and where the page is.
type place struct {
	establishment, base string
	back                kit.Link
}

// team is the place of a request: an establishment from the centre's side, the centre, or the person's own.
func team(v *kit.Request) place {
	id := v.HTTP.PathValue("id")
	switch {
	case id != "":
		return place{id, kit.EstablishmentPath(id, "people"), kit.Link{Text: "事業所に戻る", Address: kit.EstablishmentPath(id)}}
	case v.Actor().Role.OfCentre():
		return place{"", "/desk/people", kit.Link{Text: "受付窓口に戻る", Address: "/desk"}}
	}
	return place{v.Actor().Establishment, "/people", kit.Link{Text: "トップメニューに戻る", Address: "/"}}
}

func (s *Pages) ShowPeople(v *kit.Request, f kit.Form) error {
	at := team(v)
	team, err := s.Desk.Team(v.Ctx(), v.Actor(), at.establishment)
	if err != nil {
		return err
	}
	data := PeoplePage{Frame: v.Frame(at.base, f.OnPage()), Company: team.Company, Establishment: team.Establishment, Centre: at.establishment == "",
		Alone: team.Leaders < 2, Invite: at.base + "/new", Events: accountLines(team.Events, true), Empty: kit.Empty{Says: kit.Say("利用する方はまだ登録されていません。")}}
	for _, m := range team.Members {
		data.Rows = append(data.Rows, personLine(m, at))
	}
	data.Back = at.back
	return v.Render("people", data)
}

func personLine(m desk.Member, at place) PersonLine {
	second := kit.Tag{Kind: "gray", Text: "なし"}
	if m.SecondFactor {
		second = kit.Tag{Kind: "green", Text: "あり"}
	}
	return PersonLine{MemberLine: kit.MemberLineOf(m), Address: at.base + "/" + url.PathEscape(string(m.ID)), SecondFactor: second,
		Expired: m.Status == "invited" && m.LinkUntil.IsZero()}
}

// accountLines say what was done to accounts; named says of whom.
func accountLines(events []desk.MemberEvent, named bool) []AccountLine {
	texts := map[string]string{"invite": "招待しました", "link": "新しいリンクを送りました", "withdraw-invitation": "招待を取り消しました",
		"role": "役割を変更しました", "stop": "利用を停止しました", "reactivate": "利用を再開しました", "end-sessions": "ログインを終了しました", "hand-over": "申込を引き継ぎました"}
	var lines []AccountLine
	for _, e := range events {
		line := AccountLine{At: e.At, Says: kit.Say(texts[e.Kind]), By: e.By}
		if named {
			line.More = append(line.More, kit.Say("対象：%s", e.Name))
		}
		if e.Kind == "role" {
			line.More = append(line.More, kit.Say("役割：%s → %s", kit.Say(kit.RoleName(e.Before)), kit.Say(kit.RoleName(e.Role))))
		}
		switch {
		case e.HandedOn > 0 && e.Successor != "":
			line.More = append(line.More, kit.Say("引き継いだ申込：%d件（%s）", e.HandedOn, e.Successor))
		case e.HandedOn > 0:
			line.More = append(line.More, kit.Say("担当者なしに戻した申込：%d件", e.HandedOn))
		}
		lines = append(lines, line)
	}
	return lines
}

func (s *Pages) ShowPerson(v *kit.Request, f kit.Form) error {
	at := team(v)
	p, err := s.Desk.TeamMember(v.Ctx(), v.Actor(), at.establishment, account.ID(v.HTTP.PathValue("person")))
	if err != nil {
		return err
	}
	if f.Values == nil {
		f.Values = url.Values{"role": {string(p.Role)}}
	}
	path := at.base + "/" + url.PathEscape(string(p.ID))
	data := PersonPage{
		Frame: v.Frame(path, f.OnPage("role", "successor", "password")), Name: p.Name, Action: path, Version: formatVersion(p.Version),
		Status: kit.StatusTag(p.Status), Self: p.Self, Last: p.Last, Invited: p.Status == "invited", Active: p.Status == "active", Stopped: p.Status == "stopped",
		MayRemit: p.Status == "active" && v.Actor().Role == account.Supervisor && at.establishment != "",
		Roles:    f.Choices(kit.Choices{Name: "role", Label: "役割", Required: true, Choices: roleChoices(p.Roles)}),
		MayReset: p.SecondFactor && !p.Self && p.Status == "active",
		Pairs:    personPairs(p.Member, v.Actor().Role), AskPassword: !v.Confirmed(), Events: accountLines(p.Events, false),
	}
	if data.Password, err = v.WhoField(f); err != nil {
		return err
	}
	data.Successor = f.Select(successorChoice(p, at))
	for _, kept := range p.Applications {
		data.Applications = append(data.Applications, keptLine(kept, v.Actor().Role))
	}
	data.Back = kit.Link{Text: "アカウントの一覧に戻る", Address: at.base}
	return v.Render("person", data)
}

// personPairs is a person in words. The login is for the centre's eyes, which see everybody: to an administrator it would
// tell that the mail address signs in elsewhere too.
func personPairs(m desk.Member, reader account.Role) []kit.Pair {
	line := kit.MemberLineOf(m)
	second := kit.Tag{Kind: "gray", Text: "なし"}
	if m.SecondFactor {
		second = kit.Tag{Kind: "green", Text: "あり"}
	}
	pairs := []kit.Pair{{Term: "氏名", Value: m.Name + "（" + m.NameKana + "）"}, {Term: "役割", Says: kit.Say(line.Role)}, {Term: "状態", Tag: line.Status},
		{Term: "所属", Value: joined(m.Department, m.Position)}, {Term: "電話番号", Value: m.Phone}, {Term: "メールアドレス", Value: m.Email, Mono: true},
		{Term: "2段階の確認", Tag: second}}
	if reader.OfCentre() {
		pairs = append(pairs, kit.Pair{Term: "ログインID", Value: m.Login, Mono: true})
	}
	last := kit.Say("なし")
	if !m.LastSignIn.IsZero() {
		last = kit.Say("%s", m.LastSignIn)
	}
	pairs = append(pairs, kit.Pair{Term: "最後のログイン", Says: last})
	if !m.LinkUntil.IsZero() {
		pairs = append(pairs, kit.Pair{Term: "リンクの期限", Says: kit.Say("%s", m.LinkUntil)})
	}
	return pairs
}

// joined are the parts of a text that are not empty.
func joined(parts ...string) string {
	text := ""
	for _, part := range parts {
		if text != "" && part != "" {
			text += " "
		}
		text += part
	}
	return text
}

// successorChoice is who takes over; at the centre nobody may, and the applications wait for a claimant again.
func successorChoice(p desk.MemberPage, at place) kit.Select {
	choice := kit.Select{Name: "successor", Label: "申込を引き継ぐ方", Empty: "選択してください",
		Hint: kit.Say("停止するとき、または申込を扱わない役割にするときに、この方の申込を引き継ぎます。")}
	if at.establishment == "" {
		choice.Empty, choice.Hint = "担当者なしに戻す", kit.Say("停止するとき、この方が審査している申込を引き継ぎます。")
	}
	for _, other := range p.Successors {
		choice.Choices = append(choice.Choices, kit.Choice{Value: string(other.ID), Label: other.Name})
	}
	return choice
}

func keptLine(k desk.KeptApplication, role account.Role) KeptLine {
	line := KeptLine{Receipt: k.Receipt, Items: k.Items, State: kit.StateTag(application.State(k.State))}
	switch {
	case !role.OfCentre():
		line.Address = kit.ApplicationPath(k.ID)
	case k.Receipt != "":
		line.Address = kit.DeskPath(k.ID)
	}
	return line
}

// roleChoices are the roles of a team with what they may do.
func roleChoices(roles []account.Role) []kit.Choice {
	hints := map[account.Role]string{
		account.Applicant:     "申込を作成し、登録します。",
		account.Administrator: "申込担当者の役割に加えて、事業所の責任者としてアカウントを管理します。",
		account.Viewer:        "契約と申込を見ます。パスワードは見られません。",
		account.Examiner:      "申込を審査し、承認します。",
		account.Supervisor:    "審査担当者の役割に加えて、無効・開始日の変更、運用の設定、アカウントの管理をします。",
	}
	var choices []kit.Choice
	for _, role := range roles {
		choices = append(choices, kit.Choice{Value: string(role), Label: role.Japanese(), Hint: kit.Say(hints[role])})
	}
	return choices
}

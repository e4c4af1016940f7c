package web

import (
	"net/url"
	"strconv"

	"uketsuke/internal/account"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
)

func formatVersion(version int64) string { return strconv.FormatInt(version, 10) }

// onPerson is the frame of every act on an account: the form, the person as seen, and who is there, asked again where
// that was not within the last minutes (ASVS 7.5.1).
func (v *visit) onPerson(done string, f func(desk.MemberRef, url.Values) error) error {
	in, err := v.form("version", "role", "successor", "password")
	if err != nil {
		return err
	}
	at := v.team()
	version, err := strconv.ParseInt(in.Get("version"), 10, 64)
	if err != nil {
		return problem.List{problem.New("", "R-EX-5", "画面を開き直して、もう一度操作してください。")}
	}
	// Whether there is such a person for this actor is said before anybody is asked for a password.
	ref := desk.MemberRef{Establishment: at.establishment, Person: account.ID(v.r.PathValue("person")), Version: version}
	if _, err := v.s.Desk.TeamMember(v.ctx(), v.actor(), ref.Establishment, ref.Person); err != nil {
		return err
	}
	if err := v.sureBy(in); err != nil {
		return err
	}
	if err := f(ref, in); err != nil {
		return err
	}
	return v.seeOther(at.base+"/"+url.PathEscape(string(ref.Person)), done)
}

func (s *Server) changeRole(v *visit) error {
	return v.onPerson("役割を変更し、関係する方にメールでお知らせします。", func(ref desk.MemberRef, in url.Values) error {
		return s.Desk.ChangeRole(v.ctx(), v.actor(), ref, account.Role(in.Get("role")), account.ID(in.Get("successor")))
	})
}

func (s *Server) stopPerson(v *visit) error {
	return v.onPerson("利用を停止し、関係する方にメールでお知らせします。", func(ref desk.MemberRef, in url.Values) error {
		return s.Desk.Stop(v.ctx(), v.actor(), ref, account.ID(in.Get("successor")))
	})
}

func (s *Server) reactivatePerson(v *visit) error {
	return v.onPerson("利用を再開し、関係する方にメールでお知らせします。", func(ref desk.MemberRef, _ url.Values) error {
		return s.Desk.Reactivate(v.ctx(), v.actor(), ref)
	})
}

func (s *Server) endPersonsSessions(v *visit) error {
	return v.onPerson("この方のログインをすべて終了しました。", func(ref desk.MemberRef, _ url.Values) error {
		return s.Desk.EndSessions(v.ctx(), v.actor(), ref)
	})
}

// resetFactors lets somebody in again who has lost every second factor; the person sets up a new one.
func (s *Server) resetFactors(v *visit) error {
	return v.onPerson("2段階の確認を解除しました。ご本人がもう一度登録します。", func(ref desk.MemberRef, _ url.Values) error {
		return s.Desk.ResetFactors(v.ctx(), v.actor(), ref.Person)
	})
}

func (s *Server) handOverWork(v *visit) error {
	return v.onPerson("申込を引き継ぎました。", func(ref desk.MemberRef, in url.Values) error {
		return s.Desk.HandOver(v.ctx(), v.actor(), ref, account.ID(in.Get("successor")))
	})
}

func (s *Server) withdrawInvitation(v *visit) error {
	return v.onPerson("招待を取り消しました。送ったリンクは使えません。", func(ref desk.MemberRef, _ url.Values) error {
		return s.Desk.WithdrawInvitation(v.ctx(), v.actor(), ref)
	})
}

// sendLink sends a person a new one-time link.
func (s *Server) sendLink(v *visit) error {
	in, err := v.form("version", "role", "successor", "password")
	if err != nil {
		return err
	}
	at := v.team()
	person := v.r.PathValue("person")
	if _, err := s.Desk.TeamMember(v.ctx(), v.actor(), at.establishment, account.ID(person)); err != nil {
		return err
	}
	if err := v.sureBy(in); err != nil {
		return err
	}
	if err := s.Desk.SendLink(v.ctx(), v.actor(), at.establishment, account.ID(person)); err != nil {
		return err
	}
	return v.seeOther(at.base+"/"+url.PathEscape(person), "新しいリンクを作り、ご案内のメールを送ります。前のリンクは使えなくなりました。")
}

// An InvitePage is the form by which a person is given an account.
type InvitePage struct {
	Frame
	Company, Name string
	Action        string
	Role          Choices
	Fields        []Field
	AskPassword   bool
	Password      Field
}

// personFields are the names of the form's fields.
func personFields() []string {
	return []string{"role", "name", "kana", "department", "position", "phone", "email"}
}

func (s *Server) showInvite(v *visit, f Form) error {
	at := v.team()
	team, err := s.Desk.Team(v.ctx(), v.actor(), at.establishment)
	if err != nil {
		return err
	}
	path := at.base + "/new"
	data := InvitePage{
		Frame: v.frame(path, f.onPage(append(personFields(), "password")...)), Company: team.Company, Name: team.Establishment, Action: path,
		Role: f.Choices(Choices{Name: "role", Label: "役割", Required: true, Choices: roleChoices(team.Roles)}),
	}
	for _, field := range accountFields() {
		data.Fields = append(data.Fields, f.Field(field))
	}
	data.AskPassword = !v.confirmed()
	if data.Password, err = v.whoField(f); err != nil {
		return err
	}
	data.Back = Link{Text: "アカウントの一覧に戻る", Address: at.base}
	return v.render("invite", data)
}

// accountFields are what is asked of everybody who gets an account.
func accountFields() []Field {
	return []Field{
		{Name: "name", Label: "氏名", Required: true, Max: 40}, {Name: "kana", Label: "氏名（フリガナ）", Required: true, Max: 40},
		{Name: "department", Label: "部署名", Optional: true}, {Name: "position", Label: "役職", Optional: true},
		{Name: "phone", Label: "電話番号", Required: true, InputMode: "tel", Width: "m"},
		{Name: "email", Label: "メールアドレス", Required: true, InputMode: "email", Hint: Say("ご案内のメールは、このアドレスにだけ送ります。ログインIDは、ご案内のリンクを開いた画面でご本人に表示します。")},
	}
}

// invite gives a person an account. What that person may do is as if the inviter did it, so it asks who is there.
func (s *Server) invite(v *visit) error {
	in, err := v.form(append(personFields(), "password")...)
	if err != nil {
		return err
	}
	if err := v.sureBy(in); err != nil {
		return err
	}
	at := v.team()
	err = s.Desk.Invite(v.ctx(), v.actor(), at.establishment, desk.PersonForm{Role: in.Get("role"), Name: in.Get("name"), NameKana: in.Get("kana"),
		Department: in.Get("department"), Position: in.Get("position"), Phone: in.Get("phone"), Email: in.Get("email")})
	if err != nil {
		return err
	}
	return v.seeOther(at.base, "アカウントを登録し、ご案内のメールを送ります。")
}

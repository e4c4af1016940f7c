package people

import (
	"net/url"
	"strconv"

	"uketsuke/internal/account"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/web/kit"
)

func formatVersion(version int64) string { return strconv.FormatInt(version, 10) }

// onPerson is the frame of every act on an account: the form, the person as seen, and who is there, asked again where
// that was not within the last minutes (ASVS 7.5.1).
func onPerson(v *kit.Request, done string, f func(desk.MemberRef, url.Values) error) error {
	in, err := v.Form("version", "role", "successor", "password")
	if err != nil {
		return err
	}
	at := team(v)
	version, err := strconv.ParseInt(in.Get("version"), 10, 64)
	if err != nil {
		return problem.List{problem.New("", "R-EX-5", "画面を開き直して、もう一度操作してください。")}
	}
	// Whether there is such a person for this actor is said before anybody is asked for a password.
	ref := desk.MemberRef{Establishment: at.establishment, Person: account.ID(v.HTTP.PathValue("person")), Version: version}
	if _, err := v.Kit.Desk.TeamMember(v.Ctx(), v.Actor(), ref.Establishment, ref.Person); err != nil {
		return err
	}
	if err := v.SureBy(in); err != nil {
		return err
	}
	if err := f(ref, in); err != nil {
		return err
	}
	return v.SeeOther(at.base+"/"+url.PathEscape(string(ref.Person)), done)
}

func (s *Pages) ChangeRole(v *kit.Request) error {
	return onPerson(v, "役割を変更し、関係する方にメールでお知らせします。", func(ref desk.MemberRef, in url.Values) error {
		return s.Desk.ChangeRole(v.Ctx(), v.Actor(), ref, account.Role(in.Get("role")), account.ID(in.Get("successor")))
	})
}

func (s *Pages) StopPerson(v *kit.Request) error {
	return onPerson(v, "利用を停止し、関係する方にメールでお知らせします。", func(ref desk.MemberRef, in url.Values) error {
		return s.Desk.Stop(v.Ctx(), v.Actor(), ref, account.ID(in.Get("successor")))
	})
}

func (s *Pages) ReactivatePerson(v *kit.Request) error {
	return onPerson(v, "利用を再開し、関係する方にメールでお知らせします。", func(ref desk.MemberRef, _ url.Values) error {
		return s.Desk.Reactivate(v.Ctx(), v.Actor(), ref)
	})
}

func (s *Pages) EndPersonsSessions(v *kit.Request) error {
	return onPerson(v, "この方のログインをすべて終了しました。", func(ref desk.MemberRef, _ url.Values) error {
		return s.Desk.EndSessions(v.Ctx(), v.Actor(), ref)
	})
}

// ResetFactors lets somebody in again who has lost every second factor; the person sets up a new one.
func (s *Pages) ResetFactors(v *kit.Request) error {
	return onPerson(v, "2段階の確認を解除しました。ご本人がもう一度登録します。", func(ref desk.MemberRef, _ url.Values) error {
		return s.Desk.ResetFactors(v.Ctx(), v.Actor(), ref.Person)
	})
}

func (s *Pages) HandOverWork(v *kit.Request) error {
	return onPerson(v, "申込を引き継ぎました。", func(ref desk.MemberRef, in url.Values) error {
		return s.Desk.HandOver(v.Ctx(), v.Actor(), ref, account.ID(in.Get("successor")))
	})
}

func (s *Pages) WithdrawInvitation(v *kit.Request) error {
	return onPerson(v, "招待を取り消しました。送ったリンクは使えません。", func(ref desk.MemberRef, _ url.Values) error {
		return s.Desk.WithdrawInvitation(v.Ctx(), v.Actor(), ref)
	})
}

// SendLink sends a person a new one-time link.
func (s *Pages) SendLink(v *kit.Request) error {
	in, err := v.Form("version", "role", "successor", "password")
	if err != nil {
		return err
	}
	at := team(v)
	person := v.HTTP.PathValue("person")
	if _, err := s.Desk.TeamMember(v.Ctx(), v.Actor(), at.establishment, account.ID(person)); err != nil {
		return err
	}
	if err := v.SureBy(in); err != nil {
		return err
	}
	if err := s.Desk.SendLink(v.Ctx(), v.Actor(), at.establishment, account.ID(person)); err != nil {
		return err
	}
	return v.SeeOther(at.base+"/"+url.PathEscape(person), "新しいリンクを作り、ご案内のメールを送ります。前のリンクは使えなくなりました。")
}

// An InvitePage is the form by which a person is given an account.
type InvitePage struct {
	kit.Frame
	Company, Name string
	Action        string
	Role          kit.Choices
	Fields        []kit.Field
	AskPassword   bool
	Password      kit.Field
}

// personFields are the names of the form's fields.
func personFields() []string {
	return []string{"role", "name", "kana", "department", "position", "phone", "email"}
}

func (s *Pages) ShowInvite(v *kit.Request, f kit.Form) error {
	at := team(v)
	team, err := s.Desk.Team(v.Ctx(), v.Actor(), at.establishment)
	if err != nil {
		return err
	}
	path := at.base + "/new"
	data := InvitePage{
		Frame: v.Frame(path, f.OnPage(append(personFields(), "password")...)), Company: team.Company, Name: team.Establishment, Action: path,
		Role: f.Choices(kit.Choices{Name: "role", Label: "役割", Required: true, Choices: roleChoices(team.Roles)}),
	}
	for _, field := range kit.AccountFields() {
		data.Fields = append(data.Fields, f.Field(field))
	}
	data.AskPassword = !v.Confirmed()
	if data.Password, err = v.WhoField(f); err != nil {
		return err
	}
	data.Back = kit.Link{Text: "アカウントの一覧に戻る", Address: at.base}
	return v.Render("invite", data)
}

// Invite gives a person an account. What that person may do is as if the inviter did it, so it asks who is there.
func (s *Pages) Invite(v *kit.Request) error {
	in, err := v.Form(append(personFields(), "password")...)
	if err != nil {
		return err
	}
	if err := v.SureBy(in); err != nil {
		return err
	}
	at := team(v)
	err = s.Desk.Invite(v.Ctx(), v.Actor(), at.establishment, desk.PersonForm{Role: in.Get("role"), Name: in.Get("name"), NameKana: in.Get("kana"),
		Department: in.Get("department"), Position: in.Get("position"), Phone: in.Get("phone"), Email: in.Get("email")})
	if err != nil {
		return err
	}
	return v.SeeOther(at.base, "アカウントを登録し、ご案内のメールを送ります。")
}

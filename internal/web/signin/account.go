package signin

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/web/kit"
)

// accountPath is the page of the own account.
const accountPath = "/account"

// An AccountPage is the page of the own account: the person's own account. What needs a fresh proof is offered after one only (ASVS 7.5.1).
type AccountPage struct {
	kit.Frame
	Facts           []kit.Pair
	Email, Pending  string
	Confirmed       bool
	Who             kit.Field
	Old, New, Again kit.Field
	Identities      bool // there are identity providers
	Address         kit.Field
	Mails           kit.Choices
	Always          []application.Mail
	Sessions        []SessionRow
}

// A SessionRow is one of the person's own sessions.
type SessionRow struct {
	ID, Address, Browser string
	How                  string
	At, Seen             time.Time
	Current              bool
}

// ShowAccount shows the person's own account.
func (s *Pages) ShowAccount(v *kit.Request, f kit.Form) error {
	own, err := s.Desk.OwnAccount(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	sessions, err := s.Desk.SignIns(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	data := AccountPage{Frame: v.Frame(accountPath, f), Email: own.Email, Pending: own.Pending, Confirmed: v.Confirmed(), Identities: len(v.Choices()) > 0}
	data.Facts = []kit.Pair{{Term: "ログインID", Value: own.Login, Mono: true}, {Term: "役割", Says: kit.Say(kit.RoleName(own.Role))}, {Term: "メールアドレス", Value: own.Email, Mono: true}}
	if data.Who, err = v.WhoField(f); err != nil {
		return err
	}
	data.Old = f.Field(kit.Field{Name: "old-password", Label: "今のパスワード", Type: "password", Required: true, Autocomplete: "current-password", Width: "l"})
	data.New, data.Again = newPassword(f, "new-password", own.Least)
	data.Address = f.Field(kit.Field{Name: "address", Label: "新しいメールアドレス", Type: "email", Required: true, Autocomplete: "email", Width: "l"})
	data.Mails, data.Always = wantedMails(f, own.Mails), alwaysMailed(own.Mails)
	for _, x := range sessions {
		data.Sessions = append(data.Sessions, SessionRow{ID: x.ID, Address: x.Address, Browser: x.Browser, How: howWord(x.How), At: x.At, Seen: x.Seen, Current: x.ID == v.Session.SignIn})
	}
	data.Back = kit.Link{Text: "トップへ", Address: kit.HomeOf(v.Session)}
	return v.Render("account", data)
}

// newPassword are the two fields of a new password.
func newPassword(f kit.Form, name string, least int) (first, again kit.Field) {
	first = f.Field(kit.Field{Name: name, Label: "新しいパスワード", Type: "password", Required: true, Autocomplete: "new-password", Width: "l",
		Hint: kit.Say("%d文字以上で設定してください。文字の種類に決まりはありません。長い文のほうが安全で、覚えやすくなります。", least)})
	again = f.Field(kit.Field{Name: name + "-again", Label: "新しいパスワード（確認のためもう一度）", Type: "password", Required: true, Autocomplete: "new-password", Width: "l"})
	return first, again
}

// wantedMails are the optional mails of the role, ticked where they are wanted.
func wantedMails(f kit.Form, mails []desk.WantedMail) kit.Choices {
	c := kit.Choices{Name: "mails", Label: "送るメール", Many: true}
	for _, m := range mails {
		c.Choices = append(c.Choices, kit.Choice{Value: string(m.Kind), Label: m.Kind.Japanese(), Checked: m.Wanted})
	}
	c.Problems = f.Problems.At(c.Name)
	return c
}

// alwaysMailed are the mails that cannot be turned off.
func alwaysMailed(optional []desk.WantedMail) []application.Mail {
	var always []application.Mail
	for _, kind := range application.Mails() {
		off := false
		for _, m := range optional {
			off = off || m.Kind == kind
		}
		if !off {
			always = append(always, kind)
		}
	}
	return always
}

// howWord says how somebody has signed in.
func howWord(how string) string {
	switch how {
	case "password+totp":
		return "パスワードと認証アプリ"
	case "password+recovery":
		return "パスワードと復旧コード"
	case "password+passkey":
		return "パスワードとパスキー"
	case "passkey":
		return "パスキー"
	case "oidc":
		return "外部の認証サービス"
	}
	return "パスワード"
}

// ProveWho re-authenticates for what is changed on the page.
func (s *Pages) ProveWho(v *kit.Request) error {
	in, err := v.Form("password")
	if err != nil {
		return err
	}
	if err := v.Confirm(in.Get("password")); err != nil {
		return err
	}
	return v.SeeOther(accountPath, "ご本人であることを確認しました。5分の間、変更できます。")
}

// ChangePassword sets another password.
func (s *Pages) ChangePassword(v *kit.Request) error {
	in, err := v.Form("old-password", "new-password", "new-password-again")
	if err != nil {
		return err
	}
	change := desk.PasswordChange{Old: in.Get("old-password"), New: in.Get("new-password"), Again: in.Get("new-password-again")}
	err = s.Desk.ChangePassword(v.Ctx(), v.Session, change, v.From())
	var many *desk.TooManyTries
	switch {
	case errors.Is(err, desk.ErrWrongPassword), errors.As(err, &many):
		return kit.Renamed(kit.PasswordProblem(err), map[string]string{"password": "old-password"})
	case err != nil:
		return kit.Renamed(err, map[string]string{"password": "new-password", "again": "new-password-again"})
	}
	// The token of before does not linger: whoever changes the password may fear that somebody has it.
	if err := s.SessionManager.RenewToken(v.Ctx()); err != nil {
		return err
	}
	return v.SeeOther(accountPath, "パスワードを変更しました。ほかの端末のログインは終了しました。")
}

// ChangeAddress sends the link to a new mail address.
func (s *Pages) ChangeAddress(v *kit.Request) error {
	in, err := sureForm(v, "address")
	if err != nil {
		return err
	}
	if err := s.Desk.AskAddress(v.Ctx(), v.Session, strings.TrimSpace(in.Get("address"))); err != nil {
		return err
	}
	return v.SeeOther(accountPath, "確認のメールを新しいアドレスに送りました。1時間以内に、メールのリンクを開いてください。")
}

// ChooseMails keeps which optional mails are wanted.
func (s *Pages) ChooseMails(v *kit.Request) error {
	in, err := v.Form("mails")
	if err != nil {
		return err
	}
	if err := s.Desk.SetWantedMails(v.Ctx(), v.Actor(), in["mails"]); err != nil {
		return err
	}
	return v.SeeOther(accountPath, "受け取るメールを保存しました。")
}

// EndSession ends one of the person's own sessions.
func (s *Pages) EndSession(v *kit.Request) error {
	if _, err := sureForm(v); err != nil {
		return err
	}
	if err := s.Desk.EndSignIn(v.Ctx(), v.Actor(), v.HTTP.PathValue("session")); err != nil {
		return err
	}
	return v.SeeOther(accountPath, "ログインを終了しました。")
}

// EndOtherSessions ends every session of the person's own but this one.
func (s *Pages) EndOtherSessions(v *kit.Request) error {
	if _, err := sureForm(v); err != nil {
		return err
	}
	if err := s.Desk.EndOtherSignIns(v.Ctx(), v.Actor(), v.Session.SignIn); err != nil {
		return err
	}
	return v.SeeOther(accountPath, "ほかのログインをすべて終了しました。")
}

// A SessionPage says until when the session lasts: it opens beside the page on which somebody is typing.
type SessionPage struct {
	kit.Frame
	Final bool // it can be put off no more
}

// ShowSession says until when the session lasts.
func (s *Pages) ShowSession(v *kit.Request, f kit.Form) error {
	return v.Render("session", SessionPage{Frame: v.Frame("/session", f), Final: v.Session.EndsAt.Equal(v.Session.LastsUntil)})
}

// ExtendSession puts the session's end off, without anything that is being typed elsewhere being sent.
func (s *Pages) ExtendSession(v *kit.Request) error {
	if _, err := v.Form(); err != nil {
		return err
	}
	var err error
	if v.Session, err = s.Desk.Seen(v.Ctx(), v.Session); err != nil {
		return err
	}
	return v.SeeOther("/session")
}

// A SessionLeft is what an open page asks for, so that it does not outlive its session (ASVS 14.3.1).
type SessionLeft struct {
	// Session is "" when it has ended.
	Session string `json:"session"`
	Seconds int    `json:"seconds"`
}

// SessionLeft says how long the session lasts, in the form of a SessionLeft. Asking is no visit: it puts nothing off.
func (s *Pages) SessionLeft(v *kit.Request, _ kit.Form) error {
	var left SessionLeft
	if v.Session.SignIn != "" {
		end := v.SessionEnd()
		left = SessionLeft{Session: end.Session, Seconds: end.Seconds}
	}
	return sendJSON(v, left)
}

// A ResetPage asks for the login of somebody who has forgotten the password.
type ResetPage struct {
	kit.Frame
	Login kit.Field
}

// A ResetSentPage says the same whatever was asked.
type ResetSentPage struct{ kit.Frame }

func (s *Pages) ShowReset(v *kit.Request, f kit.Form) error {
	return v.Render("reset", ResetPage{Frame: v.Frame("/reset", f),
		Login: f.Field(kit.Field{Name: "login", Label: "ログインID", Required: true, Autocomplete: "username", Width: "l"})})
}

func (s *Pages) ShowResetSent(v *kit.Request, f kit.Form) error {
	return v.Render("reset-sent", ResetSentPage{v.Frame("/reset/sent", f)})
}

// ResetTakes is how long every answer to a reset takes: longer than the work for a login that exists, so that the
// time does not tell whether it does (ASVS 6.3.8).
const ResetTakes = 400 * time.Millisecond

// AskReset sends a link to the owner of a login, and says the same when there is none.
func (s *Pages) AskReset(v *kit.Request) error {
	takes := time.NewTimer(ResetTakes)
	defer takes.Stop()
	in, err := v.Form("login")
	if err != nil {
		return err
	}
	login := strings.TrimSpace(in.Get("login"))
	if login == "" {
		return problem.List{problem.New("login", "ASVS-6.4.3", "ログインIDを入力してください。")}
	}
	if err := s.Desk.AskReset(v.Ctx(), login, v.From()); err != nil {
		return err
	}
	if err := until(v.Ctx(), takes); err != nil {
		return err
	}
	return v.SeeOther("/reset/sent")
}

func until(ctx context.Context, t *time.Timer) error {
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A ConfirmAddressPage is where the link to a new mail address leads.
type ConfirmAddressPage struct {
	kit.Frame
	Name, Address, Action string
}

// TakeLink does what a one-time link is for: it sets a password, or takes a mail address.
func (s *Pages) TakeLink(v *kit.Request) error {
	link, err := s.Desk.SetupLink(v.Ctx(), v.HTTP.PathValue("token"))
	switch {
	case errors.Is(err, desk.ErrNotFound):
		return kit.StatusError(http.StatusGone)
	case err != nil:
		return err
	case link.Kind != "address":
		return s.setUp(v)
	}
	if _, err := v.Form(); err != nil {
		return err
	}
	err = s.Desk.ConfirmAddress(v.Ctx(), v.HTTP.PathValue("token"))
	if errors.Is(err, desk.ErrNotFound) {
		return kit.StatusError(http.StatusGone)
	}
	if err != nil {
		return err
	}
	if v.Session.Actor.ID != "" {
		return v.SeeOther(accountPath, "メールアドレスを変更しました。")
	}
	return v.SeeOther("/login?set=address")
}

package web

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
)

// accountPath is page E18.
const accountPath = "/account"

// An AccountPage is page E18: the person's own account. What needs a fresh proof is offered after one only (ASVS 7.5.1).
type AccountPage struct {
	Frame
	Facts           []Pair
	Email, Pending  string
	Confirmed       bool
	Who             Field
	Old, New, Again Field
	Identities      bool // there are identity providers
	Address         Field
	Mails           Choices
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

// accountRoutes are what a person does about the own account and session, and the way back in without the password.
func (s *Server) accountRoutes() {
	s.get("/reset", public, s.showReset)
	s.post("/reset", public, pressed, s.askReset, s.showReset)
	s.get("/reset/sent", public, s.showResetSent)
	s.get("/account", signedIn, s.showAccount)
	s.post("/account/who", signedIn, pressed, s.proveWho, s.showAccount)
	s.post("/account/password", signedIn, pressed, s.changePassword, s.showAccount)
	s.post("/account/address", signedIn, pressed, s.changeAddress, s.showAccount)
	s.post("/account/mails", signedIn, pressed, s.chooseMails, s.showAccount)
	s.post("/account/sessions/{session}/end", signedIn, pressed, s.endSession, s.showAccount)
	s.post("/account/sessions/end", signedIn, pressed, s.endOtherSessions, s.showAccount)
	s.get("/session", signedIn, s.showSession)
	s.post("/session/extend", signedIn, pressed, s.extendSession, s.showSession)
	s.unseen("/session/left", public, s.sessionLeft)
}

// showAccount shows the person's own account.
func (s *Server) showAccount(v *visit, f Form) error {
	own, err := s.Desk.OwnAccount(v.ctx(), v.actor())
	if err != nil {
		return err
	}
	sessions, err := s.Desk.SignIns(v.ctx(), v.actor())
	if err != nil {
		return err
	}
	data := AccountPage{Frame: v.frame(accountPath, f), Email: own.Email, Pending: own.Pending, Confirmed: v.confirmed(), Identities: len(v.choices()) > 0}
	data.Facts = []Pair{{Term: "ログインID", Value: own.Login, Mono: true}, {Term: "役割", Says: Say(roleName(own.Role))}, {Term: "メールアドレス", Value: own.Email, Mono: true}}
	if data.Who, err = v.whoField(f); err != nil {
		return err
	}
	data.Old = f.Field(Field{Name: "old-password", Label: "今のパスワード", Type: "password", Required: true, Autocomplete: "current-password", Width: "l"})
	data.New, data.Again = f.newPassword("new-password", own.Least)
	data.Address = f.Field(Field{Name: "address", Label: "新しいメールアドレス", Type: "email", Required: true, Autocomplete: "email", Width: "l"})
	data.Mails, data.Always = wantedMails(f, own.Mails), alwaysMailed(own.Mails)
	for _, x := range sessions {
		data.Sessions = append(data.Sessions, SessionRow{ID: x.ID, Address: x.Address, Browser: x.Browser, How: howWord(x.How), At: x.At, Seen: x.Seen, Current: x.ID == v.session.SignIn})
	}
	data.Back = Link{Text: "トップへ", Address: homeOf(v.session)}
	return v.render("account", data)
}

// newPassword are the two fields of a new password.
func (f Form) newPassword(name string, least int) (first, again Field) {
	first = f.Field(Field{Name: name, Label: "新しいパスワード", Type: "password", Required: true, Autocomplete: "new-password", Width: "l",
		Hint: Say("%d文字以上で設定してください。文字の種類に決まりはありません。長い文のほうが安全で、覚えやすくなります。", least)})
	again = f.Field(Field{Name: name + "-again", Label: "新しいパスワード（確認のためもう一度）", Type: "password", Required: true, Autocomplete: "new-password", Width: "l"})
	return first, again
}

// wantedMails are the optional mails of the role, ticked where they are wanted.
func wantedMails(f Form, mails []desk.WantedMail) Choices {
	c := Choices{Name: "mails", Label: "送るメール", Many: true}
	for _, m := range mails {
		c.Choices = append(c.Choices, Choice{Value: string(m.Kind), Label: m.Kind.Japanese(), Checked: m.Wanted})
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

// proveWho re-authenticates for what is changed on the page.
func (s *Server) proveWho(v *visit) error {
	in, err := v.form("password")
	if err != nil {
		return err
	}
	if err := v.confirm(in.Get("password")); err != nil {
		return err
	}
	return v.seeOther(accountPath, "ご本人であることを確認しました。5分の間、変更できます。")
}

// changePassword sets another password.
func (s *Server) changePassword(v *visit) error {
	in, err := v.form("old-password", "new-password", "new-password-again")
	if err != nil {
		return err
	}
	change := desk.PasswordChange{Old: in.Get("old-password"), New: in.Get("new-password"), Again: in.Get("new-password-again")}
	err = s.Desk.ChangePassword(v.ctx(), v.session, change, v.from())
	var many *desk.TooManyTries
	switch {
	case errors.Is(err, desk.ErrWrongPassword), errors.As(err, &many):
		return renamed(passwordProblem(err), map[string]string{"password": "old-password"})
	case err != nil:
		return renamed(err, map[string]string{"password": "new-password", "again": "new-password-again"})
	}
	// The token of before does not linger: whoever changes the password may fear that somebody has it.
	if err := s.sessions.RenewToken(v.ctx()); err != nil {
		return err
	}
	return v.seeOther(accountPath, "パスワードを変更しました。ほかの端末のログインは終了しました。")
}

// changeAddress sends the link to a new mail address.
func (s *Server) changeAddress(v *visit) error {
	in, err := v.sureForm("address")
	if err != nil {
		return err
	}
	if err := s.Desk.AskAddress(v.ctx(), v.session, strings.TrimSpace(in.Get("address"))); err != nil {
		return err
	}
	return v.seeOther(accountPath, "確認のメールを新しいアドレスに送りました。1時間以内に、メールのリンクを開いてください。")
}

// chooseMails keeps which optional mails are wanted.
func (s *Server) chooseMails(v *visit) error {
	in, err := v.form("mails")
	if err != nil {
		return err
	}
	if err := s.Desk.SetWantedMails(v.ctx(), v.actor(), in["mails"]); err != nil {
		return err
	}
	return v.seeOther(accountPath, "受け取るメールを保存しました。")
}

// endSession ends one of the person's own sessions.
func (s *Server) endSession(v *visit) error {
	if _, err := v.sureForm(); err != nil {
		return err
	}
	if err := s.Desk.EndSignIn(v.ctx(), v.actor(), v.r.PathValue("session")); err != nil {
		return err
	}
	return v.seeOther(accountPath, "ログインを終了しました。")
}

// endOtherSessions ends every session of the person's own but this one.
func (s *Server) endOtherSessions(v *visit) error {
	if _, err := v.sureForm(); err != nil {
		return err
	}
	if err := s.Desk.EndOtherSignIns(v.ctx(), v.actor(), v.session.SignIn); err != nil {
		return err
	}
	return v.seeOther(accountPath, "ほかのログインをすべて終了しました。")
}

// A SessionPage says until when the session lasts: it opens beside the page on which somebody is typing.
type SessionPage struct {
	Frame
	Final bool // it can be put off no more
}

// showSession says until when the session lasts.
func (s *Server) showSession(v *visit, f Form) error {
	return v.render("session", SessionPage{Frame: v.frame("/session", f), Final: v.session.EndsAt.Equal(v.session.LastsUntil)})
}

// extendSession puts the session's end off, without anything that is being typed elsewhere being sent.
func (s *Server) extendSession(v *visit) error {
	if _, err := v.form(); err != nil {
		return err
	}
	var err error
	if v.session, err = s.Desk.Seen(v.ctx(), v.session); err != nil {
		return err
	}
	return v.seeOther("/session")
}

// A SessionLeft is what an open page asks for, so that it does not outlive its session (ASVS 14.3.1).
type SessionLeft struct {
	// Session is "" when it has ended.
	Session string `json:"session"`
	Seconds int    `json:"seconds"`
}

// sessionLeft says how long the session lasts, in the form of a SessionLeft. Asking is no visit: it puts nothing off.
func (s *Server) sessionLeft(v *visit, _ Form) error {
	var left SessionLeft
	if v.session.SignIn != "" {
		end := v.sessionEnd()
		left = SessionLeft{Session: end.Session, Seconds: end.Seconds}
	}
	return v.sendJSON(left)
}

// An hour is a moment of today, as 14:05.
type hour struct{ time.Time }

// Japanese is the same in every language.
func (h hour) Japanese() string { return h.In(time.FixedZone("JST", 9*60*60)).Format("15:04") }

// A SessionEnd is when the session ends if nobody comes again.
type SessionEnd struct {
	At hour
	// Session tells it from the session of whoever signs in next.
	Session string
	// Seconds until then, when the page was made.
	Seconds int
	Final   bool // it can be put off no more
}

func (v *visit) sessionEnd() SessionEnd {
	return SessionEnd{At: hour{v.session.EndsAt}, Session: v.session.SignIn, Seconds: int(v.session.EndsAt.Sub(v.s.Elapsed()).Seconds()),
		Final: v.session.EndsAt.Equal(v.session.LastsUntil)}
}

// A ResetPage asks for the login of somebody who has forgotten the password.
type ResetPage struct {
	Frame
	Login Field
}

// A ResetSentPage says the same whatever was asked.
type ResetSentPage struct{ Frame }

func (s *Server) showReset(v *visit, f Form) error {
	return v.render("reset", ResetPage{Frame: v.frame("/reset", f),
		Login: f.Field(Field{Name: "login", Label: "ログインID", Required: true, Autocomplete: "username", Width: "l"})})
}

func (s *Server) showResetSent(v *visit, f Form) error {
	return v.render("reset-sent", ResetSentPage{v.frame("/reset/sent", f)})
}

// resetTakes is how long every answer to a reset takes: longer than the work for a login that exists, so that the
// time does not tell whether it does (ASVS 6.3.8).
const resetTakes = 400 * time.Millisecond

// askReset sends a link to the owner of a login, and says the same when there is none.
func (s *Server) askReset(v *visit) error {
	takes := time.NewTimer(resetTakes)
	defer takes.Stop()
	in, err := v.form("login")
	if err != nil {
		return err
	}
	login := strings.TrimSpace(in.Get("login"))
	if login == "" {
		return problem.List{problem.New("login", "ASVS-6.4.3", "ログインIDを入力してください。")}
	}
	if err := s.Desk.AskReset(v.ctx(), login, v.from()); err != nil {
		return err
	}
	if err := until(v.ctx(), takes); err != nil {
		return err
	}
	return v.seeOther("/reset/sent")
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
	Frame
	Name, Address, Action string
}

// takeLink does what a one-time link is for: it sets a password, or takes a mail address.
func (s *Server) takeLink(v *visit) error {
	link, err := s.Desk.SetupLink(v.ctx(), v.r.PathValue("token"))
	switch {
	case errors.Is(err, desk.ErrNotFound):
		return statusError(http.StatusGone)
	case err != nil:
		return err
	case link.Kind != "address":
		return s.setUp(v)
	}
	if _, err := v.form(); err != nil {
		return err
	}
	err = s.Desk.ConfirmAddress(v.ctx(), v.r.PathValue("token"))
	if errors.Is(err, desk.ErrNotFound) {
		return statusError(http.StatusGone)
	}
	if err != nil {
		return err
	}
	if v.session.Actor.ID != "" {
		return v.seeOther(accountPath, "メールアドレスを変更しました。")
	}
	return v.seeOther("/login?set=address")
}

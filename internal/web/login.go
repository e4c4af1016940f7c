package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
)

// A LoginPage is page E1.
type LoginPage struct {
	Frame
	Login, Password Field
	// To is where the person wanted to go. Kept is the form that was posted after the session had ended;
	// then To is that form's address.
	To, Kept string
	Expired  bool
	Notices  []NoticeText // what the centre announces to everybody
	Demo     []DemoLogin
	// Providers are the identity providers by which one can sign in.
	Providers []ProviderChoice
	Passkeys  bool // browsers do them at this address
}

// loginPath is the login page that leads on to a place.
func loginPath(to string) string {
	if to == "" || to == "/" {
		return "/login"
	}
	return "/login?" + url.Values{"to": {to}}.Encode()
}

// showLogin shows the login page; whoever is signed in already goes on.
func (s *Server) showLogin(v *visit, f Form) error {
	if v.r.Method == http.MethodGet && v.session.Actor.ID != "" {
		return v.seeOther(homeOf(v.session))
	}
	switch v.r.URL.Query().Get("set") {
	case "yes":
		v.flash = append(v.flash, Notice{Kind: "success", Says: Say("パスワードを設定しました。ログインしてください。")})
	case "address":
		v.flash = append(v.flash, Notice{Kind: "success", Says: Say("メールアドレスを変更しました。")})
	}
	to := v.r.URL.Query().Get("to")
	if f.Values != nil {
		to = f.Values.Get("to")
	}
	return v.renderLogin(f, to, f.Values.Get("kept"))
}

// loginAgain answers a POST that came after the session's end: the login page carries what was typed. What
// is too long to be carried is lost, and the page says so.
func (s *Server) loginAgain(v *visit) error {
	text := kept(v.typed())
	switch {
	case text != "":
		return v.renderLogin(Form{}, v.r.URL.Path, text)
	case v.lost, len(v.r.PostForm) > 0:
		v.flash = append(v.flash, Notice{Kind: "error", Says: Say("時間が経過したため、ログアウトしました。入力した内容が大きすぎるため、保持できませんでした。")})
	default:
		v.flash = append(v.flash, Notice{Kind: "warning", Says: Say("時間が経過したため、ログアウトしました。ログインして、もう一度操作してください。")})
	}
	return v.renderLogin(Form{}, "/", "")
}

func (v *visit) renderLogin(f Form, to, kept string) error {
	data := LoginPage{
		Frame:    v.frame("/login", f),
		Login:    f.Field(Field{Name: "login", Label: "ログインID", Required: true, Autocomplete: "username", Width: "l"}),
		Password: f.Field(Field{Name: "password", Label: "パスワード", Type: "password", Required: true, Autocomplete: "current-password", Width: "l"}),
		To:       ownPath(to), Kept: kept, Expired: kept != "", Passkeys: v.s.Desk.PasskeysPossible(),
	}
	notices, mode, err := v.loginNotices()
	if err != nil {
		return err
	}
	data.Providers = v.choices()
	data.Notices, data.Flash = notices, append(mode, data.Flash...)
	if v.s.Demo != nil {
		if data.Demo, err = v.s.Demo.logins(v.ctx()); err != nil {
			return err
		}
	}
	return v.render("login", data)
}

// login signs somebody in and goes on to where they wanted to go.
func (s *Server) login(v *visit) error {
	in, err := v.form("login", "password", "to", "kept")
	if err != nil {
		return err
	}
	mark, _ := v.deviceMark()
	proof, err := s.Desk.SignIn(v.ctx(), strings.TrimSpace(in.Get("login")), in.Get("password"), desk.Arrival{From: v.from(), Device: mark})
	if err != nil {
		return signInProblem(err)
	}
	if proof.Needs != desk.NeedsNothing {
		if err := v.pend(proof); err != nil {
			return err
		}
		return v.askSecond(in.Get("to"), in.Get("kept"))
	}
	return v.arrive(proof, "password", in.Get("to"), in.Get("kept"))
}

// landing is where a login leads: where the person wanted to go if it is theirs, else their first page.
func landing(session desk.Session, to string) string {
	to = ownPath(to)
	if to == "/account" || strings.HasPrefix(to, "/account/") {
		return to
	}
	if to == "/" || strings.HasPrefix(to, "/login") || session.Actor.Role.OfCentre() != (to == "/desk" || strings.HasPrefix(to, "/desk/")) {
		return homeOf(session)
	}
	return to
}

// signInProblem says the same for an unknown login and a wrong password.
func signInProblem(err error) error {
	var many *desk.TooManyTries
	switch {
	case errors.As(err, &many):
		return problem.List{problem.New("login", "ASVS-6.3.1", "続けて誤ったため、しばらくログインを受け付けません。%s以降にもう一度お試しください。", clockTime(many.Until))}
	case errors.Is(err, desk.ErrBusy):
		return problem.List{problem.New("login", "ASVS-2.4.1", "ただいまログインが集中しています。少し待って、もう一度お試しください。")}
	case errors.Is(err, desk.ErrShortPassword):
		return problem.List{problem.New("password", "ASVS-6.2.1", "2段階の確認がなくなったため、今のパスワードは短すぎます。「パスワードをお忘れの方」から、15文字以上のパスワードを設定してください。")}
	case errors.Is(err, desk.ErrWrongPassword):
		return problem.List{problem.New("login", "ASVS-6.3.8", "ログインIDまたはパスワードが違います。もう一度入力してください。")}
	}
	return err
}

// logout ends the session.
func (s *Server) logout(v *visit) error {
	if _, err := v.form(); err != nil {
		return err
	}
	if err := s.Desk.SignOut(v.ctx(), v.actor(), v.session.SignIn); err != nil {
		return err
	}
	if err := s.sessions.Destroy(v.ctx()); err != nil {
		return err
	}
	return v.seeOther("/login")
}

// chooseLanguage keeps the language in the browser, and with the account of whoever is signed in.
func (s *Server) chooseLanguage(v *visit) error {
	if _, err := v.form("lang", "back"); err != nil {
		return err
	}
	if v.session.Actor.ID != "" {
		chosen := Japanese
		if Language(v.r.PostForm.Get("lang")) == English {
			chosen = English
		}
		if err := s.Desk.SetLanguage(v.ctx(), v.actor(), string(chosen)); err != nil {
			return err
		}
	}
	ChooseLanguage(v.w, v.r, s.Secure)
	return nil
}

// A SetupPage is where the link of the first visit leads.
type SetupPage struct {
	Frame
	Name, Login     string
	Action          string
	Password, Again Field
}

// showSetup shows whose link it is. Opening it consumes nothing (trap 12).
func (s *Server) showSetup(v *visit, f Form) error {
	token := v.r.PathValue("token")
	link, err := s.Desk.SetupLink(v.ctx(), token)
	if errors.Is(err, desk.ErrNotFound) {
		return statusError(http.StatusGone)
	}
	if err != nil {
		return err
	}
	// No other page and no log may learn the link from this one.
	v.w.Header().Set("Referrer-Policy", "no-referrer")
	action := "/setup/" + url.PathEscape(token)
	if link.Kind == "address" {
		return v.render("confirm-address", ConfirmAddressPage{Frame: v.frame("/login", f), Name: link.Name, Address: link.Address, Action: action})
	}
	data := SetupPage{Frame: v.frame("/login", f), Name: link.Name, Login: link.Login, Action: action}
	data.Password, data.Again = f.newPassword("password", link.Least)
	return v.render("setup", data)
}

// setUp sets the first password; the person then logs in with it.
func (s *Server) setUp(v *visit) error {
	in, err := v.form("password", "password-again")
	if err != nil {
		return err
	}
	err = s.Desk.SetFirstPassword(v.ctx(), v.r.PathValue("token"), in.Get("password"), in.Get("password-again"))
	if errors.Is(err, desk.ErrNotFound) {
		return statusError(http.StatusGone)
	}
	if err != nil {
		return renamed(err, map[string]string{"again": "password-again"})
	}
	return v.seeOther("/login?set=yes")
}

// renamed moves problems to the names that the page's fields have; other errors stay as they are.
func renamed(err error, names map[string]string) error {
	var problems problem.List
	if !errors.As(err, &problems) {
		return err
	}
	moved := make(problem.List, len(problems))
	for i, p := range problems {
		if name, ok := names[p.Field]; ok {
			p.Field = name
		}
		moved[i] = p
	}
	return moved
}

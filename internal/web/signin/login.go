package signin

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/web/kit"
)

// ShowLogin shows the login page; whoever is signed in already goes on.
func (s *Pages) ShowLogin(v *kit.Request, f kit.Form) error {
	if v.HTTP.Method == http.MethodGet && v.Session.Actor.ID != "" {
		return v.SeeOther(kit.HomeOf(v.Session))
	}
	switch v.HTTP.URL.Query().Get("set") {
	case "yes":
		v.Flash = append(v.Flash, kit.Notice{Kind: "success", Says: kit.Say("パスワードを設定しました。ログインしてください。")})
	case "address":
		v.Flash = append(v.Flash, kit.Notice{Kind: "success", Says: kit.Say("メールアドレスを変更しました。")})
	}
	to := v.HTTP.URL.Query().Get("to")
	if f.Values != nil {
		to = f.Values.Get("to")
	}
	return v.RenderLogin(f, to, f.Values.Get("kept"))
}

// Login signs somebody in and goes on to where they wanted to go.
func (s *Pages) Login(v *kit.Request) error {
	in, err := v.Form("login", "password", "to", "kept")
	if err != nil {
		return err
	}
	mark, _ := v.DeviceMark()
	proof, err := s.Desk.SignIn(v.Ctx(), strings.TrimSpace(in.Get("login")), in.Get("password"), desk.Arrival{From: v.From(), Device: mark})
	if err != nil {
		return signInProblem(err)
	}
	if proof.Needs != desk.NeedsNothing {
		if err := v.Pend(proof); err != nil {
			return err
		}
		return askSecond(v, in.Get("to"), in.Get("kept"))
	}
	return v.Arrive(proof, "password", in.Get("to"), in.Get("kept"))
}

// signInProblem says the same for an unknown login and a wrong password.
func signInProblem(err error) error {
	var many *desk.TooManyTries
	switch {
	case errors.As(err, &many):
		return problem.List{problem.New("login", "ASVS-6.3.1", "続けて誤ったため、しばらくログインを受け付けません。%s以降にもう一度お試しください。", kit.ClockTime(many.Until))}
	case errors.Is(err, desk.ErrBusy):
		return problem.List{problem.New("login", "ASVS-2.4.1", "ただいまログインが集中しています。少し待って、もう一度お試しください。")}
	case errors.Is(err, desk.ErrShortPassword):
		return problem.List{problem.New("password", "ASVS-6.2.1", "2段階の確認がなくなったため、今のパスワードは短すぎます。「パスワードをお忘れの方」から、15文字以上のパスワードを設定してください。")}
	case errors.Is(err, desk.ErrWrongPassword):
		return problem.List{problem.New("login", "ASVS-6.3.8", "ログインIDまたはパスワードが違います。もう一度入力してください。")}
	}
	return err
}

// Logout ends the session.
func (s *Pages) Logout(v *kit.Request) error {
	if _, err := v.Form(); err != nil {
		return err
	}
	if err := s.Desk.SignOut(v.Ctx(), v.Actor(), v.Session.SignIn); err != nil {
		return err
	}
	if err := s.SessionManager.Destroy(v.Ctx()); err != nil {
		return err
	}
	return v.SeeOther("/login")
}

// ChooseLanguage keeps the language in the browser, and with the account of whoever is signed in.
func (s *Pages) ChooseLanguage(v *kit.Request) error {
	if _, err := v.Form("lang", "back"); err != nil {
		return err
	}
	if v.Session.Actor.ID != "" {
		chosen := kit.Japanese
		if kit.Language(v.HTTP.PostForm.Get("lang")) == kit.English {
			chosen = kit.English
		}
		if err := s.Desk.SetLanguage(v.Ctx(), v.Actor(), string(chosen)); err != nil {
			return err
		}
	}
	kit.ChooseLanguage(v.Out, v.HTTP, s.Secure)
	return nil
}

// A SetupPage is where the link of the first visit leads.
type SetupPage struct {
	kit.Frame
	Name, Login     string
	Action          string
	Password, Again kit.Field
}

// ShowSetup shows whose link it is. Opening it consumes nothing.
func (s *Pages) ShowSetup(v *kit.Request, f kit.Form) error {
	token := v.HTTP.PathValue("token")
	link, err := s.Desk.SetupLink(v.Ctx(), token)
	if errors.Is(err, desk.ErrNotFound) {
		return kit.StatusError(http.StatusGone)
	}
	if err != nil {
		return err
	}
	// No other page and no log may learn the link from this one.
	v.Out.Header().Set("Referrer-Policy", "no-referrer")
	action := "/setup/" + url.PathEscape(token)
	if link.Kind == "address" {
		return v.Render("confirm-address", ConfirmAddressPage{Frame: v.Frame("/login", f), Name: link.Name, Address: link.Address, Action: action})
	}
	data := SetupPage{Frame: v.Frame("/login", f), Name: link.Name, Login: link.Login, Action: action}
	data.Password, data.Again = newPassword(f, "password", link.Least)
	return v.Render("setup", data)
}

// setUp sets the first password; the person then logs in with it.
func (s *Pages) setUp(v *kit.Request) error {
	in, err := v.Form("password", "password-again")
	if err != nil {
		return err
	}
	err = s.Desk.SetFirstPassword(v.Ctx(), v.HTTP.PathValue("token"), in.Get("password"), in.Get("password-again"))
	if errors.Is(err, desk.ErrNotFound) {
		return kit.StatusError(http.StatusGone)
	}
	if err != nil {
		return kit.Renamed(err, map[string]string{"again": "password-again"})
	}
	return v.SeeOther("/login?set=yes")
}

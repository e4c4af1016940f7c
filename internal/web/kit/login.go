package kit

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"

	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
)

// logins are the demo's people, each with the code of the moment.
func (d *Demo) logins(ctx context.Context) ([]DemoLogin, error) {
	logins := slices.Clone(d.Logins)
	if d.Code == nil {
		return logins, nil
	}
	for i := range logins {
		var err error
		if logins[i].Code, err = d.Code(ctx, logins[i].Login); err != nil {
			return nil, err
		}
	}
	return logins, nil
}

// A LoginPage is the login page.
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

// LoginPath is the login page that leads on to a place.
func LoginPath(to string) string {
	if to == "" || to == "/" {
		return "/login"
	}
	return "/login?" + url.Values{"to": {to}}.Encode()
}

// loginAgain answers a POST that came after the session's end: the login page carries what was typed. What
// is too long to be carried is lost, and the page says so.
func (s *Kit) loginAgain(v *Request) error {
	text := Kept(v.Typed())
	switch {
	case text != "":
		return v.RenderLogin(Form{}, v.HTTP.URL.Path, text)
	case v.lost, len(v.HTTP.PostForm) > 0:
		v.Flash = append(v.Flash, Notice{Kind: "error", Says: Say("時間が経過したため、ログアウトしました。入力した内容が大きすぎるため、保持できませんでした。")})
	default:
		v.Flash = append(v.Flash, Notice{Kind: "warning", Says: Say("時間が経過したため、ログアウトしました。ログインして、もう一度操作してください。")})
	}
	return v.RenderLogin(Form{}, "/", "")
}

// RenderLogin shows the login page with what is wrong; to is where the person wanted to go, kept the form that was posted after
// the session had ended.
func (v *Request) RenderLogin(f Form, to, kept string) error {
	data := LoginPage{
		Frame:    v.Frame("/login", f),
		Login:    f.Field(Field{Name: "login", Label: "ログインID", Required: true, Autocomplete: "username", Width: "l"}),
		Password: f.Field(Field{Name: "password", Label: "パスワード", Type: "password", Required: true, Autocomplete: "current-password", Width: "l"}),
		To:       OwnPath(to), Kept: kept, Expired: kept != "", Passkeys: v.Kit.Desk.PasskeysPossible(),
	}
	notices, mode, err := v.loginNotices()
	if err != nil {
		return err
	}
	data.Providers = v.Choices()
	data.Notices, data.Flash = notices, append(mode, data.Flash...)
	if v.Kit.Demo != nil {
		if data.Demo, err = v.Kit.Demo.logins(v.Ctx()); err != nil {
			return err
		}
	}
	return v.Render("login", data)
}

// landing is where a login leads: where the person wanted to go if it is theirs, else their first page.
func landing(session desk.Session, to string) string {
	to = OwnPath(to)
	if to == "/account" || strings.HasPrefix(to, "/account/") {
		return to
	}
	if to == "/" || strings.HasPrefix(to, "/login") || session.Actor.Role.OfCentre() != (to == "/desk" || strings.HasPrefix(to, "/desk/")) {
		return HomeOf(session)
	}
	return to
}

// Renamed moves problems to the names that the page's fields have; other errors stay as they are.
func Renamed(err error, names map[string]string) error {
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

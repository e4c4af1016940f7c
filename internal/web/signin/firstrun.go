package signin

import (
	"errors"
	"net/http"
	"net/url"

	"uketsuke/internal/account"
	"uketsuke/internal/desk"
	"uketsuke/internal/web/kit"
)

// A FirstPage is where the link of the first run leads: the first supervisor makes the account (ASVS 6.3.2).
type FirstPage struct {
	kit.Frame
	Action          string
	Fields          []kit.Field
	Password, Again kit.Field
}

// ShowFirst asks who the first supervisor is. Opening it consumes nothing.
func (s *Pages) ShowFirst(v *kit.Request, f kit.Form) error {
	token := v.HTTP.PathValue("token")
	if err := gone(s.Desk.FirstRun(v.Ctx(), token)); err != nil {
		return err
	}
	v.Out.Header().Set("Referrer-Policy", "no-referrer") // no other page and no log may learn the link from this one
	data := FirstPage{Frame: v.Frame("/login", f), Action: "/first/" + url.PathEscape(token)}
	for _, field := range kit.AccountFields() {
		data.Fields = append(data.Fields, f.Field(field))
	}
	data.Password, data.Again = newPassword(f, "password", account.PasswordMin)
	return v.Render("first", data)
}

// BecomeFirst makes the first supervisor, who then logs in.
func (s *Pages) BecomeFirst(v *kit.Request) error {
	in, err := v.Form("name", "kana", "department", "position", "phone", "email", "password", "password-again")
	if err != nil {
		return err
	}
	form := desk.PersonForm{Name: in.Get("name"), NameKana: in.Get("kana"), Department: in.Get("department"), Position: in.Get("position"),
		Phone: in.Get("phone"), Email: in.Get("email")}
	err = gone(s.Desk.BecomeFirst(v.Ctx(), v.HTTP.PathValue("token"), form, in.Get("password"), in.Get("password-again")))
	if err != nil {
		return kit.Renamed(err, map[string]string{"again": "password-again"})
	}
	return v.SeeOther("/login?set=yes")
}

// gone says of a link that is not there any more that it is used up.
func gone(err error) error {
	if errors.Is(err, desk.ErrNotFound) {
		return kit.StatusError(http.StatusGone)
	}
	return err
}

package web

import (
	"errors"
	"net/http"
	"net/url"

	"uketsuke/internal/account"
	"uketsuke/internal/desk"
)

// A FirstPage is where the link of the first run leads: the first supervisor makes the account (ASVS 6.3.2).
type FirstPage struct {
	Frame
	Action          string
	Fields          []Field
	Password, Again Field
}

// showFirst asks who the first supervisor is. Opening it consumes nothing (trap 12).
func (s *Server) showFirst(v *visit, f Form) error {
	token := v.r.PathValue("token")
	if err := gone(s.Desk.FirstRun(v.ctx(), token)); err != nil {
		return err
	}
	v.w.Header().Set("Referrer-Policy", "no-referrer") // no other page and no log may learn the link from this one
	data := FirstPage{Frame: v.frame("/login", f), Action: "/first/" + url.PathEscape(token)}
	for _, field := range accountFields() {
		data.Fields = append(data.Fields, f.Field(field))
	}
	data.Password, data.Again = f.newPassword("password", account.PasswordMin)
	return v.render("first", data)
}

// becomeFirst makes the first supervisor, who then logs in.
func (s *Server) becomeFirst(v *visit) error {
	in, err := v.form("name", "kana", "department", "position", "phone", "email", "password", "password-again")
	if err != nil {
		return err
	}
	form := desk.PersonForm{Name: in.Get("name"), NameKana: in.Get("kana"), Department: in.Get("department"), Position: in.Get("position"),
		Phone: in.Get("phone"), Email: in.Get("email")}
	err = gone(s.Desk.BecomeFirst(v.ctx(), v.r.PathValue("token"), form, in.Get("password"), in.Get("password-again")))
	if err != nil {
		return renamed(err, map[string]string{"again": "password-again"})
	}
	return v.seeOther("/login?set=yes")
}

// gone says of a link that is not there any more that it is used up.
func gone(err error) error {
	if errors.Is(err, desk.ErrNotFound) {
		return statusError(http.StatusGone)
	}
	return err
}

package signin

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"uketsuke/internal/account"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/web/kit"
)

// A Carried is where somebody wanted to go before signing in, and the form that was posted after the session had
// ended; every page of signing in carries both on.
type Carried struct{ To, Kept string }

// A SecondPage asks somebody who has given the password for a second factor.
type SecondPage struct {
	kit.Frame
	Carried
	Name string
	Step desk.SecondStep
	Code kit.Field
	// DemoCode is the code that the person's app shows, in the demo alone.
	DemoCode string
}

// A FirstFactorPage is all that somebody reaches whose role needs a factor and who has none.
type FirstFactorPage struct {
	kit.Frame
	Carried
	Name        string
	Passkeys    bool
	PasskeyName kit.Field
}

// A TOTPPage shows a secret that waits to be confirmed by a code. It answers a POST only.
type TOTPPage struct {
	kit.Frame
	Carried
	Action, Cancel string
	Key            []string // in groups, as it is typed
	Picture        QR
	Code           kit.Field
}

// askSecond asks for what is needed besides the password.
func askSecond(v *kit.Request, to, kept string) error {
	return halfway(v, kit.Form{Values: url.Values{"to": {to}, "kept": {kept}}}, func(step desk.SecondStep, c Carried) error {
		path := "/login/second"
		if step.Needs == desk.NeedsFactor {
			path = "/login/factor"
		}
		if c.Kept != "" {
			if step.Needs == desk.NeedsFactor {
				return renderFirst(v, kit.Form{}, step, c)
			}
			return renderSecond(v, kit.Form{}, step, c)
		}
		return v.SeeOther(path + "?" + url.Values{"to": {c.To}}.Encode())
	})
}

// halfway is a page for somebody who has given the password and is nobody yet; whoever has not, or too long ago,
// starts again and loses nothing.
func halfway(v *kit.Request, f kit.Form, show func(desk.SecondStep, Carried) error) error {
	c := carried(v, f)
	id := v.Pending().Account
	if id == "" {
		return startAgain(v, c)
	}
	step, err := v.Kit.Desk.SecondStep(v.Ctx(), id)
	if errors.Is(err, desk.ErrNotFound) {
		return startAgain(v, c)
	}
	if err != nil {
		return err
	}
	return show(step, c)
}

func carried(v *kit.Request, f kit.Form) Carried {
	if f.Values == nil {
		return Carried{To: kit.OwnPath(v.HTTP.URL.Query().Get("to"))}
	}
	return Carried{To: kit.OwnPath(f.Values.Get("to")), Kept: f.Values.Get("kept")}
}

func startAgain(v *kit.Request, c Carried) error {
	if v.Session.Actor.ID != "" {
		return v.SeeOther(kit.HomeOf(v.Session)) // signed in already, in another tab
	}
	if v.HTTP.Method == http.MethodGet {
		return v.SeeOther(kit.LoginPath(c.To))
	}
	v.Flash = append(v.Flash, kit.Notice{Kind: "warning", Says: kit.Say("時間が経過しました。パスワードから、もう一度入力してください。")})
	v.Status = http.StatusUnauthorized
	return v.RenderLogin(kit.Form{}, c.To, c.Kept)
}

// ShowSecond shows the page for the second factor.
func (s *Pages) ShowSecond(v *kit.Request, f kit.Form) error {
	return halfway(v, f, func(step desk.SecondStep, c Carried) error {
		if step.Needs != desk.NeedsSecond {
			return askSecond(v, c.To, c.Kept)
		}
		return renderSecond(v, f, step, c)
	})
}

func renderSecond(v *kit.Request, f kit.Form, step desk.SecondStep, c Carried) error {
	code := kit.Field{Name: "code", Label: "認証アプリのコード", Hint: kit.Say("認証アプリに表示されている6桁の数字です。"), InputMode: "numeric"}
	switch {
	case step.TOTP && step.Recovery:
		code.Hint, code.InputMode = kit.Say("認証アプリに表示されている6桁の数字です。使えないときは、復旧コードを入力してください。"), ""
	case !step.TOTP:
		code.Label, code.Hint, code.InputMode = "復旧コード", kit.Say("控えてある復旧コードのうち、まだ使っていないものを入力してください。"), ""
	}
	code.Required, code.Autocomplete, code.Width = true, "one-time-code", "l"
	data := SecondPage{Frame: v.Frame("/login/second", f), Carried: c, Name: step.Name, Step: step, Code: f.Field(code)}
	data.Code.Value, data.Back = "", kit.Link{Text: "ログインに戻る", Address: kit.LoginPath(c.To)}
	if demo := v.Kit.Demo; demo != nil && demo.Code != nil && step.TOTP {
		var err error
		if data.DemoCode, err = demo.Code(v.Ctx(), string(v.Pending().Account)); err != nil {
			return err
		}
	}
	return v.Render("second", data)
}

// Second takes a code of the authenticator app or a recovery code.
func (s *Pages) Second(v *kit.Request) error {
	in, err := v.Form("code", "to", "kept")
	if err != nil {
		return err
	}
	return halfway(v, kit.Form{Values: in}, func(step desk.SecondStep, c Carried) error {
		if step.Needs != desk.NeedsSecond {
			return askSecond(v, c.To, c.Kept)
		}
		mark, _ := v.DeviceMark()
		how, err := s.Desk.SecondFactor(v.Ctx(), v.Pending().Account, in.Get("code"), mark)
		if err != nil {
			return kit.CodeProblem(err, "code")
		}
		return arriveBy(v, how, c)
	})
}

// arriveBy signs in who was halfway. Evidence names the first step too.
func arriveBy(v *kit.Request, how string, c Carried) error {
	proof := v.Pending()
	if proof.How == "oidc" {
		how = strings.Replace(how, "password", "oidc", 1)
	}
	return v.Arrive(proof, how, c.To, c.Kept)
}

// AskSecondPasskey asks for a passkey of somebody who has given the password.
func (s *Pages) AskSecondPasskey(v *kit.Request) error {
	if _, err := v.Form(); err != nil {
		return err
	}
	id := v.Pending().Account
	if id == "" {
		return desk.ErrForbidden
	}
	options, err := s.Desk.BeginPasskeyProof(v.Ctx(), id)
	return sendOptions(v, options, err)
}

// SecondByPasskey takes it.
func (s *Pages) SecondByPasskey(v *kit.Request) error {
	in, err := v.Form("passkey", "to", "kept")
	if err != nil {
		return err
	}
	return halfway(v, kit.Form{Values: in}, func(_ desk.SecondStep, c Carried) error {
		id, err := provenPasskey(v, in.Get("passkey"), "code")
		if err != nil {
			return err
		}
		if id != v.Pending().Account {
			return desk.ErrForbidden
		}
		return arriveBy(v, "password+passkey", c)
	})
}

// AskAnyPasskey asks for a passkey of whoever wants to sign in by it alone.
func (s *Pages) AskAnyPasskey(v *kit.Request) error {
	if _, err := v.Form(); err != nil {
		return err
	}
	if !s.Desk.PasskeysPossible() {
		return desk.ErrNotFound
	}
	options, err := s.Desk.BeginPasskeyProof(v.Ctx(), "")
	return sendOptions(v, options, err)
}

// LoginByPasskey signs somebody in by a passkey alone: it is something they have and something they know or are.
func (s *Pages) LoginByPasskey(v *kit.Request) error {
	in, err := v.Form("passkey", "to", "kept")
	if err != nil {
		return err
	}
	id, err := provenPasskey(v, in.Get("passkey"), "login")
	if err != nil {
		return err
	}
	return v.Arrive(desk.Proof{Account: id}, "passkey", kit.OwnPath(in.Get("to")), in.Get("kept"))
}

// provenPasskey is whose passkey has answered what this session was asked; the question counts once. What is wrong is
// said at a field of the page.
func provenPasskey(v *kit.Request, answer, field string) (account.ID, error) {
	kept := v.Kit.SessionManager.PopString(v.Ctx(), keyAsked)
	if answer == "" {
		return "", problem.List{problem.New(field, "ASVS-6.5.7", "パスキーを使うには、ブラウザーのJavaScriptが必要です。使えないときは、ほかの方法を選んでください。")}
	}
	// Of many answers at once, which all find the question in their session, one counts.
	if first, err := v.Kit.Desk.SpendMark(v.Ctx(), kept); err != nil {
		return "", err
	} else if !first {
		kept = ""
	}
	id, err := v.Kit.Desk.ProvePasskey(v.Ctx(), []byte(kept), answer, v.From())
	return id, passkeyProblem(v, err, field)
}

// passkeyProblem says at a field that a passkey was not taken; why stands in the log.
func passkeyProblem(v *kit.Request, err error, field string) error {
	var many *desk.TooManyTries
	switch {
	case errors.As(err, &many):
		return kit.CodeProblem(err, field)
	case errors.Is(err, desk.ErrPasskey):
		v.Kit.Log.InfoContext(v.Ctx(), "passkey refused", "request", v.ID, "error", err)
		return problem.List{problem.New(field, "ASVS-6.5.7", "パスキーを確認できませんでした。もう一度お試しください。続くときは、ほかの方法を使ってください。")}
	}
	return err
}

// ShowFirstFactor is all that is reached by somebody who must set up a factor first (ASVS 6.3.3).
func (s *Pages) ShowFirstFactor(v *kit.Request, f kit.Form) error {
	return halfway(v, f, func(step desk.SecondStep, c Carried) error {
		if step.Needs != desk.NeedsFactor {
			return askSecond(v, c.To, c.Kept)
		}
		return renderFirst(v, f, step, c)
	})
}

func renderFirst(v *kit.Request, f kit.Form, step desk.SecondStep, c Carried) error {
	data := FirstFactorPage{Frame: v.Frame("/login/factor", f), Carried: c, Name: step.Name, Passkeys: v.Kit.Desk.PasskeysPossible(), PasskeyName: passkeyName(f)}
	data.Back = kit.Link{Text: "ログインに戻る", Address: kit.LoginPath(c.To)}
	return v.Render("first-factor", data)
}

func passkeyName(f kit.Form) kit.Field {
	return f.Field(kit.Field{Name: "name", Label: "パスキーの名前", Optional: true, Max: desk.PasskeyNameMax, Width: "l", Hint: kit.Say("どの機器のものか分かる名前です。例: 会社のパソコン")})
}

// BeginFirstTOTP shows a new secret.
func (s *Pages) BeginFirstTOTP(v *kit.Request) error {
	in, err := v.Form("to", "kept")
	if err != nil {
		return err
	}
	return halfway(v, kit.Form{Values: in}, func(_ desk.SecondStep, c Carried) error {
		offer, err := s.Desk.BeginTOTP(v.Ctx(), v.Enroller())
		if err != nil {
			return err
		}
		return renderTOTP(v, kit.Form{}, offer, c, "/login/factor/confirm", "/login/factor")
	})
}

// ShowFirstTOTP shows the secret again after a wrong code.
func (s *Pages) ShowFirstTOTP(v *kit.Request, f kit.Form) error {
	return halfway(v, f, func(_ desk.SecondStep, c Carried) error {
		offer, err := s.Desk.WaitingTOTP(v.Ctx(), v.Enroller())
		if errors.Is(err, desk.ErrNotFound) {
			return askSecond(v, c.To, c.Kept)
		}
		if err != nil {
			return err
		}
		return renderTOTP(v, f, offer, c, "/login/factor/confirm", "/login/factor")
	})
}

// ConfirmFirstTOTP sets the app up, and signs its owner in: the code has just proven it.
func (s *Pages) ConfirmFirstTOTP(v *kit.Request) error {
	in, err := v.Form("code", "to", "kept")
	if err != nil {
		return err
	}
	return halfway(v, kit.Form{Values: in}, func(_ desk.SecondStep, c Carried) error {
		err := s.Desk.ConfirmTOTP(v.Ctx(), v.Enroller(), kit.Digits(in.Get("code")))
		if errors.Is(err, desk.ErrNotFound) {
			return askSecond(v, c.To, c.Kept)
		}
		if err != nil {
			return err
		}
		return arriveEnrolled(v, "password+totp", c)
	})
}

// AskFirstPasskey and addFirstPasskey do the same with a passkey.
func (s *Pages) AskFirstPasskey(v *kit.Request) error {
	if _, err := v.Form(); err != nil {
		return err
	}
	id := v.Pending().Account
	if id == "" {
		return desk.ErrForbidden
	}
	step, err := s.Desk.SecondStep(v.Ctx(), id)
	if err != nil {
		return err
	}
	if step.Needs != desk.NeedsFactor {
		return desk.ErrForbidden
	}
	options, err := s.Desk.BeginPasskey(v.Ctx(), v.Enroller())
	return sendOptions(v, options, err)
}

func (s *Pages) AddFirstPasskey(v *kit.Request) error {
	in, err := v.Form("passkey", "name", "to", "kept")
	if err != nil {
		return err
	}
	return halfway(v, kit.Form{Values: in}, func(_ desk.SecondStep, c Carried) error {
		if err := addPasskey(v, v.Enroller(), in); err != nil {
			return err
		}
		return arriveEnrolled(v, "password+passkey", c)
	})
}

// arriveEnrolled signs in who has just set up a first factor, and leads to the page with recovery codes unless a form
// waits.
func arriveEnrolled(v *kit.Request, how string, c Carried) error {
	if c.Kept == "" {
		c.To = FactorsPath
	}
	return arriveBy(v, how, c)
}

package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"uketsuke/internal/account"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
)

// A Carried is where somebody wanted to go before signing in, and the form that was posted after the session had
// ended; every page of signing in carries both on (trap 9).
type Carried struct{ To, Kept string }

// A SecondPage asks somebody who has given the password for a second factor.
type SecondPage struct {
	Frame
	Carried
	Name string
	Step desk.SecondStep
	Code Field
	// DemoCode is the code that the person's app shows, in the demo alone.
	DemoCode string
}

// A FirstFactorPage is all that somebody reaches whose role needs a factor and who has none.
type FirstFactorPage struct {
	Frame
	Carried
	Name        string
	Passkeys    bool
	PasskeyName Field
}

// A TOTPPage shows a secret that waits to be confirmed by a code. It answers a POST only.
type TOTPPage struct {
	Frame
	Carried
	Action, Cancel string
	Key            []string // in groups, as it is typed
	Picture        QR
	Code           Field
}

// askSecond asks for what is needed besides the password.
func (v *visit) askSecond(to, kept string) error {
	return v.halfway(Form{Values: url.Values{"to": {to}, "kept": {kept}}}, func(step desk.SecondStep, c Carried) error {
		path := "/login/second"
		if step.Needs == desk.NeedsFactor {
			path = "/login/factor"
		}
		if c.Kept != "" {
			if step.Needs == desk.NeedsFactor {
				return v.renderFirst(Form{}, step, c)
			}
			return v.renderSecond(Form{}, step, c)
		}
		return v.seeOther(path + "?" + url.Values{"to": {c.To}}.Encode())
	})
}

// halfway is a page for somebody who has given the password and is nobody yet; whoever has not, or too long ago,
// starts again and loses nothing.
func (v *visit) halfway(f Form, show func(desk.SecondStep, Carried) error) error {
	c := v.carried(f)
	id := v.pending().Account
	if id == "" {
		return v.startAgain(c)
	}
	step, err := v.s.Desk.SecondStep(v.ctx(), id)
	if errors.Is(err, desk.ErrNotFound) {
		return v.startAgain(c)
	}
	if err != nil {
		return err
	}
	return show(step, c)
}

func (v *visit) carried(f Form) Carried {
	if f.Values == nil {
		return Carried{To: ownPath(v.r.URL.Query().Get("to"))}
	}
	return Carried{To: ownPath(f.Values.Get("to")), Kept: f.Values.Get("kept")}
}

func (v *visit) startAgain(c Carried) error {
	if v.session.Actor.ID != "" {
		return v.seeOther(homeOf(v.session)) // signed in already, in another tab
	}
	if v.r.Method == http.MethodGet {
		return v.seeOther(loginPath(c.To))
	}
	v.flash = append(v.flash, Notice{Kind: "warning", Says: Say("時間が経過しました。パスワードから、もう一度入力してください。")})
	v.status = http.StatusUnauthorized
	return v.renderLogin(Form{}, c.To, c.Kept)
}

// showSecond shows the page for the second factor.
func (s *Server) showSecond(v *visit, f Form) error {
	return v.halfway(f, func(step desk.SecondStep, c Carried) error {
		if step.Needs != desk.NeedsSecond {
			return v.askSecond(c.To, c.Kept)
		}
		return v.renderSecond(f, step, c)
	})
}

func (v *visit) renderSecond(f Form, step desk.SecondStep, c Carried) error {
	code := Field{Name: "code", Label: "認証アプリのコード", Hint: Say("認証アプリに表示されている6桁の数字です。"), InputMode: "numeric"}
	switch {
	case step.TOTP && step.Recovery:
		code.Hint, code.InputMode = Say("認証アプリに表示されている6桁の数字です。使えないときは、復旧コードを入力してください。"), ""
	case !step.TOTP:
		code.Label, code.Hint, code.InputMode = "復旧コード", Say("控えてある復旧コードのうち、まだ使っていないものを入力してください。"), ""
	}
	code.Required, code.Autocomplete, code.Width = true, "one-time-code", "l"
	data := SecondPage{Frame: v.frame("/login/second", f), Carried: c, Name: step.Name, Step: step, Code: f.Field(code)}
	data.Code.Value, data.Back = "", Link{Text: "ログインに戻る", Address: loginPath(c.To)}
	if demo := v.s.Demo; demo != nil && demo.Code != nil && step.TOTP {
		var err error
		if data.DemoCode, err = demo.Code(v.ctx(), string(v.pending().Account)); err != nil {
			return err
		}
	}
	return v.render("second", data)
}

// second takes a code of the authenticator app or a recovery code.
func (s *Server) second(v *visit) error {
	in, err := v.form("code", "to", "kept")
	if err != nil {
		return err
	}
	return v.halfway(Form{Values: in}, func(step desk.SecondStep, c Carried) error {
		if step.Needs != desk.NeedsSecond {
			return v.askSecond(c.To, c.Kept)
		}
		mark, _ := v.deviceMark()
		how, err := s.Desk.SecondFactor(v.ctx(), v.pending().Account, in.Get("code"), mark)
		if err != nil {
			return codeProblem(err, "code")
		}
		return v.arriveBy(how, c)
	})
}

// arriveBy signs in who was halfway. Evidence names the first step too.
func (v *visit) arriveBy(how string, c Carried) error {
	proof := v.pending()
	if proof.How == "oidc" {
		how = strings.Replace(how, "password", "oidc", 1)
	}
	return v.arrive(proof, how, c.To, c.Kept)
}

// codeProblem says at a field why a code was not taken; other errors stay what they are.
func codeProblem(err error, field string) error {
	var many *desk.TooManyTries
	switch {
	case errors.As(err, &many):
		return problem.List{problem.New(field, "ASVS-6.3.1", "続けて誤ったため、しばらく受け付けません。%s以降にもう一度お試しください。", clockTime(many.Until))}
	case errors.Is(err, desk.ErrWrongCode):
		return problem.List{problem.New(field, "ASVS-6.5.1", "コードが違うか、すでに使われています。認証アプリの場合は、次のコードに切り替わってから入力してください。")}
	}
	return err
}

// askSecondPasskey asks for a passkey of somebody who has given the password.
func (s *Server) askSecondPasskey(v *visit) error {
	if _, err := v.form(); err != nil {
		return err
	}
	id := v.pending().Account
	if id == "" {
		return desk.ErrForbidden
	}
	options, err := s.Desk.BeginPasskeyProof(v.ctx(), id)
	return v.sendOptions(options, err)
}

// secondByPasskey takes it.
func (s *Server) secondByPasskey(v *visit) error {
	in, err := v.form("passkey", "to", "kept")
	if err != nil {
		return err
	}
	return v.halfway(Form{Values: in}, func(_ desk.SecondStep, c Carried) error {
		id, err := v.provenPasskey(in.Get("passkey"), "code")
		if err != nil {
			return err
		}
		if id != v.pending().Account {
			return desk.ErrForbidden
		}
		return v.arriveBy("password+passkey", c)
	})
}

// askAnyPasskey asks for a passkey of whoever wants to sign in by it alone.
func (s *Server) askAnyPasskey(v *visit) error {
	if _, err := v.form(); err != nil {
		return err
	}
	if !s.Desk.PasskeysPossible() {
		return desk.ErrNotFound
	}
	options, err := s.Desk.BeginPasskeyProof(v.ctx(), "")
	return v.sendOptions(options, err)
}

// loginByPasskey signs somebody in by a passkey alone: it is something they have and something they know or are.
func (s *Server) loginByPasskey(v *visit) error {
	in, err := v.form("passkey", "to", "kept")
	if err != nil {
		return err
	}
	id, err := v.provenPasskey(in.Get("passkey"), "login")
	if err != nil {
		return err
	}
	return v.arrive(desk.Proof{Account: id}, "passkey", ownPath(in.Get("to")), in.Get("kept"))
}

// provenPasskey is whose passkey has answered what this session was asked; the question counts once. What is wrong is
// said at a field of the page.
func (v *visit) provenPasskey(answer, field string) (account.ID, error) {
	kept := v.s.sessions.PopString(v.ctx(), keyAsked)
	if answer == "" {
		return "", problem.List{problem.New(field, "ASVS-6.5.7", "パスキーを使うには、ブラウザーのJavaScriptが必要です。使えないときは、ほかの方法を選んでください。")}
	}
	// Of many answers at once, which all find the question in their session, one counts.
	if first, err := v.s.Desk.SpendMark(v.ctx(), kept); err != nil {
		return "", err
	} else if !first {
		kept = ""
	}
	id, err := v.s.Desk.ProvePasskey(v.ctx(), []byte(kept), answer, v.from())
	return id, v.passkeyProblem(err, field)
}

// passkeyProblem says at a field that a passkey was not taken; why stands in the log.
func (v *visit) passkeyProblem(err error, field string) error {
	var many *desk.TooManyTries
	switch {
	case errors.As(err, &many):
		return codeProblem(err, field)
	case errors.Is(err, desk.ErrPasskey):
		v.s.Log.InfoContext(v.ctx(), "passkey refused", "request", v.id, "error", err)
		return problem.List{problem.New(field, "ASVS-6.5.7", "パスキーを確認できませんでした。もう一度お試しください。続くときは、ほかの方法を使ってください。")}
	}
	return err
}

// showFirstFactor is all that is reached by somebody who must set up a factor first (ASVS 6.3.3).
func (s *Server) showFirstFactor(v *visit, f Form) error {
	return v.halfway(f, func(step desk.SecondStep, c Carried) error {
		if step.Needs != desk.NeedsFactor {
			return v.askSecond(c.To, c.Kept)
		}
		return v.renderFirst(f, step, c)
	})
}

func (v *visit) renderFirst(f Form, step desk.SecondStep, c Carried) error {
	data := FirstFactorPage{Frame: v.frame("/login/factor", f), Carried: c, Name: step.Name, Passkeys: v.s.Desk.PasskeysPossible(), PasskeyName: passkeyName(f)}
	data.Back = Link{Text: "ログインに戻る", Address: loginPath(c.To)}
	return v.render("first-factor", data)
}

func passkeyName(f Form) Field {
	return f.Field(Field{Name: "name", Label: "パスキーの名前", Optional: true, Max: desk.PasskeyNameMax, Width: "l", Hint: Say("どの機器のものか分かる名前です。例: 会社のパソコン")})
}

// beginFirstTOTP shows a new secret.
func (s *Server) beginFirstTOTP(v *visit) error {
	in, err := v.form("to", "kept")
	if err != nil {
		return err
	}
	return v.halfway(Form{Values: in}, func(_ desk.SecondStep, c Carried) error {
		offer, err := s.Desk.BeginTOTP(v.ctx(), v.enroller())
		if err != nil {
			return err
		}
		return v.renderTOTP(Form{}, offer, c, "/login/factor/confirm", "/login/factor")
	})
}

// showFirstTOTP shows the secret again after a wrong code.
func (s *Server) showFirstTOTP(v *visit, f Form) error {
	return v.halfway(f, func(_ desk.SecondStep, c Carried) error {
		offer, err := s.Desk.WaitingTOTP(v.ctx(), v.enroller())
		if errors.Is(err, desk.ErrNotFound) {
			return v.askSecond(c.To, c.Kept)
		}
		if err != nil {
			return err
		}
		return v.renderTOTP(f, offer, c, "/login/factor/confirm", "/login/factor")
	})
}

// confirmFirstTOTP sets the app up, and signs its owner in: the code has just proven it.
func (s *Server) confirmFirstTOTP(v *visit) error {
	in, err := v.form("code", "to", "kept")
	if err != nil {
		return err
	}
	return v.halfway(Form{Values: in}, func(_ desk.SecondStep, c Carried) error {
		err := s.Desk.ConfirmTOTP(v.ctx(), v.enroller(), digits(in.Get("code")))
		if errors.Is(err, desk.ErrNotFound) {
			return v.askSecond(c.To, c.Kept)
		}
		if err != nil {
			return err
		}
		return v.arriveEnrolled("password+totp", c)
	})
}

// askFirstPasskey and addFirstPasskey do the same with a passkey.
func (s *Server) askFirstPasskey(v *visit) error {
	if _, err := v.form(); err != nil {
		return err
	}
	id := v.pending().Account
	if id == "" {
		return desk.ErrForbidden
	}
	step, err := s.Desk.SecondStep(v.ctx(), id)
	if err != nil {
		return err
	}
	if step.Needs != desk.NeedsFactor {
		return desk.ErrForbidden
	}
	options, err := s.Desk.BeginPasskey(v.ctx(), v.enroller())
	return v.sendOptions(options, err)
}

func (s *Server) addFirstPasskey(v *visit) error {
	in, err := v.form("passkey", "name", "to", "kept")
	if err != nil {
		return err
	}
	return v.halfway(Form{Values: in}, func(_ desk.SecondStep, c Carried) error {
		if err := v.addPasskey(v.enroller(), in); err != nil {
			return err
		}
		return v.arriveEnrolled("password+passkey", c)
	})
}

// arriveEnrolled signs in who has just set up a first factor, and leads to the page with recovery codes unless a form
// waits.
func (v *visit) arriveEnrolled(how string, c Carried) error {
	if c.Kept == "" {
		c.To = factorsPath
	}
	return v.arriveBy(how, c)
}

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

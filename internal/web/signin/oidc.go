package signin

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/desk"
	"uketsuke/internal/identity"
	"uketsuke/internal/problem"
	"uketsuke/internal/web/kit"
)

// Signing in by an identity provider. The way out is a page that leads on, since the policy lets forms go to this site
// alone; the way back is a page too, with a form: a GET changes nothing, whoever has made the browser ask for it.

// keyAsking is where the session keeps what it has asked a provider.
const keyAsking = "asking"

// askingLife is how long somebody may take at the provider.
const askingLife = 10 * time.Minute

// An asking is what one browser has asked a provider, and why.
type asking struct {
	identity.Asking
	At int64 // Unix seconds of elapsed time
	To string
	// Link is the account that the identity is to be linked to, "" for signing in.
	Link account.ID
}

// An AwayPage leads on to a provider.
type AwayPage struct {
	kit.Frame
	Name, Address string
}

// A ReturnedPage is where a provider leads back to: one press goes on, and a script presses it.
type ReturnedPage struct {
	kit.Frame
	Name, Action, Code, State, Issuer, Fault string
}

// An IdentitiesPage is which providers know the reader's account.
type IdentitiesPage struct {
	kit.Frame
	Providers []kit.ProviderChoice
	Confirmed bool
	Password  kit.Field
}

func choice(v *kit.Request) (kit.ProviderChoice, error) {
	for _, c := range v.Choices() {
		if c.Key == v.HTTP.PathValue("provider") {
			return c, nil
		}
	}
	return kit.ProviderChoice{}, desk.ErrNotFound
}

// leave sends the browser to a provider; what it asked is its own and is used once.
func (s *Pages) leave(v *kit.Request, to string, link account.ID) error {
	c, err := choice(v)
	if err != nil {
		return err
	}
	address, asked, err := v.Kit.Identities.Begin(v.Ctx(), c.Key)
	if err != nil {
		return s.identityProblem(v, err)
	}
	text, err := json.Marshal(asking{Asking: asked, At: v.Kit.Elapsed().Unix(), To: to, Link: link})
	if err != nil {
		return err
	}
	v.Kit.SessionManager.Put(v.Ctx(), keyAsking, string(text))
	v.Out.Header().Set("Refresh", "0; url="+address)
	v.Out.Header().Set("Referrer-Policy", "no-referrer")
	data := AwayPage{Frame: v.Frame("/login", kit.Form{}), Name: c.Name, Address: address}
	return v.Render("away", data)
}

// LoginWith begins a sign-in by a provider.
func (s *Pages) LoginWith(v *kit.Request) error {
	in, err := v.Form("to")
	if err != nil {
		return err
	}
	return s.leave(v, kit.OwnPath(in.Get("to")), "")
}

// ShowReturned is the provider's way back. Nothing is looked at yet.
func (s *Pages) ShowReturned(v *kit.Request, _ kit.Form) error {
	c, err := choice(v)
	if err != nil {
		return err
	}
	asked := v.HTTP.URL.Query()
	v.Out.Header().Set("Referrer-Policy", "no-referrer") // the code is nobody's business
	return v.Render("returned", ReturnedPage{Frame: v.Frame("/login", kit.Form{}), Name: c.Name, Action: "/login/back/" + url.PathEscape(c.Key),
		Code: kit.Printable(asked.Get("code")), State: kit.Printable(asked.Get("state")), Issuer: kit.Printable(asked.Get("iss")), Fault: kit.Printable(asked.Get("error"))})
}

// ComeBack takes the provider's answer: a sign-in, or a link to the account that asked for it.
func (s *Pages) ComeBack(v *kit.Request) error {
	in, err := v.Form("code", "state", "iss", "error")
	if err != nil {
		return err
	}
	if _, err := choice(v); err != nil {
		return err
	}
	var asked asking
	text := s.SessionManager.PopString(v.Ctx(), keyAsking) // a second answer finds nothing
	if err := json.Unmarshal([]byte(text), &asked); text == "" || err != nil {
		return s.identityProblem(v, identity.ErrRefused)
	}
	late := s.Elapsed().Unix()-asked.At > int64(askingLife.Seconds())
	if late || asked.Provider != v.HTTP.PathValue("provider") {
		return s.identityProblem(v, identity.ErrRefused)
	}
	person, err := s.Identities.Finish(v.Ctx(), asked.Asking, identity.Answer{Code: in.Get("code"), State: in.Get("state"), Issuer: in.Get("iss"), Error: in.Get("error")})
	if err != nil {
		return s.identityProblem(v, err)
	}
	if asked.Link != "" {
		return s.linkTo(v, asked.Link, person)
	}
	proof, err := s.Desk.SignInByIdentity(v.Ctx(), person.Issuer, person.Subject, person.Second, v.From())
	if err != nil {
		return s.identityProblem(v, err)
	}
	if proof.Needs != desk.NeedsNothing {
		if err := v.Pend(proof); err != nil {
			return err
		}
		return askSecond(v, asked.To, "")
	}
	return v.Arrive(proof, "oidc", asked.To, "")
}

// linkTo links only in the session that asked for it, and as long as its re-authentication counts.
func (s *Pages) linkTo(v *kit.Request, id account.ID, person identity.Person) error {
	if v.Actor().ID != id || !v.Confirmed() {
		return v.SeeOther("/account/identities")
	}
	var problems problem.List
	err := v.Kit.Desk.LinkIdentity(v.Ctx(), v.Actor(), person.Issuer, person.Subject)
	if errors.As(err, &problems) {
		v.Status = http.StatusUnprocessableEntity
		return s.ShowIdentities(v, kit.Form{Problems: problems})
	}
	if err != nil {
		return err
	}
	return v.SeeOther("/account/identities", "外部のログインを結び付けました。")
}

// identityProblem says why nobody came in by a provider, on the login page: everything else there works on.
func (s *Pages) identityProblem(v *kit.Request, err error) error {
	text := problem.New("", "ASVS-6.8.2", "外部のログインを確認できませんでした。もう一度、ログイン画面から操作してください。")
	switch {
	case errors.Is(err, identity.ErrUnavailable):
		v.Kit.Log.WarnContext(v.Ctx(), "identity provider", "request", v.ID, "error", err)
		text = problem.New("", "ASVS-16.5.2", "外部のログインのサービスにつながりません。しばらく待ってからお試しになるか、ログインIDとパスワードでログインしてください。")
	case errors.Is(err, desk.ErrUnknownIdentity):
		text = problem.New("", "ASVS-6.8.1", "この利用者に結び付いたアカウントはありません。ログインIDとパスワードでログインし、「外部のログイン」の画面で結び付けてください。")
	case errors.Is(err, identity.ErrRefused):
		v.Kit.Log.InfoContext(v.Ctx(), "identity provider", "request", v.ID, "error", err)
	default:
		return err
	}
	v.Status = http.StatusUnprocessableEntity
	if v.Session.Actor.ID != "" {
		return s.ShowIdentities(v, kit.Form{Problems: problem.List{text}})
	}
	return v.RenderLogin(kit.Form{Problems: problem.List{text}}, "/", "")
}

// ShowIdentities is which providers know one's account.
func (s *Pages) ShowIdentities(v *kit.Request, f kit.Form) error {
	linked, err := s.Desk.Identities(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	data := IdentitiesPage{Frame: v.Frame("/account/identities", f.OnPage("password")), Confirmed: v.Confirmed()}
	if data.Password, err = v.WhoField(f); err != nil {
		return err
	}
	for _, c := range v.Choices() {
		config, _ := s.Identities.Config(c.Key)
		for _, l := range linked {
			if l.Issuer == config.Issuer {
				c.Linked, c.LinkedAt, c.Used = true, l.LinkedAt, l.UsedAt
			}
		}
		data.Providers = append(data.Providers, c)
	}
	data.Back = kit.Link{Text: "アカウント設定に戻る", Address: accountPath}
	return v.Render("identities", data)
}

// sureOfWho is a form of one's own identities by somebody who has re-authenticated within the last minutes.
func sureOfWho(v *kit.Request) error {
	in, err := v.Form("password")
	if err != nil {
		return err
	}
	return v.SureBy(in)
}

// ConfirmIdentities asks who is there before anything is changed.
func (s *Pages) ConfirmIdentities(v *kit.Request) error {
	if err := sureOfWho(v); err != nil {
		return err
	}
	return v.SeeOther("/account/identities")
}

// LinkIdentity begins to link a provider's identity to one's account.
func (s *Pages) LinkIdentity(v *kit.Request) error {
	if _, err := choice(v); err != nil {
		return err
	}
	if err := sureOfWho(v); err != nil {
		return err
	}
	return s.leave(v, "/account/identities", v.Actor().ID)
}

// UnlinkIdentity takes it away again.
func (s *Pages) UnlinkIdentity(v *kit.Request) error {
	c, err := choice(v)
	if err != nil {
		return err
	}
	if err := sureOfWho(v); err != nil {
		return err
	}
	config, _ := s.Identities.Config(c.Key)
	if err := s.Desk.UnlinkIdentity(v.Ctx(), v.Actor(), config.Issuer); err != nil {
		return err
	}
	return v.SeeOther("/account/identities", "外部のログインの結び付けを解除しました。")
}

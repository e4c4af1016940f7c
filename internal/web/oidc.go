package web

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

// A ProviderChoice is a provider on the login page and on one's own.
type ProviderChoice struct {
	Key, Name      string
	Linked         bool
	LinkedAt, Used time.Time
}

// An AwayPage leads on to a provider.
type AwayPage struct {
	Frame
	Name, Address string
}

// A ReturnedPage is where a provider leads back to: one press goes on, and a script presses it.
type ReturnedPage struct {
	Frame
	Name, Action, Code, State, Issuer, Fault string
}

// An IdentitiesPage is which providers know the reader's account.
type IdentitiesPage struct {
	Frame
	Providers []ProviderChoice
	Confirmed bool
	Password  Field
}

// choices are the providers as the reader's language calls them.
func (v *visit) choices() []ProviderChoice {
	var choices []ProviderChoice
	for _, c := range v.s.Identities.All() {
		name := c.Name
		if v.lang == English {
			name = c.NameEN
		}
		choices = append(choices, ProviderChoice{Key: c.Key, Name: name})
	}
	return choices
}

func (v *visit) choice() (ProviderChoice, error) {
	for _, c := range v.choices() {
		if c.Key == v.r.PathValue("provider") {
			return c, nil
		}
	}
	return ProviderChoice{}, desk.ErrNotFound
}

// leave sends the browser to a provider; what it asked is its own and is used once.
func (s *Server) leave(v *visit, to string, link account.ID) error {
	c, err := v.choice()
	if err != nil {
		return err
	}
	address, asked, err := v.s.Identities.Begin(v.ctx(), c.Key)
	if err != nil {
		return s.identityProblem(v, err)
	}
	text, err := json.Marshal(asking{Asking: asked, At: v.s.Elapsed().Unix(), To: to, Link: link})
	if err != nil {
		return err
	}
	v.s.sessions.Put(v.ctx(), keyAsking, string(text))
	v.w.Header().Set("Refresh", "0; url="+address)
	v.w.Header().Set("Referrer-Policy", "no-referrer")
	data := AwayPage{Frame: v.frame("/login", Form{}), Name: c.Name, Address: address}
	return v.render("away", data)
}

// loginWith begins a sign-in by a provider.
func (s *Server) loginWith(v *visit) error {
	in, err := v.form("to")
	if err != nil {
		return err
	}
	return s.leave(v, ownPath(in.Get("to")), "")
}

// showReturned is the provider's way back. Nothing is looked at yet.
func (s *Server) showReturned(v *visit, _ Form) error {
	c, err := v.choice()
	if err != nil {
		return err
	}
	asked := v.r.URL.Query()
	v.w.Header().Set("Referrer-Policy", "no-referrer") // the code is nobody's business
	return v.render("returned", ReturnedPage{Frame: v.frame("/login", Form{}), Name: c.Name, Action: "/login/back/" + url.PathEscape(c.Key),
		Code: printable(asked.Get("code")), State: printable(asked.Get("state")), Issuer: printable(asked.Get("iss")), Fault: printable(asked.Get("error"))})
}

// comeBack takes the provider's answer: a sign-in, or a link to the account that asked for it.
func (s *Server) comeBack(v *visit) error {
	in, err := v.form("code", "state", "iss", "error")
	if err != nil {
		return err
	}
	if _, err := v.choice(); err != nil {
		return err
	}
	var asked asking
	text := s.sessions.PopString(v.ctx(), keyAsking) // a second answer finds nothing
	if err := json.Unmarshal([]byte(text), &asked); text == "" || err != nil {
		return s.identityProblem(v, identity.ErrRefused)
	}
	late := s.Elapsed().Unix()-asked.At > int64(askingLife.Seconds())
	if late || asked.Provider != v.r.PathValue("provider") {
		return s.identityProblem(v, identity.ErrRefused)
	}
	person, err := s.Identities.Finish(v.ctx(), asked.Asking, identity.Answer{Code: in.Get("code"), State: in.Get("state"), Issuer: in.Get("iss"), Error: in.Get("error")})
	if err != nil {
		return s.identityProblem(v, err)
	}
	if asked.Link != "" {
		return s.linkTo(v, asked.Link, person)
	}
	proof, err := s.Desk.SignInByIdentity(v.ctx(), person.Issuer, person.Subject, person.Second, v.from())
	if err != nil {
		return s.identityProblem(v, err)
	}
	if proof.Needs != desk.NeedsNothing {
		if err := v.pend(proof); err != nil {
			return err
		}
		return v.askSecond(asked.To, "")
	}
	return v.arrive(proof, "oidc", asked.To, "")
}

// linkTo links only in the session that asked for it, and as long as its re-authentication counts.
func (s *Server) linkTo(v *visit, id account.ID, person identity.Person) error {
	if v.actor().ID != id || !v.confirmed() {
		return v.seeOther("/account/identities")
	}
	var problems problem.List
	err := v.s.Desk.LinkIdentity(v.ctx(), v.actor(), person.Issuer, person.Subject)
	if errors.As(err, &problems) {
		v.status = http.StatusUnprocessableEntity
		return s.showIdentities(v, Form{Problems: problems})
	}
	if err != nil {
		return err
	}
	return v.seeOther("/account/identities", "外部のログインを結び付けました。")
}

// identityProblem says why nobody came in by a provider, on the login page: everything else there works on.
func (s *Server) identityProblem(v *visit, err error) error {
	text := problem.New("", "ASVS-6.8.2", "外部のログインを確認できませんでした。もう一度、ログイン画面から操作してください。")
	switch {
	case errors.Is(err, identity.ErrUnavailable):
		v.s.Log.WarnContext(v.ctx(), "identity provider", "request", v.id, "error", err)
		text = problem.New("", "ASVS-16.5.2", "外部のログインのサービスにつながりません。しばらく待ってからお試しになるか、ログインIDとパスワードでログインしてください。")
	case errors.Is(err, desk.ErrUnknownIdentity):
		text = problem.New("", "ASVS-6.8.1", "この利用者に結び付いたアカウントはありません。ログインIDとパスワードでログインし、「外部のログイン」の画面で結び付けてください。")
	case errors.Is(err, identity.ErrRefused):
		v.s.Log.InfoContext(v.ctx(), "identity provider", "request", v.id, "error", err)
	default:
		return err
	}
	v.status = http.StatusUnprocessableEntity
	if v.session.Actor.ID != "" {
		return s.showIdentities(v, Form{Problems: problem.List{text}})
	}
	return v.renderLogin(Form{Problems: problem.List{text}}, "/", "")
}

// showIdentities is which providers know one's account.
func (s *Server) showIdentities(v *visit, f Form) error {
	linked, err := s.Desk.Identities(v.ctx(), v.actor())
	if err != nil {
		return err
	}
	data := IdentitiesPage{Frame: v.frame("/account/identities", f.onPage("password")), Confirmed: v.confirmed()}
	if data.Password, err = v.whoField(f); err != nil {
		return err
	}
	for _, c := range v.choices() {
		config, _ := s.Identities.Config(c.Key)
		for _, l := range linked {
			if l.Issuer == config.Issuer {
				c.Linked, c.LinkedAt, c.Used = true, l.LinkedAt, l.UsedAt
			}
		}
		data.Providers = append(data.Providers, c)
	}
	data.Back = Link{Text: "アカウント設定に戻る", Address: accountPath}
	return v.render("identities", data)
}

// sureOfWho is a form of one's own identities by somebody who has re-authenticated within the last minutes.
func (v *visit) sureOfWho() error {
	in, err := v.form("password")
	if err != nil {
		return err
	}
	return v.sureBy(in)
}

// confirmIdentities asks who is there before anything is changed.
func (s *Server) confirmIdentities(v *visit) error {
	if err := v.sureOfWho(); err != nil {
		return err
	}
	return v.seeOther("/account/identities")
}

// linkIdentity begins to link a provider's identity to one's account.
func (s *Server) linkIdentity(v *visit) error {
	if _, err := v.choice(); err != nil {
		return err
	}
	if err := v.sureOfWho(); err != nil {
		return err
	}
	return s.leave(v, "/account/identities", v.actor().ID)
}

// unlinkIdentity takes it away again.
func (s *Server) unlinkIdentity(v *visit) error {
	c, err := v.choice()
	if err != nil {
		return err
	}
	if err := v.sureOfWho(); err != nil {
		return err
	}
	config, _ := s.Identities.Config(c.Key)
	if err := s.Desk.UnlinkIdentity(v.ctx(), v.actor(), config.Issuer); err != nil {
		return err
	}
	return v.seeOther("/account/identities", "外部のログインの結び付けを解除しました。")
}

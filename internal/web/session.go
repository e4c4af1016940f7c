package web

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/desk"
	"uketsuke/internal/door"
	"uketsuke/internal/problem"

	"github.com/alexedwards/scs/v2"
)

// In elapsed time (R-CAL-3): fresh is how long a re-authentication counts (R-SEC-5), halfway how long somebody
// who has given the password may take for what else is needed. How long a session lives is the desk's matter.
const (
	fresh   = 5 * time.Minute
	halfway = 10 * time.Minute
)

// What a session keeps. Times are Unix seconds of elapsed time.
const (
	keySignIn    = "sign-in"
	keyPending   = "pending" // an account that is nobody yet
	keyPendingAt = "pending-at"
	keyPendingIs = "pending-is" // how that was proven, and the epoch of the proof
	keyConfirmed = "confirmed"
	keyOnce      = "once"
	keyEnrolling = "enrolling" // the mark of the secret that this browser was shown
	keyFlash     = "flash"
)

func (s *Server) sessionManager() *scs.SessionManager {
	m := scs.New()
	m.Store, m.HashTokenInStore, m.Lifetime = lingering{s.Sessions}, true, desk.SessionLongest
	m.Cookie = scs.SessionCookie{Name: "uketsuke", Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.Secure}
	if s.Secure {
		m.Cookie.Name = "__Host-uketsuke"
	}
	m.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		if s.hangups.Tell(r.Context(), s.Log, "session", err, "request", requestID(r.Context())) {
			w.WriteHeader(door.StatusGone)
			return
		}
		s.pages.Broken(w, LanguageOf(r), requestID(r.Context()))
	}
	return m
}

// signedInAs is whose session this is, nil when nobody's; a visit of theirs puts its end off.
func (s *Server) signedInAs(ctx context.Context, visit bool) (*desk.Session, error) {
	id := s.sessions.GetString(ctx, keySignIn)
	if id == "" {
		return nil, nil
	}
	session, err := s.Desk.Actor(ctx, id)
	if errors.Is(err, desk.ErrNotFound) {
		return nil, s.sessions.Destroy(ctx)
	}
	if err == nil && visit && s.Elapsed().Sub(session.SeenAt) >= desk.SessionNoted {
		session, err = s.Desk.Seen(ctx, session)
	}
	return &session, err
}

// begin starts a session of its own token for somebody who has just signed in.
func (s *Server) begin(ctx context.Context, who desk.Session) error {
	if err := s.renew(ctx); err != nil {
		return err
	}
	s.sessions.Put(ctx, keySignIn, who.SignIn)
	return nil
}

// renew empties the browser's session and gives it another token.
func (s *Server) renew(ctx context.Context) error {
	if err := s.sessions.Clear(ctx); err != nil {
		return err
	}
	return s.sessions.RenewToken(ctx)
}

// pend keeps that somebody has given the right password, which signs nobody in while more is needed.
func (v *visit) pend(proof desk.Proof) error {
	if err := v.s.renew(v.ctx()); err != nil {
		return err
	}
	v.s.sessions.Put(v.ctx(), keyPending, string(proof.Account))
	v.s.sessions.Put(v.ctx(), keyPendingIs, proof.How+" "+proof.Epoch)
	v.s.sessions.Put(v.ctx(), keyPendingAt, v.s.Elapsed().Unix())
	return nil
}

// pending is the proof of who has given the right password within the last ten minutes, the zero Proof for nobody.
func (v *visit) pending() desk.Proof {
	if v.s.Elapsed().Unix()-v.s.sessions.GetInt64(v.ctx(), keyPendingAt) > int64(halfway.Seconds()) {
		return desk.Proof{}
	}
	how, epoch, _ := strings.Cut(v.s.sessions.GetString(v.ctx(), keyPendingIs), " ")
	return desk.Proof{Account: account.ID(v.s.sessions.GetString(v.ctx(), keyPending)), How: how, Epoch: epoch}
}

// enroller is who sets up the first factor, between password and sign-in.
func (v *visit) enroller() desk.Enroller {
	proof := v.pending()
	return desk.Enroller{ID: proof.Account, First: true, Epoch: proof.Epoch, Mark: v.enrolling()}
}

// enrolling is the mark of the secret that this browser was shown last.
func (v *visit) enrolling() string { return v.s.sessions.GetString(v.ctx(), keyEnrolling) }

// arrive is the one end of every way in: it begins the session and leads on to where the person wanted to go,
// or back to the form that was posted after the session before had ended (trap 9).
func (v *visit) arrive(proof desk.Proof, how, to, kept string) error {
	session, err := v.s.Desk.SignedIn(v.ctx(), proof.Account, desk.Arrival{How: how, From: v.from(), Agent: v.r.UserAgent(), Device: v.device(proof.Account), Epoch: proof.Epoch})
	if errors.Is(err, desk.ErrNotFound) {
		return v.seeOther(loginPath(to)) // stopped, or another password, meanwhile
	}
	if err != nil {
		return err
	}
	if err := v.s.begin(v.ctx(), session); err != nil {
		return err
	}
	v.session = session
	if kept != "" {
		return v.showKept(to, kept)
	}
	return v.seeOther(landing(session, to))
}

// deviceLife is how long a browser keeps its mark, in seconds: as long as browsers do.
const deviceLife = 400 * 24 * 60 * 60

// device is the mark by which the desk knows a browser again, made on its first sign-in. It opens nothing. Its cookie says
// besides to which account that was, so that a made-up one can be told before anything else is known of who sends it.
func (v *visit) device(who account.ID) string {
	mark, _ := v.deviceMark()
	if mark == "" {
		mark = rand.Text()
	}
	c := v.deviceCookie()
	c.Value = mark + "." + string(who)
	http.SetCookie(v.w, &c)
	return mark
}

// deviceMark is the mark that the browser has, "" for none, and the account that it says. Whoever uses it must look whether the
// desk knows it.
func (v *visit) deviceMark() (mark string, of account.ID) {
	had, err := v.r.Cookie(v.deviceCookie().Name)
	if err != nil {
		return "", ""
	}
	mark, said, _ := strings.Cut(had.Value, ".")
	if len(mark) != len(rand.Text()) {
		return "", ""
	}
	return mark, account.ID(said)
}

// returns says whether the browser has signed in before, to the account that its mark says.
func (v *visit) returns() (bool, error) {
	mark, of := v.deviceMark()
	if mark == "" || of == "" || !sound(string(of)) {
		return false, nil
	}
	return v.s.Desk.KnowsBrowser(v.ctx(), of, mark)
}

func (v *visit) deviceCookie() http.Cookie {
	c := http.Cookie{Name: "uketsuke-device", Path: "/", MaxAge: deviceLife, HttpOnly: true, Secure: v.s.Secure, SameSite: http.SameSiteLaxMode}
	if c.Secure {
		c.Name = "__Host-uketsuke-device"
	}
	return c
}

// confirmed says whether the person has given the password within the last five minutes.
func (v *visit) confirmed() bool {
	at := v.s.sessions.GetInt64(v.ctx(), keyConfirmed)
	return at != 0 && v.s.Elapsed().Unix()-at <= int64(fresh.Seconds())
}

// confirm re-authenticates by what was typed in the form's field "password": the password, a code of the
// authenticator app, or the word that stands for a passkey. What is wrong with it is a problem at that field. A
// right one counts for five minutes and gives the session a new token (sessiontoken.go).
func (v *visit) confirm(password string) error {
	if password == "" {
		return problem.List{problem.New("password", "R-SEC-5", "確認のため、ログインに使うパスワードを入力してください。")}
	}
	proven, err := v.proves(password)
	if err != nil {
		return err
	}
	if !proven {
		if err := v.s.Desk.Reauthenticate(v.ctx(), v.actor(), password, v.from()); err != nil {
			return passwordProblem(err)
		}
	}
	if err := v.s.replaceToken(v.ctx()); err != nil {
		return err
	}
	v.s.sessions.Put(v.ctx(), keyConfirmed, v.s.Elapsed().Unix())
	return nil
}

// sureBy is confirm for an act that asks only whoever has not re-authenticated within the last minutes (ASVS 7.5.1): its
// page shows the field "password" then.
func (v *visit) sureBy(in url.Values) error {
	if v.confirmed() {
		return nil
	}
	return v.confirm(in.Get("password"))
}

// passwordProblem says why a password was not taken; other errors stay what they are.
func passwordProblem(err error) error {
	var many *desk.TooManyTries
	switch {
	case errors.As(err, &many):
		return problem.List{problem.New("password", "R-SEC-5", "続けて誤ったため、しばらく受け付けません。%s以降にもう一度お試しください。", clockTime(many.Until))}
	case errors.Is(err, desk.ErrBusy):
		return problem.List{problem.New("password", "ASVS-2.4.1", "ただいま確認が集中しています。少し待って、もう一度お試しください。")}
	case errors.Is(err, desk.ErrWrongPassword):
		return problem.List{problem.New("password", "R-SEC-5", "パスワードが違います。もう一度入力してください。")}
	}
	return err
}

// clockTime is the moment from which a try counts again, rounded up to the minute that pages show.
func clockTime(at time.Time) time.Time {
	return at.Add(time.Minute - time.Nanosecond).Truncate(time.Minute)
}

// offerOnce gives a form a mark that counts for one press: the answer's reload is another press.
func (v *visit) offerOnce() string {
	mark := rand.Text()
	v.s.sessions.Put(v.ctx(), keyOnce, mark)
	return mark
}

// spendOnce says whether this is the first press of the form with that mark: of many at once, which all find it
// in their session, the database lets one be the first.
func (v *visit) spendOnce(mark string) (bool, error) {
	if mark == "" || v.s.sessions.PopString(v.ctx(), keyOnce) != mark {
		return false, nil
	}
	return v.s.Desk.SpendMark(v.ctx(), mark)
}

type keptKey struct{}

// withKept marks a request as one that shows a form again after the login (trap 9).
func withKept(ctx context.Context, values url.Values) context.Context {
	return context.WithValue(ctx, keptKey{}, values)
}

func keptForm(ctx context.Context) (url.Values, bool) {
	values, ok := ctx.Value(keptKey{}).(url.Values)
	return values, ok
}

// kept is a posted form in one text, to be carried through the login page; "" when it is too long.
func kept(values url.Values) string {
	if text := values.Encode(); len(text) <= maxKept {
		return text
	}
	return ""
}

// showKept answers a login with the page whose form was posted when the session had ended: same page,
// same values, nothing saved. The page checks its own access, whoever has logged in.
func (v *visit) showKept(target, text string) error {
	values, err := url.ParseQuery(text)
	if err != nil || !strings.HasPrefix(target, "/") {
		return statusError(http.StatusBadRequest)
	}
	again, err := http.NewRequestWithContext(withKept(v.ctx(), values), http.MethodPost, ownPath(target), http.NoBody)
	if err != nil {
		return statusError(http.StatusBadRequest)
	}
	again.Header, again.RemoteAddr, again.TLS, again.Host = v.r.Header, v.r.RemoteAddr, v.r.TLS, v.r.Host
	again.Header.Del("Content-Type")
	v.s.dispatch(v.w, again)
	return nil
}

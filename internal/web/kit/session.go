package kit

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
	Fresh   = 5 * time.Minute
	Halfway = 10 * time.Minute
)

// What a session keeps. Times are Unix seconds of elapsed time.
const (
	keySignIn    = "sign-in"
	keyPending   = "pending" // an account that is nobody yet
	keyPendingAt = "pending-at"
	keyPendingIs = "pending-is" // how that was proven, and the epoch of the proof
	keyConfirmed = "confirmed"
	keyOnce      = "once"
	KeyEnrolling = "enrolling" // the mark of the secret that this browser was shown
	keyFlash     = "flash"
)

func (s *Kit) sessionManager() *scs.SessionManager {
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
		s.Renderer.Broken(w, LanguageOf(r), requestID(r.Context()))
	}
	return m
}

// signedInAs is whose session this is, nil when nobody's; a visit of theirs puts its end off.
func (s *Kit) signedInAs(ctx context.Context, visit bool) (*desk.Session, error) {
	id := s.SessionManager.GetString(ctx, keySignIn)
	if id == "" {
		return nil, nil
	}
	session, err := s.Desk.Actor(ctx, id)
	if errors.Is(err, desk.ErrNotFound) {
		return nil, s.SessionManager.Destroy(ctx)
	}
	if err == nil && visit && s.Elapsed().Sub(session.SeenAt) >= desk.SessionNoted {
		session, err = s.Desk.Seen(ctx, session)
	}
	return &session, err
}

// begin starts a session of its own token for somebody who has just signed in.
func (s *Kit) begin(ctx context.Context, who desk.Session) error {
	if err := s.renew(ctx); err != nil {
		return err
	}
	s.SessionManager.Put(ctx, keySignIn, who.SignIn)
	return nil
}

// renew empties the browser's session and gives it another token.
func (s *Kit) renew(ctx context.Context) error {
	if err := s.SessionManager.Clear(ctx); err != nil {
		return err
	}
	return s.SessionManager.RenewToken(ctx)
}

// Pend keeps that somebody has given the right password, which signs nobody in while more is needed.
func (v *Request) Pend(proof desk.Proof) error {
	if err := v.Kit.renew(v.Ctx()); err != nil {
		return err
	}
	v.Kit.SessionManager.Put(v.Ctx(), keyPending, string(proof.Account))
	v.Kit.SessionManager.Put(v.Ctx(), keyPendingIs, proof.How+" "+proof.Epoch)
	v.Kit.SessionManager.Put(v.Ctx(), keyPendingAt, v.Kit.Elapsed().Unix())
	return nil
}

// Pending is the proof of who has given the right password within the last ten minutes, the zero Proof for nobody.
func (v *Request) Pending() desk.Proof {
	if v.Kit.Elapsed().Unix()-v.Kit.SessionManager.GetInt64(v.Ctx(), keyPendingAt) > int64(Halfway.Seconds()) {
		return desk.Proof{}
	}
	how, epoch, _ := strings.Cut(v.Kit.SessionManager.GetString(v.Ctx(), keyPendingIs), " ")
	return desk.Proof{Account: account.ID(v.Kit.SessionManager.GetString(v.Ctx(), keyPending)), How: how, Epoch: epoch}
}

// Enroller is who sets up the first factor, between password and sign-in.
func (v *Request) Enroller() desk.Enroller {
	proof := v.Pending()
	return desk.Enroller{ID: proof.Account, First: true, Epoch: proof.Epoch, Mark: v.Enrolling()}
}

// Enrolling is the mark of the secret that this browser was shown last.
func (v *Request) Enrolling() string { return v.Kit.SessionManager.GetString(v.Ctx(), KeyEnrolling) }

// Arrive is the one end of every way in: it begins the session and leads on to where the person wanted to go,
// or back to the form that was posted after the session before had ended.
func (v *Request) Arrive(proof desk.Proof, how, to, kept string) error {
	session, err := v.Kit.Desk.SignedIn(v.Ctx(), proof.Account, desk.Arrival{How: how, From: v.From(), Agent: v.HTTP.UserAgent(), Device: v.device(proof.Account), Epoch: proof.Epoch})
	if errors.Is(err, desk.ErrNotFound) {
		return v.SeeOther(LoginPath(to)) // stopped, or another password, meanwhile
	}
	if err != nil {
		return err
	}
	if err := v.Kit.begin(v.Ctx(), session); err != nil {
		return err
	}
	v.Session = session
	if kept != "" {
		return v.showKept(to, kept)
	}
	return v.SeeOther(landing(session, to))
}

// deviceLife is how long a browser keeps its mark, in seconds: as long as browsers do.
const deviceLife = 400 * 24 * 60 * 60

// device is the mark by which the desk knows a browser again, made on its first sign-in. It opens nothing. Its cookie says
// besides to which account that was, so that a made-up one can be told before anything else is known of who sends it.
func (v *Request) device(who account.ID) string {
	mark, _ := v.DeviceMark()
	if mark == "" {
		mark = rand.Text()
	}
	c := v.deviceCookie()
	c.Value = mark + "." + string(who)
	http.SetCookie(v.Out, &c)
	return mark
}

// DeviceMark is the mark that the browser has, "" for none, and the account that it says. Whoever uses it must look whether the
// desk knows it.
func (v *Request) DeviceMark() (mark string, of account.ID) {
	had, err := v.HTTP.Cookie(v.deviceCookie().Name)
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
func (v *Request) returns() (bool, error) {
	mark, of := v.DeviceMark()
	if mark == "" || of == "" || !Sound(string(of)) {
		return false, nil
	}
	return v.Kit.Desk.KnowsBrowser(v.Ctx(), of, mark)
}

func (v *Request) deviceCookie() http.Cookie {
	c := http.Cookie{Name: "uketsuke-device", Path: "/", MaxAge: deviceLife, HttpOnly: true, Secure: v.Kit.Secure, SameSite: http.SameSiteLaxMode}
	if c.Secure {
		c.Name = "__Host-uketsuke-device"
	}
	return c
}

// Confirmed says whether the person has given the password within the last five minutes.
func (v *Request) Confirmed() bool {
	at := v.Kit.SessionManager.GetInt64(v.Ctx(), keyConfirmed)
	return at != 0 && v.Kit.Elapsed().Unix()-at <= int64(Fresh.Seconds())
}

// Confirm re-authenticates by what was typed in the form's field "password": the password, a code of the
// authenticator app, or the word that stands for a passkey. What is wrong with it is a problem at that field. A
// right one counts for five minutes and gives the session a new token (sessiontoken.go).
func (v *Request) Confirm(password string) error {
	if password == "" {
		return problem.List{problem.New("password", "R-SEC-5", "確認のため、ログインに使うパスワードを入力してください。")}
	}
	proven, err := v.proves(password)
	if err != nil {
		return err
	}
	if !proven {
		if err := v.Kit.Desk.Reauthenticate(v.Ctx(), v.Actor(), password, v.From()); err != nil {
			return PasswordProblem(err)
		}
	}
	if err := v.Kit.replaceToken(v.Ctx()); err != nil {
		return err
	}
	v.Kit.SessionManager.Put(v.Ctx(), keyConfirmed, v.Kit.Elapsed().Unix())
	return nil
}

// SureBy is confirm for an act that asks only whoever has not re-authenticated within the last minutes (ASVS 7.5.1): its
// page shows the field "password" then.
func (v *Request) SureBy(in url.Values) error {
	if v.Confirmed() {
		return nil
	}
	return v.Confirm(in.Get("password"))
}

// PasswordProblem says why a password was not taken; other errors stay what they are.
func PasswordProblem(err error) error {
	var many *desk.TooManyTries
	switch {
	case errors.As(err, &many):
		return problem.List{problem.New("password", "R-SEC-5", "続けて誤ったため、しばらく受け付けません。%s以降にもう一度お試しください。", ClockTime(many.Until))}
	case errors.Is(err, desk.ErrBusy):
		return problem.List{problem.New("password", "ASVS-2.4.1", "ただいま確認が集中しています。少し待って、もう一度お試しください。")}
	case errors.Is(err, desk.ErrWrongPassword):
		return problem.List{problem.New("password", "R-SEC-5", "パスワードが違います。もう一度入力してください。")}
	}
	return err
}

// ClockTime is the moment from which a try counts again, rounded up to the minute that pages show.
func ClockTime(at time.Time) time.Time {
	return at.Add(time.Minute - time.Nanosecond).Truncate(time.Minute)
}

// OfferOnce gives a form a mark that counts for one press: the answer's reload is another press.
func (v *Request) OfferOnce() string {
	mark := rand.Text()
	v.Kit.SessionManager.Put(v.Ctx(), keyOnce, mark)
	return mark
}

// SpendOnce says whether this is the first press of the form with that mark: of many at once, which all find it
// in their session, the database lets one be the first.
func (v *Request) SpendOnce(mark string) (bool, error) {
	if mark == "" || v.Kit.SessionManager.PopString(v.Ctx(), keyOnce) != mark {
		return false, nil
	}
	return v.Kit.Desk.SpendMark(v.Ctx(), mark)
}

type keptKey struct{}

// withKept marks a request as one that shows a form again after the login.
func withKept(ctx context.Context, values url.Values) context.Context {
	return context.WithValue(ctx, keptKey{}, values)
}

func keptForm(ctx context.Context) (url.Values, bool) {
	values, ok := ctx.Value(keptKey{}).(url.Values)
	return values, ok
}

// Kept is a posted form in one text, to be carried through the login page; "" when it is too long.
func Kept(values url.Values) string {
	if text := values.Encode(); len(text) <= maxKept {
		return text
	}
	return ""
}

// showKept answers a login with the page whose form was posted when the session had ended: same page,
// same values, nothing saved. The page checks its own access, whoever has logged in.
func (v *Request) showKept(target, text string) error {
	values, err := url.ParseQuery(text)
	if err != nil || !strings.HasPrefix(target, "/") {
		return StatusError(http.StatusBadRequest)
	}
	again, err := http.NewRequestWithContext(withKept(v.Ctx(), values), http.MethodPost, OwnPath(target), http.NoBody)
	if err != nil {
		return StatusError(http.StatusBadRequest)
	}
	again.Header, again.RemoteAddr, again.TLS, again.Host = v.HTTP.Header, v.HTTP.RemoteAddr, v.HTTP.TLS, v.HTTP.Host
	again.Header.Del("Content-Type")
	v.Kit.dispatch(v.Out, again)
	return nil
}

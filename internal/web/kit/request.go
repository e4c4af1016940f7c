package kit

import (
	"context"
	"errors"
	"mime"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"uketsuke/internal/account"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
)

// A Request is one request on its way: who asks, in which language, and where the answer goes.
type Request struct {
	Kit     *Kit
	Out     http.ResponseWriter
	HTTP    *http.Request
	ID      string // of the request, for log and help desk
	route   Route
	Session desk.Session
	Lang    Language
	// status is what render answers with: 200, 422 when a form comes back with problems.
	Status int
	Flash  []Notice
	// returning says that a body of somebody who is not signed in comes from a browser that was, and may be larger for it.
	returning bool
	// free gives back the room that the body took.
	Free func()
	// lost says that what was posted was too much to be read.
	lost bool
}

// A Show shows itself: from what is stored for the zero Form, otherwise from what was typed, with what
// is wrong about it. Every form's page can do both, so that nothing typed is ever lost.
type Show func(v *Request, f Form) error

// An Act is what a POST does. A problem.List that it returns brings its page back with 422.
type Act func(v *Request) error

// Get registers a page.
func (s *Kit) Get(pattern string, a Access, show Show) {
	s.look(Route{Method: "GET", Pattern: pattern, Access: a}, show)
}

// Unseen registers what pages ask by themselves.
func (s *Kit) Unseen(pattern string, a Access, show Show) {
	s.look(Route{Method: "GET", Pattern: pattern, Access: a, Unseen: true}, show)
}

func (s *Kit) look(route Route, show Show) {
	s.routes = append(s.routes, route)
	s.Mux.HandleFunc("GET "+route.Pattern, func(w http.ResponseWriter, r *http.Request) {
		s.visit(w, r, route, func(v *Request) error { return show(v, Form{}) }, show)
	})
}

// Post registers an act and the page its form or button stands on. That page comes back with everything
// typed when something is wrong with it, and when the session has ended meanwhile.
func (s *Kit) Post(pattern string, a Access, of body, do Act, show Show) {
	route := Route{Method: "POST", Pattern: pattern, Access: a, Body: of.Most, Of: of}
	s.routes = append(s.routes, route)
	s.Mux.HandleFunc("POST "+pattern, func(w http.ResponseWriter, r *http.Request) {
		s.visit(w, r, route, do, show)
	})
}

// visit carries out one request: who is it, may they, is the form sound, do it; errors become pages.
func (s *Kit) visit(w http.ResponseWriter, r *http.Request, route Route, do Act, show Show) {
	v := &Request{Kit: s, Out: w, HTTP: r, route: route, ID: requestID(r.Context()), Lang: LanguageOf(r), Status: http.StatusOK, Free: func() {}}
	defer func() { v.Free() }()
	err := v.enter(route)
	if err == nil && r.Method == http.MethodPost {
		err = v.receive()
	}
	note(r.Context(), route.Pattern, v.Session.Actor.ID)
	kept, again := keptForm(r.Context())
	switch {
	case err != nil:
	case again && show != nil:
		v.Flash = append(v.Flash, Notice{Kind: "warning", Says: Say("ログインし直しました。入力内容はそのままです。まだ保存されていません。")})
		err = show(v, Form{Values: kept})
	default:
		err = do(v)
	}
	if r.Method == http.MethodPost && show != nil {
		err = v.showAgain(err, show)
	}
	if err != nil {
		v.Fail(err)
	}
}

// showAgain brings a form's page back with everything typed when that is what the error asks for: with
// 422 and the problems, or with 409 and today's version when somebody else was faster.
func (v *Request) showAgain(err error, show Show) error {
	var problems problem.List
	var stale *desk.Stale
	var notOpen *desk.NotOpen
	var long *overlong
	typed := v.Typed()
	switch {
	case errors.As(err, &long):
		v.Status = http.StatusRequestEntityTooLarge
		return show(v, Form{Values: typed, Problems: long.problems()})
	case errors.As(err, &notOpen) && !v.Session.Mode.Bars(v.Session.Actor.Role):
		return v.notOpen(notOpen, show)
	case errors.Is(err, desk.ErrBehind):
		return v.behind(err, show)
	case errors.As(err, &problems):
		v.Status = http.StatusUnprocessableEntity
		return show(v, Form{Values: typed, Problems: problems})
	case errors.As(err, &stale):
		v.Status = http.StatusConflict
		typed.Del("version")
		_, heading, says := v.words(err)
		v.Flash = append(v.Flash, Notice{Kind: "error", Heading: heading, Says: says})
		if shown := show(v, Form{Values: typed}); shown == nil {
			return nil
		}
		v.Flash = nil
	}
	return err
}

// enter finds out who asks, and whether the route's access lets them.
func (v *Request) enter(route Route) error {
	if !Sound(v.HTTP.URL.Path) {
		return StatusError(http.StatusNotFound) // no database takes such a text
	}
	session, err := v.Kit.signedInAs(v.HTTP.Context(), !route.Unseen)
	switch {
	case err != nil:
		return err
	case session != nil:
		v.Session = *session
		v.speak()
	}
	switch {
	case route.Access.Allows(v.Session.Actor.Role):
		return v.barred(route)
	case session == nil && route.Access != "":
		return errSignedOut
	}
	return desk.ErrForbidden
}

// speak takes the account's language where the browser has chosen none.
func (v *Request) speak() {
	if _, chosen := chosenLanguage(v.HTTP); !chosen && v.Session.Language == string(English) {
		v.Lang = English
	}
}

// receive reads a form that this site's own page has sent.
func (v *Request) receive() error {
	if err := v.Kit.Origin.Check(v.HTTP); err != nil {
		return StatusError(http.StatusForbidden)
	}
	if err := v.hurry(); err != nil {
		return err
	}
	kind, _, err := mime.ParseMediaType(v.HTTP.Header.Get("Content-Type"))
	if most := mostUploaded(v.HTTP); most > 0 && kind == "multipart/form-data" {
		return v.receiveFiles(most)
	}
	if v.HTTP.ContentLength != 0 && (err != nil || kind != "application/x-www-form-urlencoded") {
		return StatusError(http.StatusUnsupportedMediaType)
	}
	most, err := v.admit()
	if err != nil {
		return err
	}
	v.HTTP.Body = http.MaxBytesReader(v.Out, v.HTTP.Body, most)
	err = v.HTTP.ParseForm()
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return tooMuch(most)
	case err != nil:
		return StatusError(http.StatusBadRequest)
	case v.HTTP.ContentLength > v.most():
		return &overlong{v.most(), v.longestField()}
	}
	return v.fewFields()
}

// fewFields refuses a form that no page of ours can have made.
func (v *Request) fewFields() error {
	n := 0
	for _, values := range v.HTTP.PostForm {
		n += len(values)
	}
	if n > MaxFields {
		return StatusError(http.StatusRequestEntityTooLarge)
	}
	return nil
}

// several are the names of fields that a form may have more than once: check boxes of one question. Behind a dot a
// name says whose question it is.
func several() []string {
	return []string{"kinds", "trades", "remove", "reissue", "proposed", "claim", "state", "mails"}
}

// Form is what was posted, line breaks as "\n". Fields the page does not have, a field sent twice that has one
// answer, broken text and control characters are refused, each by name (R-APP-12).
func (v *Request) Form(allowed ...string) (url.Values, error) {
	var wrong problem.List
	values := url.Values{}
	for _, name := range slices.Sorted(Keys(v.HTTP.PostForm)) {
		if !slices.Contains(allowed, name) {
			wrong.Add("", "R-APP-12", "この画面にない項目「%s」が送られました。画面を開き直して、もう一度入力してください。", Printable(name))
			continue
		}
		if len(v.HTTP.PostForm[name]) > 1 && !slices.Contains(several(), name[strings.LastIndex(name, ".")+1:]) {
			wrong.Add("", "R-APP-12", "項目「%s」が2回以上送られました。画面を開き直して、もう一度入力してください。", name)
			continue
		}
		for _, value := range v.HTTP.PostForm[name] {
			if !Sound(value) {
				wrong.Add(name, "R-APP-12", "使えない文字（制御文字や壊れた文字）が含まれています。入力し直してください。")
				break
			}
			values.Add(name, Lines(value))
		}
	}
	return values, wrong.Err()
}

// Typed is what was posted as it can be shown again; passwords are never shown again.
func (v *Request) Typed() url.Values {
	values := url.Values{}
	for name, all := range v.HTTP.PostForm {
		if strings.Contains(name, "password") {
			continue
		}
		for _, value := range all {
			values.Add(name, Printable(Lines(value)))
		}
	}
	return values
}

// Keys are the names of what was sent.
func Keys(values url.Values) func(func(string) bool) {
	return func(yield func(string) bool) {
		for name := range values {
			if !yield(name) {
				return
			}
		}
	}
}

// Lines makes line breaks one character, as rules and counters count them.
func Lines(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// Sound says whether text is whole UTF-8 without control characters but line breaks.
func Sound(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(Lines(text), func(c rune) bool { return unicode.IsControl(c) && c != '\n' })
}

// Printable is text with broken bytes and control characters replaced by the sign for them.
func Printable(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) && c != '\n' {
			return utf8.RuneError
		}
		return c
	}, strings.ToValidUTF8(text, string(utf8.RuneError)))
}

// Actor is who asks.
func (v *Request) Actor() account.Actor { return v.Session.Actor }

// Ctx is the context of the request, with the session and what the page reads in.
func (v *Request) Ctx() context.Context { return v.HTTP.Context() }

// From is the address the request comes from, for slowing tries.
func (v *Request) From() string {
	host, _, err := net.SplitHostPort(v.HTTP.RemoteAddr)
	if err != nil {
		return v.HTTP.RemoteAddr
	}
	return host
}

// Render answers with a page.
func (v *Request) Render(name string, data any) error {
	return v.Kit.Renderer.Render(v.Out, v.Status, name, v.Lang, data)
}

// SeeOther sends the browser on after something was done. The sentence, if any, is shown there.
func (v *Request) SeeOther(path string, done ...string) error {
	for _, text := range done {
		v.Kit.SessionManager.Put(v.Ctx(), keyFlash, text)
	}
	http.Redirect(v.Out, v.HTTP, path, http.StatusSeeOther)
	return nil
}

// Frame is what stands around every page; path is the address that GET answers with this page.
func (v *Request) Frame(path string, f Form) Frame {
	frame := Frame{Path: path, Operator: v.Kit.Operator, Problems: f.Problems, Flash: v.Flash, Nav: navFor(v.Session, path)}
	if v.Session.Actor.ID != "" {
		frame.Person = Person{Company: v.Session.Company, Establishment: v.Session.Establishment, Name: v.Session.Actor.Name, Home: HomeOf(v.Session), Ends: v.SessionEnd()}
		frame.Flash = append(v.modeBox(v.Session.Mode), frame.Flash...)
		if done := v.Kit.SessionManager.PopString(v.Ctx(), keyFlash); done != "" {
			frame.Flash = append(frame.Flash, Notice{Kind: "success", Says: Say(done)})
		}
	}
	if demo := v.Kit.Demo; demo != nil {
		frame.Clock = &Clock{Now: demo.Now(), Action: "/demo/clock", Mails: demo.Mails, Back: path}
	}
	return frame
}

// HomeOf is a person's first page.
func HomeOf(session desk.Session) string {
	if session.Actor.Role.OfCentre() {
		return "/desk"
	}
	return "/"
}

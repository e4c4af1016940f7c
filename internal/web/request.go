package web

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

// A visit is one request on its way: who asks, in which language, and where the answer goes.
type visit struct {
	s       *Server
	w       http.ResponseWriter
	r       *http.Request
	id      string // of the request, for log and help desk
	route   Route
	session desk.Session
	lang    Language
	// status is what render answers with: 200, 422 when a form comes back with problems.
	status int
	flash  []Notice
	// returning says that a body of somebody who is not signed in comes from a browser that was, and may be larger for it.
	returning bool
	// free gives back the room that the body took.
	free func()
	// lost says that what was posted was too much to be read.
	lost bool
}

// A page shows itself: from what is stored for the zero Form, otherwise from what was typed, with what
// is wrong about it. Every form's page can do both, so that nothing typed is ever lost.
type page func(v *visit, f Form) error

// An act is what a POST does. A problem.List that it returns brings its page back with 422.
type act func(v *visit) error

// get registers a page.
func (s *Server) get(pattern string, a Access, show page) {
	s.look(Route{Method: "GET", Pattern: pattern, Access: a}, show)
}

// unseen registers what pages ask by themselves.
func (s *Server) unseen(pattern string, a Access, show page) {
	s.look(Route{Method: "GET", Pattern: pattern, Access: a, Unseen: true}, show)
}

func (s *Server) look(route Route, show page) {
	s.routes = append(s.routes, route)
	s.mux.HandleFunc("GET "+route.Pattern, func(w http.ResponseWriter, r *http.Request) {
		s.visit(w, r, route, func(v *visit) error { return show(v, Form{}) }, show)
	})
}

// post registers an act and the page its form or button stands on. That page comes back with everything
// typed when something is wrong with it, and when the session has ended meanwhile (trap 9).
func (s *Server) post(pattern string, a Access, of body, do act, show page) {
	route := Route{Method: "POST", Pattern: pattern, Access: a, Body: of.most, of: of}
	s.routes = append(s.routes, route)
	s.mux.HandleFunc("POST "+pattern, func(w http.ResponseWriter, r *http.Request) {
		s.visit(w, r, route, do, show)
	})
}

// visit carries out one request: who is it, may they, is the form sound, do it; errors become pages.
func (s *Server) visit(w http.ResponseWriter, r *http.Request, route Route, do act, show page) {
	v := &visit{s: s, w: w, r: r, route: route, id: requestID(r.Context()), lang: LanguageOf(r), status: http.StatusOK, free: func() {}}
	defer func() { v.free() }()
	err := v.enter(route)
	if err == nil && r.Method == http.MethodPost {
		err = v.receive()
	}
	note(r.Context(), route.Pattern, v.session.Actor.ID)
	kept, again := keptForm(r.Context())
	switch {
	case err != nil:
	case again && show != nil:
		v.flash = append(v.flash, Notice{Kind: "warning", Says: Say("ログインし直しました。入力内容はそのままです。まだ保存されていません。")})
		err = show(v, Form{Values: kept})
	default:
		err = do(v)
	}
	if r.Method == http.MethodPost && show != nil {
		err = v.showAgain(err, show)
	}
	if err != nil {
		v.fail(err)
	}
}

// showAgain brings a form's page back with everything typed when that is what the error asks for: with
// 422 and the problems, or with 409 and today's version when somebody else was faster.
func (v *visit) showAgain(err error, show page) error {
	var problems problem.List
	var stale *desk.Stale
	var notOpen *desk.NotOpen
	var long *overlong
	typed := v.typed()
	switch {
	case errors.As(err, &long):
		v.status = http.StatusRequestEntityTooLarge
		return show(v, Form{Values: typed, Problems: long.problems()})
	case errors.As(err, &notOpen) && !v.session.Mode.Bars(v.session.Actor.Role):
		return v.notOpen(notOpen, show)
	case errors.Is(err, desk.ErrBehind):
		return v.behind(err, show)
	case errors.As(err, &problems):
		v.status = http.StatusUnprocessableEntity
		return show(v, Form{Values: typed, Problems: problems})
	case errors.As(err, &stale):
		v.status = http.StatusConflict
		typed.Del("version")
		_, heading, says := v.words(err)
		v.flash = append(v.flash, Notice{Kind: "error", Heading: heading, Says: says})
		if shown := show(v, Form{Values: typed}); shown == nil {
			return nil
		}
		v.flash = nil
	}
	return err
}

// enter finds out who asks, and whether the route's access lets them.
func (v *visit) enter(route Route) error {
	if !sound(v.r.URL.Path) {
		return statusError(http.StatusNotFound) // no database takes such a text
	}
	session, err := v.s.signedInAs(v.r.Context(), !route.Unseen)
	switch {
	case err != nil:
		return err
	case session != nil:
		v.session = *session
		v.speak()
	}
	switch {
	case route.Access.Allows(v.session.Actor.Role):
		return v.barred(route)
	case session == nil && route.Access != "":
		return errSignedOut
	}
	return desk.ErrForbidden
}

// speak takes the account's language where the browser has chosen none.
func (v *visit) speak() {
	if _, chosen := chosenLanguage(v.r); !chosen && v.session.Language == string(English) {
		v.lang = English
	}
}

// receive reads a form that this site's own page has sent.
func (v *visit) receive() error {
	if err := v.s.origin.Check(v.r); err != nil {
		return statusError(http.StatusForbidden)
	}
	if err := v.hurry(); err != nil {
		return err
	}
	kind, _, err := mime.ParseMediaType(v.r.Header.Get("Content-Type"))
	if most := mostUploaded(v.r); most > 0 && kind == "multipart/form-data" {
		return v.receiveFiles(most)
	}
	if v.r.ContentLength != 0 && (err != nil || kind != "application/x-www-form-urlencoded") {
		return statusError(http.StatusUnsupportedMediaType)
	}
	most, err := v.admit()
	if err != nil {
		return err
	}
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, most)
	err = v.r.ParseForm()
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return tooMuch(most)
	case err != nil:
		return statusError(http.StatusBadRequest)
	case v.r.ContentLength > v.most():
		return &overlong{v.most(), v.longestField()}
	}
	return v.fewFields()
}

// fewFields refuses a form that no page of ours can have made.
func (v *visit) fewFields() error {
	n := 0
	for _, values := range v.r.PostForm {
		n += len(values)
	}
	if n > maxFields {
		return statusError(http.StatusRequestEntityTooLarge)
	}
	return nil
}

// several are the names of fields that a form may have more than once: check boxes of one question. Behind a dot a
// name says whose question it is.
func several() []string {
	return []string{"kinds", "trades", "remove", "reissue", "proposed", "claim", "state", "mails"}
}

// form is what was posted, line breaks as "\n". Fields the page does not have, a field sent twice that has one
// answer, broken text and control characters are refused, each by name (R-APP-12).
func (v *visit) form(allowed ...string) (url.Values, error) {
	var wrong problem.List
	values := url.Values{}
	for _, name := range slices.Sorted(keys(v.r.PostForm)) {
		if !slices.Contains(allowed, name) {
			wrong.Add("", "R-APP-12", "この画面にない項目「%s」が送られました。画面を開き直して、もう一度入力してください。", printable(name))
			continue
		}
		if len(v.r.PostForm[name]) > 1 && !slices.Contains(several(), name[strings.LastIndex(name, ".")+1:]) {
			wrong.Add("", "R-APP-12", "項目「%s」が2回以上送られました。画面を開き直して、もう一度入力してください。", name)
			continue
		}
		for _, value := range v.r.PostForm[name] {
			if !sound(value) {
				wrong.Add(name, "R-APP-12", "使えない文字（制御文字や壊れた文字）が含まれています。入力し直してください。")
				break
			}
			values.Add(name, lines(value))
		}
	}
	return values, wrong.Err()
}

// typed is what was posted as it can be shown again; passwords are never shown again.
func (v *visit) typed() url.Values {
	values := url.Values{}
	for name, all := range v.r.PostForm {
		if strings.Contains(name, "password") {
			continue
		}
		for _, value := range all {
			values.Add(name, printable(lines(value)))
		}
	}
	return values
}

func keys(values url.Values) func(func(string) bool) {
	return func(yield func(string) bool) {
		for name := range values {
			if !yield(name) {
				return
			}
		}
	}
}

// lines makes line breaks one character, as rules and counters count them.
func lines(text string) string { return strings.ReplaceAll(text, "\r\n", "\n") }

// sound says whether text is whole UTF-8 without control characters but line breaks.
func sound(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(lines(text), func(c rune) bool { return unicode.IsControl(c) && c != '\n' })
}

// printable is text with broken bytes and control characters replaced by the sign for them.
func printable(text string) string {
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) && c != '\n' {
			return utf8.RuneError
		}
		return c
	}, strings.ToValidUTF8(text, string(utf8.RuneError)))
}

// actor is who asks.
func (v *visit) actor() account.Actor { return v.session.Actor }

func (v *visit) ctx() context.Context { return v.r.Context() }

// from is the address the request comes from, for slowing tries.
func (v *visit) from() string {
	host, _, err := net.SplitHostPort(v.r.RemoteAddr)
	if err != nil {
		return v.r.RemoteAddr
	}
	return host
}

// render answers with a page.
func (v *visit) render(name string, data any) error {
	return v.s.pages.Render(v.w, v.status, name, v.lang, data)
}

// seeOther sends the browser on after something was done. The sentence, if any, is shown there.
func (v *visit) seeOther(path string, done ...string) error {
	for _, text := range done {
		v.s.sessions.Put(v.ctx(), keyFlash, text)
	}
	http.Redirect(v.w, v.r, path, http.StatusSeeOther)
	return nil
}

// frame is what stands around every page; path is the address that GET answers with this page.
func (v *visit) frame(path string, f Form) Frame {
	frame := Frame{Path: path, Operator: v.s.operator, Problems: f.Problems, Flash: v.flash, Nav: navFor(v.session, path)}
	if v.session.Actor.ID != "" {
		frame.Person = Person{Company: v.session.Company, Establishment: v.session.Establishment, Name: v.session.Actor.Name, Home: homeOf(v.session), Ends: v.sessionEnd()}
		frame.Flash = append(v.modeBox(v.session.Mode), frame.Flash...)
		if done := v.s.sessions.PopString(v.ctx(), keyFlash); done != "" {
			frame.Flash = append(frame.Flash, Notice{Kind: "success", Says: Say(done)})
		}
	}
	if demo := v.s.Demo; demo != nil {
		frame.Clock = &Clock{Now: demo.Now(), Action: "/demo/clock", Mails: demo.Mails, Back: path}
	}
	return frame
}

// homeOf is a person's first page.
func homeOf(session desk.Session) string {
	if session.Actor.Role.OfCentre() {
		return "/desk"
	}
	return "/"
}

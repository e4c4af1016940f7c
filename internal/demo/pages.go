package demo

import (
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
	"uketsuke/internal/web/kit"
	"unicode"

	"uketsuke/internal/mail/catcher"
)

//go:embed templates/*.html
var templates embed.FS

// Pages answers everything under /demo/: the mails that were sent, and the clock bar's button.
type Pages struct {
	Clock *Clock
	Mails *catcher.Catcher
	// Moved does what time brings after the clock was moved, so that the next page already shows it.
	Moved func(context.Context) error
	Log   *slog.Logger

	views *template.Template
	mux   *http.ServeMux
}

// MailsAddress is where the mails are read.
const MailsAddress = "/demo/mail"

// page is what a template is given.
type page struct {
	Title string
	Now   time.Time
	Local string // Now, as an input of type datetime-local holds it
	Mails []catcher.Message
	Mail  catcher.Message
	Wrong string
	Back  string
}

// Prepare reads the templates; Pages answers from then on.
func (p *Pages) Prepare() error {
	static, err := kit.NewStatic()
	if err != nil {
		return err
	}
	japan := func(at time.Time) time.Time { return at.In(time.FixedZone("JST", 9*60*60)) }
	p.views, err = template.New("").Funcs(template.FuncMap{
		"static": static.Address,
		"moment": func(at time.Time) string { return japan(at).Format("2006年1月2日 15:04") },
		"iso":    func(at time.Time) string { return at.UTC().Format(time.RFC3339) },
	}).ParseFS(templates, "templates/*.html")
	if err != nil {
		return fmt.Errorf("parse the demo's pages: %w", err)
	}
	p.mux = http.NewServeMux()
	p.mux.HandleFunc("GET "+MailsAddress, p.list)
	p.mux.HandleFunc("GET "+MailsAddress+"/{id}", p.mail)
	p.mux.HandleFunc("POST /demo/clock", p.move)
	p.mux.HandleFunc("/demo/", p.missing)
	return nil
}

// ServeHTTP answers a request.
func (p *Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.mux.ServeHTTP(w, r) }

func (p *Pages) list(w http.ResponseWriter, _ *http.Request) {
	p.render(w, http.StatusOK, "mails", page{Title: "届いたメール", Mails: p.Mails.Messages()})
}

func (p *Pages) mail(w http.ResponseWriter, r *http.Request) {
	m, ok := p.Mails.Message(r.PathValue("id"))
	if !ok {
		p.missing(w, r)
		return
	}
	p.render(w, http.StatusOK, "mail", page{Title: m.Subject, Mail: m})
}

func (p *Pages) missing(w http.ResponseWriter, _ *http.Request) {
	p.render(w, http.StatusNotFound, "wrong", page{Title: "見つかりません", Back: MailsAddress, Wrong: "このページまたはメールはありません。古いメールは500通を超えると消えます。"})
}

// move moves the clock, lets happen what falls due, and returns to the page it was pressed on.
func (p *Pages) move(w http.ResponseWriter, r *http.Request) {
	back := pressedOn(r)
	to, err := target(p.Clock.Now(), r.PostFormValue("step"), r.PostFormValue("to"))
	if err != nil {
		p.render(w, http.StatusUnprocessableEntity, "wrong", page{Title: "日時を読み取れません", Back: back, Wrong: "進める日時を、年月日と時刻の両方が分かるように入力してください。"})
		return
	}
	err = p.Clock.Move(to)
	if errors.Is(err, ErrBackwards) {
		p.render(w, http.StatusUnprocessableEntity, "wrong", page{Title: "時計は戻せません", Back: back, Wrong: "デモの時計は先へ進めることだけができます。いまより後の日時を入力してください。"})
		return
	}
	if err == nil {
		err = p.Moved(r.Context())
	}
	if err != nil {
		p.Log.ErrorContext(r.Context(), "move the demo's clock", "error", err)
		p.render(w, http.StatusInternalServerError, "wrong", page{Title: "時計を進められませんでした", Back: back, Wrong: "内部で問題が起きました。もう一度お試しください。"})
		return
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
}

// pressedOn is the address of the page on which a button was pressed, "/" for one of another site. The
// page names its own address, because the one in the browser may answer a POST alone; what the browser
// says is taken where it is the same page, with its query.
func pressedOn(r *http.Request) string {
	named := r.PostFormValue("back")
	from, err := url.Parse(r.Referer())
	ours := err == nil && from.Host == r.Host && isPath(from.Path)
	switch {
	case ours && (named == "" || named == from.Path):
		return from.RequestURI()
	case isPath(named):
		return named
	}
	return "/"
}

// isPath says whether a browser reads s as a page of this site: it drops tabs and line breaks, and takes
// "\" for "/".
func isPath(s string) bool {
	return strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "//") && !strings.ContainsFunc(s, func(c rune) bool { return c == '\\' || unicode.IsControl(c) })
}

// render answers with a page, whole or not at all.
func (p *Pages) render(w http.ResponseWriter, status int, name string, data page) {
	data.Now = p.Clock.Now()
	data.Local = kit.Clock{Now: data.Now}.Local()
	var b bytes.Buffer
	if err := p.views.ExecuteTemplate(&b, name, data); err != nil {
		p.Log.Error("render the demo's page", "page", name, "error", err)
		http.Error(w, "このページを表示できません。", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // a browser that has gone needs no answer
}

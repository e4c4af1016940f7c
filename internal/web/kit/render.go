package kit

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"uketsuke/internal/problem"
)

//go:embed templates
var TemplateFiles embed.FS

// A Renderer makes pages. Each language has one set of templates, made once, so that rendering does not look up a
// language. It is safe for concurrent use.
type Renderer struct {
	Texts  *Texts
	Static *Static
	Sets   map[Language]*template.Template
	types  map[string]reflect.Type
	broken map[Language]string
	// spelling is how passwords are read aloud.
	Spelling map[Language]*spelling
}

// NewRenderer parses every page of a list and renders the page for errors of our own, so that there is always
// something to show.
func NewRenderer(operator Operator, list []Declared) (*Renderer, error) {
	texts, err := ReadTexts()
	if err != nil {
		return nil, err
	}
	static, err := NewStatic()
	if err != nil {
		return nil, err
	}
	r := &Renderer{Texts: texts, Static: static, types: map[string]reflect.Type{}, broken: map[Language]string{}, Spelling: map[Language]*spelling{}}
	for _, p := range list {
		r.types[p.Name] = reflect.TypeOf(p.Data)
	}
	if r.Sets, err = r.parse(list); err != nil {
		return nil, err
	}
	for _, l := range Languages() {
		r.Spelling[l] = NewSpelling(func(text string) string { return r.Texts.Text(l, text) })
		if r.broken[l], err = r.brokenPage(l, operator); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// parse makes the sets of all languages: they differ in the functions that they call, so what is written is read once.
func (r *Renderer) parse(list []Declared) (map[Language]*template.Template, error) {
	written, err := NewSet(list, r.Functions(Japanese))
	if err != nil {
		return nil, err
	}
	sets := map[Language]*template.Template{}
	for _, l := range Languages() {
		set, err := written.Clone()
		if err != nil {
			return nil, fmt.Errorf("copy the pages for %s: %w", l, err)
		}
		sets[l] = set.Funcs(r.Functions(l))
	}
	return sets, nil
}

// Functions are what templates may call.
//
//	t "日本語 %s" arg    a text of the catalogue
//	say .Hint            a Sentence
//	problem .            a problem's sentence
//	day .Start           a Day in words
//	moment .At           a time.Time in words, in Japan
//	isomoment .At        the same for the attribute datetime
//	lang                 "ja" or "en"
//	static "name"        the address of a static file
//	languages            every Language
//	add 1 .I             the sum
func (r *Renderer) Functions(l Language) template.FuncMap {
	return template.FuncMap{
		"t":         func(text string, args ...any) string { return r.Texts.Text(l, text, args...) },
		"say":       func(s Sentence) string { return r.Texts.Sentence(l, s) },
		"problem":   func(p problem.Problem) string { return r.Texts.Problem(l, p) },
		"day":       func(d Day) string { return dayIn(l, d) },
		"moment":    func(at time.Time) string { return momentIn(l, at) },
		"isomoment": func(at time.Time) string { return at.UTC().Format(time.RFC3339) },
		"lang":      func() Language { return l },
		"languages": Languages,
		"static":    r.Static.Address,
		"add":       func(a, b int) int { return a + b },
	}
}

// Render writes a page with a status. Data must be the struct declared for the page. Nothing is
// written when it fails: the caller then shows Broken.
func (r *Renderer) Render(w http.ResponseWriter, status int, page string, l Language, data any) error {
	html, err := r.html(page, l, data)
	if err != nil {
		return err
	}
	Write(w, status, html)
	return nil
}

func (r *Renderer) html(page string, l Language, data any) ([]byte, error) {
	set, want := r.Sets[l], r.types[page]
	if set == nil || want == nil {
		return nil, fmt.Errorf("render page %q in %q: not declared", page, l)
	}
	if got := reflect.TypeOf(data); got != want {
		return nil, fmt.Errorf("render page %q: data is %v, declared is %v", page, got, want)
	}
	var b bytes.Buffer
	if err := set.ExecuteTemplate(&b, PageName(page, LayoutName), data); err != nil {
		return nil, fmt.Errorf("render page %q: %w", page, err)
	}
	return b.Bytes(), nil
}

// Part renders one part alone, for scripts that renew it in a page.
func (r *Renderer) Part(l Language, name string, data any) ([]byte, error) {
	var b bytes.Buffer
	if err := r.Sets[l].ExecuteTemplate(&b, name, data); err != nil {
		return nil, fmt.Errorf("render part %q: %w", name, err)
	}
	return b.Bytes(), nil
}

// writeHeader begins a page. Pages hold personal data, so no cache keeps them.
func writeHeader(w http.ResponseWriter, status, length int) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Length", strconv.Itoa(length))
	w.WriteHeader(status)
}

// Write sends a page.
func Write(w http.ResponseWriter, status int, html []byte) {
	writeHeader(w, status, len(html))
	if _, err := w.Write(html); err != nil {
		return // the browser has gone
	}
}

// RequestIDPlace stands in the page rendered at the start where the request's id will stand.
const RequestIDPlace = "request-id-place"

func (r *Renderer) brokenPage(l Language, operator Operator) (string, error) {
	html, err := r.html("error", l, ErrorPage{
		Frame:     Frame{Path: "/", Operator: operator},
		Heading:   "ただいま表示できません",
		Says:      Say("システムの内部で問題が起きました。入力した内容は保存されていないことがあります。しばらくしてからもう一度お試しください。"),
		RequestID: RequestIDPlace,
	})
	return string(html), err
}

// Broken writes the page for errors of our own, status 500; it cannot fail.
func (r *Renderer) Broken(w http.ResponseWriter, l Language, requestID string) {
	page := strings.ReplaceAll(r.broken[l], RequestIDPlace, template.HTMLEscapeString(requestID))
	Write(w, http.StatusInternalServerError, []byte(page))
}

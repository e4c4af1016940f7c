package rehearsal

import (
	"crypto/tls"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// A browser is one person at the real pages, with cookies. It follows no redirect by itself.
type browser struct {
	h       *house
	client  *http.Client
	scheme  string
	spoken  string // the protocol of the last answer
	cookies map[string]string
	login   string // whom signIn has signed in
	from    string // the address that the proxy tells of, "" for that of the machine itself
}

// An answer is a page or where to go on.
type answer struct {
	status   int
	location string
	body     string
}

// errGone says that no answer came: what was asked may have been done or not.
var errGone = errors.New("no answer")

func (h *house) browser() *browser {
	scheme, transport := "http", &http.Transport{}
	if c := h.certificate; c != nil {
		scheme, transport = "https", &http.Transport{TLSClientConfig: &tls.Config{RootCAs: c.roots}, ForceAttemptHTTP2: c.http2}
	}
	return &browser{h: h, cookies: map[string]string{}, scheme: scheme, client: &http.Client{
		Timeout:       time.Minute,
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// get opens a page; what names the request among those in flight. A person who was signed out signs in
// again: a kill in the middle of a re-authentication, when the session changes its token, ends the session.
func (b *browser) get(what, path string) (answer, error) {
	a, err := b.send(what, http.MethodGet, path, nil)
	if err != nil || a.status != http.StatusSeeOther || !strings.HasPrefix(a.location, "/login") {
		return a, err
	}
	if err := b.signIn(b.login); err != nil {
		return answer{}, err
	}
	return b.send(what, http.MethodGet, path, nil)
}

// post sends a form. Where the session has ended between page and press, the person signs in and presses again: what was
// typed is kept.
func (b *browser) post(what, path string, form url.Values) (answer, error) {
	a, err := b.send(what, http.MethodPost, path, form)
	if err != nil || a.status != http.StatusUnauthorized || b.login == "" || strings.HasPrefix(path, "/login") {
		return a, err
	}
	if err := b.signIn(b.login); err != nil {
		return answer{}, err
	}
	return b.send(what, http.MethodPost, path, form)
}

func (b *browser) send(what, method, path string, form url.Values) (answer, error) {
	r, err := http.NewRequest(method, b.scheme+"://"+b.h.address+path, strings.NewReader(form.Encode()))
	if err != nil {
		return answer{}, err
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if b.from != "" {
		r.Header.Set("X-Forwarded-For", b.from)
	}
	// The cookies are secure ones; the proxy that ends TLS is left out here.
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	defer b.h.flying(what)()
	got, err := b.client.Do(r)
	if err != nil {
		return answer{}, fmt.Errorf("%w: %w", errGone, err)
	}
	defer got.Body.Close()
	b.spoken = got.Proto
	body, err := io.ReadAll(got.Body)
	if err != nil {
		return answer{}, fmt.Errorf("%w: %w", errGone, err)
	}
	for _, c := range got.Cookies() {
		b.cookies[c.Name] = c.Value
	}
	return answer{got.StatusCode, got.Header.Get("Location"), string(body)}, nil
}

// flying counts a request as in flight until the returned function is called.
func (h *house) flying(what string) (landed func()) {
	add := func(n int) {
		h.mu.Lock()
		h.flight[what] += n
		h.mu.Unlock()
	}
	add(1)
	return func() { add(-1) }
}

// signIn signs a person in.
func (b *browser) signIn(login string) error {
	b.login = login
	a, err := b.post("sign in", "/login", url.Values{"login": {login}, "password": {password}})
	if err == nil && strings.HasPrefix(a.location, "/login/second") {
		a, err = b.second(login)
	}
	if err == nil && a.status != http.StatusSeeOther {
		err = fmt.Errorf("signing in as %s: %d", login, a.status)
	}
	return err
}

var (
	inputs     = regexp.MustCompile(`<input[^>]*>`)
	attributes = regexp.MustCompile(`(name|value)="([^"]*)"`)
	possible   = regexp.MustCompile(`name="desired" value="([^"]+)"`)
)

// form is what the fields of a page hold, the first form that ends in an address.
func (a answer) form(action string) url.Values {
	form := url.Values{}
	_, part, found := strings.Cut(a.body, `action="`+action+`"`)
	if !found {
		return nil
	}
	part, _, _ = strings.Cut(part, "</form>")
	for _, input := range inputs.FindAllString(part, -1) {
		field := map[string]string{}
		for _, m := range attributes.FindAllStringSubmatch(input, -1) {
			field[m[1]] = html.UnescapeString(m[2])
		}
		if field["name"] != "" {
			form.Add(field["name"], field["value"])
		}
	}
	return form
}

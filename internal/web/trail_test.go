package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"uketsuke/internal/store/query"
	"uketsuke/internal/web/htmlcheck"
	"uketsuke/internal/web/kit"
)

// A logLine is one line of the process's log about a request.
type logLine struct {
	Level, Msg, Pattern, Actor, Request, Panic, Error string
	Status                                            int
}

// A processLog keeps the lines of the process's log.
type processLog struct {
	lock sync.Mutex
	text bytes.Buffer
}

func (l *processLog) Write(line []byte) (int, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.text.Write(line)
}

// logging makes a house write its log for a test to read.
func (h *house) logging() *processLog {
	l := &processLog{}
	h.server.Log = slog.New(slog.NewJSONHandler(l, nil))
	return l
}

// lines are the lines since the last time.
func (l *processLog) lines(t *testing.T) []logLine {
	t.Helper()
	l.lock.Lock()
	defer l.lock.Unlock()
	var all []logLine
	for line := range strings.Lines(l.text.String()) {
		var said logLine
		if err := json.Unmarshal([]byte(line), &said); err != nil {
			t.Fatal(err)
		}
		all = append(all, said)
	}
	l.text.Reset()
	return all
}

// A page that fails, by an error or by a panic, is answered without details and logged once with its request, and the
// process lives on (ASVS 16.3.4, 16.5.1, 16.5.4).
func TestAPageThatBreaksIsAnswered(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const detail = "SELECT secret FROM /var/lib"
	h.server.Get("/breaks/panic", kit.SignedIn, func(*kit.Request, kit.Form) error { panic(detail) })
	h.server.Get("/breaks/error", kit.SignedIn, func(*kit.Request, kit.Form) error { return errors.New(detail) })
	h.server.Get("/breaks/template", kit.SignedIn, func(v *kit.Request, _ kit.Form) error { return v.Render("error", detail) })
	h.server.Post("/breaks/post", kit.SignedIn, kit.Pressed, func(*kit.Request) error { panic(errors.New(detail)) }, nil)
	b, log := h.as(t, "hanako"), h.logging()
	for path, ask := range map[string]func(string) pageSeen{
		"/breaks/panic": b.get, "/breaks/error": b.get, "/breaks/template": b.get,
		"/breaks/post": func(path string) pageSeen { return b.post(path, url.Values{}) },
	} {
		p := b.want(ask(path), 500, htmlcheck.In("h1", htmlcheck.HasText("ただいま表示できません")))
		carriesHeaders(t, path, p.header)
		for _, told := range []string{detail, "goroutine", ".go:", "runtime", "web."} {
			if strings.Contains(string(p.body), told) {
				t.Errorf("%s tells %q", path, told)
			}
		}
		var failures, requests []logLine
		for _, line := range log.lines(t) {
			switch {
			case line.Level == "ERROR":
				failures = append(failures, line)
			case line.Msg == "request":
				requests = append(requests, line)
			}
		}
		if len(failures) != 1 || len(requests) != 1 {
			t.Fatalf("%s: %d failures and %d requests in the log", path, len(failures), len(requests))
		}
		id := failures[0].Request
		if id == "" || !strings.Contains(string(p.body), id) || requests[0].Request != id {
			t.Errorf("%s: the log names the requests %q and %q, the page names another", path, id, requests[0].Request)
		}
		if said := failures[0].Panic + failures[0].Error; said == "" || path != "/breaks/template" && !strings.Contains(said, detail) {
			t.Errorf("%s: the log says %+v", path, failures[0])
		}
		if requests[0].Status != 500 {
			t.Errorf("%s: the log says %+v", path, requests[0])
		}
		b.want(b.get("/contract"), 200)
		log.lines(t)
	}
}

// Who asks for what is not theirs is in the process's log, with request, route and account (ASVS 16.3.2, 16.3.3).
func TestRefusalsAreInTheLog(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := registered(t, h.as(t, "hanako"), false)
	for _, c := range []struct {
		what, who, method, path, pattern string
		status                           int
		headers                          []string
	}{
		{"a page of another role", "hanako", "GET", "/desk", "/desk", 403, nil},
		{"an act of another role", "etsuran", "POST", "/applications", "/applications", 403, nil},
		{"a supervisor's page", "shinsa", "GET", "/desk/audit", "/desk/audit", 403, nil},
		{"an application of others", "betsu", "GET", "/applications/" + id, "/applications/{id}", 404, nil},
		{"an act on what is others'", "betsu", "POST", "/applications/" + id + "/withdraw", "/applications/{id}/withdraw", 404, nil},
		{"a form of another site", "hanako", "POST", "/applications", "/applications", 403, []string{"Sec-Fetch-Site", "cross-site"}},
		{"nobody", "", "GET", "/contract", "/contract", 303, nil},
		{"nobody's form", "", "POST", "/applications", "/applications", 401, nil},
	} {
		t.Run(c.what, func(t *testing.T) {
			b := h.browser(t)
			if c.who != "" {
				b = h.as(t, c.who)
			}
			b.t = t
			b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			log := h.logging()
			p := b.sendRaw(c.method, c.path, formKind, map[bool]string{true: "version=1"}[strings.HasSuffix(c.path, "/withdraw")], c.headers...)
			lines := log.lines(t)
			if len(lines) != 1 {
				t.Fatalf("the log has %+v", lines)
			}
			l := lines[0]
			if p.status != c.status || l.Status != c.status || l.Actor != c.who || l.Pattern != c.pattern || l.Request == "" {
				t.Errorf("status %d, and the log says %+v", p.status, l)
			}
			if c.status == 403 && !strings.Contains(string(p.body), l.Request) {
				t.Error("the page names another request than the log")
			}
		})
	}
}

// signIns are the entries about signing in of an account, oldest first: act and way.
func (h *house) signIns(t *testing.T, who string) string {
	t.Helper()
	rows, err := h.desk.DB.Read().ListAudit(t.Context(), query.ListAuditParams{Most: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, row := range rows {
		var entry struct{ Detail map[string]string }
		if err := json.Unmarshal([]byte(row.Entry), &entry); err != nil {
			t.Fatal(err)
		}
		if row.Actor == who && row.Act != "set-language" {
			said = append(said, strings.TrimSuffix(row.Act+" "+entry.Detail["mode"], " "))
		}
	}
	return strings.Join(said, ", ")
}

// Each sign-in leaves its way as evidence, and so does each failure, of the second step too, and of nobody's login
// (ASVS 16.3.1).
func TestSignInsLeaveEntries(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser(t)
	try := func(login, password string) { b.post("/login", url.Values{"login": {login}, "password": {password}}) }
	try("hanako", "wrong")
	try("hanako", testPassword)
	b.post("/account/who", url.Values{"password": {"wrong"}})
	b.post("/account/who", url.Values{"password": {testPassword}})
	b.post("/logout", url.Values{})
	if got, want := h.signIns(t, "hanako"), "sign-in-failed, sign-in password, sign-in-failed, reauthenticate, sign-out"; got != want {
		t.Errorf("hanako: %q, want %q", got, want)
	}
	try("made-up", "wrong")
	if got, want := h.signIns(t, "unknown"), "sign-in-failed"; got != want {
		t.Errorf("nobody: %q, want %q", got, want)
	}
	giveApp(t, h.desk, "sekinin")
	try("sekinin", testPassword)
	b.post("/login/second", url.Values{"code": {"000000"}})
	b.post("/login/second", url.Values{"code": {shownCode(t, h.desk, "sekinin")}})
	if got, want := h.signIns(t, "sekinin"), "second-factor-failed, sign-in password+totp"; got != want {
		t.Errorf("sekinin: %q, want %q", got, want)
	}
	if p := b.get("/desk"); p.path != "/desk" {
		t.Error("the second step has not signed in")
	}
}

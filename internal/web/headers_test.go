package web

import (
	"database/sql"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/store/storetest"
	"uketsuke/internal/web/kit"

	"golang.org/x/net/html"
)

// An answered is one answer of the pages' server, with the type that it must name.
type answered struct {
	status int
	kind   string
	page   pageSeen
}

// answers are an answer of each kind that the pages' server gives.
func (h *house) answers(t *testing.T) map[string]answered {
	t.Helper()
	id := approvedCase(t, h)
	h.at(time.December, 10, 12)
	hanako, sekinin, nobody := h.as(t, "hanako"), h.as(t, "sekinin"), h.browser(t)
	sekinin.want(sekinin.sendFile("端末 2.p12", []byte{0x30, 0x82, 1, 2}, "kind", "certificate", "establishment", "e1", "terminal", "2"), 200)
	sheet, err := h.server.Renderer.Static.Address("uketsuke.css")
	if err != nil {
		t.Fatal(err)
	}
	script, err := h.server.Renderer.Static.Address("uketsuke.js")
	if err != nil {
		t.Fatal(err)
	}
	picture, err := h.server.Renderer.Static.Address("mark.svg")
	if err != nil {
		t.Fatal(err)
	}
	file := hanako.post("/files/"+between(t, hanako.get("/files").body, `action="/files/`, `"`), url.Values{})
	hanako.post("/account/confirm", url.Values{"password": {testPassword}})
	const page, text, json = "text/html; charset=utf-8", "text/plain; charset=utf-8", "application/json"
	all := map[string]answered{
		"a page":                    {200, page, hanako.get("/")},
		"a page of the centre":      {200, page, sekinin.get("/desk")},
		"the login":                 {200, page, nobody.get("/login")},
		"the check of papers":       {200, page, nobody.get("/check")},
		"a form that comes back":    {422, page, hanako.post("/account/who", url.Values{"password": {"wrong"}})},
		"a form after the session":  {401, page, nobody.post("/applications", url.Values{})},
		"a refusal by role":         {403, page, hanako.get("/desk")},
		"an unknown address":        {404, page, hanako.get("/nothing")},
		"a method that is not":      {405, page, hanako.post("/contract", url.Values{})},
		"a link that is over":       {410, page, nobody.get("/setup/none")},
		"a body that is no form":    {415, page, hanako.sendRaw("POST", "/applications", "text/plain", "x")},
		"a style sheet":             {200, "text/css; charset=utf-8", nobody.get(sheet)},
		"a script":                  {200, "text/javascript; charset=utf-8", nobody.get(script)},
		"a picture":                 {200, "image/svg+xml", nobody.get(picture)},
		"a static file that is not": {404, text, nobody.get("/static/none")},
		"the form on paper":         {200, "application/pdf", hanako.get("/applications/" + id + "/form.pdf")},
		"the notice on paper":       {200, "application/pdf", hanako.get("/applications/" + id + "/notice.pdf")},
		"a file that was uploaded":  {200, "application/x-pkcs12", file},
		"rows for a spreadsheet":    {200, "text/csv; charset=utf-8", hanako.save("/applications.csv")},
		"a contract for machines":   {200, json + "; charset=utf-8", hanako.save("/contract.json")},
		"what a script asks":        {200, json, hanako.get("/session/left")},
		"the log of evidence":       {200, "", sekinin.save("/desk/audit.jsonl")},
	}
	hanako.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	all["the way on after a form"] = answered{303, "", hanako.post("/applications", url.Values{})}
	return all
}

// Every answer, whatever it is, forbids what pages do not need, names its type, is kept by nobody and is for no other
// site (ASVS 3.2.1, 3.4.2 to 3.4.6, 3.4.8, 4.1.1, 14.2.2, 14.3.2). A file that somebody has uploaded is only saved.
func TestEveryAnswerCarriesItsHeaders(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for what, a := range h.answers(t) {
		header := a.page.header
		if a.page.status != a.status {
			t.Errorf("%s: status %d, want %d: %s", what, a.page.status, a.status, text(a.page.body))
		}
		if static := strings.HasPrefix(a.page.path, "/static/") && a.status == 200; static {
			if got := header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
				t.Errorf("%s: Cache-Control is %q", what, got)
			}
			header.Set("Cache-Control", "no-store")
		}
		carriesHeaders(t, what, header)
		kind := header.Get("Content-Type")
		if a.kind != "" && kind != a.kind || kind == "" && len(a.page.body) > 0 {
			t.Errorf("%s: Content-Type is %q, want %q", what, kind, a.kind)
		}
		if kind, words, err := mime.ParseMediaType(kind); err == nil && strings.HasPrefix(kind, "text/") && words["charset"] != "utf-8" {
			t.Errorf("%s: the text's charset is %q", what, words["charset"])
		}
		for name := range header {
			if strings.HasPrefix(name, "Access-Control-") {
				t.Errorf("%s: %s opens it to other sites", what, name)
			}
		}
		saved := !strings.HasPrefix(kind, "text/html") && !strings.HasPrefix(a.page.path, "/static/") && a.page.path != "/session/left" && a.status == 200 && kind != "application/pdf"
		if saved && !strings.HasPrefix(header.Get("Content-Disposition"), "attachment;") {
			t.Errorf("%s: Content-Disposition is %q, want an attachment", what, header.Get("Content-Disposition"))
		}
		if header.Get("Strict-Transport-Security") != "" {
			t.Errorf("%s: in plain on loopback, HSTS would take the address away", what)
		}
	}
}

// No answer is opened to another site that asks for it (ASVS 3.4.2).
func TestNoOtherSiteIsAnswered(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	for _, ask := range []struct{ method, path string }{{"GET", "/contract"}, {"GET", "/session/left"}, {"POST", "/contract.json"}, {"OPTIONS", "/contract.json"}} {
		for _, origin := range []string{"https://elsewhere.example", "null", h.url} {
			p := b.sendRaw(ask.method, ask.path, formKind, "", "Origin", origin, "Access-Control-Request-Method", "POST")
			for name := range p.header {
				if strings.HasPrefix(name, "Access-Control-") {
					t.Errorf("%s %s for %s: %s", ask.method, ask.path, origin, name)
				}
			}
		}
	}
}

// A link that is a key stays on its page: what is asked for from there is not told it (ASVS 3.4.5, 14.2.1).
func TestKeysInAddressesAreNotTold(t *testing.T) {
	t.Parallel()
	h, dsn := houseOnFile(t)
	nobody := h.browser(t)
	for what, path := range map[string]string{"an invitation": h.invite(t, dsn, "新田 三郎", "saburo@nac.example"), "the check of papers": "/check"} {
		p := nobody.want(nobody.get(path), 200)
		if got := p.header.Get("Referrer-Policy"); got != "no-referrer" {
			t.Errorf("%s: Referrer-Policy is %q", what, got)
		}
	}
}

// houseOnFile is a house on a SQLite file that a test can look into.
func houseOnFile(t *testing.T) (h *house, dsn string) {
	t.Helper()
	dsn = storetest.SQLiteFile(t)
	return houseOn(t, storetest.Open(t, dsn)), dsn
}

// ask is what a query finds in a SQLite file, each row as one line.
func ask(t *testing.T, dsn, query string) []string {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+url.PathEscape(dsn)+"?_pragma=busy_timeout(10000)&mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	return rowsOf(t, db, query)
}

// invite is the path of the link for somebody whom kanri has just invited.
func (h *house) invite(t *testing.T, dsn, name, email string) string {
	t.Helper()
	kanri := h.as(t, "kanri")
	kanri.want(kanri.post("/people/new", url.Values{"role": {"applicant"}, "name": {name}, "kana": {"ニッタ"}, "phone": {"03-1234-5678"}, "email": {email}, "password": {testPassword}}), 200)
	return h.link(t, dsn, email)
}

// link is the path of the one-time link that was sent to a mail address.
func (h *house) link(t *testing.T, dsn, email string) string {
	t.Helper()
	open := ask(t, dsn, "SELECT l.id FROM setup_links l JOIN accounts a ON a.id = l.account WHERE a.email = '"+email+"' AND l.used_at IS NULL")
	if len(open) != 1 {
		t.Fatalf("%d open links for %s", len(open), email)
	}
	link, err := h.desk.LinkURL(open[0])
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	return at.Path
}

// Every answer over TLS keeps browsers to TLS for a year at least, also where a proxy ends it (ASVS 3.4.1).
func TestEveryAnswerOverTLSKeepsToIt(t *testing.T) {
	t.Parallel()
	for name, d := range doorways() {
		if !d.secure {
			continue
		}
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			b := h.open(t, d)
			pages := map[string]pageSeen{"the login": b.get("/login"), "an unknown address": b.get("/nothing"), "a static file that is not": b.get("/static/none"),
				"a refusal": b.sendRaw("POST", "/login", formKind, "", "Sec-Fetch-Site", "cross-site"), "after the session": b.post("/applications", url.Values{})}
			b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			pages["a way on"] = b.post("/login", url.Values{"login": {"hanako"}, "password": {testPassword}})
			for what, p := range pages {
				age, found := strings.CutPrefix(p.header.Get("Strict-Transport-Security"), "max-age=")
				age, _, _ = strings.Cut(age, ";")
				if seconds, err := strconv.Atoi(age); !found || err != nil || seconds < 365*24*60*60 {
					t.Errorf("%s: Strict-Transport-Security is %q", what, p.header.Get("Strict-Transport-Security"))
				}
				carriesHeaders(t, what, p.header)
			}
		})
	}
}

// Pages load from this site and send to this site alone (ASVS 14.2.3, 3.6.1).
func TestPagesKnowNoOtherSite(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	registered(t, h.as(t, "hanako"), false)
	seen := 0
	for login, from := range map[string]string{"": "/login", "hanako": "/", "sekinin": "/desk?queue=found"} {
		b := h.browser(t)
		if login != "" {
			b = h.as(t, login)
		}
		g := &harvest{t: t, h: h, seen: map[string]bool{}, times: map[string]int{}, samples: map[string]string{}, forms: map[string]sent{}}
		g.gather(b, from)
		for address := range g.seen {
			p := b.get(address)
			if !strings.HasPrefix(p.header.Get("Content-Type"), "text/html") {
				continue
			}
			seen++
			doc, err := html.Parse(strings.NewReader(string(p.body)))
			if err != nil {
				t.Fatal(err)
			}
			for n := range doc.Descendants() {
				for _, name := range []string{"src", "action", "formaction", "data-passkey", "poster", "data", "srcset"} {
					wantOwn(t, address, n, name)
				}
				if n.Data == "link" {
					wantOwn(t, address, n, "href")
				}
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d pages were seen", seen)
	}
}

// wantOwn wants an address in a page to be one of this site.
func wantOwn(t *testing.T, page string, n *html.Node, name string) {
	t.Helper()
	if at := attribute(n, name); at != "" && (!strings.HasPrefix(at, "/") || strings.HasPrefix(at, "//")) {
		t.Errorf("%s: <%s %s=%q>", page, n.Data, name, at)
	}
}

// Scripts write text, never markup, run no text, keep nothing in the browser, and ask this site alone (ASVS 1.2.3,
// 1.3.2, 3.2.2, 14.2.3, 14.3.3).
func TestScriptsOnlyWriteText(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(kit.StaticFiles, "static/*.js")
	if err != nil || len(files) < 3 {
		t.Fatalf("scripts: %q, %v", files, err)
	}
	for _, file := range files {
		script, err := kit.StaticFiles.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{
			"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "createContextualFragment", "setHTML", "srcdoc", "javascript:",
			"eval(", "Function(", "setTimeout(\"", "setInterval(\"", "import(", "importScripts", "Worker",
			"localStorage", "sessionStorage", "indexedDB", "document.cookie", "cookieStore", "caches",
			"http:", "https:", "WebSocket", "EventSource", "sendBeacon", "XMLHttpRequest", "window.postMessage", "parent.", "opener",
		} {
			if strings.Contains(string(script), word) {
				t.Errorf("%s has %q", file, word)
			}
		}
	}
}

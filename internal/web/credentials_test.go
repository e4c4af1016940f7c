package web

import (
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/web/htmlcheck"
	"uketsuke/internal/web/signin"

	"golang.org/x/net/html"
)

// A password is kept as argon2id with 19 MiB and 2 passes over a salt of its own, however it was set: by an invitation,
// by a reset, by its owner (ASVS 11.4.2).
func TestStoredPasswordsAreSlowHashes(t *testing.T) {
	t.Parallel()
	h, dsn := houseOnFile(t)
	const chosen = "eleven gulls on a wet roof"
	both := url.Values{"password": {chosen}, "password-again": {chosen}}
	b := h.browser(t)
	if p := b.post(h.invite(t, dsn, "新田 三郎", "saburo@nac.example"), both); p.status != 200 {
		t.Fatalf("the invitation: status %d: %s", p.status, text(p.body))
	}
	b.want(b.post("/reset", url.Values{"login": {"kanri"}}), 200)
	if p := b.post(h.link(t, dsn, "kanri@nac.example"), both); p.status != 200 {
		t.Fatalf("the reset: status %d: %s", p.status, text(p.body))
	}
	own := h.as(t, "hanako")
	own.want(own.post("/account/password", url.Values{"old-password": {testPassword}, "new-password": {chosen}, "new-password-again": {chosen}}), 200)
	hashes := map[string]bool{}
	for _, hash := range ask(t, dsn, "SELECT password_hash FROM accounts WHERE email IN ('saburo@nac.example', 'kanri@nac.example', 'hanako@nac.example')") {
		parts := strings.Split(hash, "$")
		if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") || len(parts) != 6 || len(parts[4]) != 22 || len(parts[5]) != 43 {
			t.Errorf("the stored hash is %q", hash)
		}
		hashes[hash] = true
	}
	if len(hashes) != 3 {
		t.Errorf("%d different hashes of one password of three people", len(hashes))
	}
	for _, file := range []string{dsn, dsn + "-wal"} {
		if content := readFile(t, filepath.Clean(file)); strings.Contains(content, chosen) {
			t.Errorf("%s holds the password", file)
		}
	}
}

// rendered are the pages that everybody finds, and those that links of mails lead to, by who and address.
func rendered(t *testing.T, h *house, dsn string) map[string]pageSeen {
	t.Helper()
	registered(t, h.as(t, "hanako"), false)
	pages := map[string]pageSeen{}
	for login, from := range map[string]string{"": "/login", "hanako": "/", "kanri": "/", "etsuran": "/", "sekinin": "/desk?queue=found"} {
		b := h.browser(t)
		if login != "" {
			b = h.as(t, login)
		}
		g := &harvest{t: t, h: h, seen: map[string]bool{}, times: map[string]int{}, samples: map[string]string{}, forms: map[string]sent{}}
		g.gather(b, from)
		g.gather(b, "/account")
		for address := range g.seen {
			if p := b.get(address); strings.HasPrefix(p.header.Get("Content-Type"), "text/html") {
				pages[login+" "+address] = p
			}
		}
		if login == "hanako" {
			pages["hanako /applications.csv"] = b.post("/applications.csv", url.Values{})
			pages["hanako /desk"] = b.get("/desk")
			pages["hanako /nothing"] = b.get("/nothing")
		}
	}
	nobody := h.browser(t)
	pages[" the invitation"] = nobody.get(h.invite(t, dsn, "新田 三郎", "saburo@nac.example"))
	giveApp(t, h.desk, "sekinin")
	pages[" the second step"] = nobody.post("/login", url.Values{"login": {"sekinin"}, "password": {testPassword}})
	return pages
}

// What is typed into a field for a password is not shown, browsers and password managers know what it is for, and
// who is signed in can leave from each page (ASVS 6.2.6, 6.2.7, 7.4.4).
func TestPasswordsAreHiddenAndEachPageLetsOneLeave(t *testing.T) {
	t.Parallel()
	h, dsn := houseOnFile(t)
	fields, leaving := 0, 0
	for what, p := range rendered(t, h, dsn) {
		doc, err := html.Parse(strings.NewReader(string(p.body)))
		if err != nil {
			t.Fatal(err)
		}
		for n := range doc.Descendants() {
			if n.Data != "input" || !strings.Contains(attribute(n, "name"), "password") {
				continue
			}
			fields++
			if attribute(n, "type") != "password" || attribute(n, "value") != "" || !strings.HasSuffix(attribute(n, "autocomplete"), "-password") {
				t.Errorf("%s: the field %s is of type %q, with %q, for %q", what, attribute(n, "name"), attribute(n, "type"), attribute(n, "value"), attribute(n, "autocomplete"))
			}
		}
		leave := htmlcheck.In(`header form[action="/logout"][method="post"] button`, htmlcheck.HasText("ログアウト"))
		if strings.HasPrefix(what, " ") {
			leave = htmlcheck.NotIn(`form[action="/logout"]`)
		} else {
			leaving++
		}
		if err := htmlcheck.Page(p.body, leave); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if fields < 8 || leaving < 40 {
		t.Errorf("only %d fields, and %d pages of people who are signed in", fields, leaving)
	}
}

// Who has changed or taken away a factor can end the other sessions with one press (ASVS 7.4.3).
func TestOtherSessionsCanBeEndedAfterAFactorChanged(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, other := h.as(t, "hanako"), h.as(t, "hanako")
	giveApp(t, h.desk, "hanako")
	b.want(b.post("/account/confirm", url.Values{"password": {testPassword}}), 200)
	b.want(b.post(signin.FactorsPath+"/totp/remove", url.Values{}), 200, htmlcheck.In(".empty", htmlcheck.HasText("認証アプリは登録されていません")))
	b.want(other.get("/contract"), 200)
	b.want(b.get("/account"), 200, htmlcheck.In(`form[action="/account/sessions/end"] button`))
	b.want(b.post("/account/sessions/end", url.Values{}), 200)
	if p := other.get("/contract"); p.path != "/login" {
		t.Errorf("the other session is at %s", p.path)
	}
	b.want(b.get("/contract"), 200)
}

// A proof of who somebody is counts for five minutes, for each change of the own account and for each file, and for
// nobody else's session (ASVS 7.5.1, R-SEC-5).
func TestAProofLastsFiveMinutes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b, other := h.as(t, "hanako"), h.as(t, "hanako")
	address := url.Values{"address": {"new@nac.example"}}
	b.want(b.post("/account/who", url.Values{"password": {testPassword}}), 200)
	b.want(other.post("/account/address", address), 422, htmlcheck.In("main", htmlcheck.HasText("先にご本人であることを確認")))
	h.wait(5 * time.Minute)
	b.want(b.post("/account/address", address), 200)
	sheetRows(t, b.post("/applications.csv", url.Values{}))
	h.wait(time.Second)
	acts := map[string]url.Values{"/account/address": address, "/account/sessions/end": {}, "/account/sessions/none/end": {}}
	for _, path := range []string{"/totp", "/totp/confirm", "/totp/remove", "/recovery", "/passkeys", "/passkeys/options", "/passkeys/none/remove"} {
		acts[signin.FactorsPath+path] = url.Values{}
	}
	for path, form := range acts {
		b.want(b.post(path, form), 422, htmlcheck.In("main", htmlcheck.HasText("先にご本人であることを確認")))
	}
	b.want(b.post("/applications.csv", url.Values{}), 200, htmlcheck.In("#password"))
	b.want(other.get("/contract"), http.StatusOK)
}

package web

import (
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"uketsuke/internal/web/kit"
)

// A doorway is how browsers come to the pages: by TLS to the product itself, by TLS to a proxy before it, or in plain
// on loopback.
type doorway struct{ secure, tls bool }

// open serves a house's pages through another doorway, and gives a browser that comes by it.
func (h *house) open(t *testing.T, d doorway) *browser {
	t.Helper()
	c := h.server.Config
	c.Secure = d.secure
	server, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	h.server = server
	serving := httptest.NewUnstartedServer(server)
	if d.tls {
		serving.StartTLS()
	} else {
		serving.Start()
	}
	t.Cleanup(serving.Close)
	h.url = serving.URL
	b := h.browser(t)
	b.client.Transport = serving.Client().Transport
	return b
}

func doorways() map[string]doorway {
	return map[string]doorway{"TLS": {secure: true, tls: true}, "behind a proxy": {secure: true}, "loopback": {}}
}

// cookiesOf are the cookies that an answer sets, by name.
func cookiesOf(p pageSeen) map[string]*http.Cookie {
	set := map[string]*http.Cookie{}
	for _, c := range (&http.Response{Header: p.header}).Cookies() {
		set[c.Name] = c
	}
	return set
}

// No script reads a cookie, no other site's form sends one, and with TLS no other host and no plain connection
// sets or sees one (ASVS 3.3.1 to 3.3.4).
func TestCookiesAreKeptToThisSite(t *testing.T) {
	t.Parallel()
	for name, d := range doorways() {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			b := h.open(t, d)
			b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
			prefix := map[bool]string{true: "__Host-"}[d.secure]
			set := cookiesOf(b.post("/login", url.Values{"login": {"hanako"}, "password": {testPassword}, "to": {"/contract"}}))
			for _, name := range []string{prefix + "uketsuke", prefix + "uketsuke-device"} {
				if set[name] == nil || len(set) != 2 {
					t.Errorf("the sign-in sets %v, want %s among two", set, name)
				}
			}
			language := cookiesOf(b.post("/language", url.Values{"lang": {"en"}, "back": {"/"}}))
			if len(language) != 1 || language[prefix+"lang"] == nil {
				t.Errorf("the choice of a language sets %v", language)
			}
			for _, c := range append(slices.Collect(maps.Values(set)), slices.Collect(maps.Values(language))...) {
				if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure != d.secure || c.Path != "/" || c.Domain != "" {
					t.Errorf("the cookie is %s", c)
				}
			}
			if d.tls == d.secure { // elsewhere the test's browser sees no TLS, and does not send them
				if p := b.get("/contract"); p.status != 200 {
					t.Errorf("the page after the sign-in: status %d", p.status)
				}
			}
		})
	}
}

// token is the session's token as the browser holds it.
func (b *browser) token() string {
	b.t.Helper()
	at, err := url.Parse(b.h.url)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(at) {
		if c.Name == "uketsuke" {
			return c.Value
		}
	}
	return ""
}

// holding is a browser that sends a token which somebody else has seen.
func (h *house) holding(t *testing.T, token string) *browser {
	t.Helper()
	at, err := url.Parse(h.url)
	if err != nil {
		t.Fatal(err)
	}
	b := h.browser(t)
	b.client.Jar.SetCookies(at, []*http.Cookie{{Name: "uketsuke", Value: token, Path: "/"}})
	return b
}

// isNobody wants a token to open nothing, whoever sends it.
func (h *house) isNobody(t *testing.T, what, token string) {
	t.Helper()
	if token == "" {
		t.Fatalf("%s: there is no token", what)
	}
	for _, path := range []string{"/contract", "/account", "/desk"} {
		if p := h.holding(t, token).get(path); p.path != "/login" {
			t.Errorf("%s opens %s", what, p.path)
		}
	}
	if p := h.holding(t, token).post("/applications", url.Values{}); p.status != http.StatusUnauthorized {
		t.Errorf("%s begins an application: status %d", what, p.status)
	}
}

// A token is 256 random bits, another one for each session, and the database knows its hash alone (ASVS 7.2.1 to 7.2.3).
func TestTokensAreRandomAndStoredHashed(t *testing.T) {
	t.Parallel()
	h, dsn := houseOnFile(t)
	one, other := h.as(t, "hanako").token(), h.as(t, "hanako").token()
	if one == other {
		t.Error("two sessions have one token")
	}
	stored := strings.Join(tablesOf(t, dsn)["sessions"], "\n")
	for _, token := range []string{one, other} {
		if raw, err := base64.RawURLEncoding.DecodeString(token); err != nil || len(raw) != 32 {
			t.Errorf("the token is %d bytes, %v", len(raw), err)
		}
		hash := sha256.Sum256([]byte(token))
		if !strings.Contains(stored, base64.RawURLEncoding.EncodeToString(hash[:])) {
			t.Error("the database does not hold the token's hash")
		}
		if p := h.holding(t, token).get("/contract"); p.path != "/contract" {
			t.Errorf("the token leads to %s: this test sees nothing", p.path)
		}
	}
	for table, rows := range tablesOf(t, dsn) {
		if all := strings.Join(rows, "\n"); strings.Contains(all, one) || strings.Contains(all, other) {
			t.Errorf("the table %s holds a token", table)
		}
	}
	h.isNobody(t, "the hash itself", strings.SplitN(stored, " ", 2)[0])
	h.isNobody(t, "a made-up token", strings.Repeat("A", 43))
}

// Who signs in gets a new token, at each step of it, and the one from before is nobody's: whoever has planted it
// gains nothing (ASVS 7.2.4).
func TestSigningInMakesANewToken(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	giveApp(t, h.desk, "sekinin")
	b := h.browser(t)
	b.post("/login", url.Values{"login": {"sekinin"}, "password": {testPassword}})
	halfway := b.token()
	h.isNobody(t, "a right password alone", halfway)
	b.want(b.post("/login/second", url.Values{"code": {shownCode(t, h.desk, "sekinin")}}), 200)
	if b.token() == halfway {
		t.Error("the second step keeps the token")
	}
	h.isNobody(t, "the token from before the second step", halfway)

	first := h.as(t, "hanako")
	planted := first.token()
	victim := h.holding(t, planted)
	victim.want(victim.post("/login", url.Values{"login": {"kanri"}, "password": {testPassword}}), 200)
	if victim.token() == planted {
		t.Error("a sign-in over a session keeps the token")
	}
	h.isNobody(t, "the planted token", planted)
}

// Each re-authentication makes a new token; the one from before is nobody's (ASVS 7.2.4).
func TestReauthenticationMakesANewToken(t *testing.T) {
	t.Parallel()
	for way, prove := range map[string]func(b *browser) pageSeen{
		"the account's page": func(b *browser) pageSeen { return b.post("/account/who", url.Values{"password": {testPassword}}) },
		"the factors' page":  func(b *browser) pageSeen { return b.post("/account/confirm", url.Values{"password": {testPassword}}) },
		"saving a file":      func(b *browser) pageSeen { return b.save("/applications.csv") },
		"a change of the password": func(b *browser) pageSeen {
			return b.post("/account/password", url.Values{"old-password": {testPassword}, "new-password": {"eleven gulls on a wet roof"}, "new-password-again": {"eleven gulls on a wet roof"}})
		},
	} {
		t.Run(way, func(t *testing.T) {
			h := newHouse(t)
			b := h.as(t, "hanako")
			before := b.token()
			if p := prove(b); p.status != 200 {
				t.Fatalf("status %d: %s", p.status, text(p.body))
			}
			if b.token() == before {
				t.Error("the token stays the same")
			}
			if way != "a change of the password" {
				h.wait(kit.Lingers) // the other tab's requests that were under way (TestTheOtherTabIsNotLost)
			}
			h.isNobody(t, "the token from before", before)
			if p := b.get("/contract"); p.path != "/contract" {
				t.Errorf("whose session it is, is led to %s", p.path)
			}
		})
	}
}

// A token that was signed out stays nobody's, for whoever kept it (ASVS 7.4.1).
func TestSignedOutTokenIsNobody(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	kept := b.token()
	b.want(b.post("/logout", url.Values{}), 200)
	h.isNobody(t, "the token from before the logout", kept)
	b.want(b.post("/login", url.Values{"login": {"hanako"}, "password": {testPassword}}), 200)
	h.isNobody(t, "the same after the next sign-in", kept)
}

// The token is in the cookie alone: on no page, in no address, in no other header (ASVS 3.3.4, 14.2.1).
func TestNoPageHoldsTheToken(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := registered(t, h.as(t, "hanako"), false)
	for login, from := range map[string]string{"hanako": "/", "shinsa": "/desk?queue=found"} {
		b := h.as(t, login)
		g := &harvest{t: t, h: h, seen: map[string]bool{}, times: map[string]int{}, samples: map[string]string{}, forms: map[string]sent{}}
		g.gather(b, from)
		if len(g.seen) < 10 {
			t.Errorf("%s finds only %d pages", login, len(g.seen))
		}
		b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		tokens := []string{b.token()}
		pages := []pageSeen{b.post("/applications/"+id+"/copy", url.Values{}), b.post("/account/who", url.Values{"password": {testPassword}})}
		tokens = append(tokens, b.token())
		for address := range g.seen {
			pages = append(pages, b.get(address))
		}
		for _, p := range pages {
			p.header.Del("Set-Cookie")
			var headers strings.Builder
			if err := p.header.Write(&headers); err != nil {
				t.Fatal(err)
			}
			for _, token := range tokens {
				if token == "" || strings.Contains(string(p.body)+headers.String(), token) {
					t.Errorf("%s tells %s's token", p.path, login)
				}
			}
		}
	}
}

package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/web/kit"
)

// send is a request under way: it bears the token that the browser had, and follows no redirect.
func send(t *testing.T, base, method, path, form, token string) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, base+path, strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", formKind)
	r.AddCookie(&http.Cookie{Name: "uketsuke", Value: token})
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer
}

// tokenIn is the session's token in an answer's cookie, "" for none.
func tokenIn(answer *http.Response) string {
	for _, c := range answer.Cookies() {
		if c.Name == "uketsuke" {
			return c.Value
		}
	}
	return ""
}

// ASVS 7.2.4, R-SEC-5: a re-authentication replaces the token of the session. What the other tab of the same person has
// under way is not lost by that, in any process; it gains nothing, gives the browser no old token back, and nothing of it
// counts after the session has ended.
func TestTheOtherTabIsNotLost(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "kanri")
	second, err := New(kit.Config{Desk: h.desk, Sessions: h.server.Sessions, Elapsed: h.server.Elapsed, Log: testLog(t)})
	if err != nil {
		t.Fatal(err)
	}
	serving := httptest.NewServer(second)
	t.Cleanup(serving.Close)
	other := serving.URL
	const confirm = "password=correct+horse+battery"
	before := b.token()
	b.want(b.post("/account/confirm", map[string][]string{"password": {testPassword}}), 200)
	after := b.token()
	if after == before {
		t.Fatal("ASVS 7.2.4: the token is the same after a re-authentication")
	}
	for name, base := range map[string]string{"this process": h.url, "another process": other} {
		if answer := send(t, base, http.MethodGet, "/account", "", before); answer.StatusCode != http.StatusOK {
			t.Errorf("%s: the other tab is answered %d to %s", name, answer.StatusCode, answer.Header.Get("Location"))
		}
	}
	// Under the old token nobody has re-authenticated: what asks for it asks again.
	if answer := send(t, h.url, http.MethodPost, "/account/address", "address=a%40nac.example", before); answer.StatusCode == http.StatusSeeOther {
		t.Errorf("the old token counts as re-authenticated: %s", answer.Header.Get("Location"))
	}
	// The other tab re-authenticates too, and has a token of its own.
	answer := send(t, other, http.MethodPost, "/account/confirm", confirm, before)
	own := tokenIn(answer)
	if answer.StatusCode != http.StatusSeeOther || own == "" || own == before || own == after {
		t.Fatalf("the other tab's own re-authentication: status %d, token %q", answer.StatusCode, own)
	}
	// Whatever changes the session under the old token does not send it to the browser again.
	h.wait(kit.Lingers - time.Second)
	answer = send(t, h.url, http.MethodPost, "/account/mails", "mails=settings-complete", before)
	if c := tokenIn(answer); c != "" || answer.StatusCode != http.StatusSeeOther {
		t.Errorf("status %d, and the browser is given %q back", answer.StatusCode, c)
	}
	h.wait(time.Second)
	if answer := send(t, h.url, http.MethodGet, "/account", "", before); answer.StatusCode != http.StatusSeeOther {
		t.Errorf("after %v the old token is answered %d", kit.Lingers, answer.StatusCode)
	}
	for name, token := range map[string]string{"the first tab's": after, "the second tab's": own} {
		if answer := send(t, h.url, http.MethodGet, "/account", "", token); answer.StatusCode != http.StatusOK {
			t.Errorf("%s token is answered %d", name, answer.StatusCode)
		}
	}
}

// After a sign-out, no token of the session counts, not even one that was replaced a moment ago.
func TestNothingLingersAfterASignOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "kanri")
	before := b.token()
	b.want(b.post("/account/confirm", map[string][]string{"password": {testPassword}}), 200)
	after := b.token()
	b.post("/logout", nil)
	for name, token := range map[string]string{"replaced": before, "last": after} {
		if answer := send(t, h.url, http.MethodGet, "/account", "", token); answer.StatusCode != http.StatusSeeOther {
			t.Errorf("the %s token is answered %d after the sign-out", name, answer.StatusCode)
		}
	}
}

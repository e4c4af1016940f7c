package web

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/desk"
	"uketsuke/internal/web/htmlcheck"
	"uketsuke/internal/web/kit"
	"uketsuke/internal/web/signin"
)

// E18: what a person does about the own account. One house for all, since each part stands alone.
func TestOwnAccount(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	hint := func(text string) htmlcheck.Checker { return htmlcheck.In("main", htmlcheck.HasText(text)) }
	t.Run("ASVS 7.5.1 what needs a fresh proof is not offered without, nor done", func(t *testing.T) {
		b, other := h.as(t, "hanako"), h.as(t, "hanako")
		b.want(b.get("/account"), 200, htmlcheck.In(`form[action="/account/who"]`), htmlcheck.NotIn(`form[action="/account/address"]`), htmlcheck.NotIn(`form[action="/account/sessions/end"]`))
		b.want(b.post("/account/sessions/end", url.Values{}), 422)
		b.want(b.post("/account/address", url.Values{"address": {"new@nac.example"}}), 422)
		if p := other.get("/account"); p.path != "/account" {
			t.Errorf("the other session is at %s", p.path)
		}
		b.want(b.post("/account/who", url.Values{"password": {"wrong"}}), 422)
		b.want(b.post("/account/who", url.Values{"password": {testPassword}}), 200, htmlcheck.In(`form[action="/account/sessions/end"]`))
		b.want(b.post("/account/address", url.Values{"address": {"nonsense"}}), 422, htmlcheck.In("#address-problem"))
		b.want(b.post("/account/address", url.Values{"address": {"new@nac.example"}}), 200, hint("確認を待っています"))
		b.want(b.post("/account/sessions/end", url.Values{}), 200, hint("ほかのログインをすべて終了しました"))
		if p := other.get("/account"); p.path != "/login" {
			t.Errorf("ASVS 7.5.2: the other session is at %s", p.path)
		}
		h.wait(kit.Fresh + time.Second)
		b.want(b.get("/account"), 200, htmlcheck.NotIn(`form[action="/account/address"]`))
	})
	t.Run("password", func(t *testing.T) {
		b := h.as(t, "etsuran")
		const chosen = "eleven gulls on a wet roof"
		change := func(old, first, again string) url.Values {
			return url.Values{"old-password": {old}, "new-password": {first}, "new-password-again": {again}}
		}
		b.want(b.post("/account/password", change("wrong", chosen, chosen)), 422, htmlcheck.In("#old-password-problem"))
		p := b.want(b.post("/account/password", change(testPassword, "password-password", "another")), 422, htmlcheck.In("#new-password-problem"), htmlcheck.In("#new-password-again-problem"))
		if strings.Contains(string(p.body), "password-password") {
			t.Error("the page shows the password")
		}
		b.want(b.post("/account/password", change(testPassword, chosen, chosen)), 200, hint("パスワードを変更しました"))
	})
	t.Run("mails", func(t *testing.T) {
		b := h.as(t, "kanri")
		b.want(b.get("/account"), 200, htmlcheck.In(`input[name="mails"][value="in-effect"][checked]`))
		b.want(b.post("/account/mails", url.Values{"mails": {"settings-complete"}}), 200, htmlcheck.NotIn(`input[value="in-effect"][checked]`), htmlcheck.In(`input[value="settings-complete"][checked]`))
		b.want(b.post("/account/mails", url.Values{"mails": {"approved"}}), 422)
	})
}

// ASVS 6.3.8: a reset says the same, after the same time, whatever was asked; trap 12: its link is only looked at.
func TestResetTellsNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser(t)
	b.want(b.get("/login"), 200, htmlcheck.In(`a[href="/reset"]`))
	b.want(b.post("/reset", url.Values{"login": {" "}}), 422)
	var pages []string
	for _, login := range []string{"hanako", "nobody"} {
		began := time.Now()
		p := b.want(b.post("/reset", url.Values{"login": {login}}), 200)
		if took := time.Since(began); took < signin.ResetTakes {
			t.Errorf("%s: answered after %v", login, took)
		}
		pages = append(pages, p.path+string(p.body))
	}
	if pages[0] != pages[1] {
		t.Error("the answers differ")
	}
	b.want(b.get("/setup/made-up"), 410)
}

// ASVS 7.3.1: each page says when the session ends, and puts that off without a script; near the twelfth hour it can
// be put off no more.
func TestTheEndOfASessionIsSaid(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	ends := func(at time.Duration) htmlcheck.Checker {
		return htmlcheck.In(".session-end", htmlcheck.HasText(kit.Hour{Time: time.UnixMicro(h.elapsed.Load()).Add(at)}.Japanese()))
	}
	b.want(b.get("/contract"), 200, ends(desk.SessionIdle))
	h.wait(4 * time.Minute) // not noted as a visit yet
	b.want(b.get("/contract"), 200, ends(desk.SessionIdle-4*time.Minute))
	b.want(b.post("/session/extend", url.Values{}), 200, ends(desk.SessionIdle), htmlcheck.In("main", htmlcheck.HasText("このタブを閉じて")))
	for range 35 {
		h.wait(20 * time.Minute)
		b.post("/session/extend", url.Values{})
	}
	b.want(b.get("/contract"), 200, ends(16*time.Minute), htmlcheck.NotIn(`form[action="/session/extend"]`))
	b.want(b.get("/session"), 200, htmlcheck.In("main", htmlcheck.HasText("延長することはできません")))
	h.wait(16 * time.Minute)
	if p := b.get("/contract"); p.path != "/login" {
		t.Errorf("after twelve hours at %s", p.path)
	}
}

// mark is the mark that a browser has.
func (b *browser) mark() string {
	b.t.Helper()
	u, err := url.Parse(b.h.url)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, c := range b.client.Jar.Cookies(u) {
		if c.Name == "uketsuke-device" {
			return c.Value
		}
	}
	return ""
}

// The mark of a browser is its own, kept long, and opens nothing.
func TestMarkOfABrowser(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	first := b.mark()
	b.post("/logout", url.Values{})
	b.post("/login", url.Values{"login": {"hanako"}, "password": {testPassword}})
	if first == "" || b.mark() != first {
		t.Errorf("the mark was %q and is %q", first, b.mark())
	}
}

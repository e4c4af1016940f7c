package web

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/web/htmlcheck"
	"uketsuke/internal/web/signin"
)

// The second step, and what is reached before it (ASVS 6.3.3): one house for all of it.
func TestSecondStep(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	credentials := func(login string) url.Values {
		return url.Values{"login": {login}, "password": {testPassword}, "to": {"/desk/news"}}
	}

	t.Run("the centre without a factor reaches its set-up alone", func(t *testing.T) {
		b := h.browser(t)
		seen := b.want(b.post("/login", credentials("shinsa")), 200, htmlcheck.In("h1", htmlcheck.HasText("確認方法の登録")))
		if seen.path != "/login/factor" {
			t.Errorf("led to %s", seen.path)
		}
		for _, path := range []string{"/desk", "/desk/news", "/account/factors"} {
			if p := b.get(path); !strings.HasPrefix(p.path, "/login") {
				t.Errorf("%s is reached without a factor", path)
			}
		}
		if p := b.post("/login/second/passkey/options", url.Values{}); p.status == 200 {
			t.Error("a passkey is asked for of somebody who has none")
		}
		offer := b.want(b.post("/login/factor/totp", url.Values{"to": {"/desk/news"}}), 200, htmlcheck.In("svg.qr path", htmlcheck.HasAttr("fill", "#000000")))
		b.want(b.post("/login/factor/confirm", url.Values{"code": {"000000"}}), 422, htmlcheck.In("#code-problem", htmlcheck.HasText("コードが違います")), htmlcheck.In("svg.qr path"))
		key := between(t, offer.body, `data-totp-key>`, "</dd>")
		secret, err := account.ParseTOTPKey(key)
		if err != nil {
			t.Fatal(err)
		}
		code := account.TOTPCode(secret, account.TOTPStep(h.desk.Elapsed()))
		in := b.want(b.post("/login/factor/confirm", url.Values{"code": {code}}), 200, htmlcheck.In(".notice.warning", htmlcheck.HasText("復旧コードがありません")))
		if in.path != signin.FactorsPath {
			t.Errorf("led to %s", in.path)
		}
		b.want(b.get("/desk"), 200)
		again := h.browser(t)
		again.post("/login", credentials("shinsa"))
		again.want(again.post("/login/second", url.Values{"code": {code}}), 422, htmlcheck.In("#code-problem", htmlcheck.HasText("すでに使われています")))
		again.want(again.post("/login/factor/totp", url.Values{}), 403) // nobody gets past a factor by setting up another one
	})

	t.Run("trap 9: the form survives the second step", func(t *testing.T) {
		giveApp(t, h.desk, "sekinin")
		b := h.browser(t)
		late := b.want(b.post("/desk/search", url.Values{"q": {"見本"}}), 401)
		form := credentials("sekinin")
		form.Set("to", hiddenValue(t, late, "to"))
		form.Set("kept", hiddenValue(t, late, "kept"))
		step := b.want(b.post("/login", form), 200, htmlcheck.In("h1", htmlcheck.HasText("ログインの確認")), htmlcheck.In("main", htmlcheck.HasText("入力した内容は保たれています")))
		wrong := b.want(b.post("/login/second", url.Values{"code": {"12"}, "to": {hiddenValue(t, step, "to")}, "kept": {hiddenValue(t, step, "kept")}}), 422)
		b.want(b.post("/login/second", url.Values{"code": {shownCode(t, h.desk, "sekinin")}, "to": {hiddenValue(t, wrong, "to")}, "kept": {hiddenValue(t, wrong, "kept")}}), 200,
			htmlcheck.In(".notice.warning", htmlcheck.HasText("ログインし直しました")))
	})

	t.Run("ASVS 6.6.2: ten minutes after the password it starts again", func(t *testing.T) {
		giveApp(t, h.desk, "sekinin")
		b := h.browser(t)
		b.post("/login", credentials("sekinin"))
		h.wait(11 * time.Minute)
		b.want(b.post("/login/second", url.Values{"code": {shownCode(t, h.desk, "sekinin")}, "to": {"/desk"}}), 401, htmlcheck.In(".notice.warning", htmlcheck.HasText("時間が経過しました")))
		if p := b.get("/desk"); p.path != "/login" {
			t.Errorf("signed in at %s", p.path)
		}
	})

	t.Run("ASVS 6.3.1: wrong codes are slowed", func(t *testing.T) {
		giveApp(t, h.desk, "sekinin")
		b := h.browser(t)
		b.post("/login", credentials("sekinin"))
		for range 5 {
			b.want(b.post("/login/second", url.Values{"code": {"000000"}}), 422, htmlcheck.In("#code-problem", htmlcheck.HasText("コードが違うか")))
		}
		b.want(b.post("/login/second", url.Values{"code": {shownCode(t, h.desk, "sekinin")}}), 422, htmlcheck.In("#code-problem", htmlcheck.HasText("しばらく受け付けません")))
		h.wait(2 * time.Minute)
		if p := b.post("/login/second", url.Values{"code": {shownCode(t, h.desk, "sekinin")}}); p.path != "/desk" {
			t.Errorf("the right code leads to %s: %s", p.path, text(p.body))
		}
	})
}

// What a person changes about the own factors needs re-authentication, for which a code does too (ASVS 7.5.1).
func TestFactorsPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	b.want(b.get(signin.FactorsPath), 200, htmlcheck.In("#password"), htmlcheck.NotIn(`form[action="/account/factors/totp"]`))
	for _, path := range []string{"/totp", "/totp/confirm", "/totp/remove", "/recovery", "/passkeys", "/passkeys/options"} {
		b.want(b.post(signin.FactorsPath+path, url.Values{}), 422, htmlcheck.In("#password-problem", htmlcheck.HasText("先にご本人であることを確認")))
	}
	b.want(b.post("/account/confirm", url.Values{"password": {"wrong"}}), 422)
	b.want(b.post("/account/confirm", url.Values{"password": {testPassword}}), 200, htmlcheck.NotIn("#password"), htmlcheck.In(`form[action="/account/factors/totp"]`))
	b.want(b.post(signin.FactorsPath+"/recovery", url.Values{}), 422)
	giveApp(t, h.desk, "hanako")
	codes := b.want(b.post(signin.FactorsPath+"/recovery", url.Values{}), 200, htmlcheck.Count(".recovery li", 10))
	h.wait(6 * time.Minute)
	b.want(b.get(signin.FactorsPath), 200, htmlcheck.In("#password-hint", htmlcheck.HasText("6桁のコードでも")), htmlcheck.In("main", htmlcheck.HasText("残り10個")))
	b.want(b.post("/account/confirm", url.Values{"password": {shownCode(t, h.desk, "hanako")}}), 200, htmlcheck.NotIn("#password"))

	other := h.browser(t)
	other.post("/login", url.Values{"login": {"hanako"}, "password": {testPassword}})
	code := between(t, codes.body, `<span class="mono">`, "</span>")
	if p := other.post("/login/second", url.Values{"code": {strings.ToLower(code)}}); p.path != "/" {
		t.Errorf("a recovery code leads to %s: %s", p.path, text(p.body))
	}
	other.post("/logout", url.Values{})
	other.post("/login", url.Values{"login": {"hanako"}, "password": {testPassword}})
	other.want(other.post("/login/second", url.Values{"code": {code}}), 422)

	b.want(b.post(signin.FactorsPath+"/totp/remove", url.Values{}), 200, htmlcheck.In("main", htmlcheck.HasText("認証アプリは登録されていません")), htmlcheck.In("main", htmlcheck.HasText("使える復旧コードはありません")))
	staff := h.as(t, "shinsa")
	staff.want(staff.post("/account/confirm", url.Values{"password": {testPassword}}), 200)
	staff.want(staff.post(signin.FactorsPath+"/totp/remove", url.Values{}), 422, htmlcheck.In(".summary", htmlcheck.HasText("一つ以上必要です")))
}

// between is what stands between two marks of a page.
func between(t *testing.T, body []byte, from, to string) string {
	t.Helper()
	_, rest, found := strings.Cut(string(body), from)
	text, _, closed := strings.Cut(rest, to)
	if !found || !closed {
		t.Fatalf("nothing stands between %q and %q", from, to)
	}
	return text
}

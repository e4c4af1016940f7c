package web

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/web/htmlcheck"
	"uketsuke/internal/web/signin"

	"golang.org/x/net/html"
)

func (h *house) wait(d time.Duration) { h.elapsed.Add(d.Microseconds()) }

func TestLoginSaysTheSameOfUnknownAndWrong(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser(t)
	const sentence = "ログインIDまたはパスワードが違います"
	for _, login := range []string{"hanako", "nobody"} {
		p := b.want(b.post("/login", url.Values{"login": {login}, "password": {"tiger-lily"}}), 422,
			htmlcheck.In(".summary", htmlcheck.HasText(sentence)), htmlcheck.In(`input[name="login"]`, htmlcheck.HasAttr("value", login)),
			htmlcheck.In(`input[name="password"]`, htmlcheck.HasAttr("value", "")))
		if strings.Contains(string(p.body), "tiger-lily") {
			t.Error("the page shows the password")
		}
	}
}

func TestLoginLeadsWhereThePersonBelongs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	tests := []struct{ login, to, path string }{
		{"hanako", "/contract", "/contract"}, {"hanako", "", "/"}, {"hanako", "//evil.example", "/"}, {"hanako", "/desk", "/"},
		{"hanako", "https://evil.example/", "/"}, {"shinsa", "/contract", "/desk"}, {"shinsa", "", "/desk"},
	}
	for _, tt := range tests {
		if p := h.browser(t).signIn(h.desk, tt.login, testPassword, tt.to); p.path != tt.path {
			t.Errorf("%s to %q: led to %s, want %s", tt.login, tt.to, p.path, tt.path)
		}
	}
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		wait []time.Duration
		path string
	}{
		{"29 minutes idle", []time.Duration{29 * time.Minute}, "/contract"},
		{"31 minutes idle", []time.Duration{31 * time.Minute}, "/login"},
		{"visits in between", []time.Duration{20 * time.Minute, 20 * time.Minute}, "/contract"},
		{"12 hours in all", durations(37, 20*time.Minute), "/login"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHouse(t)
			b := h.as(t, "hanako")
			var p pageSeen
			for _, d := range tt.wait {
				h.wait(d)
				p = b.get("/contract")
			}
			if p.path != tt.path {
				t.Errorf("at %s, want %s", p.path, tt.path)
			}
		})
	}
}

// ASVS 14.3.1: an open page asks how long its session lasts; asking is no visit, so it puts nothing off.
func TestSessionLeft(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	left := func() (l signin.SessionLeft) {
		t.Helper()
		p := b.get("/session/left")
		if err := json.Unmarshal(p.body, &l); err != nil {
			t.Fatalf("at %s: %v\n%s", p.path, err, p.body)
		}
		return l
	}
	session := left().Session
	b.want(b.get("/contract"), 200, htmlcheck.In("[data-ends-in]", htmlcheck.HasAttr("data-session", session)))
	for _, want := range []signin.SessionLeft{{Session: session, Seconds: 20 * 60}, {Session: session, Seconds: 10 * 60}, {Session: session, Seconds: 1}, {}} {
		h.wait(time.Duration(left().Seconds-want.Seconds) * time.Second)
		if got := left(); got != want {
			t.Errorf("%+v is left, want %+v", got, want)
		}
	}
	b = h.as(t, "hanako")
	if again := left(); again.Session == session || again.Session == "" {
		t.Errorf("the next session is %q, the one before was %q", again.Session, session)
	}
}

func durations(n int, d time.Duration) []time.Duration {
	all := make([]time.Duration, n)
	for i := range all {
		all[i] = d
	}
	return all
}

func TestLogoutEndsTheSession(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	b.want(b.post("/logout", url.Values{}), 200, htmlcheck.In("h1", htmlcheck.HasText("ログイン")))
	if p := b.get("/contract"); p.path != "/login" {
		t.Errorf("after the logout: at %s", p.path)
	}
}

// hiddenValue is the value of a hidden field of a page.
func hiddenValue(t *testing.T, p pageSeen, name string) string {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(string(p.body)))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		found, value := false, ""
		for _, a := range n.Attr {
			found = found || a.Key == "name" && a.Val == name
			if a.Key == "value" {
				value = a.Val
			}
		}
		if found && n.Data == "input" {
			return value
		}
	}
	t.Fatalf("no field %q in %s", name, text(p.body))
	return ""
}

// Trap 9: a session that ends does not eat the input.
func TestInputSurvivesTheEndOfTheSession(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	start := b.post("/applications", url.Values{})
	h.wait(31 * time.Minute)
	const reason = "通関業務を\r\n始めるため。<&\"%s"
	typed := start.with("kinds", "user-code", "desired", "2024-12-11", "reason", reason, "do", "next")
	out := b.want(b.post(start.path, typed), 401, htmlcheck.In("main", htmlcheck.HasText("入力した内容は保たれています")))
	login := func(login, password string) url.Values {
		return url.Values{"login": {login}, "password": {password}, "to": {hiddenValue(t, out, "to")}, "kept": {hiddenValue(t, out, "kept")}}
	}
	out = b.want(b.post("/login", login("hanako", "wrong")), 422)
	back := b.want(b.post("/login", login("hanako", testPassword)), 200,
		htmlcheck.In(".notice", htmlcheck.HasText("ログインし直しました。入力内容はそのままです。まだ保存されていません。")),
		htmlcheck.In(`textarea[name="reason"]`, htmlcheck.HasText(`始めるため。<&"%s`)),
		htmlcheck.In(`input[name="kinds"][checked]`), htmlcheck.In(`input[name="desired"][value="2024-12-11"][checked]`))
	b.want(b.get(start.path), 200, htmlcheck.In(`textarea[name="reason"]`, htmlcheck.NoText("通関業務")))
	if p := b.want(b.post(start.path, back.with("kinds", "user-code", "desired", "2024-12-11", "reason", reason, "do", "next")), 200); !strings.HasSuffix(p.path, "/contact") {
		t.Errorf("pressing again leads to %s", p.path)
	}

	other := h.browser(t)
	other.want(other.post("/login", login("betsu", testPassword)), 404, htmlcheck.In("main", htmlcheck.NoText("通関業務")))
}

// A password that was typed when the session had ended is not carried along.
func TestPasswordsAreNotCarried(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	out := h.browser(t).post("/applications/x/confirm", url.Values{"password": {"open sesame"}, "version": {"1"}})
	if got := hiddenValue(t, out, "kept"); got != "version=1" {
		t.Errorf("kept is %q, want the version alone", got)
	}
	if strings.Contains(string(out.body), "sesame") {
		t.Error("the page holds the password")
	}
}

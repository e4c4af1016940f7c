package demo

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/mail/catcher"
	"uketsuke/internal/web/htmlcheck"
)

// pages are the demo's with a clock at 2024-11-29 10:00 in Japan; moved counts the rounds that were asked.
func pages(t *testing.T) (p *Pages, moved *int, smtpAt string) {
	t.Helper()
	dir := t.TempDir()
	mails, err := catcher.Open(filepath.Join(dir, "mails"))
	if err != nil {
		t.Fatal(err)
	}
	at, err := mails.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = mails.Close() })
	clock, _, err := OpenClock(filepath.Join(dir, "clock.json"), time.Date(2024, 11, 29, 1, 0, 0, 0, time.UTC), func() time.Time { return time.Unix(0, 0) })
	if err != nil {
		t.Fatal(err)
	}
	moved = new(int)
	p = &Pages{Clock: clock, Mails: mails, Log: slog.New(slog.DiscardHandler), Moved: func(context.Context) error { *moved++; return nil }}
	if err := p.Prepare(); err != nil {
		t.Fatal(err)
	}
	return p, moved, at.String()
}

func ask(p *Pages, method, path string, form url.Values, referer string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Referer", referer)
	answer := httptest.NewRecorder()
	p.ServeHTTP(answer, r)
	return answer
}

// Every page is sound, also without mails, and shows what was typed into a mail as text.
func TestPages(t *testing.T) {
	t.Parallel()
	p, _, smtpAt := pages(t)
	see := func(path string, status int, texts ...string) {
		t.Helper()
		answer := ask(p, http.MethodGet, path, nil, "")
		if answer.Code != status {
			t.Errorf("%s: status %d", path, answer.Code)
		}
		checks := []htmlcheck.Checker{htmlcheck.Sound, htmlcheck.In("main")}
		for _, text := range texts {
			checks = append(checks, htmlcheck.In("main", htmlcheck.HasText(text)))
		}
		if err := htmlcheck.Page(answer.Body.Bytes(), checks...); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	see("/demo/mail", http.StatusOK, "まだメールはありません")
	see("/demo/mail/none", http.StatusNotFound, "見つかりません")
	see("/demo/elsewhere", http.StatusNotFound, "見つかりません")
	text := "From: <no-reply@centre.example>\r\nTo: <yamada@nac.example>\r\nSubject: hello\r\nMessage-ID: <1@centre.example>\r\n" +
		"Date: Mon, 02 Dec 2024 01:30:00 +0000\r\n\r\n<script>alert(1)</script>\r\n"
	if err := smtp.SendMail(smtpAt, nil, "no-reply@centre.example", []string{"yamada@nac.example"}, []byte(text)); err != nil {
		t.Fatal(err)
	}
	see("/demo/mail", http.StatusOK, "hello", "yamada@nac.example", "2024年12月2日 10:30")
	see("/demo/mail/"+p.Mails.Messages()[0].ID, http.StatusOK, "<script>alert(1)</script>", "1@centre.example")
}

// The bar moves the clock, has the work of the clock done, and returns to where it was pressed.
func TestMove(t *testing.T) {
	t.Parallel()
	p, moved, _ := pages(t)
	for name, c := range map[string]struct{ referer, want string }{
		"a page":              {"http://example.com/applications/1?tab=2", "/applications/1?tab=2"},
		"another site":        {"http://other.example/x", "/"},
		"nowhere":             {"", "/"},
		"an address in a way": {"http://example.com//other.example", "/"},
	} {
		before := *moved
		answer := ask(p, http.MethodPost, "/demo/clock", url.Values{"step": {"day"}}, c.referer)
		if answer.Code != http.StatusSeeOther || answer.Header().Get("Location") != c.want || *moved != before+1 {
			t.Errorf("%s: %d, %q, %d rounds", name, answer.Code, answer.Header().Get("Location"), *moved-before)
		}
	}
	for _, named := range []string{"//other.example", "/\\other.example", "/\t/other.example", "/a\\..\\b", "/\r\n/other.example", "https://other.example"} {
		pressed := httptest.NewRequest(http.MethodPost, "/demo/clock", strings.NewReader(url.Values{"back": {named}}.Encode()))
		pressed.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if got := pressedOn(pressed); got != "/" {
			t.Errorf("%q leads to %q", named, got)
		}
	}
	if got := p.Clock.Now().UTC().Format(time.RFC3339); got != "2024-12-03T01:00:00Z" {
		t.Errorf("four days on it is %s", got)
	}
	rounds := *moved
	for name, c := range map[string]struct {
		typed string
		want  string
	}{"backwards": {"2024-11-29T10:00", "時計は戻せません"}, "no moment": {"soon", "日時を読み取れません"}} {
		answer := ask(p, http.MethodPost, "/demo/clock", url.Values{"to": {c.typed}}, "")
		if err := htmlcheck.Page(answer.Body.Bytes(), htmlcheck.Sound, htmlcheck.In("h1", htmlcheck.HasText(c.want))); err != nil || answer.Code != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d, %v", name, answer.Code, err)
		}
	}
	if *moved != rounds {
		t.Error("a refused move did something")
	}
	p.Moved = func(context.Context) error { return errors.New("secret detail") }
	answer := ask(p, http.MethodPost, "/demo/clock", url.Values{"step": {"hour"}}, "")
	if answer.Code != http.StatusInternalServerError || strings.Contains(answer.Body.String(), "secret detail") {
		t.Errorf("a failed round: %d", answer.Code)
	}
	if answer := ask(p, http.MethodGet, "/demo/clock", nil, ""); answer.Code != http.StatusNotFound {
		t.Errorf("GET moves nothing: %d", answer.Code)
	}
}

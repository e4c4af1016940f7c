package web

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"uketsuke/internal/web/htmlcheck"
	"uketsuke/internal/web/kit"
)

// headersOf are what every answer carries, whatever it answers (security.md, "In and out"; ASVS 3.4.x).
func headersOf() map[string]string {
	return map[string]string{
		"Content-Security-Policy": kit.Policy, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Permissions-Policy": kit.Permissions,
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store",
	}
}

// carriesHeaders wants every header; static files alone may be kept.
func carriesHeaders(t *testing.T, what string, h http.Header) {
	t.Helper()
	for name, value := range headersOf() {
		if got := h.Get(name); got != value && (name != "Referrer-Policy" || got != "no-referrer") { // where the address itself tells something
			t.Errorf("%s: %s is %q, want %q", what, name, got, value)
		}
	}
}

// The policy lets nothing run that stands in a page, nobody frame us, no form leave, no base move.
func TestThePolicyIsStrict(t *testing.T) {
	t.Parallel()
	for _, directive := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(kit.Policy, directive) {
			t.Errorf("no %q in %q", directive, kit.Policy)
		}
	}
	for _, hole := range []string{"unsafe", "*", "http:", "https:", "blob:"} {
		if strings.Contains(kit.Policy, hole) {
			t.Errorf("%q in %q", hole, kit.Policy)
		}
	}
}

// send asks with any method, header and body.
func (b *browser) sendRaw(method, path, kind, body string, headers ...string) pageSeen {
	b.t.Helper()
	r, err := http.NewRequestWithContext(b.t.Context(), method, b.h.url+path, strings.NewReader(body))
	if err == nil {
		r.Header.Set("Content-Type", kind)
		for i := 0; i+1 < len(headers); i += 2 {
			r.Header.Set(headers[i], headers[i+1])
		}
	}
	return b.do(r, err)
}

const formKind = "application/x-www-form-urlencoded"

// What comes in is held against what the page has: no unknown field, none twice that has one answer, not more than
// any page has, no control characters; no other method, no other way to name a method, no other host (ASVS 15.3.3).
func TestWhatComesInIsBounded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	start := b.post("/applications", url.Values{}).path
	version := b.get(start).hidden("version")
	many := url.Values{"version": {version}, "kinds": make([]string, kit.MaxFields+1)}
	for name, c := range map[string]struct {
		method, path, kind, body string
		headers                  []string
		status                   int
	}{
		"unknown field":            {"POST", start, formKind, "version=" + version + "&admin=yes", nil, 422},
		"a field twice":            {"POST", start, formKind, "version=" + version + "&version=9", nil, 422},
		"check boxes may be":       {"POST", start, formKind, "version=" + version + "&kinds=user-code&kinds=ident-number&do=keep", nil, 200},
		"more fields than any has": {"POST", start, formKind, many.Encode(), nil, 413},
		"the field in the address": {"POST", start + "?version=" + version, formKind, "", nil, 400},
		"a control character":      {"POST", start, formKind, "version=" + version + "&reason=a%00b", nil, 422},
		"another way of a method":  {"POST", start, formKind, "_method=DELETE", nil, 422},
		"a header for a method":    {"GET", start, formKind, "", []string{"X-HTTP-Method-Override", "POST"}, 200},
		"PUT":                      {"PUT", start, formKind, "", nil, 405},
		"DELETE":                   {"DELETE", start, formKind, "", nil, 405},
		"PATCH":                    {"PATCH", start, formKind, "", nil, 405},
		"OPTIONS":                  {"OPTIONS", start, formKind, "", nil, 405},
		"TRACE":                    {"TRACE", start, formKind, "", nil, 405},
		"CONNECT":                  {"POST", "/CONNECT", formKind, "", nil, 404},
		"HEAD of a POST":           {"HEAD", "/logout", formKind, "", nil, 405},
		"text as a form":           {"POST", start, "text/plain", "version=1", nil, 415},
		"a file where none goes":   {"POST", start, "multipart/form-data; boundary=x", "--x--", nil, 415},
		"another site, new":        {"POST", start, formKind, "version=1", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		"another site, old":        {"POST", start, formKind, "version=1", []string{"Origin", "https://elsewhere.example"}, 403},
		"a sister site":            {"POST", start, formKind, "version=1", []string{"Sec-Fetch-Site", "same-site"}, 403},
	} {
		t.Run(name, func(t *testing.T) {
			p := (&browser{t, h, b.client}).sendRaw(c.method, c.path, c.kind, c.body, c.headers...)
			if p.status != c.status {
				t.Errorf("status %d, want %d: %s", p.status, c.status, text(p.body))
			}
			carriesHeaders(t, name, p.header)
			if strings.Contains(p.header.Get("Allow"), "TRACE") || p.header.Get("Access-Control-Allow-Origin") != "" {
				t.Errorf("headers %v", p.header)
			}
		})
	}
}

// One file is one file: two in the field, or one in another field, are refused before anything is read of them.
func TestOneFileIsOneFile(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "sekinin")
	for name, fields := range map[string][]string{"two in the field": {kit.FileField, kit.FileField}, "another field": {"other"}} {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		for i, field := range fields {
			part, err := form.CreateFormFile(field, fmt.Sprintf("%d.csv", i))
			if err == nil {
				_, err = part.Write([]byte("day,name\n2024-12-24,冬季休業\n"))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := form.Close(); err != nil {
			t.Fatal(err)
		}
		p := b.sendRaw("POST", "/desk/calendar/preview", form.FormDataContentType(), body.String())
		b.want(p, 422, htmlcheck.In(".summary", htmlcheck.HasText("1つだけ")))
		if t.Failed() {
			t.Log(name)
		}
	}
}

// Nobody is led to another site: not by the address that a login leads on to, not by the way back of the language,
// not by a host that a request only claims (ASVS 3.7, 4.1).
func TestNobodyIsLedElsewhere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser(t)
	b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for _, to := range []string{"https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/\r\nSet-Cookie: a=b", "javascript:alert(1)", "/%0d%0aX: y", "/..//evil.example", " //evil.example"} {
		for what, p := range map[string]pageSeen{
			"login":    b.post("/login", url.Values{"login": {"hanako"}, "password": {testPassword}, "to": {to}}),
			"language": b.post("/language", url.Values{"lang": {"en"}, "back": {to}}),
			"kept":     b.post("/login", url.Values{"login": {"hanako"}, "password": {testPassword}, "to": {to}, "kept": {"version=1"}}),
		} {
			at, err := url.Parse(p.header.Get("Location"))
			if err != nil || at.Host != "" || at.Scheme != "" || strings.HasPrefix(at.Path, "//") || strings.HasPrefix(at.Path, "\\") || p.header.Get("X") != "" || p.status >= 500 {
				t.Errorf("%s with %q: status %d, Location %q", what, to, p.status, p.header.Get("Location"))
			}
			for _, cookie := range p.header.Values("Set-Cookie") {
				if strings.HasPrefix(cookie, "a=") {
					t.Errorf("%s with %q sets %q", what, to, cookie)
				}
			}
		}
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, h.url+"/contract", nil)
	if err == nil {
		r.Host = "evil.example"
		r.Header.Set("X-Forwarded-Host", "evil.example")
	}
	if p := b.do(r, err); strings.Contains(p.header.Get("Location")+string(p.body), "evil") {
		t.Errorf("the host that a request claims stands in the answer: %q", p.header.Get("Location"))
	}
}

package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"uketsuke/internal/web/kit"
)

func TestStaticFilesAreServedForEver(t *testing.T) {
	t.Parallel()
	s, err := kit.NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	for name, kind := range map[string]string{"uketsuke.css": "text/css", "uketsuke.js": "text/javascript", "session.js": "text/javascript", "mark.svg": "image/svg+xml"} {
		at, err := s.Address(name)
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", at, nil))
		if w.Code != 200 || w.Body.Len() == 0 {
			t.Errorf("%s: status %d with %d bytes, want 200 with content", at, w.Code, w.Body.Len())
		}
		if got := w.Header().Get("Content-Type"); !strings.HasPrefix(got, kind) {
			t.Errorf("%s: type is %q, want %q", at, got, kind)
		}
		if got := w.Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("%s: Cache-Control is %q, want immutable", at, got)
		}
	}
}

func TestStaticKnowsNoOtherAddress(t *testing.T) {
	t.Parallel()
	s, err := kit.NewStatic()
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []string{"/static/0000000000000000/uketsuke.css", "/static/../web.go", "/static/"} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest("GET", at, nil))
		if w.Code != http.StatusNotFound {
			t.Errorf("%s: status is %d, want 404", at, w.Code)
		}
	}
	if at, err := s.Address("nothing.css"); err == nil {
		t.Errorf("nothing.css has the address %q, want an error", at)
	}
}

func TestSecureForbidsCodeInPages(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	kit.Secure(http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	got := w.Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"} {
		if !strings.Contains(got, want) {
			t.Errorf("policy is %q, want %q in it", got, want)
		}
	}
	if strings.Contains(got, "unsafe") {
		t.Errorf("policy is %q, want nothing unsafe in it", got)
	}
}

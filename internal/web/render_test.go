package web

import (
	"io/fs"
	"net/http/httptest"
	"path"
	"strings"
	"testing"

	"uketsuke/internal/web/htmlcheck"

	"github.com/jba/templatecheck"
)

var operator = Operator{Service: "利用申込窓口", Name: "センター", HelpDesk: "ヘルプデスク", Phone: "0120-000-000", Hours: "24時間", Rules: "/rules"}

func newTestRenderer(t *testing.T) *Renderer {
	t.Helper()
	r, err := NewRenderer(operator)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Every template fits its struct on every path, also those that no test renders.
func TestPagesFitTheirStructs(t *testing.T) {
	t.Parallel()
	r := newTestRenderer(t)
	if err := r.parse(Japanese, pages()); err != nil { // afresh: a template that has run is no longer as written
		t.Fatal(err)
	}
	for _, p := range pages() {
		if err := templatecheck.CheckHTMLStrict(r.sets[Japanese][p.Name], p.Data); err != nil {
			t.Errorf("page %s: %v", p.Name, err)
		}
	}
}

// Every page can be rendered from the zero value of its struct: an empty state is never a broken page.
func TestPagesRenderEmpty(t *testing.T) {
	t.Parallel()
	r := newTestRenderer(t)
	for _, p := range pages() {
		for _, l := range Languages() {
			if err := r.Render(httptest.NewRecorder(), 200, p.Name, l, p.Data); err != nil {
				t.Errorf("page %s in %s: %v", p.Name, l, err)
			}
		}
	}
}

func TestEveryPageFileIsDeclared(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	declaredOnes := map[string]bool{}
	for _, p := range pages() {
		declaredOnes[p.Name] = true
	}
	for _, file := range files {
		if name := strings.TrimSuffix(path.Base(file), ".html"); !declaredOnes[name] {
			t.Errorf("templates/%s.html is not declared in pages.go", name)
		}
	}
}

func TestRenderRefuses(t *testing.T) {
	t.Parallel()
	r := newTestRenderer(t)
	tests := []struct {
		name, page string
		data       any
		wrong      string
	}{
		{"unknown page", "nothing", ErrorPage{}, "not declared"},
		{"another struct", "error", Frame{}, "declared is web.ErrorPage"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			err := r.Render(w, 200, tt.page, Japanese, tt.data)
			if err == nil || !strings.Contains(err.Error(), tt.wrong) {
				t.Errorf("got %v, want %q", err, tt.wrong)
			}
			if w.Body.Len() > 0 {
				t.Errorf("wrote %q before it failed", w.Body)
			}
		})
	}
}

func TestBrokenPage(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	newTestRenderer(t).Broken(w, Japanese, "id-<1>")
	if w.Code != 500 {
		t.Errorf("status is %d, want 500", w.Code)
	}
	err := htmlcheck.Page(w.Body.Bytes(), htmlcheck.Sound,
		htmlcheck.In("h1", htmlcheck.HasText("ただいま表示できません")),
		htmlcheck.In("main", htmlcheck.HasText("id-<1>"), htmlcheck.NoText(requestIDPlace)))
	if err != nil {
		t.Error(err)
	}
}

package web

import (
	"html/template"
	"io/fs"
	"net/http/httptest"
	"path"
	"strings"
	"testing"

	"uketsuke/internal/web/htmlcheck"
	"uketsuke/internal/web/kit"

	"github.com/jba/templatecheck"
)

var operator = kit.Operator{Service: "利用申込窓口", Name: "センター", HelpDesk: "ヘルプデスク", Phone: "0120-000-000", Hours: "24時間", Rules: "/rules"}

func newTestRenderer(t *testing.T) *kit.Renderer {
	t.Helper()
	r, err := kit.NewRenderer(operator, pages())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Every template fits its struct on every path, also those that no test renders.
func TestPagesFitTheirStructs(t *testing.T) {
	t.Parallel()
	r := newTestRenderer(t)
	written, err := kit.NewSet(pages(), r.Functions(kit.Japanese)) // afresh: a template that has run is no longer as written
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pages() {
		if err := templatecheck.CheckHTMLStrict(written.Lookup(kit.PageName(p.Name, kit.LayoutName)), p.Data); err != nil {
			t.Errorf("page %s: %v", p.Name, err)
		}
	}
}

// Every page can be rendered from the zero value of its struct: an empty state is never a broken page.
func TestPagesRenderEmpty(t *testing.T) {
	t.Parallel()
	r := newTestRenderer(t)
	for _, p := range pages() {
		for _, l := range kit.Languages() {
			if err := r.Render(httptest.NewRecorder(), 200, p.Name, l, p.Data); err != nil {
				t.Errorf("page %s in %s: %v", p.Name, l, err)
			}
		}
	}
}

func TestEveryPageFileIsDeclared(t *testing.T) {
	t.Parallel()
	files, err := fs.Glob(kit.TemplateFiles, "templates/*.html")
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
		{"unknown page", "nothing", kit.ErrorPage{}, "not declared"},
		{"another struct", "error", kit.Frame{}, "declared is kit.ErrorPage"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			err := r.Render(w, 200, tt.page, kit.Japanese, tt.data)
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
	newTestRenderer(t).Broken(w, kit.Japanese, "id-<1>")
	if w.Code != 500 {
		t.Errorf("status is %d, want 500", w.Code)
	}
	err := htmlcheck.Page(w.Body.Bytes(), htmlcheck.Sound,
		htmlcheck.In("h1", htmlcheck.HasText("ただいま表示できません")),
		htmlcheck.In("main", htmlcheck.HasText("id-<1>"), htmlcheck.NoText(kit.RequestIDPlace)))
	if err != nil {
		t.Error(err)
	}
}

// What a page defines is its own: no other page's title, and no part that is called the same, stands in its place.
func TestPagesKeepWhatTheyDefine(t *testing.T) {
	t.Parallel()
	r := newTestRenderer(t)
	set := r.Sets[kit.Japanese]
	shared := map[string]bool{}
	for _, file := range []string{"templates/layout/*.html", "templates/parts/*.html"} {
		parts, err := template.New("").Funcs(r.Functions(kit.Japanese)).ParseFS(kit.TemplateFiles, file)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range parts.Templates() {
			shared[part.Name()] = defined(part)
		}
	}
	for _, p := range pages() {
		own, err := template.New("").Funcs(r.Functions(kit.Japanese)).ParseFS(kit.TemplateFiles, "templates/"+p.Name+".html")
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range own.Templates() {
			if shared[o.Name()] {
				t.Errorf("page %s defines %q, which is a part: the page's would stand in its place on that page alone", p.Name, o.Name())
			}
			if defined(o) && set.Lookup(kit.PageName(p.Name, o.Name())) == nil {
				t.Errorf("the %q of page %s is not in the set", o.Name(), p.Name)
			}
		}
	}
}

// defined says that a template is one that a file defines, not the file itself.
func defined(t *template.Template) bool {
	return t.Tree != nil && t.Name() != "" && !strings.HasSuffix(t.Name(), ".html")
}

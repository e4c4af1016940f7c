package htmlcheck

import (
	"strings"
	"testing"
)

const page = `<!DOCTYPE html><html lang="ja"><title>t</title><body><h1>見出し</h1>
<form method="post" action="/a"><p class="one two">a  <b>b</b>
c</p><input id="codes.1" name="x"><label for="codes.1">x</label><button class="primary">送る</button></form><p>z</p></body></html>`

func TestCheckers(t *testing.T) {
	tests := []struct {
		name  string
		check Checker
		wrong string // part of the report, "" when the check holds
	}{
		{"tag", In("form"), ""},
		{"id with a dot in brackets", In(`[id="codes.1"]`, HasAttr("name", "x")), ""},
		{"two classes", In("p.two.one", HasText("a b c")), ""},
		{"inside", In(`form[method="post"] button.primary`, HasText("送る")), ""},
		{"attribute without value", In("[action]"), ""},
		{"nothing outside", NotIn("p form"), ""},
		{"count", Count("p", 2), ""},
		{"one of several fits", In("p", HasText("z")), ""},
		{"checks inside checks", In("form", In("b", HasText("b")), NotIn("h1")), ""},
		{"no text", In("h1", NoText("z")), ""},
		{"missing element", In("table"), "table: no such element"},
		{"missing class", In("p.three"), "no such element"},
		{"unwanted element", NotIn("p.one"), "1 elements, want 0"},
		{"wrong text", In("h1", HasText("別")), `text is "見出し"`},
		{"unwanted text", In("h1", NoText("見")), `want no "見"`},
		{"wrong attribute", In("form", HasAttr("method", "get")), `attribute method is "post"`},
		{"missing attribute", In("form", HasAttr("id", "f")), "attribute id is missing"},
		{"wrong nesting", In("button form"), "no such element"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { expect(t, Page([]byte(page), tt.check), tt.wrong) })
	}
}

func TestSound(t *testing.T) {
	tests := []struct{ name, from, to, wrong string }{
		{"sound", "", "", ""},
		{"id twice", "<p>z", `<p id="codes.1">z`, `id "codes.1" stands 2 times`},
		{"label leads nowhere", `for="codes.1"`, `for="codes.2"`, `leads to nothing`},
		{"input without label", `for="codes.1"`, ``, `without a label`},
		{"link leads nowhere", "<p>z", `<p><a href="#y">z</a>`, `link to "#y" leads to nothing`},
		{"button without name", "送る", "", "button without a text"},
		{"two headings", "<p>z", "<h1>z</h1>", "h1: 2 elements"},
		{"no language", ` lang="ja"`, "", "html[lang]: no such element"},
		{"style attribute", "<p>z", `<p style="color:red">z`, "style="},
		{"style element", "<p>z", `<style>p{}</style>`, "style: 1 elements"},
		{"handler", "<p>z", `<p onclick="x()">z`, "onclick="},
		{"script", "<p>z", `<script>x()</script>`, "script stands in the page"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			expect(t, Page([]byte(strings.Replace(page, tt.from, tt.to, 1)), Sound), tt.wrong)
		})
	}
}

func TestSelectorMistakesPanic(t *testing.T) {
	for _, selector := range []string{"", "p[x", "p."} {
		t.Run(selector, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Errorf("parse(%q) did not panic", selector)
				}
			}()
			parse(selector)
		})
	}
}

func expect(t *testing.T, err error, wrong string) {
	t.Helper()
	switch {
	case wrong == "" && err != nil:
		t.Errorf("got %v, want nothing wrong", err)
	case wrong != "" && (err == nil || !strings.Contains(err.Error(), wrong)):
		t.Errorf("got %v, want a report with %q", err, wrong)
	}
}

package web

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"uketsuke/internal/web/kit"

	"golang.org/x/net/html"
)

// fieldsOf are the names of a page's main form with the values a browser would send.
func fieldsOf(t *testing.T, p pageSeen) url.Values {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(string(p.body)))
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{}
	for n := range doc.Descendants() {
		at := map[string]string{}
		for _, a := range n.Attr {
			at[a.Key] = a.Val
		}
		if n.Data == "input" || n.Data == "select" || n.Data == "textarea" {
			_, checked := at["checked"]
			_, disabled := at["disabled"]
			if ticked := at["type"] != "radio" && at["type"] != "checkbox" || checked; at["name"] != "" && at["name"] != "back" && !disabled {
				form[at["name"]] = slices.Clone(form[at["name"]]) // a field is there even when nothing is ticked in it
				if ticked {
					form.Add(at["name"], at["value"])
				}
			}
		}
	}
	return form
}

// corpus is what people and scanners type.
func corpus() map[string]string {
	return map[string]string{
		"nothing": "", "too long": strings.Repeat("あ", 3000), "full width": "ＡＢＣ１２３＠．", "control": "a\x00b\x07", "broken": "\xc3\x28",
		"markup": `"><script>alert(1)</script>`, "format": "%s%d%!", "line breaks": "a\r\nb", "bidi": "a\u202eb", "number": "99999999999999999999", "negative": "-1", "day": "2024-13-45",
	}
}

// Whatever is typed into any field of any form: the page comes back or the next one opens, never an error
// of our own; what is refused is still there.
func TestNoInputBreaksAPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	codes := h.filled(t, b, "2024-12-10")
	id := strings.TrimSuffix(codes.path, "/codes")
	code := b.get(codes.path + "/0")
	b.want(b.post(code.path, code.with("do", "set", "category", "common", "single_sign_on", "no", "trades", "customs-broker", "method", "netnaccs", "count", "1")), 200)
	kept := 0
	for _, path := range []string{id + "/start", id + "/contact", id + "/codes/1", id + "/codes/1/settings/name", id + "/codes/1/settings/customs-broker", id + "/confirm", "/login"} {
		page := b.get(path)
		if path == "/login" {
			page = h.browser(t).get(path)
		}
		for _, name := range slices.Sorted(maps.Keys(fieldsOf(t, page))) {
			for kind, typed := range corpus() {
				form := fieldsOf(t, page)
				form.Set(name, typed)
				p := b.post(path, form)
				switch {
				case p.status >= 500:
					t.Errorf("%s: %s in %s: status %d", path, kind, name, p.status)
				case p.status == 422:
					kept += keepsTyped(t, p, name, typed)
				case p.status == 200:
					page = b.get(path) // it was stored: the version moved on
				}
			}
		}
	}
	if kept < 100 {
		t.Errorf("only %d refused values were looked at", kept)
	}
}

// 一時保存 takes whatever is text, and gives it back as it was typed.
func TestKeepTakesWhateverIsText(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	codes := h.filled(t, b, "2024-12-10")
	path := strings.TrimSuffix(codes.path, "/codes") + "/contact"
	for kind, typed := range corpus() {
		p := b.post(path, b.get(path).with("do", "keep", "contact.name", typed))
		switch {
		case !kit.Sound(typed) && p.status != 422, kit.Sound(typed) && p.status != 200:
			t.Errorf("%s: status %d", kind, p.status)
		case p.status == 200 && !strings.Contains(typed, "\n"):
			if got := fieldsOf(t, p).Get("contact.name"); got != typed {
				t.Errorf("%s: kept %q as %q", kind, typed, got)
			}
		}
	}
}

// keepsTyped wants a text field of a refused form to hold what was typed, and counts it if it is one.
func keepsTyped(t *testing.T, p pageSeen, name, typed string) int {
	t.Helper()
	page := string(p.body)
	got := fieldsOf(t, p)[name]
	isText := strings.Contains(page, `<input id="`+name+`" name="`)
	if !isText || name == "password" || strings.Contains(typed, "\n") {
		return 0
	}
	if len(got) != 1 || got[0] != kit.Printable(typed) {
		t.Errorf("%s: %s holds %q, typed was %q", p.path, name, got, typed)
	}
	return 1
}

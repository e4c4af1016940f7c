package web

import (
	"maps"
	"net/url"
	"slices"
	"testing"
	"time"

	"uketsuke/internal/store/storetest"
	"uketsuke/internal/web/examine"
	"uketsuke/internal/web/htmlcheck"
)

// Whatever is typed into the forms of the desk: never an error of our own, and an approval without a day
// comes back with everything that was typed for any verdict.
func TestNoInputBreaksTheDesk(t *testing.T) {
	t.Parallel()
	h := houseOn(t, storetest.Postgres(t))
	id := registered(t, h.as(t, "hanako"), false)
	h.at(time.December, 2, 10)
	b, path := h.as(t, "shinsa"), "/desk/applications/"+id
	page := b.post(path+"/claim", b.get(path).with())
	fields := fieldsOf(t, page)
	for _, name := range []string{"search", "state", "body", "to", "step"} {
		fields.Del(name)
	}
	for name := range fields {
		fields[name] = slices.Compact(fields[name]) // the page's forms all say which version they are about
	}
	fields.Set("start", "")
	kept := 0
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		for kind, typed := range corpus() {
			form := maps.Clone(fields)
			form[name] = []string{typed}
			answer := b.post(path+"/approve", form)
			if answer.status < 400 || answer.status >= 500 {
				t.Errorf("%s in %s: status %d", kind, name, answer.status)
			}
			if kind == "markup" && answer.status == 422 && name != "password" && name != "proposed" && name != "start" {
				stays := htmlcheck.In(`textarea[name="`+name+`"]`, htmlcheck.HasText(typed))
				if examine.IsChoice(name) {
					stays = htmlcheck.In(`input[name="`+name+`"]`, htmlcheck.HasAttr("value", typed))
				}
				b.want(answer, 422, stays, htmlcheck.NotIn("main script"))
				kept++
			}
		}
	}
	if kept < 5 {
		t.Errorf("only %d texts were looked at", kept)
	}
	for kind, typed := range corpus() {
		for _, at := range []string{path + "/remark", path + "/release", "/desk/search"} {
			if answer := b.post(at, url.Values{"version": {typed}, "search": {typed}, "body": {typed}}); answer.status >= 500 {
				t.Errorf("%s at %s: status %d", kind, at, answer.status)
			}
		}
		if answer := b.get("/desk?" + url.Values{"queue": {typed}, "after": {typed}}.Encode()); answer.status >= 500 {
			t.Errorf("%s as a queue: status %d", kind, answer.status)
		}
		if answer := b.get("/desk/applications/" + url.PathEscape(typed) + "/issued"); answer.status != 404 && typed != "" {
			t.Errorf("%s as an application: status %d", kind, answer.status)
		}
		if answer := b.get("/desk?queue=found"); answer.status != 200 {
			t.Errorf("%s searched for: status %d", kind, answer.status)
		}
	}
}

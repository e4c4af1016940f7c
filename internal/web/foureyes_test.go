package web

import (
	"net/url"
	"testing"
	"time"

	"uketsuke/internal/web/htmlcheck"
)

// R-EX-6 through the pages: the supervisor turns the rule on, the claimant proposes with a code of their own choice,
// and only another one approves, exactly that.
func TestFourEyesThroughThePages(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := registered(t, h.as(t, "hanako"), true)
	h.at(time.December, 2, 10)
	shinsa, sekinin := h.as(t, "shinsa"), h.as(t, "sekinin")
	shinsa.want(shinsa.get("/desk/rules"), 200, htmlcheck.NotIn("main button"), htmlcheck.In("main", htmlcheck.HasText("一人で承認")))
	shinsa.want(shinsa.post("/desk/rules", url.Values{"kind": {"user-code"}, "required": {"yes"}}), 403)
	sekinin.want(sekinin.get("/desk/rules"), 200, htmlcheck.In("#password"), htmlcheck.NotIn("td button"))
	sekinin.want(sekinin.post("/desk/rules", url.Values{"kind": {"user-code"}, "required": {"yes"}}), 422, htmlcheck.In("#password", htmlcheck.HasAttr("aria-invalid", "true")), htmlcheck.NotIn(".tag.green"))
	sekinin.want(sekinin.post("/desk/rules", url.Values{"kind": {"user-code"}, "required": {"yes"}, "password": {testPassword}}), 200, htmlcheck.In(".tag.green", htmlcheck.HasText("二人承認")))

	path := "/desk/applications/" + id
	page := shinsa.post(path+"/claim", shinsa.get(path).with())
	shinsa.want(page, 200, htmlcheck.In(`button[formaction="`+path+`/propose"]`), htmlcheck.NotIn(`button[formaction="`+path+`/approve"]`))
	form := page.with("round", "1", "proposed", page.hidden("proposed"), "start", "2024-12-10", "start_reason", "", "code.1", "1BXXX")
	shinsa.want(shinsa.post(path+"/propose", form), 422, htmlcheck.In(`input[name="code.1"]`, htmlcheck.HasAttr("value", "1BXXX"), htmlcheck.HasAttr("aria-invalid", "true")))
	form.Set("code.1", "1dnac")
	after := shinsa.want(shinsa.post(path+"/propose", form), 200, htmlcheck.In("main", htmlcheck.HasText("承認を待っています"), htmlcheck.HasText("1DNAC")))
	form.Set("version", after.hidden("version"))
	form.Set("password", testPassword)
	shinsa.want(shinsa.post(path+"/approve", form), 409)

	second := sekinin.want(sekinin.get(path), 200, htmlcheck.In("main", htmlcheck.HasText("提案のとおりに承認")), htmlcheck.NotIn(`button[formaction="`+path+`/return"]`))
	form.Set("version", second.hidden("version"))
	form.Set("start", second.hidden("start"))
	sekinin.want(sekinin.post(path+"/approve", form), 200, htmlcheck.In("main", htmlcheck.HasText("1DNAC")))
}

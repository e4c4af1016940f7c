package web

import (
	"net/url"
	"testing"
	"time"

	"uketsuke/internal/web/htmlcheck"
)

// E17 and C10: what the pages of people offer to whom, and what their forms do.
func TestPeoplePages(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	kanri, sekinin := h.as(t, "kanri"), h.as(t, "sekinin")
	kanri.want(kanri.get("/"), 200, htmlcheck.In(`nav a[href="/people"]`))
	kanri.want(kanri.get("/people"), 200, htmlcheck.Count("tbody tr", 3), htmlcheck.In(".notice.warning h2", htmlcheck.HasText("管理責任者が1人だけです")), htmlcheck.In(".empty"))
	sekinin.want(sekinin.get("/desk/people"), 200, htmlcheck.Count("tbody tr", 2), htmlcheck.In(".notice.warning h2", htmlcheck.HasText("審査責任者が1人だけです")))
	kanri.want(kanri.get("/people/betsu"), 404)
	kanri.want(kanri.get("/people/sekinin"), 404)
	sekinin.want(sekinin.get("/desk/people/hanako"), 404)
	sekinin.want(sekinin.get("/desk/establishments/e1/people/hanako"), 200, htmlcheck.In(`button[formaction="/desk/establishments/e1/people/hanako/link"]`))

	kanri.want(kanri.get("/people/new"), 200, htmlcheck.Count(`input[name="role"]`, 3))
	// Whoever has a session and not the password lets nobody else in (ASVS 7.5.1).
	accomplice := url.Values{"role": {"administrator"}, "name": {"新田 三郎"}, "kana": {"ニッタ"}, "phone": {"03-1234-5678"}, "email": {"saburo@nac.example"}}
	kanri.want(kanri.post("/people/new", accomplice), 422, htmlcheck.In("#password", htmlcheck.HasAttr("aria-invalid", "true")), htmlcheck.In("#name", htmlcheck.HasAttr("value", "新田 三郎")))
	kanri.want(kanri.get("/people"), 200, htmlcheck.Count("tbody tr", 3))
	accomplice.Set("password", testPassword)
	invited := kanri.post("/people/new", accomplice)
	kanri.want(invited, 200, htmlcheck.Count("tbody tr", 4), htmlcheck.In(".history", htmlcheck.HasText("招待しました"), htmlcheck.HasText("見本 次郎")))

	h.wait(6 * time.Minute)
	sekinin.want(sekinin.post("/desk/establishments/e1/people/hanako/link", url.Values{}), 422, htmlcheck.In("#password", htmlcheck.HasAttr("aria-invalid", "true")))
	last := kanri.want(kanri.get("/people/kanri"), 200, htmlcheck.In(".notice.warning"), htmlcheck.In("#password"))
	kanri.want(kanri.post("/people/kanri/stop", last.with()), 422, htmlcheck.In("#password", htmlcheck.HasAttr("aria-invalid", "true")))
	kanri.want(kanri.post("/people/kanri/stop", last.with("password", testPassword)), 422, htmlcheck.In(".summary", htmlcheck.HasText("最後の管理責任者")))
	person := kanri.want(kanri.get("/people/hanako"), 200, htmlcheck.NotIn("#password"), htmlcheck.In(`button[formaction="/people/hanako/stop"]`))
	kanri.want(kanri.post("/people/hanako/role", person.with("role", "supervisor")), 422, htmlcheck.In("#role", htmlcheck.HasAttr("aria-invalid", "true")))
	hanako := h.as(t, "hanako")
	hanako.want(hanako.post("/applications", url.Values{}), 200)
	kanri.want(kanri.post("/people/hanako/stop", kanri.get("/people/hanako").with()), 422, htmlcheck.In("#successor", htmlcheck.HasAttr("aria-invalid", "true")))
	kanri.want(kanri.post("/people/hanako/stop", kanri.get("/people/hanako").with("successor", "kanri")), 200, htmlcheck.In(".notice.success"), htmlcheck.In(`button[formaction="/people/hanako/reactivate"]`))
	if p := hanako.get("/"); p.path != "/login" {
		t.Errorf("E17 a stopped person still gets %s", p.path)
	}
	kanri.want(kanri.post("/people/hanako/reactivate", kanri.get("/people/hanako").with()), 200, htmlcheck.In("main", htmlcheck.HasText("利用を再開しました")))
	kanri.want(kanri.post("/people/hanako/reactivate", person.with()), 422) // seen before all this
}

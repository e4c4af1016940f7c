package web

import (
	"encoding/json"
	"html"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/desk"
	"uketsuke/internal/store/query"
	"uketsuke/internal/web/htmlcheck"
	"uketsuke/internal/web/kit"
)

// save presses the button for a file, with the fields that stand behind the question mark, and confirms with
// testPassword or another.
func (b *browser) save(address string, password ...string) pageSeen {
	b.t.Helper()
	path, query, _ := strings.Cut(address, "?")
	form, err := url.ParseQuery(query)
	if err != nil {
		b.t.Fatal(err)
	}
	form.Set("password", append(password, testPassword)[0])
	return b.post(path, form)
}

// exports are the entries that saving files has left, oldest first: act, kind, rows and personal text.
func (h *house) exports(t *testing.T) []string {
	t.Helper()
	rows, err := h.desk.DB.Read().ListAudit(t.Context(), query.ListAuditParams{Most: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, row := range rows {
		var entry struct{ Detail map[string]string }
		if err := json.Unmarshal([]byte(row.Entry), &entry); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(row.Act, "export") {
			said = append(said, strings.Join([]string{row.Act, row.Actor, row.Establishment, entry.Detail["kind"], entry.Detail["rows"], row.Personal}, " "))
		}
	}
	return said
}

// A file leaves only for somebody who has just said who they are, keeps what it was narrowed to while that is
// asked, and leaves evidence of itself (security.md, "In and out"; ASVS 7.5.x).
func TestAFileLeavesWithEvidence(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	registered(t, h.as(t, "hanako"), false)
	viewer := h.as(t, "etsuran")
	viewer.want(viewer.get("/applications.csv"), http.StatusMethodNotAllowed)
	page := viewer.want(viewer.get("/applications?state=registered&search=2400"), 200, htmlcheck.In(`form[action="/applications.csv"][method="post"] button`))
	form := url.Values{"state": {"registered", "draft"}, "search": {"2400"}}
	if !strings.Contains(string(page.body), `value="2400"`) {
		t.Error("the button does not say what the list is narrowed to")
	}
	kept := []htmlcheck.Checker{htmlcheck.In("h1", htmlcheck.HasText("確認")), htmlcheck.In(`input[name="state"][value="draft"]`), htmlcheck.In(`input[name="search"][value="2400"]`),
		htmlcheck.In(`form[action="/applications.csv"] input[name="password"]`), htmlcheck.In(`main a[href="/applications?search=2400&state=registered&state=draft"]`)}
	viewer.want(viewer.post("/applications.csv", form), 200, kept...)
	form.Set("password", "wrong")
	viewer.want(viewer.post("/applications.csv", form), 422, append(kept, htmlcheck.In("#password", htmlcheck.HasAttr("aria-invalid", "true")))...)
	if said := h.exports(t); len(said) != 0 {
		t.Fatalf("evidence of what has not left: %q", said)
	}
	form.Set("password", testPassword)
	sheetRows(t, viewer.post("/applications.csv", form))
	form.Del("password")
	if rows := sheetRows(t, viewer.post("/applications.csv", form)); len(rows) != 2 {
		t.Errorf("within five minutes: %q", rows)
	}
	h.wait(kit.Fresh + time.Second)
	viewer.want(viewer.post("/applications.csv", form), 200, kept...)
	want := []string{"export etsuran e1 applications.csv  ", "export-sent etsuran e1 applications.csv 1 "}
	said := h.exports(t)
	if len(said) != 4 || !strings.HasPrefix(said[0], want[0]) || !strings.Contains(said[0], "search=2400 state=registered state=draft") || !strings.HasPrefix(said[1], want[1]) {
		t.Errorf("the evidence is %q", said)
	}
}

// What ends while a file is asked for is not lost: the session's end, and a day that cannot be read.
func TestAFileAskedForIsKept(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	h.wait(desk.SessionIdle + time.Second)
	form := url.Values{"from": {"2024-12-01"}, "to": {"2024-12-12"}}
	login := b.want(b.post("/contract/compare.csv", form), 401, htmlcheck.In(`input[name="kept"]`))
	values := url.Values{"login": {"hanako"}, "password": {testPassword}, "to": {login.hidden("to")}, "kept": {html.UnescapeString(login.hidden("kept"))}}
	b.want(b.post("/login", values), 200, htmlcheck.In(`form[action="/contract/compare.csv"] input[name="from"][value="2024-12-01"]`))
	wrong := b.save("/contract/compare.csv?from=x&to=2024-12-12")
	b.want(wrong, 422, htmlcheck.In(`input[name="from"][value="x"]`))
	if wrong.path != "/contract/compare" {
		t.Errorf("what is wrong is said at %s", wrong.path)
	}
	b.want(b.save("/contract.csv?on=2024-12-12&do=all"), 422)
}

// No file with rows can be had by a link; each is a kind of its own in the evidence.
func TestEveryExportIsAPost(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	shinsa, sekinin, hanako := h.as(t, "shinsa"), h.as(t, "sekinin"), h.as(t, "hanako")
	for _, r := range h.server.Routes() {
		if !slices.Contains([]string{".csv", ".json", ".jsonl"}, path.Ext(r.Pattern)) {
			continue
		}
		if r.Method != http.MethodPost {
			t.Errorf("%s %s: rows leave by a link", r.Method, r.Pattern)
		}
		b := map[kit.Access]*browser{kit.Centre: shinsa, kit.Supervisors: sekinin, kit.Establishment: hanako}[r.Access]
		if strings.Contains(strings.Replace(r.Pattern, "{id}", "", 1), "{") {
			continue // one thing, which is not in this house
		}
		if p := b.save(strings.Replace(r.Pattern, "{id}", "e1", 1)); p.status != 200 || !strings.HasPrefix(p.header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s %s: status %d", r.Method, r.Pattern, p.status)
		}
	}
	said := strings.Join(h.exports(t), "\n")
	for _, want := range []string{"export hanako e1 contract.csv", "export shinsa e1 contract.json", "export shinsa e1 charges.csv", "export shinsa  queue.csv", "export hanako e1 contract-comparison.csv"} {
		if !strings.Contains(said, want) {
			t.Errorf("no %q in\n%s", want, said)
		}
	}
	if strings.Count(said, "export-sent ") != strings.Count(said, "export ") {
		t.Errorf("a file has begun and not ended:\n%s", said)
	}
}

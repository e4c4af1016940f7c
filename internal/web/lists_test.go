package web

import (
	"encoding/csv"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/web/htmlcheck"
)

// sheetRows reads a CSV as a spreadsheet would.
func sheetRows(t *testing.T, p pageSeen) [][]string {
	t.Helper()
	text, marked := strings.CutPrefix(string(p.body), "\ufeff")
	if p.status != 200 || !marked || !strings.HasPrefix(p.header.Get("Content-Type"), "text/csv") || !strings.HasSuffix(text, "\r\n") {
		t.Fatalf("no CSV: status %d, %s, %q", p.status, p.header.Get("Content-Type"), p.body)
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// Trap 21: the file holds what the page shows with the same filter; trap 6: no draft is the centre's.
func TestTrap21TheFileIsTheList(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	hanako, shinsa := h.as(t, "hanako"), h.as(t, "shinsa")
	registered(t, hanako, false)
	registered(t, hanako, false)
	hanako.post("/applications", url.Values{}) // a draft
	hanako.want(hanako.get("/applications?state=registered&state=draft&sort=receipt&order=asc"), 200, htmlcheck.Count("tbody tr", 3),
		htmlcheck.In(`form[action="/applications.csv"] input[name="state"][value="draft"]`), htmlcheck.In(`form[action="/applications.csv"] input[name="sort"][value="receipt"]`))
	rows := sheetRows(t, hanako.save("/applications.csv?order=asc&sort=receipt&state=registered&state=draft"))
	if len(rows) != 4 || rows[0][0] != "申込受付番号" || rows[1][0] != "" || rows[2][0] != "2400001A" || rows[3][0] != "2400002A" || rows[2][2] != "受付済" || rows[2][5] != "2024-12-10" {
		t.Errorf("E12's file: %q", rows)
	}
	for query, want := range map[string]int{"": 3, "?state=void": 0, "?kind=ident-number": 0, "?kind=user-code&registered_from=2024-11-29": 2,
		"?registered_to=2024-11-28": 0, "?start_from=2024-12-11": 0, "?start_to=2024-12-10": 2, "?search=2400002a&state=registered": 1} {
		if rows := sheetRows(t, hanako.save("/applications.csv"+query)); len(rows) != want+1 {
			t.Errorf("%q: %d rows, want %d", query, len(rows)-1, want)
		}
		page := hanako.want(hanako.get("/applications"+query), 200)
		if got := strings.Count(string(page.body), "<tr>") - 1; got != want && (want > 0 || got >= 0) {
			t.Errorf("%q: the page shows %d rows, want %d", query, got, want)
		}
	}
	hanako.want(hanako.get("/applications?start_from=2024-02-30"), 422, htmlcheck.In("#start_from", htmlcheck.HasAttr("aria-invalid", "true")))
	hanako.want(hanako.save("/applications.csv?start_from=2024-02-30"), 422)
	hanako.want(hanako.get("/applications?start_from=2024-12-11&start_to=2024-12-10"), 422, htmlcheck.In("#start_to", htmlcheck.HasAttr("aria-invalid", "true")))

	if rows := sheetRows(t, shinsa.save("/desk.csv?queue=found")); len(rows) != 3 {
		t.Errorf("trap 6: the desk's file holds %q", rows)
	}
	found := shinsa.want(shinsa.post("/desk/search", url.Values{"search": {"２４００００２ａ"}, "state": {"registered"}, "queue": {"found"}}), 200,
		htmlcheck.Count(".queue-buttons", 1), htmlcheck.In(`form[action="/desk.csv"] input[name="search"][value="２４００００２ａ"]`), htmlcheck.In("h2", htmlcheck.HasText("２４００００２ａ")))
	if rows := sheetRows(t, shinsa.save("/desk.csv?queue=found&search=２４００００２ａ&state=registered")); len(rows) != 2 || rows[1][0] != "2400002A" || rows[1][1] != "見本商事株式会社" {
		t.Errorf("what was searched: %q", rows)
	}
	for _, address := range linksOf(t, found.body) {
		if strings.Contains(address, "2400002") || strings.Contains(address, "%EF%BC%92") {
			t.Errorf("what was searched for stands in the address %s", address)
		}
	}
	kept := h.as(t, "sekinin")
	kept.want(kept.get("/desk?queue=found&searched=yes"), 422, htmlcheck.In("#search", htmlcheck.HasAttr("aria-invalid", "true")))
	shinsa.post("/language", url.Values{"lang": {"en"}, "back": {"/desk"}})
	if rows := sheetRows(t, shinsa.save("/desk.csv?queue=found")); rows[0][0] != "Receipt number" || rows[1][4] != "Registered" {
		t.Errorf("in English: %q", rows[:2])
	}
}

// Trap 3: several are claimed with one press, each for itself; of each is said what happened.
func TestTrap3ClaimingSeveral(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	hanako, shinsa, sekinin := h.as(t, "hanako"), h.as(t, "shinsa"), h.as(t, "sekinin")
	var ids []string
	for range 3 {
		ids = append(ids, registered(t, hanako, false))
	}
	queue := shinsa.want(shinsa.get("/desk?queue=unclaimed"), 200, htmlcheck.Count(`input[name="claim"]`, 3), htmlcheck.In(`form#claim-several button`))
	marks := url.Values{"back": {"unclaimed"}}
	for _, part := range strings.Split(string(queue.body), `name="claim" value="`)[1:] {
		mark, _, _ := strings.Cut(part, `"`)
		marks.Add("claim", mark)
	}
	other := sekinin.get("/desk/applications/" + ids[1])
	sekinin.want(sekinin.post("/desk/applications/"+ids[1]+"/claim", other.with()), 200)
	shinsa.want(shinsa.post("/desk/claim", marks), 200, htmlcheck.Count(".notice.success", 2), htmlcheck.Count(".notice.warning", 1),
		htmlcheck.In(".notice.warning", htmlcheck.HasText("2400002A")), htmlcheck.In(".empty"))
	shinsa.want(shinsa.get("/desk"), 200, htmlcheck.Count(".queue-buttons", 2), htmlcheck.NotIn(".notice"))
	shinsa.want(shinsa.post("/desk/claim", url.Values{"back": {"mine"}}), 422)
	shinsa.want(shinsa.post("/desk/claim", url.Values{"claim": {"x"}}), 400)
	shinsa.want(shinsa.post("/desk/claim", url.Values{"claim": {ids[0] + "~1~2400001A"}, "do": {"approve"}}), 422)
	sekinin.want(sekinin.get("/desk/applications/"+ids[1]), 200, htmlcheck.In("main", htmlcheck.HasText("審査 六郎")))
	hanako.want(hanako.post("/desk/claim", marks), 403)
}

// C1: the state of the target is said in words.
func TestTheTargetIsSaidInWords(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	registered(t, h.as(t, "hanako"), false)
	h.at(time.December, 2, 10)
	shinsa := h.as(t, "shinsa")
	for day, want := range map[int]string{2: "目標まであと1営業日", 3: "目標は今日まで", 4: "目標を1営業日超過"} {
		h.at(time.December, day, 12)
		shinsa.want(shinsa.get("/desk?queue=all"), 200, htmlcheck.In(".queue", htmlcheck.HasText(want)))
	}
}

// A void application is the beginning of a new one; the receipt of a filing can be had (E11, E13).
func TestCopyAndReceipt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	hanako, viewer := h.as(t, "hanako"), h.as(t, "etsuran")
	id := registered(t, hanako, false)
	path := "/applications/" + id
	hanako.want(hanako.get(path+"/registered"), 200, htmlcheck.In(`a[href="`+path+`/receipt.pdf"]`))
	hanako.want(hanako.get(path), 200, htmlcheck.In(`a[href="`+path+`/receipt.pdf"]`), htmlcheck.In(`form[action="`+path+`/copy"] button`, htmlcheck.HasText("コピーして")))
	viewer.want(viewer.get(path), 200, htmlcheck.NotIn(`form[action="`+path+`/copy"]`))
	if pdf := viewer.get(path + "/receipt.pdf?wareki=yes"); pdf.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(string(pdf.body), "%PDF-") {
		t.Errorf("the receipt is %s, status %d", pdf.header.Get("Content-Type"), pdf.status)
	}
	hanako.want(hanako.get(path+"/receipt.pdf?round=2"), 404)
	copied := hanako.want(hanako.post(path+"/copy", url.Values{}), 200, htmlcheck.In(".notice.success", htmlcheck.HasText("写しました")))
	again := hanako.post(path+"/copy", url.Values{})
	if !strings.HasSuffix(copied.path, "/start") || again.path != copied.path {
		t.Errorf("copies at %s and %s", copied.path, again.path)
	}
	hanako.want(hanako.get(strings.TrimSuffix(copied.path, "start")+"receipt.pdf"), 404)
}

// C4: search, one establishment, and what a supervisor does for its people.
func TestEstablishmentPages(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	shinsa, sekinin := h.as(t, "shinsa"), h.as(t, "sekinin")
	shinsa.want(shinsa.get("/desk/establishments"), 200, htmlcheck.Count("tbody tr", 2))
	shinsa.want(shinsa.post("/desk/establishments/search", url.Values{"search": {"ＢＥＴＳＵ＠nac"}}), 200, htmlcheck.Count("tbody tr", 1), htmlcheck.In("h2", htmlcheck.HasText("ＢＥＴＳＵ＠nac")))
	shinsa.want(shinsa.post("/desk/establishments/search", url.Values{"search": {"いない"}}), 200, htmlcheck.In(".empty a", htmlcheck.HasAttr("href", "/desk/establishments")))
	shinsa.want(shinsa.post("/desk/establishments/search", url.Values{"search": {" "}}), 200, htmlcheck.Count("tbody tr", 2))
	sekinin.want(sekinin.get("/desk/establishments?searched=yes"), 422, htmlcheck.In("#search", htmlcheck.HasAttr("aria-invalid", "true")))
	shinsa.want(shinsa.get("/desk/establishments/none"), 404)
	shinsa.want(shinsa.get("/desk/establishments/e1"), 200, htmlcheck.Count("tbody tr", 3), htmlcheck.In(`a[href="/desk/establishments/e1/contract"]`), htmlcheck.NotIn(`a[href^="/desk/establishments/e1/people"]`))
	sekinin.want(sekinin.get("/desk/establishments/e1"), 200, htmlcheck.In(`a[href="/desk/establishments/e1/people"]`), htmlcheck.In(`a[href="/desk/establishments/e1/people/hanako"]`))
	form := url.Values{"role": {"viewer"}, "name": {"新田 三郎"}, "kana": {"ニッタ サブロウ"}, "phone": {"1"}, "email": {"saburo@nac.example"}, "password": {testPassword}}
	path := "/desk/establishments/e1/people/new"
	sekinin.want(sekinin.get(path), 200, htmlcheck.Count(`input[name="role"]`, 3))
	sekinin.want(sekinin.post(path, form), 422, htmlcheck.In("#phone", htmlcheck.HasAttr("aria-invalid", "true")), htmlcheck.In("#name", htmlcheck.HasAttr("value", "新田 三郎")))
	form.Set("phone", "03-1234-5678")
	sekinin.want(sekinin.post(path, form), 200, htmlcheck.In(".notice.success"), htmlcheck.In("main", htmlcheck.HasText("新田 三郎"), htmlcheck.HasText("登録待ち"), htmlcheck.NoText("/setup/")))
	sekinin.want(sekinin.post(path, form), 422, htmlcheck.In("#email", htmlcheck.HasAttr("aria-invalid", "true")))
	sekinin.want(sekinin.post("/desk/establishments/e1/people/hanako/link", url.Values{"password": {testPassword}}), 200, htmlcheck.In(".notice.success", htmlcheck.HasText("新しいリンク")))
	sekinin.want(sekinin.post("/desk/establishments/e2/people/hanako/link", url.Values{}), 404)
	shinsa.want(shinsa.post(path, form), 403)
	if text := fmt.Sprint(shinsa.get("/desk/establishments/e1").path); text != "/desk/establishments/e1" {
		t.Error(text)
	}
}

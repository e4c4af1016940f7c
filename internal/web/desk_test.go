package web

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/web/htmlcheck"
)

// registered is an application of one code with two trades on one ID each, registered through the pages by
// somebody of the establishment; settings says whether its name settings are filled in.
func registered(t testing.TB, b *browser, settings bool) string {
	t.Helper()
	start := b.post("/applications", url.Values{})
	app := strings.TrimSuffix(start.path, "/start")
	contact := b.post(start.path, start.with("kinds", "user-code", "desired", "2024-12-10", "reason", "通関業務を始めるため。"))
	b.post(contact.path, contact.with("contact.name", "見本 花子", "contact.kana", "ミホン ハナコ", "contact.phone", "03-1111-2222",
		"contact.email", "tanto@nac.example", "contact.confirmed", "yes"))
	code := b.get(app + "/codes/0")
	code = b.post(code.path, code.with("do", "add", "category", "common", "single_sign_on", "no", "trades", "customs-broker",
		"trades", "consolidator", "method", "netnaccs", "count", "1"))
	tab := b.post(code.path, code.with("do", "set", "category", "common", "statistics_paid", "yes"))
	if settings {
		fillSettings(b, tab)
	}
	confirm := b.get(app + "/confirm")
	if done := b.post(confirm.path, confirm.with("do", "register", "rules", "yes")); done.status != 200 || !strings.HasSuffix(done.path, "/registered") {
		t.Fatalf("registering leads to %s with status %d: %s", done.path, done.status, text(done.body))
	}
	return strings.TrimPrefix(app, "/applications/")
}

// fillSettings fills in every tab of the first code, from its page of names on.
func fillSettings(b *browser, names pageSeen) {
	b.t.Helper()
	saved := b.post(names.path, names.with("do", "back", "company_name", "見本商事株式会社", "company_name_kana", "ミホンショウジ", "company_name_en", "MIHON",
		"office_name", "東京", "office_name_kana", "トウキョウ", "office_name_en", "TOKYO", "manager_name", "見本 次郎", "manager_name_kana", "ミホン ジロウ",
		"postal_code", "105-0013", "prefecture", "東京都", "address", "港区浜松町1-1-1", "phone", "03-0000-0000"))
	trade := strings.Replace(names.path, "/name", "/customs-broker", 1)
	page := b.get(trade)
	broker := b.post(trade, page.with("do", "back", "licence_number", "123", "licence_date", "2020-04-01", "licence_customs", "1", "declaration_office", "1A",
		"authorised", "no", "payment", "直納", "deferral", "なし"))
	trade = strings.Replace(names.path, "/name", "/consolidator", 1)
	page = b.get(trade)
	consolidator := b.post(trade, page.with("do", "back", "consolidator_code", "MHN", "licence_number", "456", "airport", "NRT"))
	if saved.status != 200 || broker.status != 200 || consolidator.status != 200 {
		b.t.Fatalf("settings: status %d, %d and %d", saved.status, broker.status, consolidator.status)
	}
}

// at moves the desk clock of a house to a moment in Japan.
func (h *house) at(month time.Month, day, hour int) {
	h.now.Store(time.Date(2024, month, day, hour, 0, 0, 0, time.FixedZone("JST", 9*60*60)).UnixMicro())
}

// hidden is the value of a hidden field of the page.
func (p pageSeen) hidden(name string) string {
	_, rest, _ := strings.Cut(string(p.body), `name="`+name+`" value="`)
	value, _, _ := strings.Cut(rest, `"`)
	return value
}

// The way of S2 from the queue to the passwords, through the pages of the centre and the establishment.
func TestJourneyFromTheQueueToThePasswords(t *testing.T) {
	h := newHouse(t)
	hanako := h.as(t, "hanako")
	id := registered(t, hanako, true)
	h.at(time.December, 2, 10)
	shinsa := h.as(t, "shinsa")
	shinsa.want(shinsa.get("/desk"), 200, htmlcheck.In(".empty", htmlcheck.HasText("担当している審査中の申込はありません")))
	queue := shinsa.want(shinsa.get("/desk?queue=unclaimed"), 200, htmlcheck.In(".queue", htmlcheck.HasText("2400001A"), htmlcheck.HasText("受付から1営業日"), htmlcheck.HasText("見本商事株式会社")))
	shinsa.want(shinsa.post("/desk/search", url.Values{"search": {"２４００００１ａ"}, "state": {""}}), 200,
		htmlcheck.In("h2", htmlcheck.HasText("２４００００１ａ")), htmlcheck.In(".queue", htmlcheck.HasText("2400001A")))
	shinsa.want(shinsa.get("/desk/applications/"+id), 200, htmlcheck.NotIn(`button[formaction]`), htmlcheck.In(".checks", htmlcheck.HasText("R-APP-11")))
	c2 := shinsa.want(shinsa.post("/desk/applications/"+id+"/claim", queue.with()), 200,
		htmlcheck.In(`input[name="start"]`, htmlcheck.HasAttr("value", "2024-12-10")), htmlcheck.In(".ids", htmlcheck.HasText("1ANACA0A"), htmlcheck.HasText("1ANACA0B")),
		htmlcheck.NotIn(".checks .wrong"))

	verdict := c2.with("round", c2.hidden("round"), "proposed", c2.hidden("proposed"), "start", "2024-12-10", "start_reason", "", "remark.desired", "下書きの指摘")
	shinsa.want(shinsa.post("/desk/applications/"+id+"/approve", verdict), 422, htmlcheck.In(`#password`, htmlcheck.HasAttr("aria-invalid", "true")),
		htmlcheck.In(`textarea[name="remark.desired"]`, htmlcheck.HasText("下書きの指摘")))
	verdict.Set("password", testPassword)
	verdict.Set("start", "2024-12-11")
	shinsa.want(shinsa.post("/desk/applications/"+id+"/approve", verdict), 422, htmlcheck.In("#start_reason"), htmlcheck.In(".summary", htmlcheck.HasText("理由")))
	verdict.Set("start_reason", "端末の準備のため、翌営業日とします。")
	issued := shinsa.want(shinsa.post("/desk/applications/"+id+"/approve", verdict), 200, htmlcheck.In(".notice.success", htmlcheck.HasText("1ANAC"), htmlcheck.HasText("案のとおり")),
		htmlcheck.In(".pairs", htmlcheck.HasText("2024年12月11日(水)")), htmlcheck.In("main", htmlcheck.HasText("まだどなたも参照していません"), htmlcheck.HasText("送信待ち")))
	if !strings.HasSuffix(issued.path, "/issued") {
		t.Errorf("approval leads to %s", issued.path)
	}
	again := shinsa.post("/desk/applications/"+id+"/approve", verdict)
	if again.status != 409 {
		t.Errorf("approving twice: status %d", again.status)
	}

	hanako.want(hanako.get("/applications"), 200, htmlcheck.In("table", htmlcheck.HasText("審査終了（承認）"), htmlcheck.HasText("2024年12月11日(水)")))
	hanako.want(hanako.get("/applications/"+id), 200, htmlcheck.In("main", htmlcheck.HasText("端末の準備のため"), htmlcheck.HasText("まだ出力できません。利用開始日の2024年12月11日(水)から")))
	hanako.want(hanako.get("/applications/"+id+"/contract"), 200, htmlcheck.In("tr.added", htmlcheck.HasText("1ANACA0A")))
	hanako.want(hanako.get("/applications/"+id+"/prepare"), 200, htmlcheck.In(".checklist", htmlcheck.HasText("URY")), htmlcheck.NotIn(`main input`))
	ids := hanako.want(hanako.get("/applications/"+id+"/ids"), 200, htmlcheck.In(".period", htmlcheck.HasText("2024年12月13日(金)"), htmlcheck.HasText("参照可能")), htmlcheck.NotIn(".secret-text"))
	hanako.want(hanako.post(ids.path, url.Values{"once": {ids.hidden("once")}, "password": {"wrong"}}), 422, htmlcheck.NotIn(".secret-text"), htmlcheck.In("#password"))
	ids = hanako.get("/applications/" + id + "/ids")
	shown := hanako.want(hanako.post(ids.path, url.Values{"once": {ids.hidden("once")}, "password": {testPassword}}), 200, htmlcheck.Count(".secret-text", 4), htmlcheck.In("h1", htmlcheck.HasText("パスワード")))
	if cache := shown.header.Get("Cache-Control"); cache != "no-store" {
		t.Errorf("the page of the passwords may be kept: %q", cache)
	}
	hanako.want(hanako.post(ids.path, url.Values{"once": {ids.hidden("once")}, "password": {testPassword}}), 422, htmlcheck.NotIn(".secret-text"))
	hanako.want(hanako.post("/applications/"+id+"/ids/noted", url.Values{}), 200, htmlcheck.In("main", htmlcheck.HasText("控え済み"), htmlcheck.HasText("見本 花子")))

	viewer := h.as(t, "etsuran")
	viewer.want(viewer.get("/applications/"+id+"/ids"), 200, htmlcheck.NotIn("#password"), htmlcheck.In("main", htmlcheck.HasText("パスワードを参照できるのは、管理責任者と")))
	viewer.want(viewer.post("/applications/"+id+"/ids", url.Values{}), 403)
	shinsa.want(shinsa.get("/desk/applications/"+id+"/issued"), 200, htmlcheck.In("main", htmlcheck.HasText("見本 花子")), htmlcheck.NotIn(".secret-text"))

	h.at(time.December, 14, 0)
	hanako.want(hanako.get("/applications/"+id+"/ids"), 200, htmlcheck.NotIn("#password"), htmlcheck.In(".notice", htmlcheck.HasText("参照期間を過ぎました")), htmlcheck.In("main", htmlcheck.HasText("0120-000-000")))
	hanako.want(hanako.get("/applications/"+id), 200, htmlcheck.In(`a[href="/applications/`+id+`/notice.pdf"]`))
	if pdf := hanako.get("/applications/" + id + "/notice.pdf?wareki=yes"); pdf.header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(string(pdf.body), "%PDF-") {
		t.Errorf("the notice is %s, status %d", pdf.header.Get("Content-Type"), pdf.status)
	}
}

package web

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/web/htmlcheck"
	"uketsuke/internal/web/kit"
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
	t.Parallel()
	h := newHouse(t)
	hanako := h.as(t, "hanako")
	id := registered(t, hanako, true)
	h.at(time.December, 2, 10)
	shinsa := h.as(t, "shinsa")
	shinsa.want(shinsa.get("/desk"), 200, htmlcheck.In(".empty", htmlcheck.HasText("担当している審査中の申込はありません")))
	queue := shinsa.want(shinsa.get("/desk?queue=unclaimed"), 200, htmlcheck.In(".queue", htmlcheck.HasText("2400001A"), htmlcheck.HasText("センターで1営業日"), htmlcheck.HasText("見本商事株式会社")))
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

// A return shows its remarks at their items, what was internal stays at the desk, and the next examination
// marks what changed (S7).
func TestJourneyThroughAReturn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	hanako, shinsa, sekinin := h.as(t, "hanako"), h.as(t, "shinsa"), h.as(t, "sekinin")
	id := registered(t, hanako, false)
	own, desk := "/applications/"+id, "/desk/applications/"+id
	h.at(time.December, 2, 10)
	c2 := shinsa.post(desk+"/claim", shinsa.get(desk).with())
	shinsa.want(shinsa.post(desk+"/remark", c2.with("body", "")), 422, htmlcheck.In("#body", htmlcheck.HasAttr("aria-invalid", "true")))
	c2 = shinsa.want(shinsa.post(desk+"/remark", c2.with("body", "電話で確認済み")), 200, htmlcheck.In(".memos", htmlcheck.HasText("電話で確認済み")))
	verdict := c2.with("round", c2.hidden("round"), "start", "2024-12-16")
	shinsa.want(shinsa.post(desk+"/return", verdict), 422, htmlcheck.In(`a[href="#remark"]`), htmlcheck.In("#start", htmlcheck.HasAttr("value", "2024-12-16")))
	verdict.Set("remark.reason", "理由を詳しく")
	verdict.Set("remark.settings.1", "営業所名を入力")
	shinsa.want(shinsa.post(desk+"/reject", verdict), 422, htmlcheck.In("#reason", htmlcheck.HasAttr("aria-invalid", "true")), htmlcheck.In(`textarea[name="remark.reason"]`, htmlcheck.HasText("理由を詳しく")))
	hanako.want(hanako.get(own), 200, htmlcheck.In("main", htmlcheck.NoText("理由を詳しく"), htmlcheck.NoText("電話で確認済み")))
	shinsa.want(shinsa.post(desk+"/return", verdict), 200, htmlcheck.In(".tag", htmlcheck.HasText("差戻し")), htmlcheck.NotIn("button[formaction]"))

	hanako.want(hanako.get(own), 200, htmlcheck.In(`section[aria-labelledby="content-start"]`, htmlcheck.HasText("理由を詳しく")),
		htmlcheck.In(".code-content", htmlcheck.HasText("営業所名を入力")), htmlcheck.In("main", htmlcheck.NoText("電話で確認済み")), htmlcheck.In(`a[href="`+own+`/codes"]`))
	start := hanako.get(own + "/start")
	hanako.post(own+"/start", start.with("kinds", "user-code", "desired", "2024-12-12", "reason", "新しい営業所で通関業務を始めるため。"))
	hanako.want(hanako.post(own+"/confirm", hanako.get(own+"/confirm").with("do", "register", "rules", "yes")), 200, htmlcheck.In("main", htmlcheck.HasText("2400001B")))
	hanako.want(hanako.get(own+"/versions/1"), 200, htmlcheck.In("main", htmlcheck.HasText("2400001A"), htmlcheck.HasText("2024年12月10日(火)"), htmlcheck.NoText("新しい営業所")))

	shinsa.want(shinsa.post(desk+"/return", verdict), 409)
	c2 = shinsa.want(shinsa.post(desk+"/claim", shinsa.get(desk).with()), 200, htmlcheck.In("del", htmlcheck.HasText("2024年12月10日(火)")), htmlcheck.In("ins", htmlcheck.HasText("2024年12月12日(木)")))
	sekinin.want(sekinin.post(desk+"/take-over", sekinin.get(desk).with()), 200)
	shinsa.want(shinsa.post(desk+"/reject", c2.with("round", c2.hidden("round"), "reason", "打ちかけの理由")), 409,
		htmlcheck.In(".notice.error", htmlcheck.HasText("先に変更されています")), htmlcheck.In("main", htmlcheck.HasText("打ちかけの理由"), htmlcheck.HasText("審査 六郎さんが担当しています")))
	c2 = sekinin.get(desk)
	sekinin.want(sekinin.post(desk+"/reject", c2.with("round", c2.hidden("round"), "reason", "契約の対象ではありません。")), 200, htmlcheck.In(".notice.error", htmlcheck.HasText("契約の対象ではありません")))
	hanako.want(hanako.get(own), 200, htmlcheck.In(".notice.error", htmlcheck.HasText("契約の対象ではありません")), htmlcheck.NotIn(`a[href="`+own+`/withdraw"]`))
}

// approvedCase is an application approved on Monday 2 December 2024 to start on the 10th.
func approvedCase(t testing.TB, h *house) string {
	t.Helper()
	id := registered(t, h.as(t, "hanako"), true)
	h.at(time.December, 2, 10)
	shinsa, path := h.as(t, "shinsa"), "/desk/applications/"+id
	c2 := shinsa.post(path+"/claim", shinsa.get(path).with())
	shinsa.want(shinsa.post(path+"/approve", c2.with("round", c2.hidden("round"), "proposed", c2.hidden("proposed"), "start", "2024-12-10", "password", testPassword)), 200)
	return id
}

// Only a supervisor moves a start date or voids an approval, with a reason, on a page of its own.
func TestSupervisorMovesTheStartAndVoids(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := approvedCase(t, h)
	path := "/desk/applications/" + id
	shinsa, sekinin, hanako := h.as(t, "shinsa"), h.as(t, "sekinin"), h.as(t, "hanako")
	shinsa.want(shinsa.get(path+"/issued"), 200, htmlcheck.NotIn(`a[href="`+path+`/void"]`), htmlcheck.In("main", htmlcheck.HasText("審査責任者だけが行えます")))
	shinsa.want(shinsa.get(path+"/void"), 409)
	shinsa.want(shinsa.post(path+"/void", url.Values{"version": {"1"}, "reason": {"x"}}), 409)
	change := sekinin.want(sekinin.get(path+"/change-start"), 200)
	sekinin.want(sekinin.post(change.path, change.with("start", "2024-12-10", "start_reason", "延期")), 422, htmlcheck.In("#start", htmlcheck.HasAttr("aria-invalid", "true")), htmlcheck.In("#start_reason", htmlcheck.HasText("延期")))
	sekinin.want(sekinin.post(change.path, change.with("start", "2024-12-13", "start_reason", "延期のため")), 200, htmlcheck.In(".pairs", htmlcheck.HasText("2024年12月13日(金)")), htmlcheck.In(".period", htmlcheck.HasText("2024年12月17日(火)")))
	void := sekinin.want(sekinin.get(path+"/void"), 200, htmlcheck.In(".notice", htmlcheck.HasText("1ANAC")))
	sekinin.want(sekinin.post(void.path, void.with("reason", "申込者の依頼による")), 422, htmlcheck.In("#password", htmlcheck.HasAttr("aria-invalid", "true")), htmlcheck.In("#reason", htmlcheck.HasText("申込者の依頼による")))
	sekinin.want(sekinin.post(void.path, void.with("reason", "", "password", testPassword)), 422, htmlcheck.In("#reason", htmlcheck.HasAttr("aria-invalid", "true")))
	sekinin.want(sekinin.post(void.path, change.with("reason", "古い画面から")), 409, htmlcheck.In("#reason", htmlcheck.HasText("古い画面から")))
	sekinin.want(sekinin.post(void.path, void.with("reason", "申込者の依頼による")), 200, htmlcheck.In(".tag", htmlcheck.HasText("無効")))
	hanako.want(hanako.get("/applications/"+id), 200, htmlcheck.In(".notice.error", htmlcheck.HasText("申込者の依頼による")))
	hanako.want(hanako.get("/applications/"+id+"/ids"), 200, htmlcheck.NotIn("#password"), htmlcheck.In("main", htmlcheck.HasText("承認が無効になったため")))
}

// The passwords stand in the answer of the one POST and on no other page, for nobody (R-SEC-5).
func TestNoOtherPageShowsAPassword(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := approvedCase(t, h)
	kanri := h.as(t, "kanri")
	ids := kanri.get("/applications/" + id + "/ids")
	shown := kanri.post(ids.path, url.Values{"once": {ids.hidden("once")}, "password": {testPassword}})
	var secrets []string
	for _, part := range strings.Split(string(shown.body), `<span class="mono secret-text">`)[1:] {
		text, _, _ := strings.Cut(part, "<")
		secrets = append(secrets, text)
	}
	if len(secrets) != 4 || len(secrets[0]) != 8 {
		t.Fatalf("the page shows %d passwords", len(secrets))
	}
	for _, login := range []string{"kanri", "hanako", "etsuran", "shinsa", "sekinin"} {
		b, seen := h.as(t, login), 0
		for _, route := range h.server.Routes() {
			if route.Method != "GET" || !strings.Contains(route.Pattern, "{id}") {
				continue
			}
			page := b.get(strings.NewReplacer("{id}", id, "{round}", "1", "{n}", "1", "{tab}", "name").Replace(route.Pattern))
			if page.status == 200 {
				seen++
			}
			for _, secret := range secrets {
				if strings.Contains(string(page.body), secret) {
					t.Errorf("%s sees a password at %s", login, route.Pattern)
				}
			}
		}
		if seen < 4 {
			t.Errorf("%s saw %d pages of the application", login, seen)
		}
	}
}

// Another establishment finds nothing at any address of the application, and the centre finds no draft
// (traps 6 and 27).
func TestForeignApplicationsAreNotFound(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := approvedCase(t, h)
	hanako, betsu, shinsa := h.as(t, "hanako"), h.as(t, "betsu"), h.as(t, "shinsa")
	for _, route := range h.server.Routes() {
		if !strings.HasPrefix(route.Pattern, "/applications/{id}") {
			continue
		}
		path := strings.NewReplacer("{id}", id, "{round}", "1", "{n}", "1", "{tab}", "name").Replace(route.Pattern)
		status := 0
		if route.Method == "GET" {
			status = betsu.get(path).status
		} else {
			status = betsu.post(path, url.Values{"version": {"1"}}).status
		}
		// A form may be found wanting before it is asked whose it is.
		if status != 404 && (route.Method == "GET" || status != 422 && status != 400) {
			t.Errorf("%s %s as another establishment: status %d", route.Method, route.Pattern, status)
		}
	}
	draft := strings.Split(hanako.post("/applications", url.Values{}).path, "/")[2]
	shinsa.want(shinsa.get("/desk/applications/"+draft), 404)
	if opened := hanako.get("/applications/" + draft); opened.path != "/applications/"+draft+"/start" {
		t.Errorf("a draft opens at %s", opened.path)
	}
	viewer := h.as(t, "etsuran")
	viewer.want(viewer.get("/applications/"+draft), 200, htmlcheck.In(".tag", htmlcheck.HasText("作成中")), htmlcheck.NotIn("main form"))
}

func TestApplicationsAreFilteredAndSearched(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	b.want(b.get("/applications"), 200, htmlcheck.In(".empty a", htmlcheck.HasAttr("href", "/apply")))
	id := registered(t, b, false)
	b.want(b.get("/applications?state=registered&search=%EF%BC%92%EF%BC%94%EF%BC%90%EF%BC%90%EF%BC%90%EF%BC%90%EF%BC%91%EF%BD%81"), 200,
		htmlcheck.In("tbody tr", htmlcheck.HasText("2400001A")), htmlcheck.In(`a[href="/applications/`+id+`"]`), htmlcheck.In(`input[name="state"][value="registered"]`, htmlcheck.HasAttr("checked", "")))
	b.want(b.get("/applications?state=void"), 200, htmlcheck.In(".empty", htmlcheck.HasText("条件に合う申込はありません")))
	b.want(b.get("/applications?state=%22%3E%3Cscript%3E&search=%22%3E%3Cscript%3E"), 200, htmlcheck.NotIn("main script"))
	viewer := h.as(t, "etsuran")
	viewer.want(viewer.get("/applications?state=void"), 200, htmlcheck.In(".empty"))
	withdrawn := b.want(b.get("/applications/"+id+"/withdraw"), 200)
	b.want(b.post(withdrawn.path, withdrawn.with()), 200, htmlcheck.In(".notice.success"), htmlcheck.In(".tag", htmlcheck.HasText("取下げ")))
	b.want(b.get(withdrawn.path), 409)
}

func TestPagerKnowsItsWayBack(t *testing.T) {
	t.Parallel()
	asked := url.Values{"state": {"registered"}, "search": {""}, "after": {"k1", "k2"}}
	p := kit.PagerOf("/applications", asked, asked["after"], "k3")
	if want := "/applications?after=k1&state=registered"; p.Before.Address != want {
		t.Errorf("back leads to %s, want %s", p.Before.Address, want)
	}
	if want := "/applications?after=k1&after=k2&after=k3&state=registered"; p.Next.Address != want {
		t.Errorf("on leads to %s, want %s", p.Next.Address, want)
	}
	if p := kit.PagerOf("/applications", nil, nil, ""); p.Before.Address+p.Next.Address != "" {
		t.Errorf("a single page has a pager: %v", p)
	}
	if p := kit.PagerOf("/applications", nil, []string{"k1"}, ""); p.Before.Address != "/applications" {
		t.Errorf("the second page leads back to %s", p.Before.Address)
	}
}

// E12 in both orders over two pages: the one is the other read backwards, and the pager's words follow.
func TestApplicationsInBothOrders(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	for range 51 {
		b.want(b.post("/applications", url.Values{}), 200)
	}
	newest := bothPages(b, "/applications?sort=newest", "次のページへ", "前のページへ")
	oldest := bothPages(b, "/applications?sort=oldest", "次のページへ", "前のページへ")
	slices.Reverse(oldest)
	if len(newest) != 51 || !slices.Equal(newest, oldest) {
		t.Errorf("newest first: %d rows %v, oldest first, read backwards: %d rows %v", len(newest), newest, len(oldest), oldest)
	}
	b.want(b.get("/applications?sort=oldest"), 200, htmlcheck.In(`select[name="order"] option[selected]`, htmlcheck.HasText("昇順")))
	b.want(b.get("/applications?sort=%22%3E%3Cscript%3E"), 200, htmlcheck.In(`select[name="sort"]`), htmlcheck.NotIn("main script"))
}

// bothPages are the addresses of the applications on a list's two pages; the words are those of the pager.
func bothPages(b *browser, path, onward, back string) []string {
	b.t.Helper()
	first := b.want(b.get(path), 200, htmlcheck.Count("tbody tr", 50), htmlcheck.In(`.pager a[rel="next"]`, htmlcheck.HasText(onward)))
	rows := linksTo(b, first, "/applications/")
	next := linksTo(b, first, "/applications?after=")
	if len(next) != 1 {
		b.t.Fatalf("%s leads on to %v", path, next)
	}
	second := b.want(b.get(next[0]), 200, htmlcheck.Count("tbody tr", 1), htmlcheck.In(`.pager a[rel="prev"]`, htmlcheck.HasText(back)),
		htmlcheck.In(".pager span", htmlcheck.HasText("最後のページです")))
	return append(rows, linksTo(b, second, "/applications/")...)
}

// linksTo are a page's links whose addresses begin so.
func linksTo(b *browser, p pageSeen, begin string) []string {
	b.t.Helper()
	return slices.DeleteFunc(linksOf(b.t, p.body), func(address string) bool { return !strings.HasPrefix(address, begin) })
}

// Two examiners are proposed the same code; the second gets the next one and is told so (R-ID-10).
func TestSecondApprovalSaysThatItDiffers(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	hanako, shinsa, sekinin := h.as(t, "hanako"), h.as(t, "shinsa"), h.as(t, "sekinin")
	first, second := "/desk/applications/"+registered(t, hanako, true), "/desk/applications/"+registered(t, hanako, true)
	h.at(time.December, 2, 10)
	one := shinsa.post(first+"/claim", shinsa.get(first).with())
	two := sekinin.post(second+"/claim", sekinin.get(second).with())
	if one.hidden("proposed") != "1ANAC" || two.hidden("proposed") != "1ANAC" {
		t.Fatalf("proposed are %s and %s", one.hidden("proposed"), two.hidden("proposed"))
	}
	verdict := func(p pageSeen) url.Values {
		return p.with("round", p.hidden("round"), "proposed", p.hidden("proposed"), "start", "2024-12-10", "password", testPassword)
	}
	shinsa.want(shinsa.post(first+"/approve", verdict(one)), 200, htmlcheck.In(".notice.success", htmlcheck.HasText("1ANAC"), htmlcheck.HasText("案のとおり")))
	sekinin.want(sekinin.post(second+"/approve", verdict(two)), 200, htmlcheck.In(".notice.success", htmlcheck.HasText("1BNAC"), htmlcheck.HasText("案とは異なります")))
}

package web

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/web/htmlcheck"
)

// C5 through the pages: an edit is previewed, saved, and taken back; what was typed wrongly comes back.
func TestJourneyThroughTheCalendar(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	id := registered(t, h.as(t, "hanako"), true) // the wish is 2024-12-10
	h.at(time.December, 2, 10)
	boss := h.as(t, "sekinin")
	boss.want(boss.get("/desk/calendar"), 200, htmlcheck.In(".year", htmlcheck.HasText("天皇誕生日"), htmlcheck.HasText("年末年始"), htmlcheck.HasText("営業日 20日")),
		htmlcheck.In("nav.nav", htmlcheck.HasText("暦"), htmlcheck.HasText("運用")), htmlcheck.In(".lead", htmlcheck.HasText("2024年")))
	boss.want(boss.get("/desk/calendar?year=2025"), 200, htmlcheck.In(".lead", htmlcheck.HasText("2025年")))
	boss.want(boss.post("/desk/calendar/preview", url.Values{"do": {"add"}, "day": {"2024-12-02"}, "name": {"点検"}}), 422,
		htmlcheck.In("#day", htmlcheck.HasAttr("value", "2024-12-02")), htmlcheck.In("#name", htmlcheck.HasAttr("value", "点検")), htmlcheck.In(".summary", htmlcheck.HasText("明日以降")))
	preview := boss.want(boss.post("/desk/calendar/preview", url.Values{"do": {"add"}, "day": {"2024-12-10"}, "name": {"点検"}}), 200,
		htmlcheck.In("main", htmlcheck.HasText("営業日でなくなります"), htmlcheck.HasText("2400001A"), htmlcheck.HasText("2024年12月11日(水)"), htmlcheck.HasText("点検")))
	boss.want(boss.get("/desk/calendar"), 200, htmlcheck.NotIn(`input[name="do"][value="remove"]`))
	save := url.Values{"csv": {"day,name,closed\n2024-12-10,点検,yes\n"}, "digest": {"seen before"}}
	stale := boss.want(boss.post("/desk/calendar/save", save), 409, htmlcheck.In(".notice.error", htmlcheck.HasText("状況が変わりました")))
	if stale.hidden("digest") != preview.hidden("digest") {
		t.Error("the preview shown anew is another one")
	}
	save.Set("digest", preview.hidden("digest"))
	boss.want(boss.post("/desk/calendar/save", save), 200, htmlcheck.In(".notice.success", htmlcheck.HasText("暦を変更しました")),
		htmlcheck.In(".year", htmlcheck.HasText("点検"), htmlcheck.HasText("審査 六郎")), htmlcheck.In(`input[name="day"][value="2024-12-10"]`))
	boss.want(boss.get("/desk/applications/"+id), 200, htmlcheck.NotIn(".checks .wrong"))

	shinsa := h.as(t, "shinsa")
	shinsa.want(shinsa.get("/desk/calendar"), 200, htmlcheck.NotIn("main form"), htmlcheck.In("main", htmlcheck.HasText("点検"), htmlcheck.HasText("審査責任者です")))
	back := boss.want(boss.post("/desk/calendar/preview", url.Values{"do": {"remove"}, "day": {"2024-12-10"}}), 200, htmlcheck.In("main", htmlcheck.HasText("休業日を取り消す")))
	boss.want(boss.post("/desk/calendar/save", url.Values{"csv": {"day,name,closed\n2024-12-10,,no\n"}, "digest": {back.hidden("digest")}}), 200, htmlcheck.NotIn(`input[name="day"][value="2024-12-10"]`))
}

// A file that is wrong is told by line, and stands in the field to be corrected; nothing is stored.
func TestCalendarFiles(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	boss := h.as(t, "sekinin")
	send := func(name, content string) pageSeen {
		t.Helper()
		var body bytes.Buffer
		w := multipart.NewWriter(&body)
		must := func(err error) {
			if err != nil {
				t.Fatal(err)
			}
		}
		must(w.WriteField("do", "import"))
		must(w.WriteField("csv", ""))
		part, err := w.CreateFormFile("file", name)
		must(err)
		_, err = part.Write([]byte(content))
		must(err)
		must(w.Close())
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.url+"/desk/calendar/preview", &body)
		must(err)
		r.Header.Set("Content-Type", w.FormDataContentType())
		return boss.do(r, nil)
	}
	boss.want(send("days.csv", "day,name\n2024-12-24,冬季休業\n2024-12-07,土曜\n"), 422, htmlcheck.In(".summary", htmlcheck.HasText("3行目：2024年12月7日(土)は、すでに休みです（土曜日）")),
		htmlcheck.In("#csv", htmlcheck.HasText("2024-12-24,冬季休業")))
	boss.want(send("days.csv", "day,name\n2024-12-24,\x83\x8f\n"), 422, htmlcheck.In(".summary", htmlcheck.HasText("UTF-8")))
	boss.want(send("days.csv", "\ufeffday,name\r\n2024-12-24,\"冬季, 休業\"\r\n2024-12-25,冬季休業\r\n"), 200, htmlcheck.In("main", htmlcheck.HasText("冬季, 休業"), htmlcheck.HasText("2024年12月25日(水)")))
	boss.want(boss.post("/desk/calendar/preview", url.Values{"do": {"import"}, "csv": {"day,name\n2024-12-24,冬\n"}}), 200, htmlcheck.In("main", htmlcheck.HasText("2024年12月24日(火)")))
}

// C6 through the pages, from the form to the establishment's menu and back; texts are plain and escaped.
func TestJourneyOfANotice(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	boss, hanako, betsu := h.as(t, "sekinin"), h.as(t, "hanako"), h.as(t, "betsu")
	boss.want(boss.get("/desk/news"), 200, htmlcheck.In(".empty", htmlcheck.HasText("まだありません")))
	typed := url.Values{"to": {"one"}, "establishment": {"見本商事"}, "from": {"2024-11-29"}, "until": {""}, "title": {"停止 <b>予定</b>"},
		"body": {"1行目\r\n<script>2行目</script>"}, "title_en": {"Planned stop"}, "body_en": {""}}
	boss.want(boss.post("/desk/news/preview", typed), 422, htmlcheck.In("#body_en", htmlcheck.HasAttr("aria-invalid", "true")), htmlcheck.In("#body", htmlcheck.HasText("1行目")))
	typed.Set("body_en", "First line")
	preview := boss.want(boss.post("/desk/news/preview", typed), 200, htmlcheck.Count(".notice-text", 2), htmlcheck.NotIn("main b"), htmlcheck.NotIn("main script"),
		htmlcheck.In(".notice-text h2", htmlcheck.HasText("停止 <b>予定</b>")), htmlcheck.In(".pairs", htmlcheck.HasText("見本商事株式会社 東京事業所")))
	typed.Set("key", preview.hidden("key"))
	typed.Set("do", "edit")
	boss.want(boss.post("/desk/news/preview", typed), 200, htmlcheck.In("#title", htmlcheck.HasAttr("value", "停止 <b>予定</b>")))
	typed.Del("do")
	published := boss.want(boss.post("/desk/news/publish", typed), 200, htmlcheck.In(".notice.success", htmlcheck.HasText("掲載しました")), htmlcheck.In(".lead", htmlcheck.HasText("表示中")))
	at := strings.TrimPrefix(published.path, "/desk/news/")

	hanako.want(hanako.get("/"), 200, htmlcheck.In(".notices .unread", htmlcheck.HasText("停止 <b>予定</b>")))
	betsu.want(betsu.get("/"), 200, htmlcheck.NotIn(".notices"))
	betsu.want(betsu.get("/notices/"+at), 404)
	betsu.want(betsu.post("/notices/"+at, url.Values{}), 404)
	if p := boss.get("/notices/" + at); p.status != 403 {
		t.Errorf("the centre at the establishments' page: status %d", p.status)
	}
	read := hanako.want(hanako.post("/notices/"+at, url.Values{}), 200, htmlcheck.In(".notice-text", htmlcheck.HasText("<script>2行目</script>")), htmlcheck.NotIn("main script"))
	if read.path != "/notices/"+at {
		t.Errorf("opening leads to %s", read.path)
	}
	hanako.want(hanako.get("/"), 200, htmlcheck.NotIn(".notices .unread"), htmlcheck.In(".notices", htmlcheck.HasText("停止")))
	hanako.post("/language", url.Values{"lang": {"en"}, "back": {"/"}})
	hanako.want(hanako.get("/notices/"+at), 200, htmlcheck.In(".notice-text", htmlcheck.HasAttr("lang", "en"), htmlcheck.HasText("First line")))
	boss.want(boss.get("/desk/news"), 200, htmlcheck.In("table", htmlcheck.HasText("停止 <b>予定</b>"), htmlcheck.HasText("見本商事")))
	boss.want(boss.post("/desk/news/"+at+"/withdraw", url.Values{}), 200, htmlcheck.In(".lead", htmlcheck.HasText("取下げ済み")), htmlcheck.NotIn("main .danger"))
	hanako.want(hanako.get("/"), 200, htmlcheck.NotIn(".notices"))
	hanako.want(hanako.get("/notices/"+at), 404)
}

// A notice for the login page stands there on its days, for everybody.
func TestPlannedStopsOnTheLoginPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	boss := h.as(t, "sekinin")
	typed := url.Values{"to": {"all"}, "from": {"2024-12-02"}, "until": {"2024-12-02"}, "title": {"12月7日は停止します"}, "body": {"終日利用できません。"}, "on_login": {"yes"}}
	typed.Set("key", boss.want(boss.post("/desk/news/preview", typed), 200).hidden("key"))
	boss.want(boss.post("/desk/news/publish", typed), 200)
	out := h.browser(t)
	out.want(out.get("/login"), 200, htmlcheck.NotIn(".notice.info"))
	h.at(time.December, 2, 0)
	out.want(out.get("/login"), 200, htmlcheck.In(".notice.info", htmlcheck.HasText("12月7日は停止します"), htmlcheck.HasText("終日利用できません")))
	h.at(time.December, 3, 0)
	out.want(out.get("/login"), 200, htmlcheck.NotIn(".notice.info"))
}

// switchTo switches the mode as the page does.
func switchTo(b *browser, mode, notice string) pageSeen {
	b.t.Helper()
	page := b.get("/desk/operations")
	return b.post("/desk/operations/mode", url.Values{"seen": {page.hidden("seen")}, "mode": {mode}, "notice": {notice}, "notice_en": {"Closed for work"}})
}

// C10: read-only refuses what changes and gives back what was typed; passwords can be read. Closed shows the
// establishments nothing but the notice and keeps what they send; the supervisor opens the desk again (trap 26).
func TestJourneyThroughTheModes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	hanako, boss, shinsa := h.as(t, "hanako"), h.as(t, "sekinin"), h.as(t, "shinsa")
	start := hanako.post("/applications", url.Values{})
	shinsa.want(shinsa.get("/desk/operations"), 200, htmlcheck.NotIn("main form"), htmlcheck.In("main", htmlcheck.HasText("受付中"), htmlcheck.HasText("メールの送信"), htmlcheck.HasText("未実行")))
	if p := switchTo(boss, "read-only", ""); p.status != 422 {
		t.Errorf("a switch without a notice: status %d", p.status)
	}
	boss.want(switchTo(boss, "read-only", "点検中です。"), 200, htmlcheck.In(".notice.success", htmlcheck.HasText("切り替えました")), htmlcheck.In(".lead", htmlcheck.HasText("閲覧のみ")))

	typed := start.with("kinds", "user-code", "desired", "2024-12-10", "reason", "通関業務を始めるため。")
	hanako.want(hanako.post(start.path, typed), 503, htmlcheck.In(".notice.error", htmlcheck.HasText("この操作は行われていません")),
		htmlcheck.In(`textarea[name="reason"]`, htmlcheck.HasText("通関業務を始めるため。")), htmlcheck.In(".notice.warning", htmlcheck.HasText("点検中です。")))
	hanako.want(hanako.get("/contract"), 200, htmlcheck.In(".notice.warning", htmlcheck.HasText("点検中です。")))
	out := h.browser(t)
	out.want(out.get("/login"), 200, htmlcheck.In(".notice.warning", htmlcheck.HasText("点検中です。")))

	boss.want(switchTo(boss, "closed", "夜間の停止です。"), 200)
	for _, path := range []string{"/", "/contract", "/applications", start.path} {
		hanako.want(hanako.get(path), 503, htmlcheck.In(".lead", htmlcheck.HasText("夜間の停止です。")), htmlcheck.NotIn(".notice.warning"), htmlcheck.NotIn("nav.nav"))
	}
	kept := hanako.want(hanako.post(start.path, typed), 503, htmlcheck.In(`form[action="`+start.path+`"] input[name="reason"]`, htmlcheck.HasAttr("value", "通関業務を始めるため。")))
	if strings.Contains(string(kept.body), "見本商事株式会社の契約") {
		t.Error("a closed desk shows a contract")
	}
	late := h.as2(t, "kanri")
	late.want(late.get("/"), 503, htmlcheck.In("main", htmlcheck.HasText("夜間の停止です。")))
	late.post("/language", url.Values{"lang": {"en"}, "back": {"/"}})
	late.want(late.get("/"), 503, htmlcheck.In("main", htmlcheck.HasText("Closed for work")))
	if p := late.post("/logout", url.Values{}); p.path != "/login" || p.status != 200 {
		t.Errorf("signing out of a closed desk leads to %s, status %d", p.path, p.status)
	}
	shinsa.want(shinsa.get("/desk?queue=all"), 200, htmlcheck.In(".notice.warning", htmlcheck.HasText("夜間の停止です。")))

	again := h.as(t, "sekinin") // trap 26: signing in and switching back
	other := again.get("/desk/operations")
	again.want(switchTo(again, "open", ""), 200, htmlcheck.In(".lead", htmlcheck.HasText("受付中")), htmlcheck.NotIn(".notice.warning"))
	again.want(again.post("/desk/operations/mode", url.Values{"seen": {other.hidden("seen")}, "mode": {"closed"}, "notice": {"二度目"}}), 409, htmlcheck.In(".notice.error", htmlcheck.HasText("先に変更されています")),
		htmlcheck.In(`textarea[name="notice"]`, htmlcheck.HasText("二度目")))
	sent := hanako.post(start.path, typed)
	if sent.status != 200 || !strings.HasSuffix(sent.path, "/contact") {
		t.Errorf("sent once more: status %d at %s", sent.status, sent.path)
	}
}

// as2 is a browser in which somebody has logged in, whatever the page it leads to says.
func (h *house) as2(t *testing.T, login string) *browser {
	t.Helper()
	b := h.browser(t)
	b.signIn(h.desk, login, testPassword, "/")
	return b
}

// The page of the jobs says which is late, and what it failed with.
func TestJobsOnThePage(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if err := h.desk.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	shinsa := h.as(t, "shinsa")
	shinsa.want(shinsa.get("/desk/operations"), 200, htmlcheck.In("#job-clock-void", htmlcheck.HasText("正常")), htmlcheck.NotIn(".notice.error"))
	h.wait(11 * time.Minute)
	shinsa.want(shinsa.get("/desk/operations"), 200, htmlcheck.In(".notice.error", htmlcheck.HasText("9件の仕事が遅れています")))
	if err := h.desk.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	shinsa.want(shinsa.get("/desk/operations"), 200, htmlcheck.NotIn(".notice.error"))
}

package web

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/mail"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
	"uketsuke/internal/store/storetest"
	"uketsuke/internal/web/htmlcheck"
)

// handOver gives every mail that is due to a mail server, which refuses those to an address.
func handOver(t *testing.T, db *store.DB, refused string) []query.Outbox {
	t.Helper()
	outbox := store.NewOutbox(db, func() time.Time { return time.Now().Add(time.Hour) }, func() time.Time { return fridayMorning })
	rows, err := outbox.Claim(t.Context(), time.Minute, 100)
	for _, row := range rows {
		switch {
		case err != nil:
		case row.Recipient == refused:
			err = outbox.Failed(t.Context(), row.ID, row.Fence, "recipient refused: 550 <b>no</b>", time.Time{})
		default:
			err = outbox.Accepted(t.Context(), row.ID, row.Fence, "250 ok")
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// C7 with C1's hint, C3 and E13: one mail fails, one comes back, both are seen, looked at and sent again.
func TestMailDesk(t *testing.T) {
	t.Parallel()
	db := storetest.SQLite(t)
	h := houseOn(t, db)
	hanako := h.as(t, "hanako")
	shinsa := h.as(t, "shinsa")
	shinsa.want(shinsa.get("/desk/mails"), 200, htmlcheck.In(".empty", htmlcheck.HasText("該当するメールはありません")))
	shinsa.want(shinsa.get("/desk/mails?state=unseen"), 200, htmlcheck.In(".empty", htmlcheck.HasText("確認が必要な送信失敗や不達はありません")))
	app := registered(t, hanako, true)
	shinsa.want(shinsa.get("/desk/mails?state=waiting"), 200, htmlcheck.In("table", htmlcheck.HasText("送信待ち")))
	shinsa.want(shinsa.get("/desk"), 200, htmlcheck.NotIn(`a[href="/desk/mails?state=unseen"]`))

	var back, failed string
	for _, row := range handOver(t, db, "kanri@nac.example") {
		if row.Recipient == "kanri@nac.example" {
			failed = row.ID
			continue
		}
		back = row.ID
	}
	if err := h.desk.Bounced(t.Context(), back, mail.Bounce{Fate: mail.FateFailed, Status: "5.1.1", Text: `550 <script>alert(1)</script>`}); err != nil {
		t.Fatal(err)
	}
	shinsa.want(shinsa.get("/desk"), 200, htmlcheck.In(".notice.warning", htmlcheck.HasText("2件")))
	shinsa.want(shinsa.get("/desk/mails?state=bounced"), 200, htmlcheck.In("table", htmlcheck.HasText("不達"), htmlcheck.HasText("未確認")))
	page := shinsa.want(shinsa.get("/desk/mails/"+back), 200, htmlcheck.In(".lead", htmlcheck.HasText("不達")), htmlcheck.In(".pairs", htmlcheck.HasText("550 <script>")),
		htmlcheck.In("pre", htmlcheck.HasText("見本 花子 様")), htmlcheck.In("pre", htmlcheck.HasText("2400001A")))
	if strings.Contains(string(page.body), "<script>alert") {
		t.Error("what a foreign server wrote stands unescaped on the page")
	}
	hanako.want(hanako.get("/applications/"+app), 200, htmlcheck.In("#missed-heading", htmlcheck.HasText("届かなかった")),
		htmlcheck.In(".notice.warning", htmlcheck.HasText("kanri@nac.example")), htmlcheck.In("main", htmlcheck.HasText("メールが届かずに戻りました")))
	if p := hanako.get("/applications/" + app); strings.Contains(string(p.body), "550") {
		t.Error("the establishment sees what the mail server wrote")
	}

	shinsa.want(shinsa.post("/desk/mails/"+back+"/seen", url.Values{}), 200, htmlcheck.In(".notice.success", htmlcheck.HasText("確認済み")))
	shinsa.want(shinsa.get("/desk"), 200, htmlcheck.In(".notice.warning", htmlcheck.HasText("1件")))
	form := url.Values{"mark": {page.hidden("mark")}}
	sent := shinsa.want(shinsa.post("/desk/mails/"+back+"/resend", form), 200, htmlcheck.In(".lead", htmlcheck.HasText("送信待ち")), htmlcheck.In(".pairs", htmlcheck.HasText("送り直しです")))
	if sent.path == "/desk/mails/"+back {
		t.Error("a returned mail goes out as itself")
	}
	shinsa.want(shinsa.post("/desk/mails/"+back+"/resend", form), 200, htmlcheck.In(".notice.success", htmlcheck.HasText("二重には送っていません")), htmlcheck.Count(`a[href="`+sent.path+`"]`, 1))
	shinsa.want(shinsa.post(sent.path+"/resend", url.Values{"mark": {"0"}}), 422, htmlcheck.In(".summary", htmlcheck.HasText("自動で送られます")))
	shinsa.want(shinsa.post("/desk/mails/"+failed+"/resend", url.Values{"mark": {"x"}}), 400)
	again := shinsa.want(shinsa.post("/desk/mails/"+failed+"/resend", url.Values{"mark": {"0"}}), 200, htmlcheck.In(".lead", htmlcheck.HasText("送信待ち")))
	if again.path != "/desk/mails/"+failed {
		t.Errorf("a failed mail goes out as %s", again.path)
	}
	hanako.want(hanako.get("/applications/"+app), 200, htmlcheck.NotIn("#missed-heading"))

	for search, want := range map[string]int{"ｋａｎｒｉ＠nac.example": 1, "2400001a": 3, "nobody@nac.example": 0} {
		found := shinsa.post("/desk/mails/search", url.Values{"search": {search}, "state": {""}})
		shinsa.want(found, 200, htmlcheck.In("h2", htmlcheck.HasText(search)), htmlcheck.Count("tbody tr", want))
	}
	hanako.want(hanako.get("/desk/mails"), 403)
	hanako.want(hanako.post("/desk/mails/"+back+"/resend", form), 403)
	shinsa.want(shinsa.get("/desk/mails/none"), 404)
}

// Every kind of letter can be looked at before one is sent.
func TestMailTemplates(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	shinsa := h.as(t, "shinsa")
	shinsa.want(shinsa.get("/desk/mails/templates"), 200, htmlcheck.In("main", htmlcheck.HasText("【NSS】利用申込確認完了のお知らせ"), htmlcheck.HasText("見本 花子 様")))
	shinsa.want(shinsa.get("/desk/mails/templates?to=administrator"), 200, htmlcheck.In("main", htmlcheck.HasText("見本 次郎 様"), htmlcheck.HasText("申込担当者: 通関部 見本 花子")))
}

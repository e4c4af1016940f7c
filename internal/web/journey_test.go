package web

import (
	"strings"
	"testing"

	"uketsuke/internal/web/htmlcheck"
)

// The whole way of S2 through the pages, from the login to the receipt.
func TestJourneyToTheReceipt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	b.want(b.get("/"), 200, htmlcheck.In("h1", htmlcheck.HasText("トップメニュー")), htmlcheck.In(".header", htmlcheck.HasText("見本 花子 様")))
	b.want(b.get("/contract"), 200, htmlcheck.In(`a[href="/apply"]`, htmlcheck.HasText("契約情報を変更する")))
	flow := b.want(b.get("/apply"), 200, htmlcheck.In("main", htmlcheck.HasText("2024年12月10日(火)")))
	start := b.want(b.post("/applications", flow.with()), 200, htmlcheck.In(`input[name="kinds"]`))
	if !strings.HasSuffix(start.path, "/start") {
		t.Fatalf("a new application opens %s", start.path)
	}
	application := strings.TrimSuffix(start.path, "/start")
	contact := b.want(b.post(start.path, start.with("kinds", "user-code", "desired", "2024-12-10", "reason", "通関業務を始めるため。")), 200,
		htmlcheck.In(`input[name="contact.email"]`, htmlcheck.HasAttr("value", "hanako@nac.example")))
	b.want(b.post(contact.path, contact.with("contact.name", "見本 花子", "contact.kana", "ミホン ハナコ", "contact.phone", "03-1111-2222",
		"contact.email", "tanto@nac.example", "contact.confirmed", "yes")), 200, htmlcheck.In("main", htmlcheck.HasText("まだ利用者コードがありません")))
	code := b.want(b.get(application+"/codes/0"), 200, htmlcheck.In("details", htmlcheck.HasText("1BNACA0A")))
	code = b.want(b.post(code.path, code.with("do", "add", "category", "common", "single_sign_on", "yes", "trades", "customs-broker",
		"trades", "consolidator", "method", "netnaccs", "count", "1")), 200,
		htmlcheck.In("#block table", htmlcheck.HasText("通関・混載")), htmlcheck.In("#preview", htmlcheck.HasText("1ANACA0A"), htmlcheck.NoText("A0B")))
	settings := b.want(b.post(code.path, code.with("do", "set", "category", "common", "statistics_paid", "yes", "statistics_free", "yes")), 200,
		htmlcheck.In(`input[name="company_name"]`, htmlcheck.HasAttr("value", "見本商事株式会社")))
	b.want(b.post(settings.path, settings.with("do", "back", "company_name", "見本商事株式会社")), 200,
		htmlcheck.In(".codes tbody tr", htmlcheck.HasText("追加1")), htmlcheck.In("main", htmlcheck.HasText("2024年12月4日(水)")))
	confirm := b.want(b.get(application+"/confirm"), 200, htmlcheck.In("tr.added", htmlcheck.HasText("1ANACA0A")))
	b.want(b.post(confirm.path, confirm.with("do", "register")), 422, htmlcheck.In(".summary"))
	done := b.want(b.post(confirm.path, confirm.with("do", "register", "rules", "yes")), 200, htmlcheck.In(".done-panel", htmlcheck.HasText("2400001A")),
		htmlcheck.In("main", htmlcheck.HasText("tanto@nac.example"), htmlcheck.HasText("kanri@nac.example")))
	again := b.want(b.post(confirm.path, confirm.with("do", "register", "rules", "yes")), 200, htmlcheck.In(".done-panel", htmlcheck.HasText("2400001A")))
	if done.path != again.path {
		t.Errorf("pressed twice: %s and %s", done.path, again.path)
	}
	b.want(b.get(done.path), 200, htmlcheck.In(".done-panel", htmlcheck.HasText("2400001A")))
}

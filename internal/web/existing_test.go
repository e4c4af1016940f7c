package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
	"uketsuke/internal/web/htmlcheck"
)

// applying is a draft of these kinds whose first two pages are filled in: its address.
func applying(t testing.TB, b *browser, desired string, kinds ...string) string {
	t.Helper()
	start := b.post("/applications", url.Values{})
	form := start.with("desired", desired, "reason", "業務の見直しのため。")
	form["kinds"] = kinds
	contact := b.want(b.post(start.path, form), 200)
	b.want(b.post(contact.path, contact.with("contact.name", "見本 花子", "contact.kana", "ミホン ハナコ", "contact.phone", "03-1111-2222",
		"contact.email", "tanto@nac.example", "contact.confirmed", "yes")), 200)
	return strings.TrimSuffix(start.path, "/start")
}

// settle fills in every settings tab that an application opens, and saves it.
func settle(t testing.TB, b *browser, app string) {
	t.Helper()
	actor := account.Actor{ID: "kanri", Role: account.Administrator, Establishment: "e1"}
	c, err := b.h.desk.Case(t.Context(), actor, strings.TrimPrefix(app, "/applications/"))
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range c.CodeSettings {
		for _, tab := range code.Tabs {
			path := app + "/codes/" + strconv.Itoa(code.Placeholder) + "/settings/" + tab.Tab
			form := b.get(path).with("do", "back")
			for name, value := range sample.CompleteTab(b.h.desk.Catalogue, tab.Tab, code.Placeholder%90) {
				form.Set(name, value)
			}
			b.want(b.post(path, form), 200)
		}
	}
}

// register registers an application whose pages are filled in.
func register(t testing.TB, b *browser, app string) {
	t.Helper()
	confirm := b.want(b.get(app+"/confirm"), 200)
	done := b.want(b.post(confirm.path, confirm.with("do", "register", "rules", "yes")), 200)
	if !strings.HasSuffix(done.path, "/registered") {
		t.Fatalf("registering leads to %s: %s", done.path, text(done.body))
	}
}

// decided is what the examiner sees after an approval with a start date, "" for a re-issue.
func decided(t testing.TB, h *house, app, start string) pageSeen {
	t.Helper()
	shinsa, path := h.as(t, "shinsa"), "/desk"+app
	c2 := shinsa.want(shinsa.post(path+"/claim", shinsa.get(path).with()), 200, htmlcheck.NotIn(".checks .wrong"))
	form := c2.with("round", c2.hidden("round"), "password", testPassword)
	if start != "" {
		form.Set("start", start)
	}
	return shinsa.want(shinsa.post(path+"/approve", form), 200)
}

// s3 is a house that holds the codes of S3 since 2024-12-12, on that day: 1ANAC for 通関 with statistics, 1BNAC for 混載.
func s3(t testing.TB, h *house) {
	t.Helper()
	b := h.as(t, "hanako")
	app := applying(t, b, "2024-12-12", "user-code")
	for _, trade := range []string{"customs-broker", "consolidator"} {
		code := b.get(app + "/codes/0")
		form := code.with("do", "set", "category", "common", "single_sign_on", "no", "trades", trade, "method", "netnaccs", "count", "1")
		if trade == "customs-broker" {
			form.Set("statistics_paid", "yes")
			form.Set("statistics_free", "yes")
		}
		b.want(b.post(code.path, form), 200)
	}
	settle(t, b, app)
	register(t, b, app)
	h.at(time.December, 2, 10)
	decided(t, h, app, "2024-12-12")
	h.at(time.December, 12, 10)
	if err := h.desk.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// S11 through the pages, without JavaScript: a number is added, a code is deleted, another changed.
func TestS11ThroughThePages(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s3(t, h)
	b := h.as(t, "hanako")
	app := applying(t, b, "2024-12-24", "user-code", "ident-number")
	b.want(b.get(app+"/codes"), 200, htmlcheck.In("table.held", htmlcheck.HasText("1ANAC"), htmlcheck.HasText("1BNAC"), htmlcheck.HasText("管理統計資料 有料分")),
		htmlcheck.In(`a[href="`+app+`/existing/1BNAC/delete"]`), htmlcheck.NotIn(`a[href="`+app+`/confirm"]`))
	page := b.want(b.get(app+"/existing/1ANAC"), 200, htmlcheck.In("summary", htmlcheck.HasText("1ANACA0A"), htmlcheck.HasText("通関業")),
		htmlcheck.In(`input[name="statistics_paid"][checked]`), htmlcheck.In(`input[name="ids.1ANACA0A.trades"][value="customs-broker"][checked]`))
	form := fieldsOf(t, page)
	form.Del("statistics_paid") // S11: paid statistics off
	for name, value := range map[string]string{"do": "add", "single_sign_on": "no", "trades": "customs-broker", "method": "netnaccs", "count": "1"} {
		form.Set(name, value)
	}
	page = b.want(b.post(page.path, form), 200, htmlcheck.In("#block table", htmlcheck.HasText("通関")), htmlcheck.In("#preview", htmlcheck.HasText("1ANACA0B")))
	form = fieldsOf(t, page)
	form.Set("do", "set")
	b.want(b.post(page.path, form), 200, htmlcheck.In(".codes", htmlcheck.HasText("変更前"), htmlcheck.HasText("変更後"), htmlcheck.HasText("追加")))
	remove := b.want(b.get(app+"/existing/1BNAC/delete"), 200, htmlcheck.In("main", htmlcheck.HasText("1BNACA0A"), htmlcheck.HasText("2024年12月24日(火)"), htmlcheck.HasText("欠番")))
	b.want(b.post(remove.path, remove.with()), 200, htmlcheck.In("tr.removed", htmlcheck.HasText("1BNAC")))
	b.want(b.get(app+"/confirm"), 200, htmlcheck.In(".compared", htmlcheck.HasText("1ANACA0B"), htmlcheck.HasText("1BNAC")),
		htmlcheck.In("tr.removed", htmlcheck.HasText("1BNACA0A")), htmlcheck.In("tr.added", htmlcheck.HasText("1ANACA0B")),
		htmlcheck.In("#charge-heading", htmlcheck.HasText("月額料金の変化")), htmlcheck.In("main", htmlcheck.HasText("-1,100")))
	register(t, b, app)
	h.at(time.December, 13, 10)
	shinsa := h.as(t, "shinsa")
	shinsa.want(shinsa.get("/desk"+app), 200, htmlcheck.In("main", htmlcheck.HasText("利用者コード1件の内容を変更します"), htmlcheck.HasText("その下の利用者IDとともに削除します"), htmlcheck.HasText("利用者ID1件を加えます")))
	decided(t, h, app, "2024-12-24")
	b.want(b.get(app), 200, htmlcheck.In("tr.removed", htmlcheck.HasText("1BNAC")), htmlcheck.In("tr.added", htmlcheck.HasText("A0B")))
	b.want(b.get(app+"/contract"), 200, htmlcheck.In("tr.removed", htmlcheck.HasText("1BNACA0A")), htmlcheck.In("tr.changed", htmlcheck.HasText("変更前")))
	b.want(b.get("/contract?on=2024-12-23"), 200, htmlcheck.In("main", htmlcheck.HasText("1BNACA0A")))
	b.want(b.get("/contract?on=2024-12-24"), 200, htmlcheck.In("main", htmlcheck.HasText("1ANACA0B")))
	for _, row := range rowsOn(t, h, "2024-12-24") {
		if strings.HasPrefix(row, "1BNAC") {
			t.Errorf("S11: 1BNAC stands on the day of its deletion: %s", row)
		}
	}
}

// rowsOn are the IDs of the contract of e1 on a day.
func rowsOn(t testing.TB, h *house, on string) []string {
	t.Helper()
	page, err := h.desk.Contract(t.Context(), account.Actor{ID: "kanri", Role: account.Administrator, Establishment: "e1"}, "e1", calendar.MustDate(on))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, code := range page.Contract.Codes {
		for _, id := range code.IDs {
			ids = append(ids, string(id.ID))
		}
	}
	return ids
}

// R-SEC-11: a deletion alone has no page of IDs, speaks of no password, and asks for none to be prepared.
func TestADeletionIssuesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s3(t, h)
	b := h.as(t, "hanako")
	app := applying(t, b, "2024-12-24", "user-code")
	page := b.get(app + "/existing/1BNAC/delete")
	b.want(b.post(page.path, page.with()), 200)
	register(t, b, app)
	h.at(time.December, 13, 10)
	decided(t, h, app, "2024-12-24")
	b.want(b.get(app), 200, htmlcheck.NotIn(`a[href="`+app+`/ids"]`), htmlcheck.NotIn(`a[href="`+app+`/prepare"]`))
	b.want(b.get(app+"/ids"), 404)
	shinsa := h.as(t, "shinsa")
	shinsa.want(shinsa.get("/desk"+app+"/issued"), 200, htmlcheck.NotIn("#secrets-heading"))
}

// R-APP-10: a code that another open application touches shows its receipt number instead of buttons, and the
// page says so when it is opened all the same.
func TestTouchedCodesHaveNoButtons(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s3(t, h)
	b := h.as(t, "hanako")
	first := applying(t, b, "2024-12-24", "user-code")
	page := b.get(first + "/existing/1BNAC/delete")
	b.want(b.post(page.path, page.with()), 200)
	register(t, b, first)
	second := applying(t, b, "2024-12-24", "user-code", "ident-number")
	b.want(b.get(second+"/codes"), 200, htmlcheck.In("table.held", htmlcheck.HasText("申込受付番号 2400002A で申込み中です")),
		htmlcheck.NotIn(`a[href="`+second+`/existing/1BNAC"]`), htmlcheck.NotIn(`a[href="`+second+`/existing/1BNAC/delete"]`), htmlcheck.NotIn(`a[href="`+second+`/existing/1BNAC#block"]`), htmlcheck.In(`a[href="`+second+`/existing/1ANAC"]`))
	page = b.want(b.get(second+"/existing/1BNAC/delete"), 200)
	b.want(b.post(page.path, page.with()), 422, htmlcheck.In(".summary", htmlcheck.HasText("2400002A")))
}

// R-APP-8: what is wrong on the page of an existing code stands at its field, with everything that was typed.
func TestWrongChangesStandAtTheirFields(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s3(t, h)
	b := h.as(t, "hanako")
	app := applying(t, b, "2024-12-24", "user-code", "ident-number")
	path := app + "/existing/1ANAC"
	tests := []struct {
		name  string
		field string // of the summary's link, "" for none
		says  string
		set   url.Values
	}{
		{"R-APP-1 nothing changes", "", "変更がありません", nil},
		{"R-APP-1 no category", "category", "システム設定区分", url.Values{"category": {"moon"}}},
		{"R-APP-6 category against a trade", "ids.1ANACA0A.trades", "システム設定区分", url.Values{"category": {"air"}, "ids.1ANACA0A.trades": {"sea-forwarder"}}},
		{"R-APP-2 two trades without single sign-on", "ids.1ANACA0A.trades", "業種", url.Values{"ids.1ANACA0A.trades": {"customs-broker", "consolidator"}}},
		{"R-APP-2 no single sign-on chosen", "ids.1ANACA0A.single_sign_on", "シングルサインオン", url.Values{"ids.1ANACA0A.single_sign_on": {""}}},
		{"R-APP-5 archive without paid statistics", "bonded_archive", "有料分", url.Values{"statistics_paid": nil, "bonded_archive": {"yes"}}},
		{"R-APP-7 no method", "method", "処理方式", url.Values{"trades": {"customs-broker"}, "single_sign_on": {"no"}, "method": {""}, "count": {"1"}}},
		{"R-APP-7 no count", "count", "識別番号", url.Values{"trades": {"customs-broker"}, "single_sign_on": {"no"}, "method": {"netnaccs"}, "count": {"百"}}},
		{"R-ID-4 more than are left", "count", "残り", url.Values{"trades": {"customs-broker"}, "single_sign_on": {"no"}, "method": {"netnaccs"}, "count": {"99999"}}},
		{"R-APP-4 another group", "trades", "まとめ", url.Values{"trades": {"container-yard"}, "single_sign_on": {"no"}, "method": {"netnaccs"}, "count": {"1"}}},
		{"R-APP-1 no trade to add", "trades", "業種", url.Values{"do": {"add"}}},
		{"R-APP-8 a number that is not the code's", "remove", "1BNACA0A", url.Values{"remove": {"1BNACA0A"}}},
		{"R-APP-8 no number at all", "remove", "一覧から選択", url.Values{"remove": {"nonsense"}}},
		{"R-APP-8 the last number", "remove", "利用者コードごと削除", url.Values{"remove": {"1ANACA0A"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			form := fieldsOf(t, b.get(path))
			form.Set("do", "set")
			for name, values := range tt.set {
				form[name] = values
			}
			p := b.want(b.post(path, form), 422, htmlcheck.In(".summary", htmlcheck.HasText(tt.says)))
			if tt.field != "" {
				b.want(p, 422, htmlcheck.In(`.summary a[href="#`+tt.field+`"]`), htmlcheck.In(`[id="`+tt.field+`"]`))
			}
			for _, name := range []string{"count", "category"} {
				if got := fieldsOf(t, p).Get(name); tt.set.Has(name) && tt.set.Get(name) != "moon" && got != tt.set.Get(name) {
					t.Errorf("%s holds %q, typed was %q", name, got, tt.set.Get(name))
				}
			}
		})
	}
	form := fieldsOf(t, b.get(path))
	form["do"], form["remove"] = []string{"set"}, []string{"1ANACA0A"}
	b.want(b.post(path, form), 422, htmlcheck.In(`a[href="`+path+`/delete"]`, htmlcheck.HasText("利用者コードごと削除する")))
}

// R-APP-13, R-APP-8: kept typing comes back; deleting the last number becomes the deletion of the code, with its
// kind; an item is taken out again.
func TestExistingCodesAreKeptDeletedInsteadAndDropped(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s3(t, h)
	b := h.as(t, "hanako")
	app := applying(t, b, "2024-12-24", "ident-number")
	path := app + "/existing/1BNAC"
	page := b.want(b.get(path), 200, htmlcheck.NotIn(`input[name="category"]`), htmlcheck.In(".notice", htmlcheck.HasText("「利用者コード」を選んでください")))
	b.want(b.post(path, page.with("do", "keep", "count", "十", "trades", "consolidator", "single_sign_on", "no")), 200,
		htmlcheck.In(`input[name="count"]`, htmlcheck.HasAttr("value", "十")), htmlcheck.In(`input[name="trades"][value="consolidator"][checked]`))
	b.want(b.get(app+"/codes"), 200, htmlcheck.In("table.held", htmlcheck.HasText("入力途中")), htmlcheck.NotIn(`a[href="`+app+`/codes/0"]`))
	instead := b.want(b.get(path+"/delete"), 200, htmlcheck.In("main", htmlcheck.HasText("申込内容に「利用者コード」を加えます")))
	b.want(b.post(instead.path, instead.with()), 200, htmlcheck.In("tr.removed", htmlcheck.HasText("1BNAC")))
	b.want(b.get(app+"/start"), 200, htmlcheck.In(`input[value="user-code"][checked]`), htmlcheck.NotIn(`input[value="ident-number"][checked]`))
	drop := b.want(b.get(app+"/codes/1001/remove"), 200, htmlcheck.In("h1", htmlcheck.HasText("1BNACをこの申込から外しますか")))
	b.want(b.post(drop.path, drop.with()), 200, htmlcheck.NotIn("tr.removed"))
	b.want(b.get(app+"/codes/1001/remove"), 404)
	b.want(b.get(app+"/existing/1ZNAC"), 404)
	b.want(b.get(app+"/existing/nonsense"), 404)
}

// R-APP-8, E9: opened settings begin with what stands; a trade that is new opens its own tab alone.
func TestSettingsOfExistingCodes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s3(t, h)
	b := h.as(t, "hanako")
	app := applying(t, b, "2024-12-24", "user-code")
	path := app + "/existing/1ANAC"
	form := fieldsOf(t, b.get(path))
	form["do"], form["settings"] = []string{"set"}, []string{"yes"}
	tab := b.want(b.post(path, form), 200, htmlcheck.In("h1", htmlcheck.HasText("1ANACのシステム設定")), htmlcheck.In(".notice", htmlcheck.HasText("契約中の設定内容を入れました")))
	if !strings.HasSuffix(tab.path, "/codes/1001/settings/name") || fieldsOf(t, tab).Get("company_name") == "" {
		t.Errorf("the settings begin at %s with %v", tab.path, fieldsOf(t, tab))
	}
	form = fieldsOf(t, b.get(path))
	form["do"] = []string{"set"}
	form.Del("settings")
	form["ids.1ANACA0A.trades"], form["ids.1ANACA0A.single_sign_on"] = []string{"customs-broker", "consolidator"}, []string{"yes"}
	tab = b.want(b.post(path, form), 200)
	if !strings.HasSuffix(tab.path, "/codes/1001/settings/consolidator") {
		t.Errorf("a new trade opens %s", tab.path)
	}
	b.want(b.get(app+"/codes/1001/settings/name"), 404)
	b.want(b.get(app+"/codes"), 200, htmlcheck.In("table.held", htmlcheck.HasText("未入力")), htmlcheck.In(".notice.warning", htmlcheck.HasText("システム設定が未入力の利用者コード")))
}

// R-SEC-9: passwords are issued again: asked by an administrator alone, without a start date, in effect at once.
func TestReissueThroughThePages(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s3(t, h)
	hanako, b := h.as(t, "hanako"), h.as(t, "kanri")
	first := "/applications/" + firstApplication(t, h)
	refused := hanako.post("/applications", url.Values{"kinds": {"password-reissue"}})
	hanako.want(refused, 200, htmlcheck.In(`input[value="password-reissue"]`), htmlcheck.In("main", htmlcheck.HasText("管理責任者だけがお申し込みいただけます")))
	h.at(time.December, 20, 10)
	if err := h.desk.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.want(b.get(first+"/ids"), 200, htmlcheck.In("form button", htmlcheck.HasText("パスワード再発行を申し込む")))
	start := b.want(b.post("/applications", url.Values{"kinds": {"password-reissue"}}), 200, htmlcheck.In(`input[value="password-reissue"][checked]`))
	both := start.with("kinds", "password-reissue", "kinds", "user-code", "reason", "x", "desired", "2025-01-09")
	b.want(b.post(start.path, both), 422, htmlcheck.In(`.summary a[href="#kinds"]`))
	b.want(b.post(start.path, start.with("kinds", "password-reissue", "reason", "控えをなくしたため。")), 200)
	app := strings.TrimSuffix(start.path, "/start")
	contact := b.get(app + "/contact")
	ids := b.want(b.post(contact.path, contact.with("contact.name", "見本 次郎", "contact.kana", "ミホン ジロウ", "contact.phone", "03-1111-2222",
		"contact.email", "kanri@nac.example", "contact.confirmed", "yes")), 200, htmlcheck.In("h1", htmlcheck.HasText("再発行")), htmlcheck.Count(`input[name="reissue"]`, 2))
	if ids.path != app+"/reissue" {
		t.Fatalf("the contact's page leads to %s", ids.path)
	}
	b.want(b.post(ids.path, ids.with("do", "next")), 422, htmlcheck.In(`.summary a[href="#reissue"]`))
	b.want(b.post(ids.path, ids.with("do", "keep", "reissue", "1BNACA0A")), 200, htmlcheck.In(`input[value="1BNACA0A"][checked]`))
	ids = b.get(ids.path)
	b.want(b.post(ids.path, ids.with("do", "next", "reissue", "1ANACA0A")), 200, htmlcheck.In("#section-codes", htmlcheck.HasText("1ANACA0A")),
		htmlcheck.NotIn("#then-heading"), htmlcheck.In("#section-start", htmlcheck.HasText("承認と同時に再発行します")))
	register(t, b, app)
	h.at(time.December, 23, 10)
	shinsa := h.as(t, "shinsa")
	claimed := shinsa.want(shinsa.post("/desk"+app+"/claim", shinsa.get("/desk"+app).with()), 200, htmlcheck.NotIn(`input[name="start"]`),
		htmlcheck.In(".verdict", htmlcheck.HasText("パスワード再発行には利用開始日がありません"), htmlcheck.HasText("2024年12月25日(水)")))
	shinsa.want(shinsa.post("/desk"+app+"/approve", claimed.with("round", claimed.hidden("round"), "password", testPassword)), 200,
		htmlcheck.In("main", htmlcheck.HasText("再発行した日")), htmlcheck.NotIn(`a[href="/desk`+app+`/void"]`), htmlcheck.NotIn(`a[href="/desk`+app+`/change-start"]`))
	b.want(b.get(app), 200, htmlcheck.In(".tag", htmlcheck.HasText("利用開始済")), htmlcheck.NotIn(`a[href="`+app+`/prepare"]`), htmlcheck.NotIn(`a[href="`+app+`/contract"]`))
	notice := b.want(b.get(app+"/ids"), 200, htmlcheck.In(".period", htmlcheck.HasText("2024年12月25日(水)"), htmlcheck.HasText("参照可能")),
		htmlcheck.In("main", htmlcheck.HasText("再発行した利用者ID"), htmlcheck.NoText("利用開始日")))
	b.want(b.post(notice.path, url.Values{"once": {notice.hidden("once")}, "password": {testPassword}}), 200, htmlcheck.Count(".secret-text", 2), htmlcheck.In("h2", htmlcheck.HasText("1ANACA0A")))
}

// firstApplication is the id of the application with the first receipt number.
func firstApplication(t testing.TB, h *house) string {
	t.Helper()
	page, err := h.desk.Applications(t.Context(), account.Actor{ID: "kanri", Role: account.Administrator, Establishment: "e1"}, desk.ListQuery{})
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(page.Rows, func(r desk.ListRow) bool { return r.Receipt == "2400001A" })
	return page.Rows[at].ID
}

// R-SEC-8: an administrator destroys the passwords early, on a page of its own; nobody else can, and it cannot be
// undone. R-SEC-9: an ID whose passwords were issued again is shown as such.
func TestErasingEarlyAndReplacedPasswords(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s3(t, h)
	first := "/applications/" + firstApplication(t, h)
	hanako, b := h.as(t, "hanako"), h.as(t, "kanri")
	app := applying(t, b, "", "password-reissue")
	ids := b.get(app + "/reissue")
	b.want(b.post(ids.path, ids.with("do", "next", "reissue", "1ANACA0A")), 200)
	register(t, b, app)
	decided(t, h, app, "")
	notice := b.get(first + "/ids")
	b.want(b.post(notice.path, url.Values{"once": {notice.hidden("once")}, "password": {testPassword}}), 200, htmlcheck.Count(".secret-text", 2),
		htmlcheck.In(".secret", htmlcheck.HasText("再発行済み")))
	hanako.want(hanako.get(first+"/ids"), 200, htmlcheck.NotIn(`a[href="`+first+`/ids/erase"]`))
	hanako.want(hanako.get(first+"/ids/erase"), 403)
	hanako.want(hanako.post(first+"/ids/erase", notice.with("version", "1")), 403)
	page := b.want(b.get(first+"/ids/erase"), 200, htmlcheck.In("main", htmlcheck.HasText("どなたも二度と参照できません"), htmlcheck.HasText("1BNAC")))
	h.wait(6 * time.Minute)
	b.want(b.post(page.path, page.with()), 422, htmlcheck.In("#password", htmlcheck.HasAttr("aria-invalid", "true")))
	b.want(b.post(page.path, url.Values{"version": {"1"}, "password": {testPassword}}), 409)
	b.want(b.post(page.path, page.with()), 200, htmlcheck.In(".notice.success", htmlcheck.HasText("消去しました")), htmlcheck.In("main", htmlcheck.HasText("参照期間の終わりを待たずに")),
		htmlcheck.In(".period", htmlcheck.HasText("参照不可")), htmlcheck.NotIn("#password"))
	b.want(b.get(first+"/ids/erase"), 404)
}

// Whatever is typed into the pages of existing codes and re-issues: the page comes back or the next one opens.
func TestNoInputBreaksThePagesOfExistingCodes(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s3(t, h)
	b := h.as(t, "kanri")
	codes, reissue := applying(t, b, "2024-12-24", "user-code", "ident-number"), applying(t, b, "", "password-reissue")
	for _, path := range []string{codes + "/existing/1ANAC", codes + "/existing/1BNAC/delete", reissue + "/reissue"} {
		page := b.get(path)
		for name := range fieldsOf(t, page) {
			for kind, typed := range corpus() {
				form := fieldsOf(t, page)
				form.Set(name, typed)
				p := b.post(path, form)
				switch {
				case p.status >= 500:
					t.Errorf("%s: %s in %s: status %d", path, kind, name, p.status)
				case p.status == 422:
					keepsTyped(t, p, name, typed)
				case p.status == 200:
					page = b.get(path)
				}
				if preview := b.post(codes+"/existing/1ANAC/preview", form); preview.status >= 500 {
					t.Errorf("preview: %s in %s: status %d", kind, name, preview.status)
				}
			}
		}
	}
}

// The papers say what is changed, deleted and issued again, in their tables and below them.
func TestPapersOfChangesAndReissues(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	s3(t, h)
	b := h.as(t, "kanri")
	app := applying(t, b, "2024-12-24", "user-code")
	form := fieldsOf(t, b.get(app+"/existing/1ANAC"))
	form["do"], form["settings"] = []string{"set"}, []string{"yes"}
	form.Del("statistics_paid")
	b.want(b.post(app+"/existing/1ANAC", form), 200)
	page := b.get(app + "/existing/1BNAC/delete")
	b.want(b.post(page.path, page.with()), 200)
	settle(t, b, app)
	register(t, b, app)
	again := applying(t, b, "", "password-reissue")
	ids := b.get(again + "/reissue")
	b.want(b.post(ids.path, ids.with("do", "next", "reissue", "1ANACA0A")), 200)
	register(t, b, again)
	h.at(time.December, 13, 10)
	decided(t, h, app, "2024-12-24")
	decided(t, h, again, "")
	holds := func(path string, wanted, unwanted []string) {
		t.Helper()
		words := strings.Join(strings.Fields(paperText(t, b.get(path))), "")
		for _, text := range wanted {
			if !strings.Contains(words, text) {
				t.Errorf("%s lacks %s: %s", path, text, words[strings.LastIndex(words, "%%EOF"):])
			}
		}
		for _, text := range unwanted {
			if strings.Contains(words, text) {
				t.Errorf("%s holds %s", path, text)
			}
		}
	}
	holds(app+"/form.pdf", []string{"変更前共用通関net1ANACA0A1○○", "変更後共用通関net1ANACA0A1×○", "削除共用混載net1BNACA0A1××", "システム設定を変更する利用者コード：1ANAC", "1ANAC名称"}, nil)
	holds(again+"/form.pdf", []string{"再発行共用通関net1ANACA0A－○○"}, []string{"利用開始希望日"})
	holds(again+"/notice.pdf", []string{"再発行日", "再発行共用通関net1ANACA0A1ANACA0A○○"}, []string{"利用開始日"})
	h.at(time.December, 24, 10)
	holds(app+"/notice.pdf", []string{"変更前共用通関net1ANACA0A1ANACA0A○○", "変更後共用通関net1ANACA0A1ANACA0A×○", "削除共用混載net1BNACA0A1BNACA0A××"}, nil)
}

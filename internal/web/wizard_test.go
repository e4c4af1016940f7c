package web

import (
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"uketsuke/internal/web/htmlcheck"
)

// R-APP-12: what is refused names field, rule and remedy, keeps what was typed, and stores nothing.
func TestWrongInputIsKept(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	start := b.post("/applications", url.Values{})
	tests := []struct {
		name  string
		form  url.Values
		field string
		says  string
	}{
		{"nothing", start.with(), "reason", "変更する理由"},
		{"too long", start.with("reason", strings.Repeat("長", 501)), "reason", "500"},
		{"markup", start.with("kinds", "user-code", "reason", "<script>alert(1)</script>"), "desired", "利用開始希望日"},
		{"control characters", start.with("reason", "理由\x00\x1b"), "reason", "使えない文字"},
		{"broken text", start.with("reason", "\xff\xfe"), "reason", "使えない文字"},
		{"not a day", start.with("desired", "2024-02-30"), "desired", "日付"},
		{"too early", start.with("kinds", "user-code", "desired", "2024-12-09"), "desired", "2024年12月10日(火)"},
		{"unknown kind", start.with("kinds", "nonsense"), "kinds", "申込内容"},
		{"unknown field", start.with("colour", "red"), "", "「colour」"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := b.want(b.post(start.path, tt.form), 422, htmlcheck.In(".summary", htmlcheck.HasText(tt.says)))
			if tt.field != "" {
				b.want(p, 422, htmlcheck.In(`.summary a[href="#`+tt.field+`"]`))
			}
			if typed := tt.form.Get("reason"); typed != "" && utf8.ValidString(typed) && !strings.Contains(typed, "\x00") {
				b.want(p, 422, htmlcheck.In(`textarea[name="reason"]`, htmlcheck.HasText(typed)))
			}
		})
	}
	b.want(b.get(start.path), 200, htmlcheck.In("main", htmlcheck.HasText("まだ何も保存されていません")))
}

// R-APP-13: 一時保存 keeps wrong values as typed, and shows what is wrong when the page is opened again.
func TestKeptValuesComeBackWithTheirProblems(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	start := b.post("/applications", url.Values{})
	kept := b.want(b.post(start.path, start.with("do", "keep", "desired", "2024-12-09", "reason", "途中の理由")), 200,
		htmlcheck.In(".notice", htmlcheck.HasText("一時保存しました")))
	later := h.as(t, "kanri")
	for _, p := range []pageSeen{kept, later.get(start.path)} {
		later.want(p, 200, htmlcheck.In(`textarea[name="reason"]`, htmlcheck.HasText("途中の理由")),
			htmlcheck.In(`input[name="desired"][value="2024-12-09"][checked]`), htmlcheck.In(`.summary a[href="#desired"]`), htmlcheck.In(`.summary a[href="#kinds"]`))
	}
	contact := strings.Replace(start.path, "/start", "/contact", 1)
	b.want(b.post(contact, kept.with("do", "keep", "contact.name", "", "contact.email", "ｘ＠")), 200,
		htmlcheck.In(`input[name="contact.email"]`, htmlcheck.HasAttr("value", "ｘ＠")), htmlcheck.In(`.summary a[href="#contact.name"]`))
}

// R-APP-11, R-CAL-1: E5 offers every possible day once, and says of every other day why it is none.
func TestCalendarOfPossibleDays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	start := b.post("/applications", url.Values{})
	b.want(start, 200, htmlcheck.Sound, htmlcheck.Count(".calendar details", 6), htmlcheck.Count(".calendar details[open]", 1),
		htmlcheck.In(".calendar details[open] summary", htmlcheck.HasText("2024年12月")), htmlcheck.NotIn(".calendar [checked]"),
		htmlcheck.In(`input[id="desired"]`, htmlcheck.HasAttr("value", "2024-12-10")), htmlcheck.In(`label[for="desired"]`, htmlcheck.HasText("2024年12月10日(火)")),
		htmlcheck.In(`.calendar input[value="2025-05-29"]`), htmlcheck.NotIn(`.calendar input[value="2024-12-09"]`),
		htmlcheck.NotIn(`.calendar input[value="2024-12-30"]`), htmlcheck.NotIn(`.calendar input[value="2025-05-30"]`),
		htmlcheck.In(`td[title="いちばん早い日より前です"]`), htmlcheck.In(`td[title="選べる最後の日より後です"]`), htmlcheck.In(`td[title="土曜日"]`),
		htmlcheck.In(`td[title="成人の日"]`, htmlcheck.HasText("13")), htmlcheck.In(".calendar-notes", htmlcheck.HasText("30日 年末年始")))
	possible, err := h.desk.Start(t.Context(), examiner)
	if err != nil {
		t.Fatal(err)
	}
	b.want(start, 200, htmlcheck.Count(`.calendar input[name="desired"]`, len(possible.Days)))
	stored := b.want(b.post(start.path, start.with("kinds", "user-code", "desired", "2025-02-12", "reason", "理由")), 200)
	chosen := b.want(b.get(start.path), 200, htmlcheck.Count(".calendar [checked]", 1), htmlcheck.In(`input[value="2025-02-12"][checked]`),
		htmlcheck.Count(".calendar details[open]", 2))
	h.at(time.December, 10, 10)
	b.want(b.get(start.path), 200, htmlcheck.In(".calendar .today", htmlcheck.HasText("10")), htmlcheck.In(".calendar-notes", htmlcheck.HasText("10日 今日")))
	b.want(b.post(start.path, chosen.with("version", stored.hidden("version"), "kinds", "user-code", "desired", "2024-12-10", "reason", "理由")), 422,
		htmlcheck.In(`.choice input[name="desired"][value="2024-12-10"][checked]`), htmlcheck.Count(`input[name="desired"][checked]`, 1))
	english := h.as(t, "kanri")
	english.post("/language", url.Values{"lang": {"en"}, "back": {"/"}})
	english.want(english.get(start.path), 200, htmlcheck.In(".calendar summary", htmlcheck.HasText("February 2025")),
		htmlcheck.In(`td[title="Coming of Age Day"]`), htmlcheck.In(".calendar thead", htmlcheck.HasText("Sun")))
}

// A page that somebody else was faster on is not lost: it comes back as typed, at today's version.
func TestStaleFormComesBack(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	start := b.post("/applications", url.Values{})
	other := h.as(t, "kanri")
	other.want(other.post(start.path, start.with("kinds", "user-code", "desired", "2024-12-10", "reason", "管理責任者の理由")), 200)
	stale := b.want(b.post(start.path, start.with("kinds", "user-code", "desired", "2024-12-11", "reason", "担当者の理由")), 409,
		htmlcheck.In(".notice.error", htmlcheck.HasText("先に変更されています")), htmlcheck.In(`textarea[name="reason"]`, htmlcheck.HasText("担当者の理由")))
	b.want(b.get(start.path), 200, htmlcheck.In(`textarea[name="reason"]`, htmlcheck.HasText("管理責任者の理由")))
	b.want(b.post(start.path, stale.with("kinds", "user-code", "desired", "2024-12-11", "reason", "担当者の理由")), 200)
}

// filled is an application with start and contact, at its list of codes.
func (h *house) filled(t *testing.T, b *browser, desired string) pageSeen {
	t.Helper()
	start := b.post("/applications", url.Values{})
	contact := b.want(b.post(start.path, start.with("kinds", "user-code", "desired", desired, "reason", "理由")), 200)
	return b.want(b.post(contact.path, contact.with("contact.name", "見本 花子", "contact.kana", "ミホン ハナコ", "contact.phone", "0311112222",
		"contact.email", "tanto@nac.example", "contact.confirmed", "yes")), 200)
}

// S4: trades of different groups are refused, and the page offers to part the code.
func TestDifferentGroupsAreParted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	codes := h.filled(t, b, "2024-12-10")
	code := b.want(b.get(codes.path+"/0"), 200, htmlcheck.NotIn(`button[value="split"]`))
	block := []string{"category", "common", "single_sign_on", "no", "trades", "customs-broker", "trades", "bonded-warehouse", "method", "netnaccs", "count", "1"}
	code = b.want(b.post(code.path, code.with(append(block, "do", "set")...)), 422,
		htmlcheck.In(`.summary a[href="#trades"]`), htmlcheck.In(`button[value="split"]`), htmlcheck.In(`input[value="bonded-warehouse"][checked]`))
	b.want(b.post(codes.path+"/0", code.with(append(block, "do", "split")...)), 200,
		htmlcheck.Count(".codes tbody tr", 2), htmlcheck.In(".legend", htmlcheck.HasText("追加1 と 追加2 は異なる利用者コードになります")))
}

// R-APP-4: with a row there, trades of other groups are shown with the reason and cannot be ticked.
func TestOnlyPossibleTradesAreOffered(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	code := b.get(h.filled(t, b, "2024-12-10").path + "/0")
	code = b.want(b.post(code.path, code.with("do", "add", "category", "air", "single_sign_on", "no", "trades", "customs-broker", "method", "netnaccs", "count", "2")), 200,
		htmlcheck.In(`input[value="bonded-warehouse"][disabled]`), htmlcheck.In(`input[value="nvocc"][disabled]`), htmlcheck.NotIn(`input[value="consolidator"][disabled]`),
		htmlcheck.In("#preview", htmlcheck.HasText("1ANACA0A"), htmlcheck.HasText("1ANACA0B")))
	part := b.post(code.path+"/preview", code.with("category", "air", "single_sign_on", "no", "trades", "consolidator", "method", "netnaccs", "count", "1"))
	if part.status != 200 || !strings.Contains(string(part.body), "A0C") || strings.Contains(string(part.body), "<html") {
		t.Errorf("preview: status %d: %s", part.status, part.body)
	}
	b.want(b.post(code.path, code.with("do", "remove-0", "category", "air")), 422, htmlcheck.In(".summary", htmlcheck.HasText("1つ以上必要")))
}

// R-APP-11: the day moves on while somebody types; one button takes the new earliest day.
func TestConfirmationOffersTheNewEarliestDay(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	codes := h.filled(t, b, "2024-12-10")
	code := b.get(codes.path + "/0")
	b.want(b.post(code.path, code.with("do", "set", "category", "common", "single_sign_on", "no", "trades", "customs-broker", "method", "netnaccs", "count", "1")), 200)
	confirm := strings.Replace(codes.path, "/codes", "/confirm", 1)
	b.want(b.get(confirm), 200, htmlcheck.NotIn(`button[value="earliest"]`))
	h.now.Add((7*time.Hour + time.Second).Microseconds())
	late := b.want(b.get(confirm), 200, htmlcheck.In(`button[value="earliest"]`, htmlcheck.HasText("2024年12月11日(水)")))
	b.want(b.post(confirm, late.with("do", "register", "rules", "yes")), 422, htmlcheck.In(`.summary a[href="#section-start"]`))
	moved := b.want(b.post(confirm, late.with("do", "earliest")), 200, htmlcheck.NotIn(`button[value="earliest"]`), htmlcheck.In("#section-start", htmlcheck.HasText("2024年12月11日(水)")))
	b.want(b.post(confirm, moved.with("do", "register", "rules", "yes")), 200, htmlcheck.In(".done-panel"))
}

// Settings: a wrong value is refused at its field, incomplete ones are stored, another code's are taken over.
func TestSettings(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	codes := h.filled(t, b, "2024-12-10")
	add := func() pageSeen {
		code := b.get(codes.path + "/0")
		return b.want(b.post(code.path, code.with("do", "set", "category", "common", "single_sign_on", "no", "trades", "customs-broker", "method", "netnaccs", "count", "1")), 200)
	}
	name := add()
	b.want(b.post(name.path, name.with("do", "back", "company_name", "見本", "corporate_number", "1234567890123")), 422,
		htmlcheck.In(`.summary a[href="#corporate_number"]`), htmlcheck.In(`input[name="company_name"]`, htmlcheck.HasAttr("value", "見本")))
	trade := b.want(b.post(name.path, name.with("do", "next", "company_name", "見本の営業")), 200, htmlcheck.In(`.tabs a[aria-current="page"]`, htmlcheck.HasText("通関業")))
	b.want(b.post(trade.path, trade.with("do", "back", "licence_date", "令和6年4月1日")), 200)
	b.want(b.get(trade.path), 200, htmlcheck.In(`input[name="licence_date"]`, htmlcheck.HasAttr("value", "2024-04-01")))
	second := add()
	b.want(b.get(second.path), 200, htmlcheck.In(`a[href="`+second.path+`?as=1&return="]`))
	b.want(b.get(second.path+"?as=1"), 200, htmlcheck.In(`input[name="company_name"]`, htmlcheck.HasAttr("value", "見本の営業")))
	b.want(b.get(codes.path+"/1/settings/none"), 404)
}

// A draft is thrown away only after a question.
func TestDiscard(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.as(t, "hanako")
	codes := h.filled(t, b, "2024-12-10")
	ask := b.want(b.get(strings.Replace(codes.path, "/codes", "/discard", 1)), 200)
	b.want(b.post(ask.path, ask.with()), 200, htmlcheck.In(".notice.success", htmlcheck.HasText("破棄しました")), htmlcheck.NotIn(".todo"))
	b.want(b.get(codes.path), 404)
}

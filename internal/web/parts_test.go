package web

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/calendar"
	"uketsuke/internal/problem"
	"uketsuke/internal/web/htmlcheck"
	"uketsuke/internal/web/kit"

	"github.com/jba/templatecheck"
)

// A gallery shows every part in several states; it exists for tests and for the eye only.
type gallery struct {
	kit.Frame
	Steps   []kit.Step
	Notices []kit.Notice
	Fields  []kit.Field
	Select  kit.Select
	Choices []kit.Choices
	Tick    kit.Tick
	Crumbs  []kit.Link
	Phases  []kit.Phase
	Tabs    []kit.Link
	Pairs   []kit.Pair
	Period  kit.Period
	Figure  kit.IDFigure
	News    []kit.NewsItem
	Pager   kit.Pager
	Empty   kit.Empty
	Tags    []kit.Tag
}

// nasty is what somebody may type or be called; it must reach every page as text.
const nasty = `"><script>alert(1)</script>'&100%s`

func galleryOf(s string) gallery {
	day := func(month time.Month, d int) calendar.Date { return calendar.NewDate(2024, month, d) }
	problems := problem.List{
		problem.New("name", "R-APP-3", "%d文字以内で入力してください。", 40),
		problem.New("start", "R-APP-4", "%s以後の営業日を選んでください。", day(12, 10)),
		problem.New("trades", "R-APP-5", "業種を1つ以上選んでください。"),
		problem.New("agreed", "R-APP-6", "利用規程を読み、同意してください。"),
	}
	link := kit.Link{Text: "詳細" + s, Address: "/x"}
	return gallery{
		Frame: kit.Frame{
			Path: "/gallery", Operator: operator, Problems: problems, Back: kit.Link{Address: "/before"},
			Person: kit.Person{Company: "東京ロジスティクス株式会社" + s, Establishment: "成田営業所" + s, Name: "山田 花子" + s, Home: "/"},
			Nav:    []kit.Link{{Text: "トップメニュー" + s, Address: "/"}, {Text: "契約内容", Address: "/contract", Current: true}, {Text: "申込内容の確認", Address: "/applications"}},
			Flash:  []kit.Notice{{Kind: "success", Says: kit.Say("一時保存しました。" + s)}},
			Clock:  &kit.Clock{Now: time.Date(2024, 11, 29, 1, 0, 0, 0, time.UTC), Action: "/demo/clock", Mails: "/demo/mails"},
		},
		Steps: []kit.Step{{Text: "申込内容の選択" + s, Address: "/1", Done: true}, {Text: "申込担当者", Current: true}, {Text: "利用者コード"}, {Text: "確認"}, {Text: "完了"}},
		Notices: []kit.Notice{
			{Kind: "info", Says: kit.Say("申込は一時保存されています。" + s)},
			{Kind: "success", Heading: "登録しました" + s},
			{Kind: "warning", Heading: "システム設定が未入力です", Says: kit.Say("%sまでに入力してください。", day(12, 4)), Link: link},
			{Kind: "error", Says: kit.Say("メールを送れませんでした。")},
		},
		Fields: []kit.Field{
			{Name: "name", Label: "氏名" + s, Value: "山田 花子" + s, Hint: kit.Say("姓と名の間を空けてください。" + s), Problems: problems.At("name"), Required: true, Autocomplete: "name", Width: "l"},
			{Name: "mail", Label: "メールアドレス", Type: "email", Value: "hanako@example.jp", Optional: true, Autocomplete: "email"},
			{Name: "start", Label: "利用開始希望日", Type: "date", Value: "2024-12-10", Earliest: "2024-12-10", Latest: "2025-03-31", Problems: problems.At("start"), Required: true},
			{Name: "count", Label: "識別番号", Value: "3", InputMode: "numeric", Width: "xs", Suffix: "個"},
			{Name: "reason", Label: "変更する理由", Value: "通関業務を始めるため。" + s, Rows: 4, Max: 200, Required: true},
		},
		Select: kit.Select{Name: "method", Label: "処理方式" + s, Value: "netnaccs", Empty: "選んでください" + s, Required: true,
			Choices: []kit.Choice{{Value: "netnaccs", Label: "netNACCS" + s}, {Value: "web", Label: "webNACCS", Refused: kit.Say("この契約では選べません。" + s)}}},
		Choices: []kit.Choices{
			{Name: "category", Label: "システム設定区分", Inline: true, Choices: []kit.Choice{{Value: "common", Label: "共用", Checked: true}, {Value: "air", Label: "航空"}, {Value: "sea", Label: "海上"}}},
			{Name: "trades", Label: "業種" + s, Many: true, Required: true, Hint: kit.Say("取り扱う業種をすべて選んでください。"), Problems: problems.At("trades"),
				Choices: []kit.Choice{{Value: "carrier", Label: "船会社", Refused: kit.Say("海上の区分でのみ選べます。" + s)}, {Value: "customs", Label: "通関業" + s, Hint: kit.Say("通関士のIDは別に申し込みます。" + s)}, {Value: "bonded", Label: "保税蔵置場"}}},
		},
		Tick:   kit.Tick{Name: "agreed", Label: "利用規程に同意します" + s, Required: true, Problems: problems.At("agreed")},
		Crumbs: []kit.Link{{Text: "トップメニュー" + s, Address: "/"}, {Text: "申込内容の確認", Current: true}},
		Phases: kit.PhasesAt(2),
		Tabs:   []kit.Link{{Text: "申込情報" + s, Address: "/a", Current: true}, {Text: "netNACCS", Address: "/b"}, {Text: "ID通知内容", Address: "/c"}},
		Pairs: []kit.Pair{{Term: "申込受付番号" + s, Value: "1200001A" + s, Mono: true}, {Term: "状態", Tag: kit.Tag{Kind: "blue", Text: "審査中" + s}},
			{Term: "利用開始希望日", Day: day(12, 10), Correct: kit.Link{Text: "修正する" + s, Address: "/fix"}}, {Term: "管理統計資料", Says: kit.Say("有料分を申し込む" + s)}},
		Period: kit.Period{Caption: "パスワードの参照期間" + s, Open: true, Today: day(12, 9), Says: kit.Say("あと%d営業日です。", 3),
			Marks: []kit.Mark{{Text: "審査終了日（ID払出し日）" + s, Day: day(12, 2)}, {Text: "利用開始日", Day: day(12, 10)}, {Text: "確認のおすすめ", Day: day(12, 11)}, {Text: "参照できる最後の日", Day: day(12, 12)}}},
		Figure: kit.IDFigure{Code: "1ANAC", Number: "A0B"},
		News:   []kit.NewsItem{{Day: day(12, 2), Receipt: "1200001A" + s, Subject: "利用申込の確認が完了しました" + s, Unread: true, Action: "/news/1"}, {Day: day(11, 29), Receipt: "1200001A", Subject: "申込を受け付けました", Action: "/news/2"}},
		Pager:  kit.Pager{Next: link, Says: kit.Say("%d件のうち%d件から%d件まで", 41, 1, 20)},
		Empty:  kit.Empty{Says: kit.Say("まだ申込はありません。" + s), Link: link},
		Tags:   []kit.Tag{{Kind: "plain", Text: "作成中" + s}, {Kind: "blue", Text: "受付済"}, {Kind: "green", Text: "審査終了（承認）"}, {Kind: "orange", Text: "差戻し"}, {Kind: "red", Text: "無効"}, {Kind: "gray", Text: "取下げ"}},
	}
}

func TestPeriodIsFilledToTheEndOfTheDay(t *testing.T) {
	t.Parallel()
	day := func(d int) calendar.Date { return calendar.NewDate(2024, time.December, d) }
	p := kit.Period{Marks: []kit.Mark{{Text: "approved", Day: day(2)}, {Text: "start", Day: day(10)}, {Text: "advised", Day: day(11)}, {Text: "last", Day: day(12)}}}
	for d, want := range map[int]int{1: 0, 2: 31, 5: 125, 9: 250, 10: 500, 11: 750, 12: 1000, 20: 1000} {
		if got := p.At(day(d)); got != want {
			t.Errorf("on day %d: filled to %d, want %d", d, got, want)
		}
	}
}

// galleryPage renders the gallery; the parts are checked strictly against their structs on the way.
func galleryPage(t *testing.T, l kit.Language, g gallery) []byte {
	t.Helper()
	set, err := kit.NewSet(nil, newTestRenderer(t).Functions(l))
	if err != nil {
		t.Fatal(err)
	}
	if set, err = set.ParseFiles("testdata/gallery.html"); err != nil {
		t.Fatal(err)
	}
	if err := templatecheck.CheckHTMLStrict(set.Lookup("page"), g); err != nil {
		t.Error(err)
	}
	var b bytes.Buffer
	if err := set.ExecuteTemplate(&b, "page", g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPartsAreSound(t *testing.T) {
	t.Parallel()
	for _, l := range kit.Languages() {
		if err := htmlcheck.Page(galleryPage(t, l, galleryOf("")), htmlcheck.Sound, htmlcheck.In("html", htmlcheck.HasAttr("lang", string(l)))); err != nil {
			t.Errorf("in %s: %v", l, err)
		}
	}
}

func TestPartsEscape(t *testing.T) {
	t.Parallel()
	page := galleryPage(t, kit.Japanese, galleryOf(nasty))
	if bytes.Contains(page, []byte("<script>")) {
		t.Errorf("markup reached the page: …%s", page[bytes.Index(page, []byte("<script>"))-80:][:160])
	}
	if bytes.Contains(page, []byte("%!")) {
		t.Errorf("typed text was taken for a format: …%s", page[bytes.Index(page, []byte("%!"))-80:][:160])
	}
	if err := htmlcheck.Page(page, htmlcheck.Sound, htmlcheck.Count("script", 2),
		htmlcheck.In(`input[id="name"]`, htmlcheck.HasAttr("value", "山田 花子"+nasty)),
		htmlcheck.In("textarea", htmlcheck.HasText(nasty)),
		htmlcheck.In(".person-name", htmlcheck.HasText(nasty+" 様"))); err != nil {
		t.Error(err)
	}
}

func TestPartsInEveryState(t *testing.T) {
	t.Parallel()
	in, has, attr := htmlcheck.In, htmlcheck.HasText, htmlcheck.HasAttr
	tests := []struct {
		name  string
		check htmlcheck.Checker
	}{
		{"summary links to the field", in(`.summary a[href="#name"]`, has("40文字以内で入力してください。"))},
		{"summary says days in words", in(`.summary a[href="#start"]`, has("2024年12月10日(火)以後"))},
		{"title says that something is wrong", in("title", has("エラー: 部品"))},
		{"wrong field", in(`input[id="name"]`, attr("aria-invalid", "true"), attr("aria-describedby", "name-hint name-problem"), attr("aria-required", "true"))},
		{"field's own problem", in(`[id="name-problem"]`, has("40文字以内"))},
		{"required", in(`label[for="name"] .must`, has("必須"))},
		{"optional", in(`label[for="mail"] .may`, has("任意"))},
		{"right field", in(`input[id="mail"]`, attr("type", "email"))},
		{"bounds of a date", in(`input[id="start"]`, attr("min", "2024-12-10"), attr("max", "2025-03-31"))},
		{"unit", in(".suffix", has("個"))},
		{"counter without script", in(`[data-counter="reason"]`, has("200文字まで"))},
		{"chosen option", in(`option[value="netnaccs"]`, attr("selected", ""))},
		{"refused option", in(`option[value="web"]`, attr("disabled", ""))},
		{"refused choice says why", in(`[id="trades=carrier-refused"]`, has("海上の区分でのみ選べます。"))},
		{"refused choice is not offered", in(`input[id="trades=carrier"]`, attr("disabled", ""))},
		{"first possible choice has the field's id", in(`input[id="trades"]`, attr("value", "customs"), attr("type", "checkbox"))},
		{"chosen radio button", in(`input[id="category"]`, attr("checked", ""), attr("type", "radio"))},
		{"tick", in(`input[id="agreed"]`, attr("value", "yes"), attr("aria-invalid", "true"))},
		{"current step", in("li[aria-current=\"step\"]", has("申込担当者"))},
		{"finished step is a link", in(`.steps .done a[href="/1"]`)},
		{"current phase", in(".phases .current", has("2. 申込内容の確認"))},
		{"current tab", in(`.tabs a[aria-current="page"]`, has("申込情報"))},
		{"period is filled up to today", in(".period-past", attr("width", "250"))},
		{"period is open", in(".period .tag.green", has("参照可能"))},
		{"unread news", in(".news .unread", has("未読"))},
		{"detail is a POST", in(`.news form[method="post"] button`, has("詳細"))},
		{"reached end", in(".pager span", has("これより新しいものはありません"))},
		{"demo clock", in(".clock-bar time", has("2024年11月29日(金) 10:00"), attr("datetime", "2024-11-29T01:00:00Z"))},
		{"language returns here", in(`.languages input[name="back"]`, attr("value", "/gallery"))},
		{"back link", in(`.back a[href="/before"]`, has("戻る"))},
	}
	page := galleryPage(t, kit.Japanese, galleryOf(""))
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := htmlcheck.Page(page, tt.check); err != nil {
				t.Error(err)
			}
		})
	}
}

// The gallery can be looked at: UKETSUKE_GALLERY names a directory to put it in, with its style.
func TestWriteGallery(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("UKETSUKE_GALLERY")
	if dir == "" {
		t.Skip("UKETSUKE_GALLERY is not set")
	}
	for _, l := range kit.Languages() {
		page := string(galleryPage(t, l, galleryOf("")))
		for _, name := range []string{"uketsuke.css", "uketsuke.js", "session.js", "mark.svg"} {
			at, err := newTestRenderer(t).Static.Address(name)
			if err != nil {
				t.Fatal(err)
			}
			page = strings.ReplaceAll(page, at, name)
			content, err := kit.StaticFiles.ReadFile("static/" + name)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(dir+"/"+name, content, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(dir+"/"+string(l)+".html", []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

package web

import (
	"net/url"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
)

// A DeskNewsPage is page C6: every notice of the centre.
type DeskNewsPage struct {
	Frame
	Rows    []DeskNewsLine
	Empty   Empty
	MayEdit bool
	More    string // where the older ones are, "" for none
}

// A DeskNewsLine is one notice in the list.
type DeskNewsLine struct {
	Title, Address string
	State          Tag
	To             Sentence
	From, Until    calendar.Date
	OnLogin        bool
	English        bool
	Readers        int
}

// showDeskNews lists the notices.
func (s *Server) showDeskNews(v *visit, f Form) error {
	list, err := s.Desk.Notices(v.ctx(), v.actor(), printable(v.r.URL.Query().Get("after")))
	if err != nil {
		return err
	}
	data := DeskNewsPage{Frame: v.frame("/desk/news", f), MayEdit: v.actor().Role == account.Supervisor,
		Empty: Empty{Says: Say("お知らせはまだありません。")}}
	if data.MayEdit {
		data.Empty.Link = Link{Text: "お知らせを作る", Address: "/desk/news/new"}
	}
	for _, n := range list.Rows {
		data.Rows = append(data.Rows, DeskNewsLine{Title: n.Title, Address: deskNewsPath(n.ID), State: noticeTag(n), To: noticeTo(n), From: n.From, Until: n.Until,
			OnLogin: n.OnLogin, English: n.TitleEn != "", Readers: n.Readers})
	}
	if list.Next != "" {
		data.More = "/desk/news?" + url.Values{"after": {list.Next}}.Encode()
	}
	return v.render("desk-news", data)
}

func deskNewsPath(id string) string { return "/desk/news/" + url.PathEscape(id) }

func noticeTag(n desk.Notice) Tag {
	switch {
	case n.Withdrawn:
		return Tag{Kind: "gray", Text: "取下げ済み"}
	case n.BeforeDays:
		return Tag{Kind: "blue", Text: "表示前"}
	case n.DaysOut:
		return Tag{Kind: "gray", Text: "表示終了"}
	}
	return Tag{Kind: "green", Text: "表示中"}
}

func noticeTo(n desk.Notice) Sentence {
	if n.Establishment == "" {
		return Say("すべての事業所")
	}
	return Say("%s", n.Company)
}

// A NoticeFormPage is where a notice is written.
type NoticeFormPage struct {
	Frame
	To            Choices
	Establishment Field
	From, Until   Field
	Title, Body   Field
	TitleEn       Field
	BodyEn        Field
	OnLogin       Tick
}

func noticeFields() []string {
	return []string{"to", "establishment", "from", "until", "title", "body", "title_en", "body_en", "on_login"}
}

// showNoticeForm is the empty form, or what was typed into it.
func (s *Server) showNoticeForm(v *visit, f Form) error {
	if f.Values == nil {
		to := "all"
		if v.r.URL.Query().Get("establishment") != "" {
			to = "one"
		}
		f.Values = url.Values{"to": {to}, "establishment": {printable(v.r.URL.Query().Get("establishment"))}}
	}
	data := NoticeFormPage{
		Frame: v.frame("/desk/news/new", f),
		To: f.Choices(Choices{Name: "to", Label: "宛先", Required: true, Choices: []Choice{
			{Value: "all", Label: "すべての事業所"}, {Value: "one", Label: "1つの事業所"}}}),
		Establishment: f.Field(Field{Name: "establishment", Label: "宛先の事業所", Width: "l", Hint: Say("「1つの事業所」のときに、企業名か事業所名を入力してください。1つに決まれば一部だけでかまいません。")}),
		From:          f.Field(Field{Name: "from", Label: "表示を始める日", Type: "date", Required: true, Width: "m"}),
		Until:         f.Field(Field{Name: "until", Label: "表示を終える日", Type: "date", Optional: true, Width: "m", Hint: Say("空欄にすると、取り下げるまで表示します。")}),
		Title:         f.Field(Field{Name: "title", Label: "件名", Required: true, Max: desk.NoticeTitleMax}),
		Body:          f.Field(Field{Name: "body", Label: "本文", Required: true, Rows: 8, Max: desk.NoticeBodyMax, Hint: Say("文字だけで、改行はそのまま表示します。")}),
		TitleEn:       f.Field(Field{Name: "title_en", Label: "件名（英語）", Optional: true, Max: desk.NoticeTitleMax, Hint: Say("英語を空欄にすると、英語の画面にも日本語で表示します。")}),
		BodyEn:        f.Field(Field{Name: "body_en", Label: "本文（英語）", Optional: true, Rows: 8, Max: desk.NoticeBodyMax}),
		OnLogin:       f.Tick(Tick{Name: "on_login", Label: "ログイン画面にも表示する", Hint: Say("サービスの停止予定など、ログインする前に知らせたいことに使います。")}),
	}
	data.Back = Link{Text: "お知らせの一覧に戻る", Address: "/desk/news"}
	return v.render("desk-news-new", data)
}

// noticeForm is the typed notice.
func noticeForm(in url.Values) desk.NoticeForm {
	return desk.NoticeForm{Key: in.Get("key"), ToAll: in.Get("to") != "one", Establishment: in.Get("establishment"), From: in.Get("from"), Until: in.Get("until"),
		Title: in.Get("title"), Body: in.Get("body"), TitleEn: in.Get("title_en"), BodyEn: in.Get("body_en"), OnLogin: in.Get("on_login") == "yes"}
}

// A DeskNoticePage shows one notice as its readers see it: Publish while it is a preview, and once it is
// published with the way to take it back.
type DeskNoticePage struct {
	Frame
	Preview     bool
	Japanese    NoticeText
	English     NoticeText // zero when there is none
	To          Sentence
	From, Until calendar.Date
	OnLogin     bool
	State       Tag
	Fields      []HiddenField
	Withdraw    string // where the button posts to, "" for none
	Readers     int
}

// A NoticeText is a notice in one language: part "notice-text". Lang is that of the text.
type NoticeText struct{ Lang, Title, Body string }

func deskNotice(n desk.Notice) DeskNoticePage {
	data := DeskNoticePage{Japanese: NoticeText{"ja", n.Title, n.Body}, To: noticeTo(n), From: n.From, Until: n.Until, OnLogin: n.OnLogin, State: noticeTag(n)}
	if n.TitleEn != "" {
		data.English = NoticeText{"en", n.TitleEn, n.BodyEn}
	}
	return data
}

// previewNotice shows how a typed notice will look, or brings the form back to be corrected.
func (s *Server) previewNotice(v *visit) error {
	in, err := v.form(append(noticeFields(), "key", "do")...)
	if err != nil {
		return err
	}
	if in.Get("do") == "edit" {
		return s.showNoticeForm(v, Form{Values: in})
	}
	n, err := s.Desk.PreviewNotice(v.ctx(), v.actor(), noticeForm(in))
	if err != nil {
		return err
	}
	data := deskNotice(n)
	in.Set("key", n.ID)
	in.Del("do")
	data.Frame, data.Preview, data.Fields = v.frame("/desk/news/new", Form{}), true, hiddenFields(in)
	data.Back = Link{Text: "お知らせの一覧に戻る", Address: "/desk/news"}
	return v.render("desk-notice", data)
}

// publishNotice stores what was previewed.
func (s *Server) publishNotice(v *visit) error {
	in, err := v.form(append(noticeFields(), "key")...)
	if err != nil {
		return err
	}
	id, err := s.Desk.PublishNotice(v.ctx(), v.actor(), noticeForm(in))
	if err != nil {
		return err
	}
	return v.seeOther(deskNewsPath(id), "お知らせを掲載しました。")
}

// showDeskNotice shows a published notice to the centre.
func (s *Server) showDeskNotice(v *visit, f Form) error {
	n, err := s.Desk.Notice(v.ctx(), v.actor(), v.r.PathValue("notice"))
	if err != nil {
		return err
	}
	data := deskNotice(n)
	data.Frame = v.frame(deskNewsPath(n.ID), f)
	if v.actor().Role == account.Supervisor && !n.Withdrawn {
		data.Withdraw = deskNewsPath(n.ID) + "/withdraw"
	}
	data.Back = Link{Text: "お知らせの一覧に戻る", Address: "/desk/news"}
	return v.render("desk-notice", data)
}

// withdrawNotice takes a notice back.
func (s *Server) withdrawNotice(v *visit) error {
	if _, err := v.form(); err != nil {
		return err
	}
	id := v.r.PathValue("notice")
	if err := s.Desk.WithdrawNotice(v.ctx(), v.actor(), id); err != nil {
		return err
	}
	return v.seeOther(deskNewsPath(id), "お知らせを取り下げました。")
}

// A CentreNoticePage is a notice as the establishments read it.
type CentreNoticePage struct {
	Frame
	Notice      NoticeText
	From, Until calendar.Date
}

// showNotice shows a notice that is shown to the person's establishment today.
func (s *Server) showNotice(v *visit, f Form) error {
	n, err := s.Desk.Notice(v.ctx(), v.actor(), v.r.PathValue("notice"))
	if err != nil {
		return err
	}
	data := CentreNoticePage{Frame: v.frame("/notices/"+url.PathEscape(n.ID), f), Notice: v.noticeText(n), From: n.From, Until: n.Until}
	data.Back = Link{Text: "トップメニューに戻る", Address: "/"}
	return v.render("centre-notice", data)
}

// noticeText is a notice in the language of the page, or in Japanese when it has no other.
func (v *visit) noticeText(n desk.Notice) NoticeText {
	if v.lang == English && n.TitleEn != "" {
		return NoticeText{"en", n.TitleEn, n.BodyEn}
	}
	return NoticeText{"ja", n.Title, n.Body}
}

// openNotice marks a notice as read and leads to it.
func (s *Server) openNotice(v *visit) error {
	if _, err := v.form(); err != nil {
		return err
	}
	id := v.r.PathValue("notice")
	if err := s.Desk.OpenNotice(v.ctx(), v.actor(), id); err != nil {
		return err
	}
	return v.seeOther("/notices/" + url.PathEscape(id))
}

// A NoticeLine is a notice on the top menu. 「詳細」 is a POST to Action, since it leaves the mark "read".
type NoticeLine struct {
	Day    calendar.Date
	Text   NoticeText
	Unread bool
	Action string
}

func (v *visit) noticeLines(notices []desk.Notice) []NoticeLine {
	var all []NoticeLine
	for _, n := range notices {
		all = append(all, NoticeLine{Day: n.From, Text: v.noticeText(n), Unread: n.Unread, Action: "/notices/" + url.PathEscape(n.ID)})
	}
	return all
}

// loginNotices are the boxes of the login page: what the mode is, and what the centre announces to everybody.
func (v *visit) loginNotices() ([]NoticeText, []Notice, error) {
	mode, err := v.s.Desk.Mode(v.ctx())
	if err != nil {
		return nil, nil, err
	}
	shown, err := v.s.Desk.LoginNotices(v.ctx())
	var texts []NoticeText
	for _, n := range shown {
		texts = append(texts, v.noticeText(n))
	}
	return texts, v.modeBox(mode), err
}

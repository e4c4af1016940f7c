package centre

import (
	"net/url"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
	"uketsuke/internal/web/kit"
)

// A DeskNewsPage is the page of notices: every notice of the centre.
type DeskNewsPage struct {
	kit.Frame
	Rows    []DeskNewsLine
	Empty   kit.Empty
	MayEdit bool
	More    string // where the older ones are, "" for none
}

// A DeskNewsLine is one notice in the list.
type DeskNewsLine struct {
	Title, Address string
	State          kit.Tag
	To             kit.Sentence
	From, Until    calendar.Date
	OnLogin        bool
	English        bool
	Readers        int
}

// ShowDeskNews lists the notices.
func (s *Pages) ShowDeskNews(v *kit.Request, f kit.Form) error {
	list, err := s.Desk.Notices(v.Ctx(), v.Actor(), kit.Printable(v.HTTP.URL.Query().Get("after")))
	if err != nil {
		return err
	}
	data := DeskNewsPage{Frame: v.Frame("/desk/news", f), MayEdit: v.Actor().Role == account.Supervisor,
		Empty: kit.Empty{Says: kit.Say("お知らせはまだありません。")}}
	if data.MayEdit {
		data.Empty.Link = kit.Link{Text: "お知らせを作る", Address: "/desk/news/new"}
	}
	for _, n := range list.Rows {
		data.Rows = append(data.Rows, DeskNewsLine{Title: n.Title, Address: deskNewsPath(n.ID), State: noticeTag(n), To: noticeTo(n), From: n.From, Until: n.Until,
			OnLogin: n.OnLogin, English: n.TitleEn != "", Readers: n.Readers})
	}
	if list.Next != "" {
		data.More = "/desk/news?" + url.Values{"after": {list.Next}}.Encode()
	}
	return v.Render("desk-news", data)
}

func deskNewsPath(id string) string { return "/desk/news/" + url.PathEscape(id) }

func noticeTag(n desk.Notice) kit.Tag {
	switch {
	case n.Withdrawn:
		return kit.Tag{Kind: "gray", Text: "取下げ済み"}
	case n.BeforeDays:
		return kit.Tag{Kind: "blue", Text: "表示前"}
	case n.DaysOut:
		return kit.Tag{Kind: "gray", Text: "表示終了"}
	}
	return kit.Tag{Kind: "green", Text: "表示中"}
}

func noticeTo(n desk.Notice) kit.Sentence {
	if n.Establishment == "" {
		return kit.Say("すべての事業所")
	}
	return kit.Say("%s", n.Company)
}

// A NoticeFormPage is where a notice is written.
type NoticeFormPage struct {
	kit.Frame
	To            kit.Choices
	Establishment kit.Field
	From, Until   kit.Field
	Title, Body   kit.Field
	TitleEn       kit.Field
	BodyEn        kit.Field
	OnLogin       kit.Tick
}

func noticeFields() []string {
	return []string{"to", "establishment", "from", "until", "title", "body", "title_en", "body_en", "on_login"}
}

// ShowNoticeForm is the empty form, or what was typed into it.
func (s *Pages) ShowNoticeForm(v *kit.Request, f kit.Form) error {
	if f.Values == nil {
		to := "all"
		if v.HTTP.URL.Query().Get("establishment") != "" {
			to = "one"
		}
		f.Values = url.Values{"to": {to}, "establishment": {kit.Printable(v.HTTP.URL.Query().Get("establishment"))}}
	}
	data := NoticeFormPage{
		Frame: v.Frame("/desk/news/new", f),
		To: f.Choices(kit.Choices{Name: "to", Label: "宛先", Required: true, Choices: []kit.Choice{
			{Value: "all", Label: "すべての事業所"}, {Value: "one", Label: "1つの事業所"}}}),
		Establishment: f.Field(kit.Field{Name: "establishment", Label: "宛先の事業所", Width: "l", Hint: kit.Say("「1つの事業所」のときに、企業名か事業所名を入力してください。1つに決まれば一部だけでかまいません。")}),
		From:          f.Field(kit.Field{Name: "from", Label: "表示を始める日", Type: "date", Required: true, Width: "m"}),
		Until:         f.Field(kit.Field{Name: "until", Label: "表示を終える日", Type: "date", Optional: true, Width: "m", Hint: kit.Say("空欄にすると、取り下げるまで表示します。")}),
		Title:         f.Field(kit.Field{Name: "title", Label: "件名", Required: true, Max: desk.NoticeTitleMax}),
		Body:          f.Field(kit.Field{Name: "body", Label: "本文", Required: true, Rows: 8, Max: desk.NoticeBodyMax, Hint: kit.Say("文字だけで、改行はそのまま表示します。")}),
		TitleEn:       f.Field(kit.Field{Name: "title_en", Label: "件名（英語）", Optional: true, Max: desk.NoticeTitleMax, Hint: kit.Say("英語を空欄にすると、英語の画面にも日本語で表示します。")}),
		BodyEn:        f.Field(kit.Field{Name: "body_en", Label: "本文（英語）", Optional: true, Rows: 8, Max: desk.NoticeBodyMax}),
		OnLogin:       f.Tick(kit.Tick{Name: "on_login", Label: "ログイン画面にも表示する", Hint: kit.Say("サービスの停止予定など、ログインする前に知らせたいことに使います。")}),
	}
	data.Back = kit.Link{Text: "お知らせの一覧に戻る", Address: "/desk/news"}
	return v.Render("desk-news-new", data)
}

// noticeForm is the typed notice.
func noticeForm(in url.Values) desk.NoticeForm {
	return desk.NoticeForm{Key: in.Get("key"), ToAll: in.Get("to") != "one", Establishment: in.Get("establishment"), From: in.Get("from"), Until: in.Get("until"),
		Title: in.Get("title"), Body: in.Get("body"), TitleEn: in.Get("title_en"), BodyEn: in.Get("body_en"), OnLogin: in.Get("on_login") == "yes"}
}

// A DeskNoticePage shows one notice as its readers see it: Publish while it is a preview, and once it is
// published with the way to take it back.
type DeskNoticePage struct {
	kit.Frame
	Preview     bool
	Japanese    kit.NoticeText
	English     kit.NoticeText // zero when there is none
	To          kit.Sentence
	From, Until calendar.Date
	OnLogin     bool
	State       kit.Tag
	Fields      []kit.HiddenField
	Withdraw    string // where the button posts to, "" for none
	Readers     int
}

func deskNotice(n desk.Notice) DeskNoticePage {
	data := DeskNoticePage{Japanese: kit.NoticeText{Lang: "ja", Title: n.Title, Body: n.Body}, To: noticeTo(n), From: n.From, Until: n.Until, OnLogin: n.OnLogin, State: noticeTag(n)}
	if n.TitleEn != "" {
		data.English = kit.NoticeText{Lang: "en", Title: n.TitleEn, Body: n.BodyEn}
	}
	return data
}

// PreviewNotice shows how a typed notice will look, or brings the form back to be corrected.
func (s *Pages) PreviewNotice(v *kit.Request) error {
	in, err := v.Form(append(noticeFields(), "key", "do")...)
	if err != nil {
		return err
	}
	if in.Get("do") == "edit" {
		return s.ShowNoticeForm(v, kit.Form{Values: in})
	}
	n, err := s.Desk.PreviewNotice(v.Ctx(), v.Actor(), noticeForm(in))
	if err != nil {
		return err
	}
	data := deskNotice(n)
	in.Set("key", n.ID)
	in.Del("do")
	data.Frame, data.Preview, data.Fields = v.Frame("/desk/news/new", kit.Form{}), true, kit.HiddenFields(in)
	data.Back = kit.Link{Text: "お知らせの一覧に戻る", Address: "/desk/news"}
	return v.Render("desk-notice", data)
}

// PublishNotice stores what was previewed.
func (s *Pages) PublishNotice(v *kit.Request) error {
	in, err := v.Form(append(noticeFields(), "key")...)
	if err != nil {
		return err
	}
	id, err := s.Desk.PublishNotice(v.Ctx(), v.Actor(), noticeForm(in))
	if err != nil {
		return err
	}
	return v.SeeOther(deskNewsPath(id), "お知らせを掲載しました。")
}

// ShowDeskNotice shows a published notice to the centre.
func (s *Pages) ShowDeskNotice(v *kit.Request, f kit.Form) error {
	n, err := s.Desk.Notice(v.Ctx(), v.Actor(), v.HTTP.PathValue("notice"))
	if err != nil {
		return err
	}
	data := deskNotice(n)
	data.Frame = v.Frame(deskNewsPath(n.ID), f)
	if v.Actor().Role == account.Supervisor && !n.Withdrawn {
		data.Withdraw = deskNewsPath(n.ID) + "/withdraw"
	}
	data.Back = kit.Link{Text: "お知らせの一覧に戻る", Address: "/desk/news"}
	return v.Render("desk-notice", data)
}

// WithdrawNotice takes a notice back.
func (s *Pages) WithdrawNotice(v *kit.Request) error {
	if _, err := v.Form(); err != nil {
		return err
	}
	id := v.HTTP.PathValue("notice")
	if err := s.Desk.WithdrawNotice(v.Ctx(), v.Actor(), id); err != nil {
		return err
	}
	return v.SeeOther(deskNewsPath(id), "お知らせを取り下げました。")
}

// A CentreNoticePage is a notice as the establishments read it.
type CentreNoticePage struct {
	kit.Frame
	Notice      kit.NoticeText
	From, Until calendar.Date
}

// ShowNotice shows a notice that is shown to the person's establishment today.
func (s *Pages) ShowNotice(v *kit.Request, f kit.Form) error {
	n, err := s.Desk.Notice(v.Ctx(), v.Actor(), v.HTTP.PathValue("notice"))
	if err != nil {
		return err
	}
	data := CentreNoticePage{Frame: v.Frame("/notices/"+url.PathEscape(n.ID), f), Notice: v.NoticeText(n), From: n.From, Until: n.Until}
	data.Back = kit.Link{Text: "トップメニューに戻る", Address: "/"}
	return v.Render("centre-notice", data)
}

// OpenNotice marks a notice as read and leads to it.
func (s *Pages) OpenNotice(v *kit.Request) error {
	if _, err := v.Form(); err != nil {
		return err
	}
	id := v.HTTP.PathValue("notice")
	if err := s.Desk.OpenNotice(v.Ctx(), v.Actor(), id); err != nil {
		return err
	}
	return v.SeeOther("/notices/" + url.PathEscape(id))
}

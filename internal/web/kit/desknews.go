package kit

import (
	"net/url"

	"uketsuke/internal/calendar"
	"uketsuke/internal/desk"
)

// A NoticeText is a notice in one language: part "notice-text". Lang is that of the text.
type NoticeText struct{ Lang, Title, Body string }

// NoticeText is a notice in the language of the page, or in Japanese when it has no other.
func (v *Request) NoticeText(n desk.Notice) NoticeText {
	if v.Lang == English && n.TitleEn != "" {
		return NoticeText{"en", n.TitleEn, n.BodyEn}
	}
	return NoticeText{"ja", n.Title, n.Body}
}

// A NoticeLine is a notice on the top menu. 「詳細」 is a POST to Action, since it leaves the mark "read".
type NoticeLine struct {
	Day    calendar.Date
	Text   NoticeText
	Unread bool
	Action string
}

// NoticeLines are notices in the reader's language, or in Japanese where they have no English.
func (v *Request) NoticeLines(notices []desk.Notice) []NoticeLine {
	var all []NoticeLine
	for _, n := range notices {
		all = append(all, NoticeLine{Day: n.From, Text: v.NoticeText(n), Unread: n.Unread, Action: "/notices/" + url.PathEscape(n.ID)})
	}
	return all
}

// loginNotices are the boxes of the login page: what the mode is, and what the centre announces to everybody.
func (v *Request) loginNotices() ([]NoticeText, []Notice, error) {
	mode, err := v.Kit.Desk.Mode(v.Ctx())
	if err != nil {
		return nil, nil, err
	}
	shown, err := v.Kit.Desk.LoginNotices(v.Ctx())
	var texts []NoticeText
	for _, n := range shown {
		texts = append(texts, v.NoticeText(n))
	}
	return texts, v.modeBox(mode), err
}

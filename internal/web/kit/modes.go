package kit

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"uketsuke/internal/desk"
)

// What the desk's mode means for the pages. That nothing is changed is the desk's matter; here it is
// said, and what was typed is kept.

// A Retry is a form that sends once more what was typed, from a page that could not take it.
type Retry struct {
	Action string
	Fields []HiddenField
}

// A HiddenField is one value of a form that is carried along.
type HiddenField struct{ Name, Value string }

// HiddenFields carries values along, in the order of their names.
func HiddenFields(values url.Values) []HiddenField {
	var fields []HiddenField
	for _, name := range slices.Sorted(Keys(values)) {
		for _, value := range values[name] {
			fields = append(fields, HiddenField{name, value})
		}
	}
	return fields
}

// alwaysOpen are the routes that a closed desk keeps open to everybody.
func alwaysOpen(pattern string) bool {
	return slices.Contains([]string{"/login", "/logout", "/language"}, pattern)
}

// barred says that the mode keeps this person from the route.
func (v *Request) barred(route Route) error {
	if v.Session.Mode.Bars(v.Session.Actor.Role) && !alwaysOpen(route.Pattern) {
		return &desk.NotOpen{ModeState: v.Session.Mode}
	}
	return nil
}

// modeWords are heading and sentence of a mode that is not open; the notice is the centre's own.
func (v *Request) modeWords(m desk.ModeState) (string, Sentence) {
	if m.Mode == desk.ModeClosed {
		return "ただいまサービスを停止しています", Say("%s", v.modeNotice(m))
	}
	return "ただいま閲覧だけできます", Say("%s", v.modeNotice(m))
}

// modeNotice is the centre's notice in the language of the page; without English it is the Japanese one.
func (v *Request) modeNotice(m desk.ModeState) string {
	if v.Lang == English && m.NoticeEn != "" {
		return m.NoticeEn
	}
	return m.Notice
}

// modeBox stands on every page while the desk is not open.
func (v *Request) modeBox(m desk.ModeState) []Notice {
	if m.Mode == desk.ModeOpen || m.Mode == "" {
		return nil
	}
	heading, says := v.modeWords(m)
	return []Notice{{Kind: "warning", Heading: heading, Says: says}}
}

// notOpen answers an act that the mode refused: the page comes back with everything typed.
func (v *Request) notOpen(refused *desk.NotOpen, show Show) error {
	v.Status = http.StatusServiceUnavailable
	v.Flash = append(v.Flash, Notice{Kind: "error", Heading: "この操作は行われていません",
		Says: Say("ただいま変更を受け付けていません。入力した内容はこの画面に残っています。受付が再開したら、もう一度操作してください。")})
	if shown := show(v, Form{Values: v.Typed()}); shown == nil {
		return nil
	}
	v.Flash = nil
	return refused
}

// behindSays is what people read while nothing is given out, because the database is behind its ledger.
var behindSays = Say("データベースが切り替わったため、発行済みの番号の記録と照合しています。同じ番号を二度発行しないよう、この操作は行われていません。照合は自動で行われ、ふつうは数秒で終わります。終わると一度ログインし直していただきますが、送られた入力内容は残ります。少し待って、もう一度操作してください。")

// behind answers an act that was refused because the database is behind its ledger: the page comes back with everything
// typed.
func (v *Request) behind(refused error, show Show) error {
	status, heading, says := v.words(refused)
	v.Status = status
	v.Flash = append(v.Flash, Notice{Kind: "error", Heading: heading, Says: says})
	if shown := show(v, Form{Values: v.Typed()}); shown == nil {
		return nil
	}
	v.Flash = nil
	return refused
}

// retryOf carries what was posted to a desk that could not take it, so that it can be sent once more; nil when there is
// nothing.
func (v *Request) retryOf(err error) *Retry {
	_, closed := errors.AsType[*desk.NotOpen](err)
	if !closed && !errors.Is(err, desk.ErrBehind) || v.HTTP.Method != http.MethodPost {
		return nil
	}
	if v.HTTP.PostForm == nil && v.receive() != nil || len(v.Typed()) == 0 {
		return nil
	}
	return &Retry{Action: v.HTTP.URL.Path, Fields: HiddenFields(v.Typed())}
}

package kit

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
)

// A body is what a route takes: at most so many bytes, and whether a form may be carried in it through the login page
// . It follows from the fields of the route's form.
type body struct {
	Most  int64
	keeps bool
}

// From fields to bytes: a character has at most four bytes, each of which a browser sends as "%XX". Whoever types as much again
// as a field allows is told so at the field, with all of it; the bound turns away what no typing explains.
const (
	perCharacter = 4 * len("%XX")
	asMuchAgain  = 2
	// perTick is a box that was ticked, with the name that says whose question it answers.
	perTick = int64(len("ids.12.trades=importer-exporter-0&"))
	// pressedMost has room for what every form may have besides: a version, marks, a search, a day, and three passwords.
	PressedMost = 16 << 10
	// credentialMost has room for a new passkey with the certificates of its maker.
	credentialMost = 32 << 10
	// maxBody bounds every form without a file.
	MaxBody = 1 << 20
	// maxKept bounds a form that is carried through the login page; there it is written as a form's field once more.
	maxKept = 256 << 10
	// maxFields bounds how many values a form has; the largest page of ours has a few hundred.
	MaxFields = 2000
)

var (
	Pressed    = body{Most: PressedMost}
	Entering   = body{Most: PressedMost, keeps: true}
	Credential = body{Most: credentialMost, keeps: true}
	News       = Typing(2 * (desk.NoticeTitleMax + desk.NoticeBodyMax))
	// verdict has a remark for each item of an application.
	Verdict = body{Most: MaxBody}
	// ticking has as many boxes as a form may have fields.
	Ticking = body{Most: PressedMost + MaxFields*perTick}
	// closingText is a file of closing days in a field.
	ClosingText = body{Most: PressedMost + ClosingFileMost*int64(len("%XX"))}
)

// Typing is a form with texts of so many characters together.
func Typing(characters int) body {
	return body{Most: min(MaxBody, PressedMost+int64(characters*perCharacter*asMuchAgain))}
}

// Settings is the form of the catalogue's largest tab. A field without a length has that of a reason.
func (s *Kit) Settings() body {
	tabs, largest := map[string]int{}, 0
	for _, field := range s.Desk.Catalogue.Fields {
		most := field.Max
		if most == 0 {
			most = desk.TextMax
		}
		tabs[field.Tab] += most
		largest = max(largest, tabs[field.Tab])
	}
	return Typing(largest)
}

// AnonymousRoom is the room for large forms of people who are not signed in: those whose session has ended while they typed.
const AnonymousRoom = 16 << 20

// Whoever is not signed in has for a body as long as a slow line needs, and no longer; others have a page's time.
const (
	slowestLine = 8 << 10 // bytes a second
	begins      = 5 * time.Second
	formLimit   = 60 * time.Second
)

// most is what the route takes from who asks. A stranger has what a sign-in needs; only the browser of somebody whose session
// has ended has a form to bring, and it has the mark of a sign-in, which admit has looked up.
func (v *Request) most() int64 {
	most := v.route.Of.Most
	switch {
	case v.Session.Actor.ID != "":
	case !v.returning:
		most = min(most, PressedMost)
	case v.route.Of.keeps:
		most += maxKept * int64(len("%25")) // the form is a field of this one
	}
	return most
}

// admit says how many bytes of a body are read, by its announced length and before anything is read of it. From somebody who is
// signed in a little more is read than the route takes, to say which field it is.
func (v *Request) admit() (int64, error) {
	length, known := v.HTTP.ContentLength, v.Session.Actor.ID != ""
	if !known && (length < 0 || length > PressedMost) {
		var err error
		if v.returning, err = v.returns(); err != nil {
			return 0, err
		}
	}
	most := v.most()
	if length < 0 {
		length = most // the door lets none of these in; whatever it is, it takes no more room than it has asked for
	}
	switch {
	case known && length <= MaxBody:
		return max(most, MaxBody), nil
	case length > most:
		v.turnAway(known)
		return 0, tooMuch(most)
	case known, length <= PressedMost: // of these there are as many as requests at once
		return most, nil
	}
	leave, ok := v.Kit.Room.Take(v.From(), length)
	if !ok {
		v.turnAway(false)
		return 0, StatusError(http.StatusServiceUnavailable)
	}
	v.Free = leave
	return most, nil
}

// turnAway ends the connection of a stranger whose body is not read. To somebody who is signed in the answer must come through,
// so the server reads what it can of the rest.
func (v *Request) turnAway(known bool) {
	if !known {
		v.Out.Header().Set("Connection", "close")
	}
}

// hurry gives a body its time. Where there is no connection, as in a test, nothing is bounded.
func (v *Request) hurry() error {
	most := formLimit
	if v.Session.Actor.ID == "" {
		most = min(formLimit, begins+time.Duration(v.HTTP.ContentLength/slowestLine)*time.Second)
	}
	err := http.NewResponseController(v.Out).SetReadDeadline(time.Now().Add(most))
	if errors.Is(err, http.ErrNotSupported) {
		return nil
	}
	return err
}

// A tooMuch is the answer to a body of more than so many bytes, of which nothing was read.
type tooMuch int64

func (tooMuch) Error() string { return "the body is too large" }

func (most tooMuch) words() Sentence {
	return Say("この画面から一度に送れる量（%d KB）を超えています。何も保存されていません。入力した内容は前の画面に残っています。長い文章や貼り付けた内容を短くして、もう一度お試しください。", int64(most)>>10)
}

// An overlong is a body that was read and has more than the route takes, most of it in a field.
type overlong struct {
	most  int64
	field string
}

func (*overlong) Error() string { return "the form is too large" }

func (o *overlong) problems() problem.List {
	return problem.List{problem.New(o.field, "R-APP-12", "入力が長すぎるため、受け付けていません。一度に送れる量は%d KBまでです。この項目の文章を短くして、もう一度お試しください。", o.most>>10)}
}

// longestField is the field with the most in it.
func (v *Request) longestField() (longest string) {
	most := -1
	for _, name := range slices.Sorted(Keys(v.HTTP.PostForm)) {
		if n := len(strings.Join(v.HTTP.PostForm[name], "")); n > most {
			longest, most = name, n
		}
	}
	return longest
}

// EchoLeast is how many characters a field shows again at least: what people paste is all there, to be shortened (R-APP-12).
const EchoLeast = 4000

// Echoed is a typed text as a form shows it again: whole, unless it is far more than its field allows.
func Echoed(text string, most int) string {
	most = max(EchoLeast, asMuchAgain*most)
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	n := 0
	for i := range text {
		if n == most {
			return text[:i]
		}
		n++
	}
	return text
}

// ClosingFileMost is how large a file of closing days may be, in bytes.
const ClosingFileMost = 256 << 10

package holding

import (
	"errors"
	"net/url"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/document"
	"uketsuke/internal/problem"
	"uketsuke/internal/web/kit"
)

// A CheckPaperPage is the public page on which anybody who holds a paper has it checked.
type CheckPaperPage struct {
	kit.Frame
	Number, Digest kit.Field
	// Scanned says that a QR code led here; nothing is asked before the button is pressed.
	Scanned bool
	// Answered is whether there is an answer: Genuine or not, and nothing else.
	Answered, Genuine bool
}

// CheckTakes is how long every answer takes: whether a number is unknown or its digest is wrong cannot be
// seen from the time.
const CheckTakes = 300 * time.Millisecond

// ShowCheckPaper shows the form, with what the QR code's address carries. It asks nothing: programs that open
// links to look at them neither use up anybody's tries nor change anything.
func (s *Pages) ShowCheckPaper(v *kit.Request, f kit.Form) error {
	asked := v.HTTP.URL.Query()
	scanned := f.Values == nil && asked.Has("number") && asked.Has("digest")
	if scanned {
		digest := kit.Printable(asked.Get("digest"))
		if digits, is := application.ParseDigest(digest); is {
			digest = document.InFours(digits) // as it stands on the paper, to be compared
		}
		f.Values = url.Values{"number": {kit.Printable(asked.Get("number"))}, "digest": {digest}}
	}
	return renderCheckPaper(v, f, CheckPaperPage{Scanned: scanned})
}

func renderCheckPaper(v *kit.Request, f kit.Form, data CheckPaperPage) error {
	v.Out.Header().Set("Referrer-Policy", "no-referrer")
	data.Frame = v.Frame("/check", f)
	data.Number = f.Field(kit.Field{Name: "number", Label: "書面の番号", Required: true, Autocomplete: "off", Width: "l",
		Hint: kit.Say("申込受付番号、通知の番号、請求書番号のどれかです。例：2400001A、24-00001、202412-00001-1")})
	data.Digest = f.Field(kit.Field{Name: "digest", Label: "ダイジェスト", Required: true, Autocomplete: "off", Width: "l",
		Hint: kit.Say("書面の上部に、4桁ずつ区切って印刷されています。区切り、全角・半角、大文字・小文字の違いは問いません。")})
	return v.Render("check-paper", data)
}

// CheckPaper answers the POST itself: nothing is stored that a reload could do twice.
func (s *Pages) CheckPaper(v *kit.Request) error {
	in, err := v.Form("number", "digest")
	if err != nil {
		return err
	}
	due := time.NewTimer(CheckTakes)
	defer due.Stop()
	genuine, err := s.Desk.CheckPaper(v.Ctx(), in.Get("number"), in.Get("digest"), v.From())
	if many, is := errors.AsType[*desk.TooManyTries](err); is {
		err = problem.List{problem.New("number", "ASVS-6.3.1", "続けて誤ったため、しばらく確認を受け付けません。%s以降にもう一度お試しください。", kit.ClockTime(many.Until))}
	}
	if err != nil {
		return err
	}
	select {
	case <-due.C:
	case <-v.Ctx().Done():
		return v.Ctx().Err()
	}
	return renderCheckPaper(v, kit.Form{Values: v.Typed()}, CheckPaperPage{Answered: true, Genuine: genuine})
}

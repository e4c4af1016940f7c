package cases

import (
	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/web/kit"
)

// A CopyButton makes a new draft of an application: part "copy-button". A zero Action shows none.
type CopyButton struct {
	Action, Text string
}

// copyButton is for those who may apply, on what was registered at least once.
func copyButton(c desk.Case, role account.Role) CopyButton {
	if !role.MayApply() || len(c.Versions) == 0 {
		return CopyButton{}
	}
	b := CopyButton{Action: kit.ApplicationPath(c.ID, "copy"), Text: "この申込をコピーして新しく申し込む"}
	if c.State == application.Void {
		b.Text = remake
	}
	return b
}

// remake is the button's name on an application that came to nothing.
const remake = "無効になった申込みから作り直す"

// CopyApplication makes a new draft of an application and leads to its first page; a second press leads there too.
func (s *Pages) CopyApplication(v *kit.Request) error {
	if _, err := v.Form(); err != nil {
		return err
	}
	ref, err := s.Desk.CopyAsNew(v.Ctx(), v.Actor(), v.HTTP.PathValue("id"))
	if err != nil {
		return err
	}
	return v.SeeOther(kit.ApplicationPath(ref.ID, "start"), "前の申込の内容を写しました。利用開始希望日を入力し、申込担当者を確認してください。")
}

// SendReceipt answers with the 申込受付票, of a registered version if one is asked for.
func (s *Pages) SendReceipt(v *kit.Request, _ kit.Form) error {
	asked := v.HTTP.URL.Query()
	round, err := s.roundAsked(v, asked.Get("round"))
	if err != nil {
		return err
	}
	pdf, name, err := s.Desk.FilingReceipt(v.Ctx(), v.Actor(), v.HTTP.PathValue("id"), round, asked.Get("wareki") == "yes")
	return v.SendPaper(pdf, name, err)
}

package web

import (
	"uketsuke/internal/desk"
)

// An ErasePage asks once more before the passwords of an application are destroyed early (R-SEC-8).
type ErasePage struct {
	Frame
	Receipt, Action, Version string
	IDs                      []IssuedLine
	Unread                   bool // nobody has read them
}

func (s *Server) showErase(v *visit, f Form) error {
	c, err := s.Desk.Case(v.ctx(), v.actor(), v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if c.Reading == nil || !c.Reading.Readable {
		return desk.ErrNotFound
	}
	path := applicationPath(c.ID, "ids", "erase")
	data := ErasePage{Frame: v.frame(path, f.onPage()), Receipt: c.Receipt, Action: path, Version: versionShown(c, f),
		IDs: s.issuedLines(c.Issued), Unread: len(c.Reading.Readings) == 0}
	data.Back = Link{Text: "ID通知内容に戻る", Address: applicationPath(c.ID, "ids")}
	return v.render("erase", data)
}

// eraseSecrets is 「今すぐ消去する」.
func (s *Server) eraseSecrets(v *visit) error {
	ref, err := v.refAlone()
	if err != nil {
		return err
	}
	if err := s.Desk.EraseSecrets(v.ctx(), v.actor(), ref); err != nil {
		return v.notReadable(err)
	}
	return v.seeOther(applicationPath(ref.ID, "ids"), "パスワードを消去しました。どなたも参照できません。")
}

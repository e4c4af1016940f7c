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
	AskPassword              bool
	Password                 Field
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
	data := ErasePage{Frame: v.frame(path, f.onPage("password")), Receipt: c.Receipt, Action: path, Version: versionShown(c, f),
		IDs: s.issuedLines(c.Issued), Unread: len(c.Reading.Readings) == 0}
	data.AskPassword = !v.confirmed()
	if data.Password, err = v.whoField(f); err != nil {
		return err
	}
	data.Back = Link{Text: "ID通知内容に戻る", Address: applicationPath(c.ID, "ids")}
	return v.render("erase", data)
}

// eraseSecrets is 「今すぐ消去する」.
func (s *Server) eraseSecrets(v *visit) error {
	in, err := v.form("version", "password")
	if err != nil {
		return err
	}
	ref, err := v.ref(in)
	if err == nil {
		_, err = s.Desk.Case(v.ctx(), v.actor(), ref.ID)
	}
	if err == nil {
		err = v.sureBy(in)
	}
	if err != nil {
		return err
	}
	if err := s.Desk.EraseSecrets(v.ctx(), v.actor(), ref); err != nil {
		return s.notReadable(v, err)
	}
	return v.seeOther(applicationPath(ref.ID, "ids"), "パスワードを消去しました。どなたも参照できません。")
}

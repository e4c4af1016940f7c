package cases

import (
	"uketsuke/internal/desk"
	"uketsuke/internal/web/kit"
)

// An ErasePage asks once more before the passwords of an application are destroyed early (R-SEC-8).
type ErasePage struct {
	kit.Frame
	Receipt, Action, Version string
	IDs                      []IssuedLine
	Unread                   bool // nobody has read them
	AskPassword              bool
	Password                 kit.Field
}

func (s *Pages) ShowErase(v *kit.Request, f kit.Form) error {
	c, err := s.Desk.Case(v.Ctx(), v.Actor(), v.HTTP.PathValue("id"))
	if err != nil {
		return err
	}
	if c.Reading == nil || !c.Reading.Readable {
		return desk.ErrNotFound
	}
	path := kit.ApplicationPath(c.ID, "ids", "erase")
	data := ErasePage{Frame: v.Frame(path, f.OnPage("password")), Receipt: c.Receipt, Action: path, Version: VersionShown(c, f),
		IDs: s.IssuedLines(c.Issued), Unread: len(c.Reading.Readings) == 0}
	data.AskPassword = !v.Confirmed()
	if data.Password, err = v.WhoField(f); err != nil {
		return err
	}
	data.Back = kit.Link{Text: "ID通知内容に戻る", Address: kit.ApplicationPath(c.ID, "ids")}
	return v.Render("erase", data)
}

// EraseSecrets is 「今すぐ消去する」.
func (s *Pages) EraseSecrets(v *kit.Request) error {
	in, err := v.Form("version", "password")
	if err != nil {
		return err
	}
	ref, err := v.Ref(in)
	if err == nil {
		_, err = s.Desk.Case(v.Ctx(), v.Actor(), ref.ID)
	}
	if err == nil {
		err = v.SureBy(in)
	}
	if err != nil {
		return err
	}
	if err := s.Desk.EraseSecrets(v.Ctx(), v.Actor(), ref); err != nil {
		return s.notReadable(v, err)
	}
	return v.SeeOther(kit.ApplicationPath(ref.ID, "ids"), "パスワードを消去しました。どなたも参照できません。")
}

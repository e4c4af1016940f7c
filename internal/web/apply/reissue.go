package apply

import (
	"net/url"
	"slices"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/userid"
	"uketsuke/internal/web/cases"
	"uketsuke/internal/web/kit"
)

// A ReissuePage is where the user IDs of a re-issue are ticked, in the place of the list of codes (R-SEC-9).
type ReissuePage struct {
	Wizard
	IDs   kit.Choices
	Kinds kit.Link
}

func (s *Pages) ShowReissue(v *kit.Request, f kit.Form) error {
	c, err := s.draft(v)
	if err != nil {
		return err
	}
	if !c.Document.IsReissue() {
		return v.SeeOther(kit.ApplicationPath(c.ID, "codes"))
	}
	ids, err := s.Desk.Reissuable(v.Ctx(), v.Actor(), c.ID)
	if err != nil {
		return err
	}
	f = reopened(c, "reissue", f, func() kit.Form { return kit.Form{Values: url.Values{"reissue": idTexts(c.Document.Reissue)}} },
		func(typed url.Values) kit.Form { return kit.Form{Values: typed} })
	f = f.OnPage("reissue")
	data := ReissuePage{Wizard: wizard(v, c, cases.StepCodes, f, "reissue"), Kinds: kit.Link{Text: "申込内容の選択", Address: kit.ApplicationPath(c.ID, "start")}}
	data.IDs = f.Choices(kit.Choices{Name: "reissue", Label: "再発行する利用者ID", Required: true, Many: true,
		Hint: kit.Say("1つの利用者IDにつき、「パスワード」と「利用者パスワード」の両方を新しくします。"), Choices: s.reissueChoices(ids, f.Values["reissue"])})
	return v.Render("reissue", data)
}

func idTexts(ids []userid.ID) []string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = string(id)
	}
	return texts
}

// reissueChoices offers the IDs held today; one whose re-issue is asked for already is not, unless it is ticked,
// so that it can be unticked.
func (s *Pages) reissueChoices(ids []desk.HeldID, ticked []string) []kit.Choice {
	var choices []kit.Choice
	for _, id := range ids {
		choice := kit.Choice{Value: string(id.ID), Label: string(id.ID), Hint: kit.Say("%s ／ %s", kit.Word(s.TradeWords(id.Trades)), kit.Word(s.MethodWord(id.Method)))}
		if id.TouchedBy != "" {
			choice.Hint = kit.Say("再発行を申込受付番号 %s で申込み中です。", id.TouchedBy)
			if !slices.Contains(ticked, choice.Value) {
				choice.Refused = choice.Hint
			}
		}
		choices = append(choices, choice)
	}
	for _, one := range ticked { // no longer held: it can only be unticked
		if !slices.ContainsFunc(ids, func(id desk.HeldID) bool { return string(id.ID) == one }) {
			choices = append(choices, kit.Choice{Value: one, Label: one, Hint: kit.Say("契約にない利用者IDです。選択を外してください。")})
		}
	}
	return choices
}

// SaveReissue stores which IDs are to get new passwords.
func (s *Pages) SaveReissue(v *kit.Request) error {
	in, err := v.Form("version", "return", "do", "reissue")
	if err != nil {
		return err
	}
	if in.Get("do") == "keep" {
		return keep(v, in, "reissue", "reissue")
	}
	ref, err := v.Ref(in)
	if err != nil {
		return err
	}
	if err := s.Desk.SetReissue(v.Ctx(), v.Actor(), ref, in["reissue"]); err != nil {
		return err
	}
	return onward(v, in, "confirm")
}

// issuedName is what an issued or planned code stands for: 「追加n」, or the existing code itself.
func issuedName(code desk.IssuedCode) string {
	if code.Placeholder >= 1 && code.Placeholder < application.FirstExisting {
		return application.PlaceholderName(code.Placeholder)
	}
	return string(code.Code)
}

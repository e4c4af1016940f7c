package web

import (
	"net/url"
	"slices"

	"uketsuke/internal/application"
	"uketsuke/internal/desk"
	"uketsuke/internal/userid"
)

// A ReissuePage is where the user IDs of a re-issue are ticked, in the place of E7 (R-SEC-9).
type ReissuePage struct {
	Wizard
	IDs   Choices
	Kinds Link
}

func (s *Server) showReissue(v *visit, f Form) error {
	c, err := s.draft(v)
	if err != nil {
		return err
	}
	if !c.Document.IsReissue() {
		return v.seeOther(applicationPath(c.ID, "codes"))
	}
	ids, err := s.Desk.Reissuable(v.ctx(), v.actor(), c.ID)
	if err != nil {
		return err
	}
	f = reopened(c, "reissue", f, func() Form { return Form{Values: url.Values{"reissue": idTexts(c.Document.Reissue)}} },
		func(typed url.Values) Form { return Form{Values: typed} })
	f = f.onPage("reissue")
	data := ReissuePage{Wizard: v.wizard(c, stepCodes, f, "reissue"), Kinds: Link{Text: "申込内容の選択", Address: applicationPath(c.ID, "start")}}
	data.IDs = f.Choices(Choices{Name: "reissue", Label: "再発行する利用者ID", Required: true, Many: true,
		Hint: Say("1つの利用者IDにつき、「パスワード」と「利用者パスワード」の両方を新しくします。"), Choices: s.reissueChoices(ids, f.Values["reissue"])})
	return v.render("reissue", data)
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
func (s *Server) reissueChoices(ids []desk.HeldID, ticked []string) []Choice {
	var choices []Choice
	for _, id := range ids {
		choice := Choice{Value: string(id.ID), Label: string(id.ID), Hint: Say("%s ／ %s", Word(s.tradeWords(id.Trades)), Word(s.methodWord(id.Method)))}
		if id.TouchedBy != "" {
			choice.Hint = Say("再発行を申込受付番号 %s で申込み中です。", id.TouchedBy)
			if !slices.Contains(ticked, choice.Value) {
				choice.Refused = choice.Hint
			}
		}
		choices = append(choices, choice)
	}
	for _, one := range ticked { // no longer held: it can only be unticked
		if !slices.ContainsFunc(ids, func(id desk.HeldID) bool { return string(id.ID) == one }) {
			choices = append(choices, Choice{Value: one, Label: one, Hint: Say("契約にない利用者IDです。選択を外してください。")})
		}
	}
	return choices
}

// saveReissue stores which IDs are to get new passwords.
func (s *Server) saveReissue(v *visit) error {
	in, err := v.form("version", "return", "do", "reissue")
	if err != nil {
		return err
	}
	if in.Get("do") == "keep" {
		return v.keep(in, "reissue", "reissue")
	}
	ref, err := v.ref(in)
	if err != nil {
		return err
	}
	if err := s.Desk.SetReissue(v.ctx(), v.actor(), ref, in["reissue"]); err != nil {
		return err
	}
	return v.onward(in, "confirm")
}

// reissueLines are the IDs of a re-issue in words; of those that are no longer held only the ID is known.
func (s *Server) reissueLines(v *visit, c desk.Case) ([]HeldIDLine, error) {
	if !c.Document.IsReissue() {
		return nil, nil
	}
	held, err := s.Desk.Reissuable(v.ctx(), v.actor(), c.ID)
	if err != nil {
		return nil, err
	}
	var lines []HeldIDLine
	for _, id := range c.Document.Reissue {
		line := HeldIDLine{ID: string(id), Number: string(id.Number())}
		if at := slices.IndexFunc(held, func(h desk.HeldID) bool { return h.ID == id }); at >= 0 {
			line = s.heldIDs(held[at : at+1])[0]
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// issuedName is what an issued or planned code stands for: 「追加n」, or the existing code itself.
func issuedName(code desk.IssuedCode) string {
	if code.Placeholder >= 1 && code.Placeholder < application.FirstExisting {
		return application.PlaceholderName(code.Placeholder)
	}
	return string(code.Code)
}

// issuedWhy says why an ID stands on the notice of IDs: 追加1 for a new code's, 追加 for a number of an existing
// code, 再発行 for new passwords.
func issuedWhy(code desk.IssuedCode) string {
	switch {
	case code.Placeholder == 0:
		return "再発行"
	case code.Placeholder >= application.FirstExisting:
		return "追加"
	}
	return application.PlaceholderName(code.Placeholder)
}

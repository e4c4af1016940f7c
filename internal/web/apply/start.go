package apply

import (
	"net/url"
	"slices"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/desk"
	"uketsuke/internal/problem"
	"uketsuke/internal/web/cases"
	"uketsuke/internal/web/kit"
)

// A FlowPage is the page 「申込完了までの流れ」.
type FlowPage struct {
	kit.Frame
	Start desk.StartPage
	Rules string
}

func (s *Pages) ShowFlow(v *kit.Request, f kit.Form) error {
	start, err := s.Desk.Start(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	data := FlowPage{Frame: v.Frame("/apply", f), Start: start, Rules: s.Operator.Rules}
	data.Back = kit.Link{Text: "戻る", Address: "/contract"}
	return v.Render("flow", data)
}

// BeginApplication makes a draft and leads to its first page, where the kinds that the button names are ticked.
func (s *Pages) BeginApplication(v *kit.Request) error {
	in, err := v.Form("kinds")
	if err != nil {
		return err
	}
	ref, err := s.Desk.Begin(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	path := kit.ApplicationPath(ref.ID, "start")
	if len(in) > 0 {
		path += "?" + in.Encode()
	}
	return v.SeeOther(path)
}

// A StartPage is the page of what to apply for.
type StartPage struct {
	Wizard
	Kinds   KindChoices
	Desired DayCalendar
	Reason  kit.Field
	Base    calendar.Date
}

// KindChoices are the kinds as tick boxes, in groups; the first that can be ticked carries the name as its id.
type KindChoices struct {
	Problems problem.List
	Groups   []KindGroup
}

// A KindGroup is the kinds of one group.
type KindGroup struct {
	Name  string
	Kinds []KindChoice
}

// A KindChoice is one kind with its picture, named after its key.
type KindChoice struct {
	kit.Choice
	ID, Picture string
	// Alone says that it is never applied for together with another kind (R-SEC-9).
	Alone bool
}

func (s *Pages) ShowStart(v *kit.Request, f kit.Form) error {
	c, err := s.draft(v)
	if err != nil {
		return err
	}
	possible, err := s.Desk.Start(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	kept := url.Values(c.Draft.Typed["start"])
	wrong, err := s.Desk.StartProblems(v.Ctx(), desk.StartForm{Kinds: kept["kinds"], Desired: kept.Get("desired"), Reason: kept.Get("reason")})
	if err != nil {
		return err
	}
	held, err := s.Desk.Held(v.Ctx(), v.Actor(), c.ID)
	if err != nil {
		return err
	}
	f = reopened(c, "start", f, func() kit.Form { return startStored(c.Document, v.HTTP.URL.Query()["kinds"]) },
		func(typed url.Values) kit.Form { return kit.Form{Values: typed, Problems: wrong} }).OnPage("kinds", "desired", "reason")
	return v.Render("start", StartPage{
		Wizard: wizard(v, c, cases.StepStart, f, "start"), Base: possible.BaseDay,
		Kinds: kindChoices(possible.Kinds, v.Actor().Role, len(held) > 0, f), Desired: desiredCalendar(possible, f),
		Reason: f.Field(kit.Field{Name: "reason", Label: "変更する理由", Rows: 5, Max: application.ReasonMax, Required: true,
			Hint: kit.Say("例：通関業務と混載業務の取扱量が増え、担当者を増員するため。")}),
	})
}

// startStored is the form as the draft has it; of a new draft the kinds are those that its address asks for.
func startStored(doc application.Document, asked []string) kit.Form {
	kinds := doc.Kinds
	if len(kinds) == 0 {
		kinds = asked
	}
	return kit.Form{Values: url.Values{"kinds": kinds, "desired": {doc.Desired.String()}, "reason": {doc.Reason}}}
}

// kindChoices are the kinds that can be applied for, by group, with the reason where one is not possible now. What is
// ticked can always be unticked, and the rule decides.
func kindChoices(kinds []catalogue.Kind, role account.Role, holds bool, f kit.Form) KindChoices {
	choices := KindChoices{Problems: f.Problems.At("kinds")}
	id := "kinds"
	for _, k := range kinds {
		if n := len(choices.Groups); n == 0 || choices.Groups[n-1].Name != k.Group {
			choices.Groups = append(choices.Groups, KindGroup{Name: k.Group})
		}
		choice := KindChoice{Choice: kit.Choice{Value: k.Key, Label: cases.KindLabel(k), Hint: kindHint(k.Key), Checked: slices.Contains(f.Values["kinds"], k.Key)},
			ID: "kinds=" + k.Key, Picture: k.Key, Alone: !k.StartDate}
		why := whyNotKind(k, role, holds)
		switch {
		case why.Text != "" && choice.Checked:
			choice.Hint = why
		case why.Text != "":
			choice.Refused = why
		case id != "":
			choice.ID, id = id, ""
		}
		last := &choices.Groups[len(choices.Groups)-1]
		last.Kinds = append(last.Kinds, choice)
	}
	return choices
}

// whyNotKind is why a kind cannot be applied for now: nothing is held yet, or another role asks for it.
func whyNotKind(k catalogue.Kind, role account.Role, holds bool) kit.Sentence {
	switch {
	case !k.StartDate && role != account.Administrator:
		return kit.Say("管理責任者だけがお申し込みいただけます。管理責任者に依頼してください。")
	case !slices.Contains(k.Operations, "add") && !holds, k.Key == kindNumbers && !holds:
		return kit.Say("契約中の利用者コードがないため、まだお申し込みいただけません。")
	}
	return kit.Sentence{}
}

// kindNumbers is the kind that adds numbers to codes that exist and deletes some.
const kindNumbers = "ident-number"

func kindHint(key string) kit.Sentence {
	switch key {
	case "user-code":
		return kit.Say("新しい利用者コードとその識別番号を申し込むか、契約中の利用者コードの内容を変更・削除します。")
	case kindNumbers:
		return kit.Say("契約中の利用者コードに識別番号だけを追加するか、使わない識別番号を削除します。")
	case "password-reissue":
		return kit.Say("参照期間を過ぎた場合などに、契約中の利用者IDのパスワードを新しく発行します。利用開始希望日はありません。ほかの申込内容と同時には申し込めません。")
	}
	return kit.Sentence{}
}

// SaveStart stores the page of what to apply for.
func (s *Pages) SaveStart(v *kit.Request) error {
	in, err := v.Form("version", "return", "do", "kinds", "desired", "reason")
	if in.Get("do") == "keep" && err == nil {
		return keep(v, in, "start", "start")
	}
	if err != nil {
		return err
	}
	ref, err := v.Ref(in)
	if err != nil {
		return err
	}
	if err := s.Desk.SaveStart(v.Ctx(), v.Actor(), ref, desk.StartForm{Kinds: in["kinds"], Desired: in.Get("desired"), Reason: in.Get("reason")}); err != nil {
		return err
	}
	return onward(v, in, "contact")
}

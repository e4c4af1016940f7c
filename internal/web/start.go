package web

import (
	"net/url"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/desk"
)

// A FlowPage is page E4, 「申込完了までの流れ」.
type FlowPage struct {
	Frame
	Start desk.StartPage
	Rules string
}

func (s *Server) showFlow(v *visit, f Form) error {
	start, err := s.Desk.Start(v.ctx(), v.actor())
	if err != nil {
		return err
	}
	data := FlowPage{Frame: v.frame("/apply", f), Start: start, Rules: s.operator.Rules}
	data.Back = Link{Text: "戻る", Address: "/contract"}
	return v.render("flow", data)
}

// begin makes a draft and leads to its first page.
func (s *Server) beginApplication(v *visit) error {
	if _, err := v.form(); err != nil {
		return err
	}
	ref, err := s.Desk.Begin(v.ctx(), v.actor())
	if err != nil {
		return err
	}
	return v.seeOther(applicationPath(ref.ID, "start"))
}

// A StartPage is page E5, what to apply for.
type StartPage struct {
	Wizard
	Groups  []KindGroup
	Desired DayCalendar
	Reason  Field
	Base    calendar.Date
}

// A KindGroup is the kinds of one group, as tick boxes.
type KindGroup struct {
	Name  string
	Kinds Choices
}

func (s *Server) showStart(v *visit, f Form) error {
	c, err := s.draft(v)
	if err != nil {
		return err
	}
	possible, err := s.Desk.Start(v.ctx(), v.actor())
	if err != nil {
		return err
	}
	kept := url.Values(c.Draft.Typed["start"])
	wrong, err := s.Desk.StartProblems(v.ctx(), desk.StartForm{Kinds: kept["kinds"], Desired: kept.Get("desired"), Reason: kept.Get("reason")})
	if err != nil {
		return err
	}
	f = reopened(c, "start", f, func() Form { return startStored(c.Document) },
		func(typed url.Values) Form { return Form{typed, wrong} }).onPage("kinds", "desired", "reason")
	return v.render("start", StartPage{
		Wizard: v.wizard(c, stepStart, f, "start"), Base: possible.BaseDay,
		Groups: kindGroups(possible.Kinds, f), Desired: desiredCalendar(possible, f),
		Reason: f.Field(Field{Name: "reason", Label: "変更する理由", Rows: 5, Max: application.ReasonMax, Required: true,
			Hint: Say("例：通関業務と混載業務の取扱量が増え、担当者を増員するため。")}),
	})
}

// startStored is the form as the draft has it.
func startStored(doc application.Document) Form {
	return Form{Values: url.Values{"kinds": doc.Kinds, "desired": {doc.Desired.String()}, "reason": {doc.Reason}}}
}

// kindGroups are the kinds that can be applied for now, by group.
func kindGroups(kinds []catalogue.Kind, f Form) []KindGroup {
	var groups []KindGroup
	for _, k := range kinds {
		if len(groups) == 0 || groups[len(groups)-1].Name != k.Group {
			groups = append(groups, KindGroup{Name: k.Group, Kinds: Choices{Name: "kinds", Label: "申込内容", Many: true, Required: true,
				Hint: Say("申し込むものにチェックを入れてください。")}})
		}
		last := &groups[len(groups)-1].Kinds
		last.Choices = append(last.Choices, Choice{Value: k.Key, Label: kindLabel(k), Hint: Say("新しい利用者コードと、その識別番号を申し込みます。業種・処理方式・管理統計資料もここで選びます。")})
	}
	for i := range groups {
		groups[i].Kinds = f.Choices(groups[i].Kinds)
	}
	return groups
}

// kindLabel names a kind with the operations it has.
func kindLabel(k catalogue.Kind) string {
	var words []string
	for _, o := range k.Operations {
		words = append(words, map[string]string{"add": "追加", "change": "変更", "delete": "削除", "reissue": "再発行"}[o])
	}
	return k.Name + "（" + strings.Join(words, "・") + "）"
}

// closing is the instant up to which a registration counts for a base day (R-APP-11).
func closing(base calendar.Date) Sentence { return Say("%s 17:00", base) }

// saveStart stores page E5.
func (s *Server) saveStart(v *visit) error {
	in, err := v.form("version", "return", "do", "kinds", "desired", "reason")
	if in.Get("do") == "keep" && err == nil {
		return v.keep(in, "start", "start")
	}
	if err != nil {
		return err
	}
	ref, err := v.ref(in)
	if err != nil {
		return err
	}
	if err := s.Desk.SaveStart(v.ctx(), v.actor(), ref, desk.StartForm{Kinds: in["kinds"], Desired: in.Get("desired"), Reason: in.Get("reason")}); err != nil {
		return err
	}
	return v.onward(in, "contact")
}

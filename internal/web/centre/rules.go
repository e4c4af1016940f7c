package centre

import (
	"slices"

	"uketsuke/internal/account"
	"uketsuke/internal/web/kit"
)

// A RulesPage says which kinds take two people to approve (R-EX-6); the supervisor changes it there.
type RulesPage struct {
	kit.Frame
	Rules     []RuleLine
	People    int
	TooFew    bool // fewer than two people could carry the rule out
	MayChange bool
	// AskPassword: nothing is changed before somebody has said again who they are.
	AskPassword bool
	Password    kit.Field
}

// A RuleLine is one kind.
type RuleLine struct {
	Kind, Name string
	FourEyes   bool
}

func (s *Pages) ShowRules(v *kit.Request, f kit.Form) error {
	rules, people, err := s.Desk.FourEyes(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	data := RulesPage{Frame: v.Frame("/desk/rules", f.OnPage("kind", "required", "password")), People: people, TooFew: people < 2,
		MayChange: v.Actor().Role == account.Supervisor}
	for _, rule := range rules {
		data.Rules = append(data.Rules, RuleLine{rule.Kind, rule.Name, rule.Required})
	}
	data.TooFew = data.TooFew && slices.ContainsFunc(data.Rules, func(r RuleLine) bool { return r.FourEyes })
	data.AskPassword = data.MayChange && !v.Confirmed()
	if data.Password, err = v.WhoField(f); err != nil {
		return err
	}
	data.Back = kit.Link{Text: "受付窓口に戻る", Address: "/desk"}
	return v.Render("rules", data)
}

// SetRule turns four eyes on or off for one kind.
func (s *Pages) SetRule(v *kit.Request) error {
	in, err := v.Form("kind", "required", "password")
	if err != nil {
		return err
	}
	if err := v.SureBy(in); err != nil {
		return err
	}
	if in.Get("kind") == "" {
		return v.SeeOther("/desk/rules", "ご本人であることを確認しました。5分の間、変更できます。")
	}
	if err := s.Desk.SetFourEyes(v.Ctx(), v.Actor(), in.Get("kind"), in.Get("required") == "yes"); err != nil {
		return err
	}
	return v.SeeOther("/desk/rules", "二人承認の設定を変更しました。判断を待っている申込にも適用されます。")
}

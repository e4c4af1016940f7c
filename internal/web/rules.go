package web

import (
	"slices"

	"uketsuke/internal/account"
)

// A RulesPage says which kinds take two people to approve (R-EX-6); the supervisor changes it there.
type RulesPage struct {
	Frame
	Rules     []RuleLine
	People    int
	TooFew    bool // fewer than two people could carry the rule out (trap 26)
	MayChange bool
	// AskPassword: nothing is changed before somebody has said again who they are.
	AskPassword bool
	Password    Field
}

// A RuleLine is one kind.
type RuleLine struct {
	Kind, Name string
	FourEyes   bool
}

func (s *Server) showRules(v *visit, f Form) error {
	rules, people, err := s.Desk.FourEyes(v.ctx(), v.actor())
	if err != nil {
		return err
	}
	data := RulesPage{Frame: v.frame("/desk/rules", f.onPage("kind", "required", "password")), People: people, TooFew: people < 2,
		MayChange: v.actor().Role == account.Supervisor}
	for _, rule := range rules {
		data.Rules = append(data.Rules, RuleLine{rule.Kind, rule.Name, rule.Required})
	}
	data.TooFew = data.TooFew && slices.ContainsFunc(data.Rules, func(r RuleLine) bool { return r.FourEyes })
	data.AskPassword = data.MayChange && !v.confirmed()
	if data.Password, err = v.whoField(f); err != nil {
		return err
	}
	data.Back = Link{Text: "受付窓口に戻る", Address: "/desk"}
	return v.render("rules", data)
}

// setRule turns four eyes on or off for one kind.
func (s *Server) setRule(v *visit) error {
	in, err := v.form("kind", "required", "password")
	if err != nil {
		return err
	}
	if err := v.sureBy(in); err != nil {
		return err
	}
	if in.Get("kind") == "" {
		return v.seeOther("/desk/rules", "ご本人であることを確認しました。5分の間、変更できます。")
	}
	if err := s.Desk.SetFourEyes(v.ctx(), v.actor(), in.Get("kind"), in.Get("required") == "yes"); err != nil {
		return err
	}
	return v.seeOther("/desk/rules", "二人承認の設定を変更しました。判断を待っている申込にも適用されます。")
}

package web

import (
	"net/url"
	"testing"

	"uketsuke/internal/problem"
	"uketsuke/internal/web/kit"
)

// A form answered with 422 shows each field as it was typed, with its own problems and no other's.
func TestFormKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	f := kit.Form{
		Values: url.Values{"reason": {" 全角　"}, "trades": {"customs", "bonded"}, "agreed": {"yes"}, "method": {"web"}},
		Problems: problem.List{
			problem.New("reason", "R-APP-3", "直してください。"), problem.New("reason.x", "R-APP-3", "別の項目です。"),
			problem.New("trades", "R-APP-5", "直してください。"),
		},
	}
	if got := f.Field(kit.Field{Name: "reason"}); got.Value != " 全角　" || len(got.Problems) != 1 {
		t.Errorf("field is %+v, want the typed value and one problem", got)
	}
	if got := f.Select(kit.Select{Name: "method"}); got.Value != "web" || len(got.Problems) != 0 {
		t.Errorf("select is %+v, want web and no problem", got)
	}
	if got := f.Tick(kit.Tick{Name: "agreed"}); !got.Checked {
		t.Errorf("tick is %+v, want it checked", got)
	}
	offered := []kit.Choice{{Value: "sea"}, {Value: "customs"}, {Value: "bonded"}}
	got := f.Choices(kit.Choices{Name: "trades", Many: true, Choices: offered})
	for i, want := range []bool{false, true, true} {
		if got.Choices[i].Checked != want {
			t.Errorf("choice %s checked is %v, want %v", got.Choices[i].Value, got.Choices[i].Checked, want)
		}
	}
	if offered[1].Checked {
		t.Error("the offered choices were changed, want a copy")
	}
}

func TestSummaryLinkFindsAChoiceThatCanBeMade(t *testing.T) {
	t.Parallel()
	refused := kit.Say("選べません。")
	tests := []struct {
		name    string
		choices []kit.Choice
		want    []string
	}{
		{"all possible", []kit.Choice{{Value: "a"}, {Value: "b"}}, []string{"x", "x=b"}},
		{"first refused", []kit.Choice{{Value: "a", Refused: refused}, {Value: "b"}}, []string{"x=a", "x"}},
		{"none possible", []kit.Choice{{Value: "a", Refused: refused}, {Value: "b", Refused: refused}}, []string{"x", "x=b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for i, want := range tt.want {
				if got := (kit.Choices{Name: "x", Choices: tt.choices}).ID(i); got != want {
					t.Errorf("id of place %d is %q, want %q", i, got, want)
				}
			}
		})
	}
}

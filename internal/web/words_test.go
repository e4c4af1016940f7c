package web

import (
	"testing"

	"uketsuke/internal/application"
	"uketsuke/internal/problem"
	"uketsuke/internal/secret"
	"uketsuke/internal/web/kit"
)

// What rule packages put together from words is put together in English too, and nothing else is.
func TestWordsPutTogether(t *testing.T) {
	t.Parallel()
	texts, err := kit.ReadTexts()
	if err != nil {
		t.Fatal(err)
	}
	texts.Take(builtIn(t))
	two := application.Document{Codes: []application.CodeItem{{Placeholder: 1, Rows: make([]application.Row, 2)}, {Placeholder: 2}}}
	tests := []struct{ name, text, want string }{
		{"placeholder", application.PlaceholderName(12), "New code 12"},
		{"placeholder with its code", "追加1（1ANAC）", "New code 1 (1ANAC)"},
		{"item", "利用者コード（追加）", "User code (new)"},
		{"trades, in the catalogue's English", "通関業・混載業", "Customs broker, Air consolidator"},
		{"short names", "通関・混載", "Customs broker, Air consolidator"},
		{"label of a difference", "追加1 2行目 業種", "New code 1 row 2 Trade"},
		{"item of a remark", "追加1のシステム設定", "New code 1: system settings"},
		{"legend of one code", application.Legend(two)[0], "New code 1: its rows share one user code"},
		{"legend of several", application.Legend(two)[1], "New code 1 and New code 2 are different user codes"},
		{"spelt", secret.Spell("A7"), "A Alfa, 7 seven"},
		{"what was saved", "申込担当者、利用者コード2件", "Applicant, 2 user code(s)"},
		{"a part is no word of ours", "通関業・見本商事", "通関業・見本商事"},
		{"a number that is none", "追加x", "追加x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := texts.Text(kit.English, tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if got := texts.Text(kit.Japanese, tt.text); got != tt.text {
				t.Errorf("in Japanese: got %q, want %q", got, tt.text)
			}
		})
	}
}

func TestLabelsInProblemsAreEnglish(t *testing.T) {
	t.Parallel()
	texts, err := kit.ReadTexts()
	if err != nil {
		t.Fatal(err)
	}
	texts.Take(builtIn(t))
	p := problem.New("phone", "R-SET-3", "%sは13桁の数字で入力してください。ハイフンは使えません。", "法人番号")
	if got, want := texts.Problem(kit.English, p), "Corporate number: please enter 13 digits, without hyphens."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestChangedLines(t *testing.T) {
	t.Parallel()
	texts, err := kit.ReadTexts()
	if err != nil {
		t.Fatal(err)
	}
	lines := kit.ChangedLines([]application.Difference{
		{Where: "利用開始希望日", Field: "desired", Before: "2024年12月10日(火)", After: ""},
		{Where: "変更する理由", Field: "reason", Before: "変更", After: "100%"},
		{Where: "追加1 システム設定区分", Field: "codes.1.category", Before: "航空", After: "海上"},
	})
	want := [][2]string{{"Tue 10 December 2024", ""}, {"変更", "100%"}, {"Air", "Sea"}}
	for i, l := range lines {
		if got := [2]string{texts.Sentence(kit.English, l.Before), texts.Sentence(kit.English, l.After)}; got != want[i] {
			t.Errorf("%s: got %q, want %q", l.Where, got, want[i])
		}
	}
}

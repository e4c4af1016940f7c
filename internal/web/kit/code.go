package kit

import (
	"strings"

	"uketsuke/internal/desk"
)

// A PreviewID is one ID of the picture with its trades in words.
type PreviewID struct {
	Code, Number, Trades, Method string
}

// A WorkedCase is one of the three ways to arrange two trades.
type WorkedCase struct {
	Title, When string
	Settings    string
	IDs         []PreviewID
}

// TradeWords are trades by their short names, as the table 「申込情報」 has them.
func (s *Kit) TradeWords(keys []string) string {
	words := make([]string, len(keys))
	for i, key := range keys {
		words[i] = key
		if trade, ok := s.Desk.Catalogue.Trade(key); ok {
			words[i] = trade.Name
		}
	}
	return strings.Join(words, "・")
}

// MethodWord is the name of a way to connect.
func (s *Kit) MethodWord(key string) string {
	if m, ok := s.Desk.Catalogue.Method(key); ok {
		return m.Name
	}
	return key
}

// WorkedCases are the three ways to arrange two trades, with the IDs they give in the establishment's
// first office code.
func WorkedCases(e desk.Establishment) ([]WorkedCase, IDFigure) {
	first, second := "1ANAC", "1BNAC"
	if e.Region != "" && len(e.Abbreviations) > 0 {
		first, second = e.Region+"A"+e.Abbreviations[0], e.Region+"B"+e.Abbreviations[0]
	}
	return []WorkedCase{
		{Title: "識別で分ける", When: "業種ごとに利用者IDを分け、利用者コードは同じにします。", Settings: "シングルサインオン「否」で、通関業と混載業を選びます。",
			IDs: []PreviewID{{first, "A0A", "通関業", "netNACCS"}, {first, "A0B", "混載業", "netNACCS"}}},
		{Title: "同一識別で複数業種", When: "1つの利用者IDで、複数の業種を使います。", Settings: "シングルサインオン「要」で、通関業と混載業を選びます。",
			IDs: []PreviewID{{first, "A0A", "通関業・混載業", "netNACCS"}}},
		{Title: "利用者コードで分ける", When: "業種ごとに利用者コードから分けます。", Settings: "この画面で通関業を設定したあと、一覧から新規に利用者コードを追加し、混載業を設定します。",
			IDs: []PreviewID{{first, "A0A", "通関業", "netNACCS"}, {second, "A0A", "混載業", "netNACCS"}}},
	}, IDFigure{Code: first, Number: "A0A"}
}

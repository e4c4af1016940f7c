package application

import (
	"encoding/json"
	"testing"

	"uketsuke/internal/calendar"
)

func TestWordsInSentences(t *testing.T) {
	day := dayWord(d("2024-12-10"))
	if day.Japanese() != "2024年12月10日(火)" || day.English() != "Tue 10 December 2024" || day.String() != day.Japanese() {
		t.Errorf("a day: %q %q", day.Japanese(), day.English())
	}
	if w := (Word{ja: "共用"}); w.English() != "共用" {
		t.Errorf("a word without English: %q", w.English())
	}
	if text, err := json.Marshal(day); err != nil || string(text) != `"2024年12月10日(火)"` {
		t.Errorf("as JSON: %s %v", text, err)
	}
}

func TestStartPageProblems(t *testing.T) {
	g := ground(t)
	expectOne(t, StartPageProblems([]string{"user-code"}, d("2024-12-12"), FoldLines(" 増員\r\nのため "), g), "", "")
	l := StartPageProblems(nil, calendar.Date{}, "", g)
	if len(l) != 3 || l[0].Field != "kinds" || l[1].Field != "desired" || l[2].Field != "reason" {
		t.Errorf("R-APP-12 nothing typed: %v", l)
	}
	wellFormed(t, l)
}

func TestTradesOfOneRow(t *testing.T) {
	g := ground(t)
	l := RowProblems(shared("customs-broker", "bonded-warehouse"), CategoryCommon, g.Catalogue)
	expectOne(t, l, "trades", "R-APP-3")
	l = RowProblems(shared("customs-broker", "consolidator", "consolidator"), CategoryCommon, g.Catalogue)
	expectOne(t, l, "trades", "R-APP-1")
}

package kit

import (
	"regexp"
	"strconv"
	"strings"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
)

// A Word is an argument of a Sentence that is one of our words, such as 追加1, and not something typed: it
// is said in the language of the page.
type Word string

// Japanese is the word as it stands.
func (w Word) Japanese() string { return string(w) }

// A ChangedLine is something that stands differently in two versions; a zero Sentence is not there.
type ChangedLine struct {
	Where         string // Japanese label
	Before, After Sentence
}

// ChangedLines are differences with our words and days to be said in the language of the page, and with
// what was typed as it stands.
func ChangedLines(differences []application.Difference) []ChangedLine {
	lines := make([]ChangedLine, len(differences))
	for i, d := range differences {
		lines[i] = ChangedLine{d.Where, changedValue(d.Field, d.Before), changedValue(d.Field, d.After)}
	}
	return lines
}

func changedValue(field, value string) Sentence {
	head, _, _ := strings.Cut(field, ".")
	written, _, _ := strings.Cut(value, "(") // the day of the week
	switch day, err := calendar.ParseTyped(written); {
	case value == "":
		return Sentence{}
	case field == "desired" && err == nil:
		return Say("%s", day)
	case head == "kinds" || head == "codes":
		return Say(value)
	}
	return Say("%s", value)
}

// Take adds the English names that a catalogue states itself, so that en.json need not repeat them; what
// en.json says stays. It is called before the first page is shown.
func (t *Texts) Take(c *catalogue.Catalogue) {
	name := func(japanese, english string) {
		if _, known := t.English[japanese]; !known && english != "" {
			t.English[japanese] = english
		}
	}
	for _, trade := range c.Trades {
		name(trade.Name, trade.English)
		name(trade.Short, trade.English)
	}
	for _, field := range c.Fields {
		name(field.Label, field.English)
	}
}

// numbered are the texts that rule packages complete with a number before they reach a page.
func numbered() []string {
	return []string{"追加%d", "%d行目", "利用者コード%d件", "利用者ID%d個"}
}

// endings are put behind a word by rule packages.
func endings() []string {
	return []string{"（追加）", "のシステム設定", " 同士は同じ利用者コードになります", " は異なる利用者コードになります"}
}

// A joint stands between words that rule packages put together.
type joint struct{ japanese, english string }

func joints() []joint {
	return []joint{{"、", ", "}, {"・", ", "}, {" と ", " and "}, {" ", " "}}
}

// JapaneseLetters finds kana and kanji.
var JapaneseLetters = regexp.MustCompile(`[\p{Hiragana}\p{Katakana}\p{Han}]`)

// InEnglish is a text in English; false when it or a part of it has none. A text that is not in the
// catalogue may be words put together: 追加1 1行目 業種, 通関・混載.
func (t *Texts) InEnglish(text string) (string, bool) {
	if english, ok := t.English[text]; ok {
		return english, true
	}
	if !JapaneseLetters.MatchString(text) {
		return text, true
	}
	for _, form := range numbered() {
		before, after, _ := strings.Cut(form, "%d")
		digits := strings.TrimSuffix(strings.TrimPrefix(text, before), after)
		if n, err := strconv.Atoi(digits); err == nil && before+digits+after == text {
			return t.Text(English, form, n), true
		}
	}
	for _, ending := range endings() {
		if word, ok := strings.CutSuffix(text, ending); ok {
			english, known := t.InEnglish(word)
			return english + t.English[ending], known
		}
	}
	// A code with what was issued for it, an item with its operations: 追加1（1ANAC）, 識別番号（追加・削除）.
	if word, rest, ok := strings.Cut(text, "（"); ok && strings.Index(rest, "）") == len(rest)-len("）") {
		english, known := t.InEnglish(word)
		within, also := t.InEnglish(strings.TrimSuffix(rest, "）"))
		return english + " (" + within + ")", known && also
	}
	return t.joined(text)
}

// joined is the English of words put together.
func (t *Texts) joined(text string) (string, bool) {
	for _, j := range joints() {
		if !strings.Contains(text, j.japanese) {
			continue
		}
		words := strings.Split(text, j.japanese)
		for i, word := range words {
			english, ok := t.InEnglish(word)
			if !ok {
				return text, false
			}
			words[i] = english
		}
		return strings.Join(words, j.english), true
	}
	return text, false
}

// A Month is the month of its day, shown in words.
type Month struct{ calendar.Date }

// Japanese is such as 2024年12月: the words of its day up to the month.
func (m Month) Japanese() string {
	words, _, _ := strings.Cut(m.Date.Japanese(), "月")
	return words + "月"
}

// English is such as December 2024.
func (m Month) English() string { return m.Start().Format("January 2006") }

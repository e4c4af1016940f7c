package application

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"uketsuke/internal/problem"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// A textRule bounds one text: its length in characters, whether it may be empty, whether it has lines.
type textRule struct {
	field, rule string
	label       Word
	max         int
	required    bool
	lines       bool
}

// check reports what is wrong with a folded value and says whether it is a text worth further checks:
// right so far and not empty.
func (t textRule) check(l *problem.List, value string) bool {
	length := utf8.RuneCountInString(value)
	switch {
	case value == "" && t.required:
		l.Add(t.field, t.rule, "%sを入力してください。", t.label)
	case value == "":
	case !Printable(value, t.lines):
		l.Add(t.field, t.rule, "%sに使用できない文字（制御文字など）が含まれています。取り除いてください。", t.label)
	case length > t.max:
		l.Add(t.field, t.rule, "%sは%d文字以内で入力してください（現在%d文字）。", t.label, t.max, length)
	default:
		return true
	}
	return false
}

// Printable says whether a text holds nothing but characters that can be shown and printed as typed: no
// control or invisible formatting characters, which could also turn the order of what is read.
func Printable(s string, lines bool) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if r == '\n' && lines {
			continue
		}
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp) || r == utf8.RuneError {
			return false
		}
	}
	return true
}

// FoldLines makes one spelling of a text of several lines, such as the reason: composed characters, line
// ends as "\n", no blanks around it.
func FoldLines(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.TrimSpace(norm.NFC.String(s))
}

// foldLine makes one spelling of a text of one line.
func foldLine(s string) string { return strings.TrimSpace(norm.NFC.String(s)) }

// foldNarrow makes half-width what has a half-width form for machines: digits, Latin letters, signs.
func foldNarrow(s string) string { return strings.TrimSpace(width.Fold.String(s)) }

// foldPhone is foldNarrow with the dashes of Japanese keyboards as hyphens and without blanks.
func foldPhone(s string) string {
	s = strings.NewReplacer("ー", "-", "−", "-", "‐", "-", "–", "-", "—", "-", "―", "-", "ｰ", "-", " ", "", "　", "").Replace(s)
	return strings.ReplaceAll(foldNarrow(s), " ", "")
}

// foldKana writes kana as full-width katakana.
func foldKana(s string) string {
	composed := norm.NFC.String(width.Fold.String(s))
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r >= 'ぁ' && r <= 'ゖ' {
			return r + ('ァ' - 'ぁ')
		}
		return r
	}, composed))
}

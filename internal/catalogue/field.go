package catalogue

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"uketsuke/internal/calendar"
	"uketsuke/internal/problem"
	"uketsuke/internal/userid"
)

// A Field is a row of setting-fields.csv. Max counts characters, 0 is no limit; Pattern is "" or a regular
// expression for the whole value. Made by Load.
type Field struct {
	Tab, Key, Label, English, Type string
	Max                            int
	Required                       bool
	Pattern, Hint                  string

	whole   *regexp.Regexp // Pattern, matched whole; nil without one
	regions []Region       // of the same catalogue
}

// choiceType begins a type that names its choices: "choice:直納|MPN".
const choiceType = "choice:"

// TypeBondedArea is the type of a field that holds a bonded-area code (R-APP-9).
const TypeBondedArea = "bonded-area"

// Check reads what was typed in the field (R-SET-3) and gives the value that is kept, or what is wrong with
// it. In this order:
//   - control characters and broken text are refused; blanks around are trimmed, and nothing is "",
//     which is right here whether Required or not;
//   - widths are folded and the value is brought into the form of its type, if it is of that type;
//   - it has at most Max characters;
//   - it matches Pattern as a whole.
//
// The problem's field is the field's key.
func (f Field) Check(typed string) (value string, p *problem.Problem) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return "", nil
	}
	if !printable(typed) {
		return f.wrong("%sに使えない文字（制御文字など）が含まれています。その文字を取り除いて入力し直してください。")
	}
	value, text := f.typed(typed)
	if text != "" {
		return f.wrong(text)
	}
	if count := utf8.RuneCountInString(value); f.Max > 0 && count > f.Max {
		return f.wrong("%sは%d文字以内で入力してください（いまは%d文字です）。", f.Max, count)
	}
	if f.whole != nil && !f.whole.MatchString(value) {
		return f.mismatch()
	}
	return value, nil
}

// wrong is a problem whose sentence begins with the label.
func (f Field) wrong(text string, args ...any) (string, *problem.Problem) {
	p := problem.New(f.Key, "R-SET-3", text, append([]any{f.Label}, args...)...)
	return "", &p
}

// mismatch is the problem of a value that is of its type but not of its pattern; the hint is the remedy, or
// else the sentence of the type.
func (f Field) mismatch() (string, *problem.Problem) {
	switch {
	case f.Type == "phone":
		return f.wrong(phoneText)
	case f.Hint != "":
		return f.wrong("%sの形式が正しくありません。次のきまりや例に合わせて入力してください：%s", f.Hint)
	case f.Max > 0:
		return f.wrong("%sの桁数または文字の種類が正しくありません。%d文字以内の正しい形式を確認して、入力し直してください。", f.Max)
	}
	return f.wrong("%sの形式が正しくありません。正しい形式を確認して、入力し直してください。")
}

const phoneText = "%sは、市外局番から10桁または11桁の数字で入力してください（例：03-1234-5678）。ハイフンはなくてもかまいません。"

// typed brings what was typed into the form of the field's type; text is the sentence if it is not of it.
func (f Field) typed(typed string) (value, text string) {
	folded := hyphens(FoldText(typed))
	switch f.Type {
	case "latin":
		return latin(folded)
	case "kana":
		return kana(FoldText(typed))
	case "code", TypeBondedArea:
		return code(folded)
	case "date":
		return date(typed)
	case "phone":
		return phone(folded)
	case "corporate-number":
		return corporateNumber(folded)
	case "yes-no", "prefecture", "customs-region":
		return f.choose(folded)
	}
	if strings.HasPrefix(f.Type, choiceType) {
		return f.choose(FoldText(typed))
	}
	return folded, ""
}

func latin(s string) (value, text string) {
	// Japanese keyboards give ’ for the apostrophe in full width.
	s = userid.Fold(strings.ReplaceAll(s, "’", "'"))
	if strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) {
		return "", "%sは半角の英字・数字・記号で入力してください。漢字やかなは使えません。"
	}
	return s, ""
}

func kana(s string) (value, text string) {
	s = katakana(s)
	if strings.ContainsFunc(s, func(r rune) bool { return (r < 'ァ' || r > 'ヾ') && r != ' ' }) {
		return "", "%sは全角カタカナで入力してください。英字、数字、漢字は読みをカタカナで入力してください。"
	}
	return s, ""
}

func code(s string) (value, text string) {
	s = userid.Fold(s)
	if strings.ContainsFunc(s, func(r rune) bool { return !isDigit(r) && (r < 'A' || r > 'Z') }) {
		return "", "%sは英字と数字だけで入力してください。ハイフンや空白は使えません。"
	}
	return s, ""
}

func date(s string) (value, text string) {
	d, err := calendar.ParseTyped(s)
	if err != nil {
		return "", "%sは実在する日付で入力してください。「2024-04-01」「2024年4月1日」「令和6年4月1日」「R6.4.1」のように入力できます。"
	}
	return d.String(), ""
}

func phone(s string) (value, text string) {
	digits := strings.ReplaceAll(s, "-", "")
	if len(digits) < 10 || len(digits) > 11 || !allDigits(digits) {
		return "", phoneText
	}
	return s, ""
}

func allDigits(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return !isDigit(r) })
}

// corporateNumber checks the first of the thirteen digits: 9 less the remainder by 9 of the sum of the others,
// of which every second from the right, beginning with the second, counts twice.
func corporateNumber(s string) (value, text string) {
	if len(s) != 13 || !allDigits(s) {
		return "", "%sは13桁の数字で入力してください。ハイフンは使えません。"
	}
	sum := 0
	for i, weight := 12, 1; i > 0; i, weight = i-1, 3-weight {
		sum += int(s[i]-'0') * weight
	}
	if int(s[0]-'0') != 9-sum%9 {
		return "", "%sの検査数字（先頭の1桁）が合いません。番号をもう一度ご確認のうえ、入力し直してください。"
	}
	return s, ""
}

// printable says whether a text can stand in one line of a letter: no control or invisible formatting
// characters, no line ends, no private characters, no broken encoding.
func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp) || r == utf8.RuneError
	})
}

// choose finds the value that a folded text names: the value itself or what is shown for it.
func (f Field) choose(folded string) (value, text string) {
	if f.Type == "prefecture" {
		folded = fullPrefecture(folded)
	}
	choices := f.Choices()
	if slices.Contains(choices, folded) {
		return folded, "" // stored values are, so that checking them again folds no choice
	}
	for _, choice := range choices {
		if folded == FoldText(choice) || folded == FoldText(f.Shown(choice)) {
			return choice, ""
		}
	}
	return "", "%sは、示された選択肢の中から選んでください。"
}

// Choices is the values to choose from, nil where the value is typed freely.
func (f Field) Choices() []string {
	switch f.Type {
	case "yes-no":
		return []string{"yes", "no"}
	case "prefecture":
		return strings.Fields(prefectures)
	case "customs-region":
		codes := make([]string, len(f.regions))
		for i, r := range f.regions {
			codes[i] = r.Code
		}
		return codes
	}
	if choices, ok := strings.CutPrefix(f.Type, choiceType); ok {
		return strings.Split(choices, "|")
	}
	return nil
}

// Shown is how a value that Check gave is shown to people: はい for yes, a customs region by its name, a
// date as 2024年4月1日(月); every other value as it is.
func (f Field) Shown(value string) string {
	switch f.Type {
	case "yes-no":
		if i := slices.Index([]string{"yes", "no"}, value); i >= 0 {
			return []string{"はい", "いいえ"}[i]
		}
	case "customs-region":
		if r, ok := first(f.regions, func(r Region) bool { return r.Code == value }); ok {
			return r.Name
		}
	case "date":
		if d, err := calendar.ParseDate(value); err == nil {
			return d.Japanese()
		}
	}
	return value
}

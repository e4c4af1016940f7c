package userid

import (
	"regexp"
	"strings"

	"golang.org/x/text/width"

	"uketsuke/internal/problem"
)

// A Malformed error says that something typed is no such identifier, and in its problem which rule it
// breaks and what is right. The problem's field is "code", "number", "id" or "abbreviation"; callers with
// other names for it change the field.
type Malformed struct {
	Problem problem.Problem
}

func (m Malformed) Error() string {
	return "reading " + m.Problem.Field + " [" + m.Problem.Rule + "]: " + m.Problem.String()
}

// Numbers of both classes; the letters include I and O, which are read but never generated (R-ID-5).
var (
	codePattern         = regexp.MustCompile(`^[0-9A-Z]{5}$`)
	numberPattern       = regexp.MustCompile(`^(?:[A-Z][0-9][A-Z]|[0-9]{3})$`)
	abbreviationPattern = regexp.MustCompile(`^[0-9A-Z]{3}$`)
)

// Fold makes half-width capitals of what was typed and trims blanks (R-ID-5): "１ａｎａｃ " is "1ANAC". Only
// a–z are raised: other scripts have letters whose capital is a Latin I or S, and those are typing faults.
func Fold(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r - 'a' + 'A'
		}
		return r
	}, strings.TrimSpace(width.Fold.String(s)))
}

// ParseCode reads a user code: five characters 0–9, A–Z, I and O among them (R-ID-2, R-ID-5).
func ParseCode(s string) (Code, error) {
	folded := Fold(s)
	if !codePattern.MatchString(folded) {
		return "", Malformed{problem.New("code", "R-ID-2",
			"利用者コードは英数字5文字です。「1ANAC」のように入力してください。")}
	}
	return Code(folded), nil
}

// ParseAbbreviation reads a company abbreviation: three characters 0–9, A–Z (R-ID-2).
func ParseAbbreviation(s string) (string, error) {
	folded := Fold(s)
	if !abbreviationPattern.MatchString(folded) {
		return "", Malformed{problem.New("abbreviation", "R-ID-2",
			"企業略称は英数字3文字です。「NAC」のように入力してください。")}
	}
	return folded, nil
}

// ParseNumber reads an identification number: letter-digit-letter, or 001–999 (R-ID-4).
func ParseNumber(s string) (Number, error) {
	folded := Fold(s)
	if !numberPattern.MatchString(folded) || folded == "000" {
		return "", Malformed{problem.New("number", "R-ID-4",
			"識別番号は、netNACCSでは「A0A」のように英字・数字・英字の3文字、その他では001～999の数字3桁で入力してください。")}
	}
	return Number(folded), nil
}

// ParseID reads a user ID: a code and a number without anything between them (R-ID-1).
func ParseID(s string) (ID, error) {
	folded := Fold(s)
	if len(folded) != idLength || !codePattern.MatchString(folded[:codeLength]) {
		return "", Malformed{problem.New("id", "R-ID-1",
			"利用者IDは、利用者コード5文字と識別番号3文字を続けた8文字です。「1ANACA0A」のように入力してください。")}
	}
	number, err := ParseNumber(folded[codeLength:])
	if err != nil {
		return "", Malformed{problem.New("id", "R-ID-4",
			"利用者IDの末尾3文字は識別番号です。netNACCSでは「A0A」のように英字・数字・英字、その他では001～999の数字3桁で入力してください。")}
	}
	return NewID(Code(folded[:codeLength]), number), nil
}

package catalogue

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// FoldText makes one width of a name: letters, digits and signs half width, kana full width, voiced kana
// composed. Compatibility forms such as ㈱ and ① stay as typed, since a name may be registered with them.
func FoldText(s string) string {
	if isASCII(s) {
		return s // most values are, and there is nothing to fold
	}
	return norm.NFC.String(width.Fold.String(s))
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] > unicode.MaxASCII {
			return false
		}
	}
	return true
}

// SearchKey makes equal what people take for the same when they search: width, case, hiragana and
// katakana, ㈱ and (株), and blanks make no difference. Keys are compared, never shown.
func SearchKey(s string) string {
	s = katakana(strings.ToUpper(norm.NFKC.String(strings.ToValidUTF8(s, "\uFFFD"))))
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
	// What stood apart may belong together now: ハ゛ is ハ, a blank and a mark before it is バ.
	return norm.NFKC.String(s)
}

// maxTerms bounds how many words of a search are looked at, MaxSearch how many bytes of what was typed.
const (
	maxTerms  = 8
	MaxSearch = 600 // two hundred characters of Japanese
)

// CutSearch is what counts of what somebody searches for.
func CutSearch(typed string) string {
	if len(typed) <= MaxSearch {
		return typed
	}
	return strings.ToValidUTF8(typed[:MaxSearch], "")
}

// SearchTerms are the words of what somebody searches for, each to be contained in a search key from which
// the hyphens were taken (R-APP-19): 03-1234-5678, ０３ー１２３４−５６７８ and 0312345678 are one number. Keys are stored
// with the hyphens they were typed with and lose them when they are compared, so that those written under an
// earlier folding are found like new ones.
func SearchTerms(typed string) []string {
	var terms []string
	for _, word := range strings.Fields(norm.NFKC.String(CutSearch(typed))) {
		if key := strings.ReplaceAll(SearchKey(hyphens(word)), "-", ""); key != "" && len(terms) < maxTerms {
			terms = append(terms, key)
		}
	}
	return terms
}

// katakana turns hiragana into katakana, which stand in the same order 0x60 further on.
func katakana(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'ぁ' && r <= 'ゖ' || r == 'ゝ' || r == 'ゞ' {
			return r + 0x60
		}
		return r
	}, s)
}

// hyphens makes a hyphen of what keyboards put for one between two digits: 03ー1234ー5678, 1−2−3.
func hyphens(s string) string {
	if isASCII(s) {
		return s
	}
	runes := []rune(s)
	for i := 1; i+1 < len(runes); i++ {
		if strings.ContainsRune("ー−‐‑", runes[i]) && isDigit(runes[i-1]) && isDigit(runes[i+1]) {
			runes[i] = '-'
		}
	}
	return string(runes)
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

package account

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

//go:embed passwords/commonest.csv
var commonPasswords string

// common are the common passwords in lower case.
var common = sync.OnceValue(func() map[string]bool {
	words := map[string]bool{}
	for word := range strings.Lines(commonPasswords) {
		words[strings.TrimSuffix(word, "\n")] = true
	}
	return words
})

// mostPieces is of how many common pieces a password may be made and still be a guess.
const mostPieces = 2

// isCommon says whether a password is one that is tried early: a common one, two of them put together, or one with
// words that belong to the person or the place, with figures, signs and runs around and between. Few of the
// passwords that are seen most are as long as is asked for here; those that are long are made in this way.
func isCommon(password string, words []string) bool {
	own := ownWords(words)
	password = strings.ToLower(password)
	for _, folded := range []string{password, unleet(password), signless(password), letters(password), letters(unleet(password))} {
		if isRepeated(folded) || pieces([]rune(folded), own) <= mostPieces {
			return true
		}
	}
	return false
}

// isRepeated says whether a text is one and the same again and again: it is worth no more than that one.
func isRepeated(text string) bool {
	return text == "" || strings.Contains((text + text)[1:2*len(text)-1], text)
}

// letters leaves out what is put around words to make them longer.
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsMark(r) {
			return r
		}
		return -1
	}, text)
}

// signless leaves out what is neither letter nor figure.
func signless(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r) {
			return r
		}
		return -1
	}, text)
}

// unleet reads the signs that are used for letters.
func unleet(text string) string {
	return strings.NewReplacer("@", "a", "4", "a", "0", "o", "1", "i", "!", "i", "$", "s", "5", "s", "3", "e", "7", "t").Replace(text)
}

// ownWords are the words of person and place as letters: whole, and word by word. Two letters say nothing.
func ownWords(words []string) map[string]bool {
	own := map[string]bool{}
	for _, word := range words {
		word = strings.ToLower(Prepared(word))
		for _, part := range append(strings.FieldsFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }), letters(word)) {
			if utf8.RuneCountInString(part) > 2 || !isASCII(part) && utf8.RuneCountInString(part) > 1 {
				own[part] = true
			}
		}
	}
	return own
}

func isASCII(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}

// pieces is into how few common pieces a text can be cut; more than mostPieces when it cannot.
func pieces(text []rune, own map[string]bool) int {
	least := make([]int, len(text)+1) // of the text up to here
	for end := 1; end <= len(text); end++ {
		least[end] = mostPieces + 1
		for begin := range end {
			if least[begin] < least[end]-1 && isPiece(string(text[begin:end]), own) {
				least[end] = least[begin] + 1
			}
		}
	}
	return least[len(text)]
}

func isPiece(text string, own map[string]bool) bool {
	if own[text] || isRun(text) {
		return true
	}
	return common()[text]
}

// isRun says whether a text is all figures, one character again and again, or a stretch of the alphabet or of a keyboard.
func isRun(text string) bool {
	if strings.Trim(text, "0123456789") == "" {
		return true
	}
	first, _ := utf8.DecodeRuneInString(text)
	if strings.Count(text, string(first)) == utf8.RuneCountInString(text) {
		return true
	}
	for _, row := range []string{"abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm"} {
		if len(text) > 2 && (strings.Contains(row, text) || strings.Contains(reversed(row), text)) {
			return true
		}
	}
	return false
}

func reversed(text string) string {
	var b strings.Builder
	for i := len(text) - 1; i >= 0; i-- {
		b.WriteByte(text[i])
	}
	return b.String()
}

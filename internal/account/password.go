package account

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"uketsuke/internal/problem"
)

// The bounds of a password in characters (NIST SP 800-63B-4: 15 where it is the only factor). Nothing is
// asked of its composition.
const (
	PasswordMin = 15
	PasswordMax = 128
)

// PasswordProblems judges a new password typed twice: its length, that it says more than the words that
// belong to the person, and that it is no run of few characters. Fields are "password" and "again".
func PasswordProblems(password, again string, words ...string) problem.List {
	var l problem.List
	switch n := utf8.RuneCountInString(password); {
	case n < PasswordMin:
		l.Add("password", "ASVS-6.2.1", "パスワードは%d文字以上で入力してください（現在%d文字）。空白を含む短い文章も使えます。", PasswordMin, n)
	case n > PasswordMax:
		l.Add("password", "ASVS-6.2.9", "パスワードは%d文字以内で入力してください（現在%d文字）。", PasswordMax, n)
	case strings.ContainsFunc(password, unicode.IsControl) || !utf8.ValidString(password):
		l.Add("password", "ASVS-6.2.8", "パスワードに使えない制御文字が含まれています。取り除いてください。")
	case isWeak(password, words):
		l.Add("password", "ASVS-6.2.4", "このパスワードは推測されやすいため使えません。ログインIDや氏名の繰り返し、同じ文字の並びを避けてください。")
	}
	if password != again {
		l.Add("again", "ASVS-6.2.8", "2回の入力が一致しません。同じパスワードをもう一度入力してください。")
	}
	return l
}

// isWeak says whether little is left of a password without the words that belong to the person, or
// whether it is made of very few different characters.
func isWeak(password string, words []string) bool {
	rest := strings.ToLower(password)
	for _, word := range words {
		if word = strings.ToLower(strings.TrimSpace(word)); utf8.RuneCountInString(word) > 2 {
			rest = strings.ReplaceAll(rest, word, "")
		}
	}
	different := map[rune]bool{}
	for _, r := range rest {
		different[r] = true
	}
	return len(different) < 5
}

package account

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"uketsuke/internal/problem"

	"golang.org/x/text/unicode/norm"
)

// The bounds of a password in characters (ASVS 6.2.1, 6.2.9; NIST SP 800-63B-4: 15 where it is the only factor).
// Nothing is asked of its composition, and it never has to be changed.
const (
	PasswordMin           = 15
	PasswordMinWithFactor = 12
	PasswordMax           = 128
)

// mostTyped bounds, in bytes, what is looked at of a password.
const mostTyped = 4096

// A NewPassword is one that somebody has chosen and typed twice.
type NewPassword struct {
	Password, Again string
	// SecondFactor says that it is not the person's only factor.
	SecondFactor bool
	// Words belong to the person or the place: login, name, mail address, company, establishment, product, operator.
	Words []string
}

// Least is how many characters the password needs.
func (n NewPassword) Least() int {
	if n.SecondFactor {
		return PasswordMinWithFactor
	}
	return PasswordMin
}

// Length is how many characters a password has, as Least counts them.
func Length(password string) int { return utf8.RuneCountInString(Prepared(password)) }

// Problems judges a new password: its length, that it is no common one nor made of words that anybody would try
// first, and that both typings are the same. Fields are "password" and "again".
func (n NewPassword) Problems() problem.List {
	var l problem.List
	password := Prepared(n.Password)
	switch count := utf8.RuneCountInString(password); {
	case count < n.Least():
		l.Add("password", "ASVS-6.2.1", "パスワードは%d文字以上で入力してください（現在%d文字）。空白を含む短い文章も使えます。", n.Least(), count)
	case count > PasswordMax:
		l.Add("password", "ASVS-6.2.9", "パスワードは%d文字以内で入力してください（現在%d文字）。", PasswordMax, count)
	case strings.ContainsFunc(password, unicode.IsControl) || !utf8.ValidString(password):
		l.Add("password", "ASVS-6.2.8", "パスワードに使えない制御文字が含まれています。取り除いてください。")
	case isWeak(password, n.Words) || isCommon(password, n.Words):
		l.Add("password", "ASVS-6.2.4", "このパスワードは推測されやすいため使えません。よく使われるパスワード、ログインIDや氏名、会社名の繰り返し、同じ文字の並びを避けてください。")
	}
	if n.Password != n.Again {
		l.Add("again", "ASVS-6.2.8", "2回の入力が一致しません。同じパスワードをもう一度入力してください。")
	}
	return l
}

// Prepared is a password as it is hashed: normalised (NFKC), so that the same characters typed on another keyboard,
// in full width or put together from marks, are the same password. Nothing is cut off; what is far too long to be
// one, or broken, stays as it is.
func Prepared(password string) string {
	if len(password) > mostTyped || !utf8.ValidString(password) {
		return password
	}
	return norm.NFKC.String(password)
}

// isWeak says whether little is left of a password without the words that belong to the person, or
// whether it is made of very few different characters.
func isWeak(password string, words []string) bool {
	rest := strings.ToLower(password)
	own := slices.Collect(maps.Keys(ownWords(words)))
	// A long word first: what is left of it without a short one in it would count.
	slices.SortFunc(own, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	for _, word := range own {
		rest = strings.ReplaceAll(rest, word, "")
	}
	different := map[rune]bool{}
	for _, r := range rest {
		different[r] = true
	}
	return len(different) < 5
}

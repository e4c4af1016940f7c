package mail

import (
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// oneLine is typed text as it may stand within a line: what would break the line, or is not to be seen or
// turns the direction of writing, becomes a blank.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Zl, r) || unicode.Is(unicode.Zp, r) || unicode.Is(unicode.Bidi_Control, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.TrimSpace(s)
}

// lines is typed text of several lines, nil if there is none; each is cleaned as oneLine does, empty ones
// at both ends go.
func lines(s string) []string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n").Replace(s)
	if s = strings.TrimSpace(s); s == "" {
		return nil
	}
	parts := strings.Split(s, "\n")
	for i := range parts {
		parts[i] = oneLine(parts[i])
	}
	return parts
}

// tidy is a written letter without blanks at the ends of lines and with at most one empty line in a row,
// whatever parts of its template stayed empty.
func tidy(body string) string {
	var kept []string
	for line := range strings.Lines(strings.TrimSpace(body)) {
		line = strings.TrimRightFunc(line, unicode.IsSpace)
		if line == "" && kept[len(kept)-1] == "" {
			continue
		}
		kept = append(kept, line)
	}
	return strings.Join(kept, "\n") + "\n"
}

// isASCIIWord says whether s is one or more visible ASCII characters other than angle brackets.
func isASCIIWord(s string) bool {
	bad := func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '<' || r == '>' }
	return s != "" && strings.IndexFunc(s, bad) < 0
}

// asciiDomain is a mail domain as it travels: 例え.jp is xn--r8jz45g.jp.
func asciiDomain(domain string) (string, error) { return idna.Lookup.ToASCII(domain) }

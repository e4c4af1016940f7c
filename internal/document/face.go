package document

import (
	"strings"
	"unicode"

	"github.com/signintech/gopdf"
	"golang.org/x/text/unicode/norm"
)

// geta (〓) stands for what the typeface cannot show, as in Japanese type-setting.
const geta = '〓'

// A face measures and cleans text for one paper. It belongs to one goroutine.
type face struct {
	font   *gopdf.SubsetFontObj
	widths map[rune]float64 // in em; absent until asked for
}

func newFace(font *gopdf.SubsetFontObj) *face {
	return &face{font: font, widths: make(map[rune]float64, 256)}
}

// shows says whether the typeface has a glyph for r. Glyph 0 is the typeface's own "missing".
func (f *face) shows(r rune) bool {
	if _, known := f.widths[r]; known {
		return true
	}
	glyph, err := f.font.CharCodeToGlyphIndex(r)
	if err != nil || glyph == 0 {
		return false
	}
	f.widths[r] = float64(f.font.GlyphIndexToPdfWidth(glyph)) / 1000
	return true
}

// width is the length of clean text in points.
func (f *face) width(s string, size float64) float64 {
	var em float64
	for _, r := range s {
		if f.shows(r) {
			em += f.widths[r]
		}
	}
	return em * size
}

// clean makes one line of text printable: what has no shape of its own (controls, direction marks,
// variation selectors) goes, any white space becomes a blank, decomposed kana are composed, and what
// the typeface cannot show becomes 〓. Nothing else changes: a name keeps its own form of a character.
func (f *face) clean(s string) string {
	var b []rune
	for _, r := range s {
		switch {
		case r == ' ' || r == '　':
		case unicode.IsSpace(r):
			r = ' '
		case unicode.Is(unicode.Variation_Selector, r), unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r):
			continue
		case unicode.Is(unicode.Mn, r) && len(b) > 0:
			if joined := []rune(norm.NFC.String(string([]rune{b[len(b)-1], r}))); len(joined) == 1 {
				b, r = b[:len(b)-1], joined[0]
			}
		}
		if r == unicode.ReplacementChar || !f.shows(r) {
			r = geta
		}
		b = append(b, r)
	}
	return string(b)
}

// paragraphs splits text at every kind of line end and cleans each part.
func (f *face) paragraphs(s string) []string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u0085", "\n", "\v", "\n", "\f", "\n",
		"\u2028", "\n", "\u2029", "\n").Replace(s)
	parts := strings.Split(strings.TrimRight(s, "\n"), "\n")
	for i, part := range parts {
		parts[i] = strings.TrimRight(f.clean(part), " 　")
	}
	return parts
}

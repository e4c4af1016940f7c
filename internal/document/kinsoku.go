package document

import "strings"

// Characters that no line may begin with, and that none may end with (行頭・行末禁則).
const (
	neverFirst = "、。，．・：；？！゛゜´｀¨ヽヾゝゞ々〻ー’”）〕］｝〉》」』】〙〗〟»" +
		"ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ" +
		"％‰℃°′″〜～…‥,.:;?!)]}%｡､･｣ﾞﾟｰｧｨｩｪｫｬｭｮｯ"
	neverLast  = "‘“（〔［｛〈《「『【〘〖〝«￥＄＃№([{｢"
	neverApart = "…‥―─" // two of the same stay together
)

// mayBreak says whether a line may end before text[at].
func mayBreak(text []rune, at int) bool {
	before, after := text[at-1], text[at]
	switch {
	case isBlank(after):
		return false // blanks hang at the end of the line and are dropped there
	case strings.ContainsRune(neverFirst, after), strings.ContainsRune(neverLast, before):
		return false
	case isBlank(before):
		return true
	case before == after && strings.ContainsRune(neverApart, after):
		return false
	}
	return !inWord(before) || !inWord(after)
}

func isBlank(r rune) bool { return r == ' ' || r == '　' }

// inWord tells the letters, digits and signs of western words, which stay whole.
func inWord(r rune) bool { return r > ' ' && r < 0x2000 }

// breakLines breaks clean text into lines of at most width points. A word or a run of signs that is
// longer than a line is cut where the line is full; a line has one character at least.
func (f *face) breakLines(s string, size, width float64) []string {
	text := []rune(s)
	var lines []string
	for len(text) > 0 {
		end := f.lineEnd(text, size, width)
		lines = append(lines, strings.TrimRight(string(text[:end]), " 　"))
		text = text[end:]
	}
	if lines == nil {
		return []string{""}
	}
	return lines
}

// lineEnd is how many characters of text the first line takes.
func (f *face) lineEnd(text []rune, size, width float64) int {
	full := f.fitting(text, size, width)
	for full < len(text) && isBlank(text[full]) {
		full++
	}
	if full == len(text) {
		return full
	}
	for at := full; at > 0; at-- {
		if mayBreak(text, at) {
			return at
		}
	}
	return full
}

// fitting is how many characters fit into width, one at least.
func (f *face) fitting(text []rune, size, width float64) int {
	var used float64
	for i, r := range text {
		if f.shows(r) {
			used += f.widths[r] * size
		}
		if used > width && i > 0 {
			return i
		}
	}
	return len(text)
}

// pack joins words with a separator and ends lines between them where a line would be full, so that a
// word is not cut in two while it fits on a line of its own.
func (f *face) pack(words []string, separator string, size, width float64) string {
	var packed strings.Builder
	var used float64
	for i, word := range words {
		if i < len(words)-1 {
			word += separator
		}
		long := f.width(f.clean(word), size)
		if used > 0 && used+long > width {
			packed.WriteByte('\n')
			used = 0
		}
		packed.WriteString(word)
		used += long
	}
	return packed.String()
}

// cut is the first line of a text, with … where it goes on.
func (f *face) cut(s string, size, width float64) string {
	s = f.clean(s)
	if f.width(s, size) <= width {
		return s
	}
	text := []rune(s)
	return string(text[:f.fitting(text, size, width-size)]) + "…"
}

// lines breaks text of several paragraphs, cleaning it.
func (f *face) lines(s string, size, width float64) []string {
	var lines []string
	for _, paragraph := range f.paragraphs(s) {
		lines = append(lines, f.breakLines(paragraph, size, width)...)
	}
	return lines
}

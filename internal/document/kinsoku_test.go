package document

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Lines of ten full-width characters at size 10.
func TestBreakLines(t *testing.T) {
	f := newFace(&printer(t).measure)
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"nothing":                    {"", []string{""}},
		"exactly one line":           {"一二三四五六七八九十", []string{"一二三四五六七八九十"}},
		"one more":                   {"一二三四五六七八九十百", []string{"一二三四五六七八九十", "百"}},
		"no full stop begins a line": {"一二三四五六七八九十。百", []string{"一二三四五六七八九", "十。百"}},
		"no small kana, no ー":        {"一二三四五六七八九チャー", []string{"一二三四五六七八九", "チャー"}},
		"」 and 。 together":           {"一二三四五六七八九「十」。", []string{"一二三四五六七八九", "「十」。"}},
		"no 「 ends a line":           {"一二三四五六七八九「十」", []string{"一二三四五六七八九", "「十」"}},
		"half-width signs alike":     {"一二三四五六七八九(十)", []string{"一二三四五六七八九", "(十)"}},
		"a word stays whole":         {"一二三四五六netNACCS端末", []string{"一二三四五六", "netNACCS端末"}},
		"an ID stays whole":          {"一二三四五六七八1ANACA0A", []string{"一二三四五六七八", "1ANACA0A"}},
		"words part at blanks":       {"customs broker of Tokyo", []string{"customs broker of", "Tokyo"}},
		"a blank does not begin":     {"一二三四五六七八九十　百", []string{"一二三四五六七八九十", "百"}},
		"…… stays together":          {"一二三四五六七八九……百", []string{"一二三四五六七八", "九……百"}},
		"―― stays together":          {"一二三四五六七八九――百", []string{"一二三四五六七八九", "――百"}},
		"signs only are cut":         {strings.Repeat("。", 12), []string{strings.Repeat("。", 10), "。。"}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := f.breakLines(f.clean(c.text), 10, 100); !slices.Equal(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

// Whatever is typed: nothing but blanks is lost, no line is too long, and no line begins or ends as it
// must not where another place to break was to be had.
func TestBreakLinesProperties(t *testing.T) {
	measure := &printer(t).measure
	letters := rapid.SampledFrom([]rune("漢字かなカナー、。「」（）()…aZ09@.- 　ｶﾞ"))
	unblank := strings.NewReplacer(" ", "", "　", "")
	rapid.Check(t, func(t *rapid.T) {
		f := newFace(measure)
		s := string(rapid.SliceOfN(letters, 0, 200).Draw(t, "text"))
		width := rapid.Float64Range(5, 200).Draw(t, "width")
		lines := f.breakLines(s, 10, width)
		if got := strings.Join(lines, ""); unblank.Replace(got) != unblank.Replace(s) {
			t.Fatalf("%q became %q", s, lines)
		}
		for i, words := range lines {
			if f.width(words, 10) > width+1e-9 && len([]rune(words)) > 1 {
				t.Fatalf("%q is longer than %f", words, width)
			}
			if i == 0 || words == "" || !strings.ContainsRune(neverFirst, []rune(words)[0]) {
				continue
			}
			for before, at := []rune(lines[i-1]), 1; at < len(before); at++ {
				if mayBreak(before, at) {
					t.Fatalf("%q begins as it must not, after %q", words, lines[i-1])
				}
			}
		}
	})
}

func TestPack(t *testing.T) {
	f := newFace(&printer(t).measure)
	for want, words := range map[string][]string{
		"":             nil,
		"通関":           {"通関"},
		"通関・混載・\n自社通関": {"通関", "混載", "自社通関"},
		"通関・混載・自社":     {"通関", "混載", "自社"}, // exactly one line
		"とても長い業種の名前":   {"とても長い業種の名前"},
	} {
		if got := f.pack(words, "・", 10, 80); got != want {
			t.Errorf("%q packed as %q, want %q", words, got, want)
		}
	}
}

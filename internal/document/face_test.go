package document

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestClean(t *testing.T) {
	f := newFace(&printer(t).measure)
	for typed, want := range map[string]string{
		"髙﨑㈱ ｶﾞ　①":                "髙﨑㈱ ｶﾞ　①",
		"福﨏神":                     "福﨏神", // compatibility ideographs keep their form
		"𠮷野家":                     "𠮷野家",
		"葛\U000e0100飾 辻\ufe00":    "葛飾 辻",
		"あ\x00い\x1b\u202eう\u200b": "あいう",
		"a\tb\u00a0c":             "a b c",
		"か\u3099は\u309a":          "がぱ",
		"\u3099あ":                 f.clean("\u3099") + "あ", // a mark with nothing before it
		"\u1100\u1161":            "〓〓",                    // only marks are joined to what stands before them
		"\ue000あ\xff":             "〓あ〓",
	} {
		got := f.clean(typed)
		if got != want {
			t.Errorf("%q became %q, want %q", typed, got, want)
		}
		if again := f.clean(got); again != got {
			t.Errorf("%q cleaned twice is %q", got, again)
		}
	}
}

func TestParagraphs(t *testing.T) {
	f := newFace(&printer(t).measure)
	if got := f.paragraphs("一\r\n二\r三\u2028\n四  \n\n"); !slices.Equal(got, []string{"一", "二", "三", "", "四"}) {
		t.Errorf("%q", got)
	}
}

// No character at all may stop a paper: each is either shown or becomes 〓. Beyond U+FFFF, where looking one up
// takes the library long, every thirteenth stands for those beside it.
func TestEveryCharacter(t *testing.T) {
	f := newFace(&printer(t).measure)
	var all strings.Builder
	for r := rune(0); r <= 0x2FFFF; r++ {
		if r > 0xFFFF && r%13 != 0 {
			continue
		}
		if utf8.ValidRune(r) {
			all.WriteRune(r)
		}
	}
	for _, r := range f.clean(all.String()) {
		if !f.shows(r) {
			t.Fatalf("%U is neither shown nor replaced", r)
		}
	}
	if !f.shows(geta) {
		t.Fatal("the typeface lacks 〓")
	}
}

// Every character of CP932's rows that names are written with has a glyph.
func TestNamesAreShown(t *testing.T) {
	f := newFace(&printer(t).measure)
	const names = "髙﨑德濵槗栁彅邉邊齋齊瀨凜祐禎塚﨏靑黑隆﨟繫頰瀆㈱㈲㌔№℡ヶ々〆〇𠮷𠮟"
	if got := f.clean(names); got != names {
		t.Errorf("%q is shown as %q", names, got)
	}
}

func TestCut(t *testing.T) {
	f := newFace(&printer(t).measure)
	if got := f.cut("一二三四五", 10, 50); got != "一二三四五" {
		t.Errorf("cut without need: %q", got)
	}
	if got := f.cut("一二三四五六", 10, 50); got != "一二三四…" {
		t.Errorf("cut to five characters: %q", got)
	}
}

package document

import (
	"strings"
	"testing"
	"unicode"
)

// FuzzLines: text that is broken into lines loses nothing that is seen, no line but one character alone is longer
// than the column, and cleaning is done once and for all.
func FuzzLines(f *testing.F) {
	for _, s := range []string{"見本商事株式会社、東京。", strings.Repeat("「", 80), strings.Repeat("a", 300), "か\u3099\u3099", "一\r\n二\u2028三", "𠮷\U000e0100野", "\xff\x00", "   a   b　　c"} {
		f.Add(s, uint8(40))
	}
	font := &printer(f).measure
	f.Fuzz(func(t *testing.T, typed string, wide uint8) {
		face := newFace(font)
		const size = 10.0
		width := size + float64(wide)
		clean := face.clean(typed)
		if again := face.clean(clean); again != clean || strings.ContainsFunc(clean, unicode.IsControl) {
			t.Fatalf("%q: %q, then %q", typed, clean, again)
		}
		bare := func(s string) string { return strings.NewReplacer(" ", "", "　", "").Replace(s) }
		lines := face.lines(typed, size, width)
		if got, want := bare(strings.Join(lines, "")), bare(strings.Join(face.paragraphs(typed), "")); got != want {
			t.Fatalf("%q becomes %q", want, got)
		}
		for _, line := range lines {
			if w := face.width(line, size); w > width+0.01 && len([]rune(line)) > 1 {
				t.Fatalf("%q is %.1f points long in %.1f", line, w, width)
			}
		}
		if cut := face.cut(typed, size, width+2*size); face.width(cut, size) > width+2*size+0.01 {
			t.Fatalf("%q is cut to %q", typed, cut)
		}
	})
}

// FuzzMendTextMap: a file that the library builds in another way is refused, never mended into nonsense that crashes.
func FuzzMendTextMap(f *testing.F) {
	whole, err := printer(f).FilingReceipt(Receipt{Receipt: "2400001A"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole[:min(len(whole), 4000)])
	f.Add([]byte("<<\nstream\n/CIDInit /ProcSet findresource begin\n<0001><0001><20BB7>\nendstream\nxref\n0000000001 00000 n \nstartxref\n1\n"))
	f.Fuzz(func(t *testing.T, pdf []byte) {
		if mended, err := mendTextMap(pdf); (mended == nil) != (err != nil) {
			t.Fatalf("%d bytes with %v", len(mended), err)
		}
	})
}

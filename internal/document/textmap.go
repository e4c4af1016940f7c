package document

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"unicode/utf16"
)

// A text map (ToUnicode) is the part of a PDF that says which character a glyph stands for: what a reader
// copies, searches and hears. The library writes it for 16 bits per character and as one block of any
// length; 𠮷 would be read as another sign, and strict readers take a hundred entries per block.

var (
	textMapStart = []byte("stream\n/CIDInit /ProcSet findresource begin\n")
	textMapEntry = regexp.MustCompile(`(?m)^<([0-9A-F]{4})><[0-9A-F]{4}><([0-9A-F]{4,6})>$`)
	tableEntry   = regexp.MustCompile(`(?m)^([0-9]{10}) 00000 n $`)
)

const textMapBlock = 100

// mendTextMap writes the text map anew, and moves the places that the file's table of objects names.
func mendTextMap(pdf []byte) ([]byte, error) {
	stream := bytes.Index(pdf, textMapStart)
	if stream < 0 {
		return nil, errors.New("mending the text map: there is none")
	}
	from := bytes.LastIndex(pdf[:stream], []byte("<<\n"))
	to := stream + bytes.Index(pdf[stream:], []byte("endstream"))
	table := bytes.LastIndex(pdf, []byte("\nxref\n"))
	if from < 0 || to < stream || table < to {
		return nil, errors.New("mending the text map: the file is not built as expected")
	}
	body := textMap(textMapEntry.FindAllSubmatch(pdf[stream:to], -1))
	object := fmt.Appendf(nil, "<<\n/Length %d\n>>\nstream\n%s", len(body), body)
	moved := len(object) - (to - from)

	mended := make([]byte, 0, len(pdf)+moved)
	mended = append(mended, pdf[:from]...)
	mended = append(mended, object...)
	mended = append(mended, pdf[to:table]...)
	return append(mended, moveTable(pdf[table:], from, table, moved)...), nil
}

// textMap writes the entries (glyph, character), each as hexadecimal digits, in the order given.
func textMap(entries [][][]byte) []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n")
	for len(entries) > 0 {
		n := min(len(entries), textMapBlock)
		fmt.Fprintf(&b, "%d beginbfchar\n", n)
		for _, entry := range entries[:n] {
			fmt.Fprintf(&b, "<%s><%s>\n", entry[1], inUTF16(string(entry[2])))
		}
		b.WriteString("endbfchar\n")
		entries = entries[n:]
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return b.Bytes()
}

// inUTF16 turns a character's number into its one or two UTF-16 units, all in hexadecimal digits.
func inUTF16(digits string) string {
	character, err := strconv.ParseUint(digits, 16, 32)
	if err != nil || character <= 0xFFFF {
		return digits
	}
	high, low := utf16.EncodeRune(rune(character))
	return fmt.Sprintf("%04X%04X", high, low)
}

// moveTable adds moved to every place in the table of objects that lies behind from, and to the place
// of the table itself, which began one byte behind at.
func moveTable(table []byte, from, at, moved int) []byte {
	table = tableEntry.ReplaceAllFunc(table, func(entry []byte) []byte {
		place, err := strconv.Atoi(string(entry[:10]))
		if err != nil || place < from {
			return entry
		}
		return fmt.Appendf(nil, "%010d 00000 n ", place+moved)
	})
	old := fmt.Appendf(nil, "startxref\n%d\n", at+1)
	return bytes.Replace(table, old, fmt.Appendf(nil, "startxref\n%d\n", at+1+moved), 1)
}

package document

import (
	"bytes"
	"regexp"
	"strconv"
	"testing"
)

func TestInUTF16(t *testing.T) {
	for digits, want := range map[string]string{"3042": "3042", "FFFF": "FFFF", "20BB7": "D842DFB7", "10FFFD": "DBFFDFFD"} {
		if got := inUTF16(digits); got != want {
			t.Errorf("%s became %s, want %s", digits, got, want)
		}
	}
}

// Strict readers take a hundred entries per block, and every object where the table says it is.
func TestMendedTextMap(t *testing.T) {
	content, err := printer(t).ApplicationForm(sampleForm())
	if err != nil {
		t.Fatal(err)
	}
	blocks := regexp.MustCompile(`(?m)^([0-9]+) beginbfchar$`).FindAllSubmatch(content, -1)
	if len(blocks) < 2 {
		t.Fatalf("%d blocks: too few to show anything", len(blocks))
	}
	for _, block := range blocks {
		if n, err := strconv.Atoi(string(block[1])); err != nil || n > textMapBlock {
			t.Errorf("a block of %s entries", block[1])
		}
	}
	for i, entry := range tableEntry.FindAllSubmatch(content, -1) {
		place, err := strconv.Atoi(string(entry[1]))
		if err != nil || !bytes.HasPrefix(content[place:], []byte(strconv.Itoa(i+1)+" 0 obj\n")) {
			t.Errorf("object %d does not stand at %s", i+1, entry[1])
		}
	}
}

func TestMendTextMapRefuses(t *testing.T) {
	for _, broken := range []string{"", "%PDF-1.7", string(textMapStart), "<<\n" + string(textMapStart) + "endstream",
		string(textMapStart) + "endstream\nxref\n", "<<\n" + string(textMapStart) + "\nxref\n"} {
		if _, err := mendTextMap([]byte(broken)); err == nil {
			t.Errorf("%q was mended", broken)
		}
	}
}

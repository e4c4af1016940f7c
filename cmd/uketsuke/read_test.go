package main

import (
	"strings"
	"testing"
)

// A file that is read whole has a bound, and the message names the file.
func TestFilesReadWholeAreBounded(t *testing.T) {
	t.Parallel()
	if text, err := readBounded(strings.NewReader("12345"), "proof.json", 5); err != nil || string(text) != "12345" {
		t.Errorf("%q, %v", text, err)
	}
	if _, err := readBounded(strings.NewReader("123456"), "proof.json", 5); err == nil || !strings.Contains(err.Error(), "proof.json") {
		t.Error(err)
	}
	if _, err := readSmall("/dev/zero", 1<<10); err == nil {
		t.Error("a file without end is read")
	}
}

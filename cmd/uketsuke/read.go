package main

import (
	"fmt"
	"io"
	"os"
)

// The most of the files that are read whole: what somebody else may have sent, of which the checkpoints of ten years are the
// longest; and a set-up, of which a large centre's is some megabytes.
const (
	mostOfProof = 64 << 20
	mostOfSetup = 64 << 20
)

// readSmall reads a file of at most so many bytes: a proof or a checkpoint that somebody has sent may be anything.
func readSmall(name string, most int64) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return readBounded(file, name, most)
}

func readBounded(from io.Reader, name string, most int64) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(from, most+1))
	if err == nil && int64(len(text)) > most {
		err = fmt.Errorf("%s: the file has more than %d MB, which nothing of its kind has; is it the right one?", name, most>>20)
	}
	return text, err
}

package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// ErrSpelling says that a text is not the one spelling of what it says. A name that stands twice or in other letters, an
// unknown one, a blank, an escape that nobody needs: each is read in one way here and in another elsewhere, and what was
// verified would not be what somebody reads.
var ErrSpelling = errors.New("it is not written as this program writes it, so that it can be read in more than one way")

// strictly reads JSON that says everything in the one way in which this program writes it.
func strictly(text []byte, v any) error {
	if err := json.Unmarshal(text, v); err != nil {
		return err
	}
	again, err := json.Marshal(v)
	if err != nil {
		return err
	}
	if !bytes.Equal(again, text) {
		return ErrSpelling
	}
	return nil
}

// readLine reads the text of an entry.
func readLine(text string) (line, error) {
	var l line
	if err := strictly([]byte(text), &l); err != nil {
		return l, err
	}
	if l.Version != version || l.Detail == nil {
		return l, fmt.Errorf("it is not of version %d of an entry", version)
	}
	return l, nil
}

// readBeside reads the personal text of an entry, which must be the one whose hash the entry holds.
func readBeside(p Personal, hash string) error {
	if p.Hash() != hash {
		return ErrPersonal
	}
	var b beside
	if err := strictly([]byte(p.Text), &b); err != nil {
		return fmt.Errorf("its personal text: %w", err)
	}
	if b.Personal == nil {
		return ErrPersonal
	}
	return nil
}

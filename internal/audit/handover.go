package audit

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"uketsuke/internal/calendar"
)

// handOverTitle is the first line of a hand-over: no log has that name, and no checkpoint has as many lines.
const handOverTitle = "uketsuke-hand-over-1"

// A HandOver is the word of a key of the log that another one takes its place. It is a statement of its own, which names
// what it is for: no checkpoint can be read as one, and it can be read as no checkpoint.
type HandOver struct {
	// Origin names the log.
	Origin string
	// Old and New are the public keys, each as its line of text; the old one signs.
	Old, New string
	// Size is the last size of the log whose checkpoint the old key may sign.
	Size int64
	// Day is when it was said.
	Day calendar.Date
}

// ErrHandOver says that a text hands nothing over.
var ErrHandOver = errors.New("not a hand-over from one key of an audit log to the next")

// Text is what is signed: six lines.
func (h HandOver) Text() string {
	return fmt.Sprintf("%s\n%s\nfrom %s\nto %s\nsize %d\nday %s\n", handOverTitle, h.Origin, h.Old, h.New, h.Size, h.Day)
}

// Sign signs a hand-over with the key that it is from.
func (h HandOver) Sign(old note.Signer) (string, error) {
	signed, err := note.Sign(&note.Note{Text: h.Text()}, old)
	if err != nil {
		return "", fmt.Errorf("signing the hand-over at %d entries: %w", h.Size, err)
	}
	return string(signed), nil
}

// parseHandOver reads the text of a hand-over.
func parseHandOver(text string) (HandOver, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 7 {
		return HandOver{}, ErrHandOver
	}
	size, failed := strconv.ParseInt(strings.TrimPrefix(lines[4], "size "), 10, 64)
	day, wrong := calendar.ParseDate(strings.TrimPrefix(lines[5], "day "))
	h := HandOver{Origin: lines[1], Old: strings.TrimPrefix(lines[2], "from "), New: strings.TrimPrefix(lines[3], "to "), Size: size, Day: day}
	if err := errors.Join(failed, wrong); err != nil || size < 0 || h.Text() != text {
		return HandOver{}, fmt.Errorf("%w: %w", ErrHandOver, err)
	}
	return h, nil
}

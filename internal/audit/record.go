package audit

import (
	"errors"
	"fmt"
	"io"
)

// A Record is the row of an entry, every column as it is stored. The columns before Text repeat what it
// says, for searching.
type Record struct {
	ID, At, Actor, Act, Establishment, Application string
	// Text is the line, Hash is Hash(Text).
	Text, Hash string
	Personal   Personal
}

// Record is the row of an entry; random gives the salt. An entry that is incomplete or holds what it must
// not is refused: ErrIncomplete, ErrAct, ErrDetail.
func (e Entry) Record(random io.Reader) (Record, error) {
	if err := e.problem(); err != nil {
		return Record{}, fmt.Errorf("recording the act %q: %w", e.Act, err)
	}
	personal, err := e.personal(random)
	if err != nil {
		return Record{}, fmt.Errorf("recording the act %q: %w", e.Act, err)
	}
	text, err := e.text(personal)
	if err != nil {
		return Record{}, fmt.Errorf("recording the act %q: %w", e.Act, err)
	}
	return Record{
		ID: e.ID, At: e.At.UTC().Format(TimeFormat), Actor: string(e.Actor), Act: e.Act,
		Establishment: e.Establishment, Application: e.Application,
		Text: text, Hash: Hash(text), Personal: personal,
	}, nil
}

// Ways in which a row can be found altered.
var (
	ErrHash     = errors.New("its text is not the one that was hashed")
	ErrColumn   = errors.New("a column differs from the text")
	ErrPersonal = errors.New("its personal text is not the one that was hashed")
)

// Check says whether a stored row is whole: text, columns and personal text fit each other. Personal text
// that was removed together with its salt is no fault.
func (r Record) Check() error {
	if Hash(r.Text) != r.Hash {
		return fmt.Errorf("checking entry %s: %w", r.ID, ErrHash)
	}
	l, err := readLine(r.Text)
	if err != nil {
		return fmt.Errorf("checking entry %s: reading its text: %w", r.ID, err)
	}
	said := [...]string{l.ID, l.At, string(l.Actor), l.Act, l.Establishment, l.Application}
	if said != [...]string{r.ID, r.At, r.Actor, r.Act, r.Establishment, r.Application} {
		return fmt.Errorf("checking entry %s: %w", r.ID, ErrColumn)
	}
	if r.Personal == (Personal{}) {
		return nil
	}
	if err := readBeside(r.Personal, l.Personal); err != nil {
		return fmt.Errorf("checking entry %s: %w", r.ID, err)
	}
	return nil
}

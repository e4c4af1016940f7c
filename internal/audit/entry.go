package audit

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"
	"unicode/utf8"

	"uketsuke/internal/account"
)

// An Entry is one act as it is handed in.
type Entry struct {
	ID    string
	At    time.Time // desk clock; stored as UTC to the microsecond
	Actor account.ID
	// ActorName is the actor's name at the time; personal.
	ActorName string
	Role      account.Role
	// Act is a command of the life cycle or another act, such as "approve" or "read-secrets".
	Act string
	// Establishment and Application are what the act concerns, "" if none; Subject is the ID of any other
	// thing it concerns, such as an account or a user ID.
	Establishment, Application, Subject string
	// Detail holds short facts about things, never about people: at most MaxDetail bytes each.
	Detail map[Key]string
	// Personal holds what people typed or what tells of them: names, addresses, reasons.
	Personal map[Key]string
}

// MaxDetail is the length of one detail in bytes.
const MaxDetail = 200

// Why an entry is refused.
var (
	ErrIncomplete = errors.New("an entry needs an id, a time, an actor with a role, and an act")
	ErrDetail     = errors.New("not a detail that an entry may hold")
	ErrAct        = errors.New("not an act: lower-case letters and hyphens")
)

var actForm = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)

// problem is the reason for which an entry is refused, nil if it may be written:
//   - id, time, actor, role and act are there; the clock is an actor too,
//   - the act is a word,
//   - ids and the actor's name are valid text,
//   - details and personal text have a Key of the fixed set and are valid text, details also short.
func (e Entry) problem() error {
	if e.ID == "" || e.At.IsZero() || e.Actor == "" || e.Role == "" || e.Act == "" {
		return ErrIncomplete
	}
	if !actForm.MatchString(e.Act) {
		return ErrAct
	}
	for _, said := range []string{e.ID, string(e.Actor), e.ActorName, string(e.Role), e.Establishment, e.Application, e.Subject} {
		if !utf8.ValidString(said) {
			return fmt.Errorf("%w: %q", ErrDetail, said)
		}
	}
	for key, value := range e.Detail {
		if !details[key] || len(value) > MaxDetail || !utf8.ValidString(value) {
			return fmt.Errorf("%w: %q", ErrDetail, string(key))
		}
	}
	for key, value := range e.Personal {
		if !personals[key] || !utf8.ValidString(value) {
			return fmt.Errorf("%w: %q", ErrDetail, string(key))
		}
	}
	return nil
}

// line is the hashed text. Its fields stand in the order of their names; so do the keys of a map.
type line struct {
	Act           string         `json:"act"`
	Actor         account.ID     `json:"actor"`
	Application   string         `json:"application"`
	At            string         `json:"at"`
	Detail        map[Key]string `json:"detail"`
	Establishment string         `json:"establishment"`
	ID            string         `json:"id"`
	Personal      string         `json:"personal"` // salted hash
	Role          account.Role   `json:"role"`
	Subject       string         `json:"subject"`
	Version       int            `json:"version"`
}

// beside is the personal text.
type beside struct {
	Name     string         `json:"name"`
	Personal map[Key]string `json:"personal"`
}

// TimeFormat is how times stand in an entry and in its row: UTC, microseconds.
const TimeFormat = "2006-01-02T15:04:05.000000Z"

func parseTime(text string) (time.Time, error) { return time.Parse(TimeFormat, text) }

// version is that of the line's form; a line says by which form it was written.
const version = 1

// text is the line for a personal text with its salt.
func (e Entry) text(p Personal) (string, error) {
	detail := e.Detail
	if detail == nil {
		detail = map[Key]string{}
	}
	return canonical(line{
		Act: e.Act, Actor: e.Actor, Application: e.Application, At: e.At.UTC().Format(TimeFormat),
		Detail: detail, Establishment: e.Establishment, ID: e.ID, Personal: p.Hash(), Role: e.Role,
		Subject: e.Subject, Version: version,
	})
}

// personal is the personal text under a salt drawn from random.
func (e Entry) personal(random io.Reader) (Personal, error) {
	salt := make([]byte, 16)
	if _, err := io.ReadFull(random, salt); err != nil {
		return Personal{}, fmt.Errorf("drawing a salt: %w", err)
	}
	about := e.Personal
	if about == nil {
		about = map[Key]string{}
	}
	text, err := canonical(beside{Name: e.ActorName, Personal: about})
	return Personal{Salt: hex.EncodeToString(salt), Text: text}, err
}

// canonical is one line of JSON: sorted keys, no blanks; line ends inside texts are escaped.
func canonical(v any) (string, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return "", fmt.Errorf("writing an entry as text: %w", err)
	}
	return string(b), nil
}

// Personal is the personal text of an entry; both fields are "" once it was removed.
type Personal struct{ Salt, Text string }

// Hash is the salted hash that the entry's line holds. The salt, 32 hexadecimal digits, keeps a name from
// being found by trying names.
func (p Personal) Hash() string { return Hash(p.Salt + "\n" + p.Text) }

// Hash is the SHA-256 of exactly the bytes of a text as they are stored, in hexadecimal.
func Hash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

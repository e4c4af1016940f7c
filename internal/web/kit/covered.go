package kit

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"uketsuke/internal/secret"
)

// A Cover stands before passwords while a page is made: the template is given marks, so that its strings and buffers, which nobody
// can overwrite, hold no password (R-SEC-6). They are put in their places where the page is sent, as the bytes that the desk has
// given.
type Cover struct {
	Mark  string // what nobody can type: it is drawn for this page
	under []covered
}

// A covered is a password, or how it is read aloud.
type covered struct {
	password []byte
	spelt    bool
}

// NewCover makes the cover of one page of passwords.
func NewCover() *Cover {
	drawn := make([]byte, 16)
	rand.Read(drawn) // never fails
	return &Cover{Mark: "covered-" + hex.EncodeToString(drawn) + "-"}
}

// Of is the mark of a password, and that of how it is read aloud.
func (c *Cover) Of(password []byte) (mark, spelt string) {
	if password == nil {
		return "", ""
	}
	next := func(spelt bool) string {
		c.under = append(c.under, covered{password, spelt})
		return c.Mark + strconv.Itoa(len(c.under)-1) + "."
	}
	return next(false), next(true)
}

// ErrCover says that a page does not show what it was given to show.
var ErrCover = errors.New("a mark of a password is not in the page, or stands there twice, or for what is no password")

// Lift cuts a page at its marks and puts there what they cover. What it returns is no copy of any password.
func (c *Cover) Lift(page []byte, s *spelling) (parts [][]byte, err error) {
	seen := make([]bool, len(c.under))
	for {
		before, after, found := bytes.Cut(page, []byte(c.Mark))
		parts = append(parts, before)
		if !found {
			break
		}
		number, rest, _ := bytes.Cut(after, []byte("."))
		n, err := strconv.Atoi(string(number))
		if err != nil || n < 0 || n >= len(seen) || seen[n] {
			return nil, ErrCover
		}
		page, seen[n] = rest, true
		what := c.under[n]
		// Nothing is escaped any more from here on, so nothing else gets in.
		if len(bytes.Trim(what.password, secret.Alphabet)) > 0 {
			return nil, ErrCover
		}
		if !what.spelt {
			parts = append(parts, what.password)
			continue
		}
		parts = append(parts, s.of(what.password)...)
	}
	if slices.Contains(seen, false) {
		return nil, ErrCover
	}
	return parts, nil
}

// A spelling is how each character of a password is read aloud in one language, and what stands between two.
type spelling struct {
	words [256][]byte
	joint []byte
}

// NewSpelling prepares how passwords are read aloud in one language.
func NewSpelling(say func(string) string) *spelling {
	s := new(spelling)
	for i := range len(secret.Alphabet) {
		s.words[secret.Alphabet[i]] = []byte(say(secret.Spell(secret.Alphabet[i : i+1])))
	}
	first, second := secret.Alphabet[:1], secret.Alphabet[1:2]
	two := strings.TrimPrefix(say(secret.Spell(first+second)), say(secret.Spell(first)))
	s.joint = []byte(strings.TrimSuffix(two, say(secret.Spell(second))))
	return s
}

// of is secret.Spell in pieces that are the same for every password.
func (s *spelling) of(password []byte) (pieces [][]byte) {
	for i, c := range password {
		if i > 0 {
			pieces = append(pieces, s.joint)
		}
		pieces = append(pieces, s.words[c])
	}
	return pieces
}

// What is written to a connection goes through buffers, which net/http gives to other connections as they are. So a covered page
// ends with blanks: more than all buffers on the way hold together, which are of 2 and 4 KB with HTTP/1.1, of 4 KB and a frame of
// that with HTTP/2; and in sips that none of them lets pass without taking them in.
const (
	blanks = 24 << 10
	sip    = 512
)

// RenderCovered sends a page with what is under its cover.
func (v *Request) RenderCovered(name string, data any, c *Cover) error {
	page, err := v.Kit.Renderer.html(name, v.Lang, data)
	if err != nil {
		return err
	}
	parts, err := c.Lift(page, v.Kit.Renderer.Spelling[v.Lang])
	if err != nil {
		return fmt.Errorf("render page %q: %w", name, err)
	}
	nothing := bytes.Repeat([]byte("\n"), sip)
	for range blanks / sip {
		parts = append(parts, nothing)
	}
	length := 0
	for _, part := range parts {
		length += len(part)
	}
	writeHeader(v.Out, v.Status, length)
	for _, part := range parts {
		if _, err := v.Out.Write(part); err != nil {
			return nil // the browser has gone
		}
	}
	return nil
}

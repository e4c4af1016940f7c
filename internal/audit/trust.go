package audit

import (
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// A KeyUse is one key of the log's history: the public half, and from the second on the signed HandOver of the key
// before, "" where that could not be made.
type KeyUse struct {
	Key      string `json:"key"`
	HandOver string `json:"hand_over,omitempty"`
}

// Why a checkpoint or a key is not believed.
var (
	ErrForged  = errors.New("it is not signed by a key that is trusted")
	ErrRetired = errors.New("it is signed only by a key that had been replaced before its size")
	ErrUnnamed = errors.New("no key that is trusted names this one")
)

// A Trust is the keys that are believed, each to the size at which it was replaced, and the witnesses.
type Trust struct {
	keys      []trusted
	witnesses []note.Verifier
}

type trusted struct {
	note.Verifier
	line string
	to   int64 // the last size that this key may sign; < 0: not replaced
}

// NewTrust believes the public keys given, one per line each; lines that are empty or begin with # are none.
func NewTrust(lines ...string) (*Trust, error) {
	var t Trust
	for line := range keyLines(lines) {
		v, err := parseKey(line)
		if err == nil {
			err = t.add(v, line)
		}
		if err != nil {
			return nil, fmt.Errorf("reading the public key %q: %w", line, err)
		}
	}
	if len(t.keys) == 0 {
		return nil, errors.New("reading public keys: there is none")
	}
	return &t, nil
}

// keyLines are the lines of texts that say something.
func keyLines(texts []string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, text := range texts {
			for line := range strings.Lines(text) {
				line = strings.TrimSpace(line)
				if line != "" && !strings.HasPrefix(line, "#") && !yield(line) {
					return
				}
			}
		}
	}
}

// parseKey reads a public key in its one spelling: two lines are two keys.
func parseKey(line string) (note.Verifier, error) {
	v, err := note.NewVerifier(line)
	if err != nil {
		return nil, err
	}
	_, rest, _ := strings.Cut(line, "+")
	_, text, _ := strings.Cut(rest, "+")
	key, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, err
	}
	if again, err := note.NewEd25519VerifierKey(v.Name(), key[1:]); err != nil || again != line {
		return nil, errors.Join(ErrSpelling, err)
	}
	return v, nil
}

func (t *Trust) find(line string) int {
	return slices.IndexFunc(t.keys, func(k trusted) bool { return k.line == line })
}

// add believes a key. Another one with the same name and the same hash of 32 bits can be looked for by trying, and is
// refused.
func (t *Trust) add(v note.Verifier, line string) error {
	if t.find(line) >= 0 {
		return nil
	}
	for _, known := range t.verifiers() {
		if idOf(known) == idOf(v) {
			return fmt.Errorf("%w: another key has the name and hash of %s", ErrForged, line)
		}
	}
	t.keys = append(t.keys, trusted{v, line, -1})
	return nil
}

// clone is a trust of its own: what one file hands over counts in that file.
func (t *Trust) clone() *Trust {
	return &Trust{keys: slices.Clone(t.keys), witnesses: t.witnesses}
}

// extend believes a key to which one that is believed has handed over, by a statement that names it. From that size on the
// old key is not enough. A key hands over once. One without a hand-over has to be believed already.
func (t *Trust) extend(use KeyUse) error {
	v, err := parseKey(use.Key)
	if err != nil {
		return fmt.Errorf("%w: reading the public key %q: %w", ErrForged, use.Key, err)
	}
	if use.HandOver == "" {
		if t.find(use.Key) < 0 {
			return fmt.Errorf("%w: %s", ErrUnnamed, use.Key)
		}
		return nil
	}
	h, err := t.openHandOver(use.HandOver)
	if err != nil {
		return fmt.Errorf("the hand-over to %s: %w", use.Key, err)
	}
	old := t.find(h.Old)
	switch {
	case h.New != use.Key || h.New == h.Old:
		return fmt.Errorf("%w: a hand-over to %s is given for %s", ErrForged, h.New, use.Key)
	case t.keys[old].to >= 0:
		return fmt.Errorf("%w: %s has handed over already", ErrForged, h.Old)
	}
	t.keys[old].to = h.Size
	return t.add(v, use.Key)
}

// follow extends the trust by the keys of a file. Old files have checkpoints for hand-overs, which name no key: nothing
// follows from those, and relied says that one was passed over because the key was believed already.
func (t *Trust) follow(keys []KeyUse, old bool) (relied bool, failed []error) {
	for _, use := range keys {
		overOld := old && use.HandOver != ""
		if overOld {
			use.HandOver = ""
		}
		err := t.extend(use)
		if overOld && errors.Is(err, ErrUnnamed) {
			err = fmt.Errorf("%w, only a checkpoint with two signatures, which anybody can make of one", err)
		}
		if err != nil {
			failed = append(failed, err)
			continue
		}
		relied = relied || overOld
	}
	return relied, failed
}

// openHandOver reads a hand-over that is signed by the key it is from, which is believed.
func (t *Trust) openHandOver(signed string) (HandOver, error) {
	n, by, err := t.open(signed)
	if err != nil {
		return HandOver{}, err
	}
	h, err := parseHandOver(n.Text)
	if err != nil {
		return h, err
	}
	i := t.find(h.Old)
	if i < 0 || !by[idOf(t.keys[i])] || t.keys[i].Name() != h.Origin {
		return h, fmt.Errorf("%w: the hand-over is from %q", ErrForged, h.Old)
	}
	return h, nil
}

func (t *Trust) verifiers() []note.Verifier {
	var all []note.Verifier
	for _, k := range t.keys {
		all = append(all, k.Verifier)
	}
	return append(all, t.witnesses...)
}

// A keyID is how a signature names its key.
type keyID struct {
	name string
	hash uint32
}

func idOf(v note.Verifier) keyID { return keyID{v.Name(), v.KeyHash()} }

// open opens a note, with the keys that have signed it. Signatures of others count for nothing and harm nothing.
func (t *Trust) open(signed string) (*note.Note, map[keyID]bool, error) {
	n, err := note.Open([]byte(signed), note.VerifierList(t.verifiers()...))
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %w", ErrForged, err)
	}
	by := map[keyID]bool{}
	for _, s := range n.Sigs {
		by[keyID{s.Name, s.Hash}] = true
	}
	return n, by, nil
}

// Open reads a signed checkpoint: ErrForged, ErrRetired or ErrCheckpoint when it is not to be believed.
func (t *Trust) Open(signed string) (Checkpoint, error) {
	c, _, err := t.openCheckpoint(signed)
	return c, err
}

// openCheckpoint is Open, and says whether a witness has signed as well.
func (t *Trust) openCheckpoint(signed string) (c Checkpoint, witnessed bool, err error) {
	n, by, err := t.open(signed)
	if err != nil {
		return c, false, err
	}
	if c, err = parseCheckpoint(n.Text); err != nil {
		return c, false, err
	}
	err = ErrForged
	for _, k := range t.keys {
		if !by[idOf(k)] || k.Name() != c.Origin {
			continue
		}
		if k.to < 0 || c.Size <= k.to {
			witnessed = slices.ContainsFunc(t.witnesses, func(w note.Verifier) bool { return by[idOf(w)] })
			return c, witnessed, nil
		}
		err = ErrRetired
	}
	return c, false, err
}

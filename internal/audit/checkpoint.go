package audit

import (
	"crypto"
	"crypto/ed25519"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// A Checkpoint is the log at one size: what is signed, and what leaves the machine.
type Checkpoint struct {
	// Origin names the log.
	Origin string
	Size   int64
	Root   TreeHash
	// At is when it was signed, elapsed time.
	At time.Time
}

// ErrCheckpoint says that a text is no checkpoint.
var ErrCheckpoint = errors.New("not a checkpoint of an audit log")

// Text is what is signed: four lines.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\ntime %s\n", c.Origin, c.Size, c.Root, c.At.UTC().Format(TimeFormat))
}

// parseCheckpoint reads the text of a checkpoint whose signature was checked.
func parseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 5 {
		return Checkpoint{}, ErrCheckpoint
	}
	size, failed := strconv.ParseInt(lines[1], 10, 64)
	root, wrong := ParseTreeHash(lines[2])
	at, unreadable := time.Parse("time "+TimeFormat, lines[3])
	c := Checkpoint{Origin: lines[0], Size: size, Root: root, At: at}
	if err := errors.Join(failed, wrong, unreadable); err != nil || size < 0 || c.Text() != text {
		return Checkpoint{}, fmt.Errorf("%w: %w", ErrCheckpoint, err)
	}
	return c, nil
}

// A keyed signs notes with a key that may lie in a ring or in an HSM.
type keyed struct {
	note.Verifier
	key crypto.Signer
}

func (k keyed) Sign(text []byte) ([]byte, error) { return k.key.Sign(nil, text, crypto.Hash(0)) }

// NewSigner makes a signer of checkpoints of an Ed25519 key. Name is the log's origin.
func NewSigner(name string, key crypto.Signer) (note.Signer, error) {
	public, err := PublicKey(name, key)
	if err != nil {
		return nil, err
	}
	verifier, err := note.NewVerifier(public)
	if err != nil {
		return nil, fmt.Errorf("making a signer of checkpoints: %w", err)
	}
	return keyed{verifier, key}, nil
}

// PublicKey is the public half as one line of text, in the form of golang.org/x/mod/sumdb/note.
func PublicKey(name string, key crypto.Signer) (string, error) {
	public, ok := key.Public().(ed25519.PublicKey)
	if !ok {
		return "", errors.New("making a signer of checkpoints: the key is not of Ed25519")
	}
	return PublicLine(name, public)
}

// PublicLine is a public key of Ed25519 as one line of text.
func PublicLine(name string, public ed25519.PublicKey) (string, error) {
	line, err := note.NewEd25519VerifierKey(name, public)
	if err != nil {
		return "", fmt.Errorf("writing a public key of the audit log: %w", err)
	}
	return line, nil
}

// Sign signs a checkpoint, after a rotation with the old key and the new one.
func (c Checkpoint) Sign(signers ...note.Signer) (string, error) {
	signed, err := note.Sign(&note.Note{Text: c.Text()}, signers...)
	if err != nil {
		return "", fmt.Errorf("signing the checkpoint of %d entries: %w", c.Size, err)
	}
	return string(signed), nil
}

// A KeyUse is one key of the log's history: the public half, and from the second on the checkpoint by which
// the key before handed over: signed by both.
type KeyUse struct {
	Key      string `json:"key"`
	HandOver string `json:"hand_over,omitempty"`
}

// Why a checkpoint is not believed.
var (
	ErrForged  = errors.New("the checkpoint is not signed by a key that is trusted")
	ErrRetired = errors.New("the checkpoint is signed only by a key that had been replaced before its size")
)

// A Trust is the keys that are believed, each to the size at which it was replaced.
type Trust struct {
	keys []trusted
}

type trusted struct {
	note.Verifier
	to int64 // the last size that this key may sign alone; < 0: not replaced
}

// NewTrust believes the public keys given, one per line each; lines that are empty or begin with # are none.
func NewTrust(lines ...string) (*Trust, error) {
	var t Trust
	for _, text := range lines {
		for line := range strings.Lines(text) {
			line = strings.TrimSpace(line)
			if line == "" || strings.HasPrefix(line, "#") {
				continue
			}
			v, err := note.NewVerifier(line)
			if err != nil {
				return nil, fmt.Errorf("reading the public key %q: %w", line, err)
			}
			t.add(v)
		}
	}
	if len(t.keys) == 0 {
		return nil, errors.New("reading public keys: there is none")
	}
	return &t, nil
}

func (t *Trust) knows(v note.Verifier) bool {
	for _, k := range t.keys {
		if k.Name() == v.Name() && k.KeyHash() == v.KeyHash() {
			return true
		}
	}
	return false
}

func (t *Trust) add(v note.Verifier) {
	if !t.knows(v) {
		t.keys = append(t.keys, trusted{v, -1})
	}
}

// Extend believes a key whose hand-over is signed by a key that is believed, and by itself. From its size on
// the old key is not enough. A first key, without a hand-over, has to be believed already.
func (t *Trust) Extend(use KeyUse) error {
	v, err := note.NewVerifier(use.Key)
	if err != nil {
		return fmt.Errorf("reading the public key %q: %w", use.Key, err)
	}
	if use.HandOver == "" {
		if t.knows(v) {
			return nil
		}
		return fmt.Errorf("%w: %s has no hand-over", ErrForged, use.Key)
	}
	c, by, err := openNote(use.HandOver, append(t.verifiers(), v))
	if err != nil {
		return err
	}
	old := false
	for i, k := range t.keys {
		if by[k.KeyHash()] && k.KeyHash() != v.KeyHash() {
			old, t.keys[i].to = true, c.Size
		}
	}
	if !by[v.KeyHash()] || !old && !t.knows(v) {
		return fmt.Errorf("%w: %s was not handed over by it", ErrForged, use.Key)
	}
	t.add(v)
	return nil
}

func (t *Trust) verifiers() []note.Verifier {
	var all []note.Verifier
	for _, k := range t.keys {
		all = append(all, k.Verifier)
	}
	return all
}

// Open reads a signed checkpoint: ErrForged, ErrRetired or ErrCheckpoint when it is not to be believed.
func (t *Trust) Open(signed string) (Checkpoint, error) {
	c, by, err := openNote(signed, t.verifiers())
	if err != nil {
		return c, err
	}
	for _, k := range t.keys {
		if by[k.KeyHash()] && (k.to < 0 || c.Size <= k.to) {
			return c, nil
		}
	}
	return c, ErrRetired
}

// openNote opens a checkpoint, with the hashes of the keys that signed it.
func openNote(signed string, known []note.Verifier) (Checkpoint, map[uint32]bool, error) {
	n, err := note.Open([]byte(signed), note.VerifierList(unique(known)...))
	if err != nil {
		return Checkpoint{}, nil, fmt.Errorf("%w: %w", ErrForged, err)
	}
	by := map[uint32]bool{}
	for _, s := range n.Sigs {
		by[s.Hash] = true
	}
	c, err := parseCheckpoint(n.Text)
	if err == nil && c.Origin != n.Sigs[0].Name {
		err = fmt.Errorf("%w: the key %s signs for the log %q", ErrCheckpoint, n.Sigs[0].Name, c.Origin)
	}
	return c, by, err
}

// unique leaves out a key that stands twice: a list that names one twice is ambiguous to package note.
func unique(known []note.Verifier) []note.Verifier {
	seen := map[string]bool{}
	var all []note.Verifier
	for _, v := range known {
		name := fmt.Sprintf("%s+%08x", v.Name(), v.KeyHash())
		if !seen[name] {
			all = append(all, v)
		}
		seen[name] = true
	}
	return all
}

// Checkpoints splits a file into the signed checkpoints it holds, as they are appended one after another.
func Checkpoints(file string) []string {
	file = strings.ReplaceAll(file, "\r\n", "\n") // as mail programs save it
	var all []string
	for file != "" {
		text, rest, found := strings.Cut(file, "\n\n")
		if !found {
			return append(all, file) // not whole: it will not open
		}
		end := 0
		for strings.HasPrefix(rest[end:], "— ") {
			next := strings.IndexByte(rest[end:], '\n')
			if next < 0 {
				end = len(rest)
				break
			}
			end += next + 1
		}
		all = append(all, text+"\n\n"+rest[:end])
		file = strings.TrimLeft(rest[end:], "\n")
	}
	return all
}

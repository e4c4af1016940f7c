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

// Text is what is signed: four lines, the first three as C2SP's tlog-checkpoint has them.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\ntime %s\n", c.Origin, c.Size, c.Root, c.At.UTC().Format(TimeFormat))
}

// parseCheckpoint reads the text of a checkpoint whose signature was checked. Nothing is not signed.
func parseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 5 {
		return Checkpoint{}, ErrCheckpoint
	}
	size, failed := strconv.ParseInt(lines[1], 10, 64)
	root, wrong := ParseTreeHash(lines[2])
	at, unreadable := time.Parse("time "+TimeFormat, lines[3])
	c := Checkpoint{Origin: lines[0], Size: size, Root: root, At: at}
	if err := errors.Join(failed, wrong, unreadable); err != nil || size < 1 || c.Text() != text {
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

// Sign signs a checkpoint.
func (c Checkpoint) Sign(signers ...note.Signer) (string, error) {
	signed, err := note.Sign(&note.Note{Text: c.Text()}, signers...)
	if err != nil {
		return "", fmt.Errorf("signing the checkpoint of %d entries: %w", c.Size, err)
	}
	return string(signed), nil
}

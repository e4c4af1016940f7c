package audit

import (
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// proofFormat is the form of the proof of one entry.
const proofFormat = "uketsuke-proof-1"

// A Proof shows that one entry stands in a log that was signed, without the rest of the log.
type Proof struct {
	Format string `json:"format"`
	Leaf   Leaf   `json:"leaf"`
	// Path are the hashes from the leaf up to the root.
	Path       []TreeHash `json:"path"`
	Checkpoint string     `json:"checkpoint"`
	Keys       []KeyUse   `json:"keys"`
}

// NewProof makes the proof of a leaf under a checkpoint of a size; hash gives the stored hash of a place.
func NewProof(l Leaf, size int64, signed string, keys []KeyUse, hash func(Place) (TreeHash, error)) (Proof, error) {
	path, err := tlog.ProveRecord(size, l.Seq, hashes(hash))
	if err != nil {
		return Proof{}, fmt.Errorf("proving entry %d: %w", l.Seq, err)
	}
	return Proof{Format: proofFormat, Leaf: l, Path: path, Checkpoint: signed, Keys: keys}, nil
}

func hashes(hash func(Place) (TreeHash, error)) tlog.HashReaderFunc {
	return func(positions []int64) ([]TreeHash, error) {
		all := make([]TreeHash, len(positions))
		for i, at := range positions {
			var err error
			if all[i], err = hash(PlaceOf(at)); err != nil {
				return nil, err
			}
		}
		return all, nil
	}
}

// Grown are the inner nodes that the leaf at seq completes, from below, with their places; hash gives the
// stored hash of a place.
func Grown(seq int64, leaf TreeHash, hash func(Place) (TreeHash, error)) ([]TreeHash, error) {
	all, err := tlog.StoredHashesForRecordHash(seq, leaf, hashes(hash))
	if err != nil {
		return nil, fmt.Errorf("adding leaf %d: %w", seq, err)
	}
	return all[1:], nil
}

// Root is the root at a size; hash gives the stored hash of a place.
func Root(size int64, hash func(Place) (TreeHash, error)) (TreeHash, error) {
	root, err := tlog.TreeHash(size, hashes(hash))
	if err != nil {
		return root, fmt.Errorf("computing the root of %d leaves: %w", size, err)
	}
	return root, nil
}

// ErrProof says that a proof does not prove.
var ErrProof = errors.New("the proof does not prove that the entry stands in the log")

// ParseProof reads the proof of one entry.
func ParseProof(text []byte) (Proof, error) {
	var p Proof
	if err := json.Unmarshal(text, &p); err != nil {
		return p, fmt.Errorf("reading a proof: %w", err)
	}
	if p.Format != proofFormat {
		return p, fmt.Errorf("reading a proof: %w: it says nothing of %s", ErrProof, proofFormat)
	}
	return p, nil
}

// Verify checks the proof against the keys that are trusted: the entry's text is that of its leaf, its
// personal text, if there, is the one that was hashed, and the leaf stands under the signed root. It gives
// the checkpoint.
func (p Proof) Verify(trust *Trust) (Checkpoint, error) {
	for _, use := range p.Keys {
		if err := trust.Extend(use); err != nil {
			return Checkpoint{}, err
		}
	}
	c, err := trust.Open(p.Checkpoint)
	if err != nil {
		return c, err
	}
	if LeafHash(p.Leaf.Entry) != p.Leaf.Hash {
		return c, fmt.Errorf("%w: its text is not that of the leaf", ErrProof)
	}
	var said line
	if err := json.Unmarshal([]byte(p.Leaf.Entry), &said); err != nil {
		return c, fmt.Errorf("%w: %w", ErrProof, err)
	}
	beside := Personal{Salt: p.Leaf.Salt, Text: p.Leaf.Personal}
	if beside != (Personal{}) && beside.Hash() != said.Personal {
		return c, fmt.Errorf("%w: its personal text is not the one that was hashed", ErrProof)
	}
	if p.Leaf.Seq < 0 || p.Leaf.Seq >= c.Size {
		return c, fmt.Errorf("%w: leaf %d of %d", ErrProof, p.Leaf.Seq, c.Size)
	}
	if err := tlog.CheckRecord(p.Path, c.Size, c.Root, p.Leaf.Seq, p.Leaf.Hash); err != nil {
		return c, fmt.Errorf("%w: %w", ErrProof, err)
	}
	return c, nil
}

// Said is what an entry says, read back from its text and its personal text.
type Said struct {
	Entry
	// Kept says that the personal text is still there.
	Kept bool
}

// Read reads an entry's text and personal text.
func Read(text, personal string) (Said, error) {
	var l line
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		return Said{}, fmt.Errorf("reading an entry: %w", err)
	}
	at, err := parseTime(l.At)
	if err != nil {
		return Said{}, fmt.Errorf("reading an entry: %w", err)
	}
	said := Said{Entry: Entry{ID: l.ID, At: at, Actor: l.Actor, Role: l.Role, Act: l.Act, Establishment: l.Establishment,
		Application: l.Application, Subject: l.Subject, Detail: l.Detail}}
	if personal == "" {
		return said, nil
	}
	var b beside
	if err := json.Unmarshal([]byte(personal), &b); err != nil {
		return said, fmt.Errorf("reading the personal text of an entry: %w", err)
	}
	said.ActorName, said.Personal, said.Kept = b.Name, b.Personal, true
	return said, nil
}

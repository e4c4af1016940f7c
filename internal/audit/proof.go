package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// proofFormat is the form of the proof of one entry.
const proofFormat = "uketsuke-proof-2"

// oldProofFormat had checkpoints for hand-overs.
const oldProofFormat = "uketsuke-proof-1"

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
	if path == nil {
		path = []TreeHash{}
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

// ParseProof reads the proof of one entry, in its one spelling.
func ParseProof(text []byte) (Proof, error) {
	var p Proof
	text, ended := bytes.CutSuffix(text, []byte("\n"))
	if !ended {
		return p, fmt.Errorf("reading a proof: %w: its line does not end", ErrProof)
	}
	if err := strictly(text, &p); err != nil {
		return p, fmt.Errorf("reading a proof: %w: %w", ErrProof, err)
	}
	if p.Format != proofFormat && p.Format != oldProofFormat {
		return p, fmt.Errorf("reading a proof: %w: it says nothing of %s", ErrProof, proofFormat)
	}
	if p.Path == nil || len(p.Keys) == 0 {
		return p, fmt.Errorf("reading a proof: %w: it has no path or no key", ErrProof)
	}
	return p, nil
}

// A Proven is what a proof has proven.
type Proven struct {
	Checkpoint Checkpoint
	Caveats    []Caveat
}

// Verify checks the proof against the keys that are trusted, and against checkpoints that were saved elsewhere: the
// entry's text is that of its leaf, its personal text, if there, is the one that was hashed, the leaf stands under the
// signed root, and a saved checkpoint of that size has the same root.
func (p Proof) Verify(trust *Trust, saved ...string) (Proven, error) {
	trust = trust.clone()
	old, failed := trust.follow(p.Keys, p.Format == oldProofFormat)
	if len(failed) > 0 {
		return Proven{}, errors.Join(failed...)
	}
	c, witnessed, err := trust.openCheckpoint(p.Checkpoint)
	if err != nil {
		return Proven{}, err
	}
	if err := p.holds(c); err != nil {
		return Proven{Checkpoint: c}, fmt.Errorf("%w: %w", ErrProof, err)
	}
	met, torn, err := meets(c, trust, saved)
	if err != nil {
		return Proven{Checkpoint: c}, err
	}
	return Proven{c, caveats(map[Caveat]bool{OwnWord: !met && !witnessed, NoPersonal: p.Leaf.Salt == "", OldHandOver: old, Torn: torn > 0})}, nil
}

// holds says what keeps the entry from being the one under a checkpoint.
func (p Proof) holds(c Checkpoint) error {
	if LeafHash(p.Leaf.Entry) != p.Leaf.Hash {
		return errors.New("its text is not that of the leaf")
	}
	said, err := readLine(p.Leaf.Entry)
	if err != nil {
		return err
	}
	if beside := (Personal{Salt: p.Leaf.Salt, Text: p.Leaf.Personal}); beside != (Personal{}) {
		if err := readBeside(beside, said.Personal); err != nil {
			return err
		}
	}
	if p.Leaf.Seq < 0 || p.Leaf.Seq >= c.Size {
		return fmt.Errorf("leaf %d of %d", p.Leaf.Seq, c.Size)
	}
	return tlog.CheckRecord(p.Path, c.Size, c.Root, p.Leaf.Seq, p.Leaf.Hash)
}

// meets says whether one of the saved checkpoints is that one, and how many were torn. Of another size, nothing follows from
// it.
func meets(c Checkpoint, trust *Trust, saved []string) (met bool, torn int, err error) {
	for _, file := range saved {
		all, cut := trust.openSaved(file, c.Origin)
		torn += cut
		for _, own := range all {
			switch {
			case own.err != nil:
				return false, torn, fmt.Errorf("a saved checkpoint: %w", own.err)
			case own.Origin != c.Origin:
				return false, torn, fmt.Errorf("%w: a saved checkpoint is of the log %q, not of %q", ErrForged, own.Origin, c.Origin)
			case own.Size == c.Size && own.Root != c.Root:
				return false, torn, fmt.Errorf("%w: a saved checkpoint of %s is of another history", ErrProof, stamp(own.At))
			}
			met = met || own.Size == c.Size
		}
	}
	return met, torn, nil
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

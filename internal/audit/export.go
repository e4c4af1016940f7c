package audit

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// exportFormat is the form of an export: one JSON object per line, a Head first, an End last.
const exportFormat = "uketsuke-audit-1"

// A Head begins an export: which leaves of a log of which size it holds, and the subtrees to their left and
// right, so that a part of a log can be verified like the whole.
type Head struct {
	Format string `json:"format"`
	Origin string `json:"origin"`
	// From and To are the leaves held, To not included; Size is that of the checkpoint at the end.
	From int64 `json:"from"`
	To   int64 `json:"to"`
	Size int64 `json:"size"`
	// Personal says that personal texts are given, where they were not removed.
	Personal bool     `json:"personal"`
	Left     []Node   `json:"left,omitempty"`
	Right    []Node   `json:"right,omitempty"`
	Keys     []KeyUse `json:"keys"`
}

// A Leaf is one entry at its place. Entry is "" once the text was removed after its time; the hash stays.
type Leaf struct {
	Seq      int64    `json:"seq"`
	Hash     TreeHash `json:"hash"`
	Entry    string   `json:"entry,omitempty"`
	Personal string   `json:"personal,omitempty"`
	Salt     string   `json:"salt,omitempty"`
}

// An End closes an export: what comes without one was cut.
type End struct {
	Leaves int64 `json:"leaves"`
}

// exportLine is one line: exactly one of its parts.
type exportLine struct {
	Head       *Head  `json:"head,omitempty"`
	Leaf       *Leaf  `json:"leaf,omitempty"`
	Checkpoint string `json:"checkpoint,omitempty"`
	End        *End   `json:"end,omitempty"`
}

// An Exporter writes an export as a stream.
type Exporter struct {
	out    *json.Encoder
	leaves int64
}

// NewExporter begins an export.
func NewExporter(w io.Writer, head Head) (*Exporter, error) {
	head.Format = exportFormat
	x := &Exporter{out: json.NewEncoder(w)}
	return x, x.write(exportLine{Head: &head})
}

// Leaf writes the next leaf.
func (x *Exporter) Leaf(l Leaf) error {
	x.leaves++
	return x.write(exportLine{Leaf: &l})
}

// Checkpoint writes a signed checkpoint; it stands after the last leaf that it covers.
func (x *Exporter) Checkpoint(signed string) error { return x.write(exportLine{Checkpoint: signed}) }

// End closes the export.
func (x *Exporter) End() error { return x.write(exportLine{End: &End{x.leaves}}) }

func (x *Exporter) write(line exportLine) error {
	if err := x.out.Encode(line); err != nil {
		return fmt.Errorf("writing an export of the audit log: %w", err)
	}
	return nil
}

// lineMax bounds one line of an export, in bytes.
const lineMax = 1 << 20

// ErrExport says that a file is no export of an audit log.
var ErrExport = errors.New("not an export of an audit log")

// VerifyExport reads an export and verifies it: with the keys trusted, and against checkpoints that were
// saved elsewhere. Nothing else is needed. An error means that it could not be read to the end.
func VerifyExport(r io.Reader, trust *Trust, saved ...string) (Report, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 64<<10), lineMax)
	var v *Verification
	ended := false
	for n := 1; lines.Scan(); n++ {
		var line exportLine
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			return Report{}, fmt.Errorf("%w: line %d: %w", ErrExport, n, err)
		}
		if v == nil {
			if line.Head == nil || line.Head.Format != exportFormat {
				return Report{}, fmt.Errorf("%w: line 1 says nothing of %s", ErrExport, exportFormat)
			}
			v = NewVerification(*line.Head, trust, saved...)
			continue
		}
		ended = v.line(line, ended)
	}
	if err := lines.Err(); err != nil {
		return Report{}, fmt.Errorf("reading an export of the audit log: %w", err)
	}
	if v == nil {
		return Report{}, fmt.Errorf("%w: it is empty", ErrExport)
	}
	if !ended {
		v.find(TailCut, v.next, "the file ends in the middle")
	}
	return v.Report(), nil
}

// line takes one line after the head, and says whether the end has been read.
func (v *Verification) line(line exportLine, ended bool) bool {
	switch {
	case ended:
		v.find(Inserted, v.next, "there are lines after the end")
	case line.Leaf != nil:
		v.Leaf(*line.Leaf)
	case line.Checkpoint != "":
		v.Checkpoint(line.Checkpoint)
	case line.End != nil:
		if line.End.Leaves != v.report.Leaves {
			v.find(Removed, v.next, "it says that it holds %d leaves, and holds %d", line.End.Leaves, v.report.Leaves)
		}
		return true
	}
	return ended
}

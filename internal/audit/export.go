package audit

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// exportFormat is the form of an export: one JSON object per line, a Head first, an End last.
const exportFormat = "uketsuke-audit-2"

// oldExportFormat had checkpoints for hand-overs.
const oldExportFormat = "uketsuke-audit-1"

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

// lineMax bounds one line of an export with its end, in bytes.
const lineMax = 1 << 20

// ErrExport says that a file is no export of an audit log.
var ErrExport = errors.New("not an export of an audit log")

// VerifyExport reads an export and verifies it: with the keys trusted, and against checkpoints that were
// saved elsewhere. Nothing else is needed. An error means that it could not be read to the end, or in more ways than one.
func VerifyExport(r io.Reader, trust *Trust, saved ...string) (Report, error) {
	lines := bufio.NewReaderSize(r, lineMax)
	head, err := readHead(lines)
	if err != nil {
		return Report{}, fmt.Errorf("%w: line 1: %w", ErrExport, err)
	}
	v := NewVerification(head, trust, saved...)
	for n := 2; ; n++ {
		text, err := nextLine(lines)
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = v.line(text)
		}
		if err != nil {
			return Report{}, fmt.Errorf("%w: line %d: %w", ErrExport, n, err)
		}
	}
	if !v.ended {
		v.find(TailCut, v.next, "the file ends in the middle")
	}
	return v.Report(), nil
}

// nextLine is the next line without its end; io.EOF when there is none.
func nextLine(lines *bufio.Reader) ([]byte, error) {
	text, err := lines.ReadSlice('\n')
	switch {
	case errors.Is(err, io.EOF) && len(text) > 0:
		return nil, errors.New("it does not end")
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, fmt.Errorf("it is longer than %d bytes", lineMax)
	case err != nil:
		return nil, err
	}
	return text[:len(text)-1], nil
}

func readHead(lines *bufio.Reader) (Head, error) {
	text, err := nextLine(lines)
	if errors.Is(err, io.EOF) {
		return Head{}, errors.New("the file is empty")
	} else if err != nil {
		return Head{}, err
	}
	var line exportLine
	if err := strictly(text, &line); err != nil {
		return Head{}, err
	}
	if line.Head == nil || line.parts() != 1 {
		return Head{}, errors.New("it is no head")
	}
	return *line.Head, line.Head.problem()
}

func (l exportLine) parts() (n int) {
	for _, there := range [...]bool{l.Head != nil, l.Leaf != nil, l.Checkpoint != "", l.End != nil} {
		if there {
			n++
		}
	}
	return n
}

// problem is what keeps a head from being one:
//   - its format is known,
//   - its origin is the name of a log: no blank, no plus, nothing that a terminal obeys,
//   - it names a key,
//   - its leaves are in order,
//   - its subtrees are those to the left and right of them.
func (h Head) problem() error {
	if h.Format != exportFormat && h.Format != oldExportFormat {
		return fmt.Errorf("it says nothing of %s", exportFormat)
	}
	if h.Origin == "" || strings.ContainsFunc(h.Origin, func(r rune) bool { return r <= ' ' || r == '+' || r > '~' && r <= 0xa0 }) {
		return fmt.Errorf("%q is not the name of a log", h.Origin)
	}
	if len(h.Keys) == 0 {
		return errors.New("it names no key")
	}
	if h.From < 0 || h.From > h.To || h.To > h.Size {
		return fmt.Errorf("the leaves %d to %d of %d are none", h.From, h.To, h.Size)
	}
	if !placed(h.Left, Edge(0, h.From)) || !placed(h.Right, Edge(h.To, h.Size)) {
		return ErrEdge
	}
	return nil
}

// placed says that nodes are those of the places.
func placed(nodes []Node, places []Place) bool {
	return slices.EqualFunc(nodes, places, func(n Node, p Place) bool { return n.Level == p.Level })
}

// line takes one line after the head.
func (v *Verification) line(text []byte) error {
	var line exportLine
	if err := strictly(text, &line); err != nil {
		return err
	}
	switch {
	case v.ended:
		return errors.New("it stands after the end")
	case line.parts() != 1:
		return fmt.Errorf("it holds %d parts", line.parts())
	case line.Head != nil:
		return errors.New("it is a second head")
	case line.Leaf != nil:
		v.Leaf(*line.Leaf)
	case line.Checkpoint != "":
		v.Checkpoint(line.Checkpoint)
	default:
		v.ended = true
		if line.End.Leaves != v.report.Leaves {
			v.find(Removed, v.next, "it says that it holds %d leaves, and holds %d", line.End.Leaves, v.report.Leaves)
		}
	}
	return nil
}

package audit

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

// A Fault is a way in which a log is found not to be what was signed.
type Fault string

// The faults.
const (
	Changed   Fault = "changed"   // a text is not the one of its leaf
	Removed   Fault = "removed"   // a leaf is missing
	Inserted  Fault = "inserted"  // a leaf, or a line, stands where none belongs
	Reordered Fault = "reordered" // a leaf stands at another place
	Altered   Fault = "altered"   // the leaves to a checkpoint are not those that were signed
	TailCut   Fault = "tail-cut"  // a checkpoint covers more than there is
	Forged    Fault = "forged"    // a checkpoint or a key is not signed by a key that is trusted
	Forked    Fault = "forked"    // a saved checkpoint is of another history
	Restarted Fault = "restarted" // a saved checkpoint is of the history that a restore has cut
	Unnamed   Fault = "unnamed"   // no key that is trusted names a key of the log
	Unsigned  Fault = "unsigned"  // no checkpoint covers the leaves at the end
	Vanished  Fault = "vanished"  // a text or personal text is missing that no retention has removed
)

// A Finding is one fault and where it stands: a leaf, or the size of a checkpoint.
type Finding struct {
	Fault Fault
	Seq   int64
	Text  string
}

func (f Finding) String() string { return fmt.Sprintf("%s at %d: %s", f.Fault, f.Seq, f.Text) }

// A Restart is an entry that says that an older backup was restored: of the history before, the leaves from
// Size on are lost, to the checkpoint of Lost leaves that was known then.
type Restart struct {
	Seq, Size, Lost int64
}

// A Report is what a verification has seen. Without findings, the leaves are those that were signed.
type Report struct {
	Origin         string
	From, To, Size int64
	Leaves         int64
	Checkpoints    int // of the export, verified
	Saved          int // saved elsewhere, verified
	Witnessed      int // of the export, verified and signed by a witness too
	Torn           int // saved elsewhere, cut when they were written
	Passed         int // saved elsewhere, of sizes at which the export has no leaf to compare
	Last           Checkpoint
	// Vouched is the last size for which somebody else than the log's own key speaks.
	Vouched int64
	// Forgotten are the leaves without personal text, Dropped those without text.
	Forgotten, Dropped int64
	Restarts           []Restart
	Findings           []Finding
	// More counts the findings beyond the first findingsMax.
	More    int
	Caveats []Caveat
}

// Clean says that nothing was found.
func (r Report) Clean() bool { return len(r.Findings) == 0 }

// findingsMax bounds the findings that are told.
const findingsMax = 100

// A Verification takes the leaves of a log one by one, in memory that does not grow with it.
type Verification struct {
	head   Head
	trust  *Trust
	tree   Range
	next   int64
	saved  []Checkpoint // by size; those that are not met yet
	missed []Checkpoint // saved ones that did not fit
	// lastBare and lastForgotten are the last leaves without a text and without a personal text;
	// dropped and forgotten say to where the log's own entries of retention explain it.
	lastBare, lastForgotten int64
	dropped, forgotten      int64
	ended, old              bool // the end was read; a hand-over of the old form was passed over
	report                  Report
}

// NewVerification begins with the head of an export, the keys that are trusted, and signed checkpoints that
// were saved elsewhere; each string may hold several.
func NewVerification(head Head, trust *Trust, saved ...string) *Verification {
	v := &Verification{head: head, trust: trust.clone(), lastBare: -1, lastForgotten: -1,
		report: Report{Origin: head.Origin, From: head.From, To: head.To, Size: head.Size}}
	old, failed := v.trust.follow(head.Keys, head.Format == oldExportFormat)
	v.old = old
	for _, err := range failed {
		fault := Forged
		if errors.Is(err, ErrUnnamed) {
			fault = Unnamed
		}
		v.find(fault, 0, "a key of the log: %v", err)
	}
	for _, n := range head.Left {
		if err := v.tree.AddNode(n); err != nil {
			v.find(Altered, head.From, "the subtrees to the left: %v", err)
		}
	}
	v.next = head.From
	v.save(saved)
	return v
}

// save opens the checkpoints that were saved elsewhere.
func (v *Verification) save(files []string) {
	for _, file := range files {
		all, torn := v.trust.openSaved(file, v.head.Origin)
		v.report.Torn += torn
		for _, c := range all {
			switch {
			case c.err != nil:
				v.find(Forged, c.Size, "a saved checkpoint: %v", c.err)
			case c.Origin != v.head.Origin:
				v.find(Forged, c.Size, "a saved checkpoint is of the log %q, not of %q", c.Origin, v.head.Origin)
			default:
				v.saved = append(v.saved, c.Checkpoint)
			}
		}
	}
	slices.SortFunc(v.saved, func(a, b Checkpoint) int { return cmp.Compare(a.Size, b.Size) })
	v.compareSaved()
}

func (v *Verification) find(fault Fault, seq int64, format string, args ...any) {
	if len(v.report.Findings) == findingsMax {
		v.report.More++
		return
	}
	v.report.Findings = append(v.report.Findings, Finding{fault, seq, fmt.Sprintf(format, args...)})
}

// Leaf takes the next leaf.
func (v *Verification) Leaf(l Leaf) {
	switch {
	case l.Seq > v.next:
		v.find(Removed, v.next, "the next leaf is %d", l.Seq)
		v.next = l.Seq
	case l.Seq < v.next:
		v.find(Reordered, l.Seq, "it stands where %d belongs", v.next)
	}
	v.look(l)
	v.tree.Add(l.Hash)
	v.next++
	v.report.Leaves++
	v.compareSaved()
}

// look compares a leaf with its text, and the text with what stands beside it.
func (v *Verification) look(l Leaf) {
	beside := Personal{Salt: l.Salt, Text: l.Personal}
	if l.Entry == "" {
		v.report.Dropped++
		v.lastBare = l.Seq
		if beside != (Personal{}) {
			v.find(Changed, l.Seq, "it has a personal text, and no text that would hold its hash")
		}
		return
	}
	if LeafHash(l.Entry) != l.Hash {
		v.find(Changed, l.Seq, "its text is not the one that its leaf was made of")
	}
	said, err := readLine(l.Entry)
	if err != nil {
		v.find(Changed, l.Seq, "its text cannot be read: %v", err)
		return
	}
	if beside == (Personal{}) {
		v.report.Forgotten++
		v.lastForgotten = l.Seq
	} else if err := readBeside(beside, said.Personal); err != nil {
		v.find(Changed, l.Seq, "%v", err)
	}
	v.explain(l.Seq, said)
}

// Acts of the log about itself, whose entries a verification reads.
const (
	ActForget  = "forget-personal" // personal text of all leaves before Bound was removed
	ActDrop    = "drop-entries"    // text of all leaves before Bound was removed
	ActRestore = "restored"        // an older backup was restored
)

// explain takes note of what an entry says about the log itself. Retention speaks of what stands before it.
func (v *Verification) explain(seq int64, said line) {
	number := func(k Key) int64 {
		n, err := strconv.ParseInt(said.Detail[k], 10, 64)
		if err != nil {
			return 0
		}
		return n
	}
	switch said.Act {
	case ActForget:
		v.forgotten = max(v.forgotten, min(number(Bound), seq))
	case ActDrop:
		v.dropped = max(v.dropped, min(number(Bound), seq))
	case ActRestore:
		v.report.Restarts = append(v.report.Restarts, Restart{Seq: seq, Size: number(Size), Lost: number(LogSize)})
	}
}

// compareSaved compares the saved checkpoints of the size that is reached.
func (v *Verification) compareSaved() {
	for len(v.saved) > 0 && v.saved[0].Size <= v.tree.Size() {
		c := v.saved[0]
		v.saved = v.saved[1:]
		switch {
		case c.Size < v.tree.Size():
			v.report.Passed++ // it lies within a subtree, and cannot be judged by it
		case c.Root == v.tree.Root():
			v.report.Saved++
			v.report.Vouched = max(v.report.Vouched, c.Size)
		default:
			v.missed = append(v.missed, c)
		}
	}
}

// Checkpoint takes a checkpoint of the log itself, after the leaves that it covers.
func (v *Verification) Checkpoint(signed string) {
	c, witnessed, err := v.trust.openCheckpoint(signed)
	switch {
	case err != nil:
		v.find(Forged, v.tree.Size(), "the checkpoint here: %v", err)
		return
	case c.Origin != v.head.Origin:
		v.find(Forged, c.Size, "it is of the log %q, not of %q", c.Origin, v.head.Origin)
		return
	}
	if v.next == v.head.To && c.Size == v.head.Size {
		v.right()
	}
	switch {
	case c.Size > v.tree.Size():
		v.find(TailCut, v.tree.Size(), "the checkpoint of %s covers %d leaves, there are %d", stamp(c.At), c.Size, v.tree.Size())
	case c.Size < v.tree.Size():
		v.find(Reordered, c.Size, "its checkpoint stands after %d leaves", v.tree.Size())
	case c.Root != v.tree.Root():
		v.find(Altered, c.Size, "the leaves to here are not those that were signed at %s", stamp(c.At))
	default:
		v.holds(c, witnessed)
	}
	if c.Size >= v.report.Last.Size {
		v.report.Last = c
	}
}

// holds counts a checkpoint that is of the leaves to here.
func (v *Verification) holds(c Checkpoint, witnessed bool) {
	v.report.Checkpoints++
	if witnessed {
		v.report.Witnessed++
		v.report.Vouched = max(v.report.Vouched, c.Size)
	}
}

// right adds the subtrees to the right of the leaves that are held.
func (v *Verification) right() {
	for _, n := range v.head.Right {
		if err := v.tree.AddNode(n); err != nil {
			v.find(Altered, v.head.To, "the subtrees to the right: %v", err)
			return
		}
		v.compareSaved()
	}
	v.head.Right = nil
}

func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// Report closes the verification.
func (v *Verification) Report() Report {
	if v.next < v.head.To {
		v.find(TailCut, v.next, "it says that it holds the leaves before %d", v.head.To)
	}
	if last := v.report.Last.Size; last == 0 || last != v.head.Size || last < v.tree.Size() {
		v.find(Unsigned, last, "no checkpoint covers the leaves from here on")
	}
	v.judgeSaved()
	unexplained := v.judgeRemoved()
	v.report.Caveats = caveats(map[Caveat]bool{OwnWord: v.report.Saved+v.report.Witnessed == 0, NoPersonal: !v.head.Personal,
		Unexplained: unexplained, OldHandOver: v.old, Torn: v.report.Torn > 0})
	return v.report
}

// judgeSaved says what a saved checkpoint that does not fit means: a tail that was cut, another history, or
// a restore that the log itself tells of. The latter is no excuse, only an explanation.
func (v *Verification) judgeSaved() {
	for _, c := range slices.Concat(v.missed, v.saved) {
		i := slices.IndexFunc(v.report.Restarts, func(r Restart) bool { return r.Size < c.Size && c.Size <= r.Lost })
		switch {
		case i >= 0:
			r := v.report.Restarts[i]
			v.find(Restarted, r.Size, "restart after restore at size %d: the leaves %d to %d of the saved checkpoint of %s are lost",
				r.Size, r.Size, c.Size-1, stamp(c.At))
		case c.Size > v.tree.Size():
			v.find(TailCut, v.tree.Size(), "a saved checkpoint of %s covers %d leaves, there are %d", stamp(c.At), c.Size, v.tree.Size())
		default:
			v.find(Forked, c.Size, "a saved checkpoint of %s is of another history", stamp(c.At))
		}
	}
}

// judgeRemoved compares what is missing with what retention has removed. Only the whole tail tells that, because the entry
// that says so comes after; of a part that misses more than it explains, nothing is known.
func (v *Verification) judgeRemoved() (unexplained bool) {
	bare := v.lastBare >= v.dropped
	forgotten := v.head.Personal && v.lastForgotten >= max(v.forgotten, v.dropped)
	if v.head.To < v.head.Size {
		return bare || forgotten
	}
	if bare {
		v.find(Vanished, v.lastBare, "its text is missing, and retention has removed only those before %d", v.dropped)
	}
	if forgotten {
		v.find(Vanished, v.lastForgotten, "its personal text is missing, and retention has removed only those before %d", v.forgotten)
	}
	return false
}

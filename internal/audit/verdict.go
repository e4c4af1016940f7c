package audit

import (
	"maps"
	"slices"
)

// A Verdict is what a verification comes to. Its number is the exit status of whoever asks at a command line.
type Verdict int

// The verdicts. 2 is a command line that cannot be carried out.
const (
	Verified Verdict = 0 // what is there was signed, and somebody else than the log's key says so too
	Refuted  Verdict = 1 // something was found, or the file cannot be read in one way
	Partly   Verdict = 3 // nothing was found, and less is known than could be: a Caveat says what
)

// A Caveat is something that a verification without findings has not shown.
type Caveat string

// The caveats.
const (
	OwnWord     Caveat = "own-word"      // no saved checkpoint and no witness: whoever has the log's key can have written this
	NoPersonal  Caveat = "no-personal"   // without personal texts: who acted, and why, is not shown
	Unexplained Caveat = "unexplained"   // texts are missing, and a part cannot tell whether retention removed them
	Torn        Caveat = "torn"          // a saved checkpoint was cut when it was written, and says nothing
	OldHandOver Caveat = "old-hand-over" // a key was handed over in the old way, and is believed because it was named beforehand
)

// caveats are those that apply, in one order.
func caveats(apply map[Caveat]bool) []Caveat {
	maps.DeleteFunc(apply, func(_ Caveat, does bool) bool { return !does })
	return slices.Sorted(maps.Keys(apply))
}

// Verdict is what the report comes to.
func (r Report) Verdict() Verdict {
	if !r.Clean() {
		return Refuted
	}
	return verdictOf(r.Caveats)
}

// Verdict is what a proof that proves comes to.
func (p Proven) Verdict() Verdict { return verdictOf(p.Caveats) }

func verdictOf(caveats []Caveat) Verdict {
	if len(caveats) > 0 {
		return Partly
	}
	return Verified
}

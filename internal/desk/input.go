package desk

// What people type, as strings: the rules read them, so that every door meets the same rule.

// StartForm is page E5.
type StartForm struct {
	Kinds   []string
	Desired string
	Reason  string
}

// CodeForm is page E8: the code's own choices and the block that asks for identification numbers.
type CodeForm struct {
	Category                      string
	StatsPaid, StatsFree, Archive bool
	// The block 「識別番号に関する項目」; empty Trades mean that nothing is asked for.
	SingleSignOn string // "yes" or "no"
	Trades       []string
	Method       string
	Count        string
}

// A RemarkForm is one remark of a return.
type RemarkForm struct {
	Item string
	Body string
}

// ApproveForm is the verdict on C2.
type ApproveForm struct {
	Round  int // the registered version that was shown
	Start  string
	Reason string // needed when Start is not the wish (R-EX-4)
	// Proposed are the user codes that the page proposed; a difference is told, no error (R-ID-10).
	Proposed []string
	// Codes are user codes that the examiner chose instead of the proposed ones, by placeholder; Numbers are
	// identification numbers in the order in which they are proposed, by placeholder. "" takes the next (R-ID-7).
	Codes   map[int]string
	Numbers map[int][]string
}

// StartChangeForm is the change of a start date on C3.
type StartChangeForm struct {
	Start  string
	Reason string
}

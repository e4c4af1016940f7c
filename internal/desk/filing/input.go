package filing

// What people type, as strings: the rules read them, so that every door meets the same rule.

// StartForm is the page of what to apply for.
type StartForm struct {
	Kinds   []string
	Desired string
	Reason  string
}

// CodeForm is the page of a code: the code's own choices and the block that asks for identification numbers.
type CodeForm struct {
	Category                      string
	StatsPaid, StatsFree, Archive bool
	// The block 「識別番号に関する項目」; empty Trades mean that nothing is asked for.
	SingleSignOn string // "yes" or "no"
	Trades       []string
	Method       string
	Count        string
}

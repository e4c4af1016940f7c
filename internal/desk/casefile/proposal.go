package casefile

// ApproveForm is the verdict on the examiner's page of a case.
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

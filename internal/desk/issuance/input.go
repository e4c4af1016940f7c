package issuance

// A RemarkForm is one remark of a return.
type RemarkForm struct {
	Item string
	Body string
}

// StartChangeForm is the change of a start date on the page of what was issued.
type StartChangeForm struct {
	Start  string
	Reason string
}

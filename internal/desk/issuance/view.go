package issuance

import (
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/casefile"
)

// An IDNotice is the answer to reading the secrets: the only value that holds them in clear. Whoever has one forgets it.
type IDNotice struct {
	Case casefile.Case
	IDs  []RevealedID
}

// A RevealedID is a user ID with its initial passwords.
type RevealedID struct {
	casefile.IssuedID
	// Replaced says that the passwords were issued again since, so that these are dead (R-SEC-9).
	Replaced               bool
	Password, UserPassword []byte
}

// FewCodes is how many free user codes are few: from here on the examiner is warned (R-ID-7).
const FewCodes = 5

// An Examination is the examiner's page of a case beside the Case.
type Examination struct {
	Case   casefile.Case
	Checks []application.Check
	// Planned are the codes and numbers as they would be issued now (R-ID-7).
	Planned []casefile.IssuedCode
	// CodesLeft is how many user codes are still free for the company in the region, those planned
	// included (R-ID-7).
	CodesLeft int
	// Earliest is the first possible start date and EarliestReason why, when it is not the wish (R-EX-9).
	Earliest       calendar.Date
	EarliestReason string
	// Deadline and LastReading follow from Earliest.
	Deadline, LastReading calendar.Date
	// Since is what changed since the version before, ToContract what changes in the contract.
	Since []application.Difference
	// Earlier are the establishment's other applications.
	Earlier []casefile.ListRow
	// MayApprove is false with WhyNot when the actor registered it, or is not its claimant.
	WhyNot string
}

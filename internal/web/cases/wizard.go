package cases

import (
	"uketsuke/internal/application"
)

// The steps of the wizard, in their order.
const (
	StepStart = iota
	StepContact
	StepCodes
	StepConfirm
	StepDone
)

// StepPaths are the ends of the steps' addresses.
func StepPaths() []string { return []string{"start", "contact", "codes", "confirm", "registered"} }

// StartFilled says whether the wizard's first page was ever saved.
func StartFilled(doc application.Document) bool { return len(doc.Kinds) > 0 && doc.Reason != "" }

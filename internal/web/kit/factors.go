package kit

import (
	"strings"
)

const keyProof = "passkey-proof"

// keyProofAt is when that was given.
const keyProofAt = "passkey-proof-at"

// Digits is a code as it was meant: without the blanks that apps show in it.
func Digits(typed string) string { return strings.Join(strings.Fields(typed), "") }

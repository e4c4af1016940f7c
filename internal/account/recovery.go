package account

import "strings"

// How many recovery codes a set has, and of how many random bytes each is made: 120 bits, so that a plain keyed hash
// may stand for it at rest (ASVS 6.5.2).
const (
	RecoveryCodes     = 10
	RecoveryCodeBytes = 15
)

// recoveryGroup is how many characters stand together on paper.
const recoveryGroup = 4

// RecoveryCode writes random bytes as people copy them: groups of letters and digits.
func RecoveryCode(random []byte) string {
	plain := plainBase32().EncodeToString(random)
	var groups []string
	for len(plain) > recoveryGroup {
		groups, plain = append(groups, plain[:recoveryGroup]), plain[recoveryGroup:]
	}
	return strings.Join(append(groups, plain), "-")
}

// FoldRecoveryCode makes one of what people type: small letters, blanks and strokes do no harm, and the digits that
// no code has stand for the letters they look like. ok is false when it cannot be a code.
func FoldRecoveryCode(typed string) (code string, ok bool) {
	code = strings.NewReplacer(" ", "", "-", "", "\u3000", "", "0", "O", "1", "I", "8", "B").Replace(strings.ToUpper(typed))
	random, err := plainBase32().DecodeString(code)
	if err != nil || len(random) != RecoveryCodeBytes {
		return "", false
	}
	return RecoveryCode(random), true
}

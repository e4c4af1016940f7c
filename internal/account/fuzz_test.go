package account

import (
	"bytes"
	"strings"
	"testing"
)

// FuzzCredentials: recovery codes and keys of authenticator apps are read as they are written, however they are typed.
func FuzzCredentials(f *testing.F) {
	code := RecoveryCode(bytes.Repeat([]byte{7}, RecoveryCodeBytes))
	for _, s := range []string{code, strings.ToLower(code), TOTPKey(bytes.Repeat([]byte{7}, TOTPSecretBytes)), "", "01189", "\xff", "ＡＢＣ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		if code, ok := FoldRecoveryCode(typed); ok {
			if again, still := FoldRecoveryCode(code); !still || again != code {
				t.Fatalf("%q: %q, then %q", typed, code, again)
			}
		}
		if key, err := ParseTOTPKey(typed); err == nil {
			if again, err := ParseTOTPKey(TOTPKey(key)); err != nil || !bytes.Equal(again, key) {
				t.Fatalf("%q: %x, then %x, %v", typed, key, again, err)
			}
		}
	})
}

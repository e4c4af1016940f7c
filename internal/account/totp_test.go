package account

import (
	"testing"
	"time"
)

// The secret and the times of RFC 6238, appendix B, with codes of six digits.
func TestTOTP(t *testing.T) {
	secret := []byte("12345678901234567890")
	for at, want := range map[int64]string{59: "287082", 1111111109: "081804", 1234567890: "005924", 2000000000: "279037"} {
		if got := TOTPCode(secret, TOTPStep(time.Unix(at, 0))); got != want {
			t.Errorf("the code at %d is %s, want %s", at, got, want)
		}
	}
	if IsTOTPCode("12345") || IsTOTPCode("12345a") || IsTOTPCode("１２３４５６") || !IsTOTPCode("005924") {
		t.Error("a code is six digits")
	}
}

func TestMatchTOTP(t *testing.T) {
	secret := []byte("12345678901234567890")
	now := time.Unix(1234567890, 0)
	step := TOTPStep(now)
	tests := []struct {
		name string
		of   int64 // the step whose code is typed
		used int64
		ok   bool
	}{
		{"the current one", step, 0, true},
		{"a device behind by one", step - 1, 0, true},
		{"a device ahead by one", step + 1, 0, true},
		{"behind by two", step - 2, 0, false},
		{"ahead by two", step + 2, 0, false},
		{"ASVS 6.5.1: used already", step, step, false},
		{"ASVS 6.5.1: before one that was used", step - 1, step, false},
		{"after one that was used", step + 1, step, true},
	}
	for _, tt := range tests {
		got, ok := MatchTOTP(secret, TOTPCode(secret, tt.of), now, tt.used)
		if ok != tt.ok || ok && got != tt.of {
			t.Errorf("%s: step %d, %v", tt.name, got, ok)
		}
	}
}

func TestTOTPKeyAndRecoveryCodes(t *testing.T) {
	secret := []byte("12345678901234567890")
	if back, err := ParseTOTPKey("gezd gnbv gy3t qojq gezd gnbv gy3t qojq"); err != nil || string(back) != string(secret) {
		t.Errorf("the key reads as %q, %v", back, err)
	}
	for _, short := range []string{"", "GEZDGNBV", "not base 32!"} {
		if _, err := ParseTOTPKey(short); err == nil {
			t.Errorf("%q passes for a key", short)
		}
	}
	code := RecoveryCode([]byte("123456789012345"))
	if code != "GEZD-GNBV-GY3T-QOJQ-GEZD-GNBV" {
		t.Errorf("the code is %s", code)
	}
	for typed, ok := range map[string]bool{code: true, "gezd gnbv gy3t qojq gezd gnbv": true, "GEZD-GNBV-GY3T-QOJQ-GEZD": false, "": false, "287082": false} {
		if got, is := FoldRecoveryCode(typed); is != ok || ok && got != code {
			t.Errorf("%q reads as %q, %v", typed, got, is)
		}
	}
	if got, _ := FoldRecoveryCode("0000-1111-8888-AAAA-AAAA-AAAA"); got != "OOOO-IIII-BBBB-AAAA-AAAA-AAAA" {
		t.Errorf("digits that look like letters read as %s", got)
	}
}

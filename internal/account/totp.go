package account

import (
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

// TOTPPeriod is how long a code of an authenticator app is the current one (RFC 6238).
const TOTPPeriod = 30 * time.Second

// TOTPSecretBytes is the length of a secret: that of the hash the apps use.
const TOTPSecretBytes = 20

// totpSkew is how many steps a device's clock may be behind or ahead.
const totpSkew = 1

// TOTPStep is the number of the step that an instant lies in.
func TOTPStep(at time.Time) int64 { return at.Unix() / int64(TOTPPeriod/time.Second) }

// TOTPCode is the code of six digits that an app with this secret shows during a step.
func TOTPCode(secret []byte, step int64) (string, error) {
	code, err := hotp.GenerateCodeCustom(TOTPKey(secret), uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		return "", fmt.Errorf("computing a code: %w", err)
	}
	return code, nil
}

// MatchTOTP finds the step whose code was typed: one around the instant, and after the step that was used last,
// because each counts once (ASVS 6.5.1). ok is false when there is none.
func MatchTOTP(secret []byte, typed string, at time.Time, used int64) (step int64, ok bool, err error) {
	now := TOTPStep(at)
	for s := now - totpSkew; s <= now+totpSkew; s++ {
		code, err := TOTPCode(secret, s)
		if err != nil {
			return 0, false, err
		}
		if subtle.ConstantTimeCompare([]byte(code), []byte(typed)) == 1 && s > used && !ok {
			step, ok = s, true
		}
	}
	return step, ok, nil
}

// TOTPKey is a secret as people type it into an app: letters and the digits 2 to 7.
func TOTPKey(secret []byte) string { return plainBase32().EncodeToString(secret) }

// ParseTOTPKey reads what TOTPKey writes; blanks and small letters do no harm.
func ParseTOTPKey(key string) ([]byte, error) {
	secret, err := plainBase32().DecodeString(strings.ToUpper(strings.Join(strings.Fields(key), "")))
	if err != nil || len(secret) < TOTPSecretBytes {
		return nil, fmt.Errorf("reading the key of an authenticator app: it is not %d bytes in base32", TOTPSecretBytes)
	}
	return secret, nil
}

func plainBase32() *base32.Encoding { return base32.StdEncoding.WithPadding(base32.NoPadding) }

// IsTOTPCode says whether what was typed looks like a code of an authenticator app.
func IsTOTPCode(typed string) bool {
	return len(typed) == 6 && strings.Trim(typed, "0123456789") == ""
}

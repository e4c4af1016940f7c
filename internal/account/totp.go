package account

import (
	"crypto/sha1"
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"uketsuke/internal/forget"
)

// TOTPPeriod is how long a code of an authenticator app is the current one (RFC 6238).
const TOTPPeriod = 30 * time.Second

// TOTPSecretBytes is the length of a secret: that of the hash the apps use.
const TOTPSecretBytes = 20

// totpSkew is how many steps a device's clock may be behind or ahead.
const totpSkew = 1

// TOTPStep is the number of the step that an instant lies in.
func TOTPStep(at time.Time) int64 { return at.Unix() / int64(TOTPPeriod/time.Second) }

// TOTPCode is the code of six digits that an app with this secret shows during a step (RFC 4226, section 5.3). Nothing is left of
// the secret.
func TOTPCode(secret []byte, step int64) string {
	mac := forget.MAC(sha1.New, secret, binary.BigEndian.AppendUint64(nil, uint64(step)))
	at := mac[len(mac)-1] & 0xf
	return fmt.Sprintf("%06d", binary.BigEndian.Uint32(mac[at:])&0x7fffffff%1_000_000)
}

// MatchTOTP finds the step whose code was typed: one around the instant, and after the step that was used last,
// because each counts once (ASVS 6.5.1). ok is false when there is none.
func MatchTOTP(secret []byte, typed string, at time.Time, used int64) (step int64, ok bool) {
	now := TOTPStep(at)
	for s := now - totpSkew; s <= now+totpSkew; s++ {
		code := TOTPCode(secret, s)
		if subtle.ConstantTimeCompare([]byte(code), []byte(typed)) == 1 && s > used && !ok {
			step, ok = s, true
		}
	}
	return step, ok
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

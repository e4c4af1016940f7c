package mail

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"slices"
	"strings"
)

// ReturnPaths gives every mail a return path of its own (VERP), so that whatever comes back says by its
// address which mail it was: bounce+<id>.<mac>@<domain>. The mac is cut from an HMAC under a key of this
// installation, so that nobody can name a mail whose return path they have not seen.
type ReturnPaths struct {
	domain string
	keys   [][]byte
}

const (
	returnTo = "bounce+"
	macBytes = 10 // 80 bits; with the id of a row the local part stays within the 64 characters of RFC 5321
)

// NewReturnPaths makes return paths at a domain whose mail reaches this installation. They are made under the
// first key and recognised under each.
func NewReturnPaths(domain string, keys ...[]byte) *ReturnPaths {
	if ascii, err := asciiDomain(domain); err == nil {
		domain = ascii
	}
	return &ReturnPaths{domain: strings.ToLower(domain), keys: keys}
}

// For is the return path of a row of the outbox. The row's id is made by us, of letters, digits and "-".
func (p *ReturnPaths) For(job string) string {
	return returnTo + job + "." + mac(p.keys[0], job) + "@" + p.domain
}

// Job is the row that an address is the return path of; ok is false for every address that For did not
// make. Servers may change the case of an address, so case makes no difference.
func (p *ReturnPaths) Job(address string) (job string, ok bool) {
	local, domain, _ := strings.Cut(strings.ToLower(address), "@")
	token, ours := strings.CutPrefix(local, returnTo)
	job, given, _ := strings.Cut(token, ".")
	made := func(key []byte) bool { return hmac.Equal([]byte(given), []byte(mac(key, job))) }
	if !ours || domain != p.domain || job == "" || !slices.ContainsFunc(p.keys, made) {
		return "", false
	}
	return job, true
}

func mac(key []byte, job string) string {
	h := hmac.New(sha256.New, key)
	h.Write([]byte("return path\n" + job)) // never fails
	return strings.ToLower(base32.StdEncoding.EncodeToString(h.Sum(nil)[:macBytes]))
}

package mail

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"strings"
)

// ReturnPaths gives every mail a return path of its own (VERP), so that whatever comes back says by its
// address which mail it was: bounce+<id>.<mac>@<domain>. The mac is cut from an HMAC under a key of this
// installation, so that nobody can name a mail whose return path they have not seen.
type ReturnPaths struct {
	domain string
	key    []byte
}

const (
	returnTo = "bounce+"
	macBytes = 10 // 80 bits; with the id of a row the local part stays within the 64 characters of RFC 5321
)

// NewReturnPaths makes return paths at a domain whose mail reaches this installation.
func NewReturnPaths(domain string, key []byte) *ReturnPaths {
	if ascii, err := asciiDomain(domain); err == nil {
		domain = ascii
	}
	return &ReturnPaths{domain: strings.ToLower(domain), key: key}
}

// For is the return path of a row of the outbox. The row's id is made by us, of letters, digits and "-".
func (p *ReturnPaths) For(job string) string {
	return returnTo + job + "." + p.mac(job) + "@" + p.domain
}

// Job is the row that an address is the return path of; ok is false for every address that For did not
// make. Servers may change the case of an address, so case makes no difference.
func (p *ReturnPaths) Job(address string) (job string, ok bool) {
	local, domain, _ := strings.Cut(strings.ToLower(address), "@")
	token, ours := strings.CutPrefix(local, returnTo)
	job, mac, _ := strings.Cut(token, ".")
	if !ours || domain != p.domain || job == "" || !hmac.Equal([]byte(mac), []byte(p.mac(job))) {
		return "", false
	}
	return job, true
}

func (p *ReturnPaths) mac(job string) string {
	h := hmac.New(sha256.New, p.key)
	h.Write([]byte("return path\n" + job)) // never fails
	return strings.ToLower(base32.StdEncoding.EncodeToString(h.Sum(nil)[:macBytes]))
}

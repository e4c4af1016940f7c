package keyring

import (
	"crypto"
	"crypto/ed25519"
	"crypto/sha512"
	"fmt"
	"io"

	"filippo.io/edwards25519"

	"uketsuke/internal/forget"
)

// A fileSigner is an Ed25519 key that is read for each signature.
type fileSigner struct {
	d *directory
	o Own
}

// Public is the public half.
func (s *fileSigner) Public() crypto.PublicKey { return s.o.Public }

// Sign signs a message, which must not be hashed before.
func (s *fileSigner) Sign(_ io.Reader, message []byte, opts crypto.SignerOpts) ([]byte, error) {
	if opts.HashFunc() != crypto.Hash(0) {
		return nil, errHashed
	}
	seed, err := s.d.ownKey(s.o)
	if err != nil {
		return nil, fmt.Errorf("signing with %s: %w", s.o, err)
	}
	defer forget.Bytes(seed)
	return sign(seed, message), nil
}

// A pair is what RFC 8032 makes of a seed. crypto/ed25519 would do the same, and keep it.
type pair struct {
	digest [sha512.Size]byte // the scalar's bytes, and what is hashed before a message
	scalar edwards25519.Scalar
	public []byte
}

// with lends out the pair of a seed and leaves nothing of it but what is public.
func with(seed []byte, use func(*pair)) {
	forget.Stack(func() {
		p := new(pair)
		defer forget.Value(p)
		p.digest = sha512.Sum512(seed)
		if _, err := p.scalar.SetBytesWithClamping(p.digest[:32]); err != nil {
			panic(err) // it has 32 bytes
		}
		p.public = new(edwards25519.Point).ScalarBaseMult(&p.scalar).Bytes()
		use(p)
	})
}

func publicOf(seed []byte) (public ed25519.PublicKey) {
	with(seed, func(p *pair) { public = p.public })
	return public
}

// sign is the signature of RFC 8032, section 5.1.6.
func sign(seed, message []byte) (signature []byte) {
	with(seed, func(p *pair) {
		r := scalarOf(p.digest[32:], message)
		defer forget.Value(r)
		commitment := new(edwards25519.Point).ScalarBaseMult(r).Bytes()
		s := new(edwards25519.Scalar).MultiplyAdd(scalarOf(commitment, p.public, message), &p.scalar, r)
		signature = append(commitment, s.Bytes()...)
	})
	return signature
}

// scalarOf is the digest of parts as a scalar.
func scalarOf(parts ...[]byte) *edwards25519.Scalar {
	h := sha512.New()
	defer forget.Value(h)
	for _, part := range parts {
		h.Write(part)
	}
	digest := h.Sum(nil)
	defer forget.Bytes(digest)
	s, err := new(edwards25519.Scalar).SetUniformBytes(digest)
	if err != nil {
		panic(err) // it has 64 bytes
	}
	return s
}

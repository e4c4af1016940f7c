// Package signature puts the operator's electronic signature into papers.
//
// Its words: a signer is a certificate with its private key, and the certificates above it. A signature stands
// in an increment: what is appended to a PDF file so that the bytes before it stay as they were. The signature
// itself is a CMS SignedData, made by an established library; where it goes in the file is written here.
//
// It answers one question: who vouches for this paper?
package signature

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"time"

	"github.com/smallstep/pkcs7"
	"software.sslmate.com/src/go-pkcs12"
)

// A Signer signs papers. It is safe for concurrent use.
type Signer struct {
	certificate *x509.Certificate
	above       []*x509.Certificate // issuers, the nearest first
	key         crypto.Signer
}

// An Outdated error says that the certificate does not hold at the time of signing.
type Outdated struct{ From, Ends time.Time }

func (o *Outdated) Error() string {
	return fmt.Sprintf("the certificate holds from %s to %s only", o.From.UTC().Format(time.RFC3339), o.Ends.UTC().Format(time.RFC3339))
}

// FromPEM makes a signer of a certificate chain and its unencrypted private key.
func FromPEM(chain, key []byte) (*Signer, error) {
	pair, err := tls.X509KeyPair(chain, key)
	if err != nil {
		return nil, fmt.Errorf("reading certificate and key: %w", err)
	}
	var above []*x509.Certificate
	for _, der := range pair.Certificate[1:] {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, fmt.Errorf("reading the certificates above: %w", err)
		}
		above = append(above, c)
	}
	return newSigner(pair.Leaf, above, pair.PrivateKey)
}

// FromPKCS12 makes a signer of a PKCS#12 file (.p12, .pfx).
func FromPKCS12(file []byte, password string) (*Signer, error) {
	key, certificate, above, err := pkcs12.DecodeChain(file, password)
	if err != nil {
		return nil, fmt.Errorf("reading the PKCS#12 file: %w", err)
	}
	return newSigner(certificate, above, key)
}

// newSigner refuses what readers of the papers would: weak keys, and certificates that are not for signing.
func newSigner(certificate *x509.Certificate, above []*x509.Certificate, key any) (*Signer, error) {
	s := &Signer{certificate: certificate, above: ordered(certificate, above)}
	var is bool
	if s.key, is = key.(crypto.Signer); !is {
		return nil, fmt.Errorf("a key of type %T cannot sign", key)
	}
	switch public := certificate.PublicKey.(type) {
	case *rsa.PublicKey:
		if public.N.BitLen() < 2048 {
			return nil, fmt.Errorf("an RSA key of %d bits is too short, 2048 are needed", public.N.BitLen())
		}
	case *ecdsa.PublicKey:
		if public.Curve.Params().BitSize < 256 {
			return nil, fmt.Errorf("an elliptic curve of %d bits is too short, 256 are needed", public.Curve.Params().BitSize)
		}
	default:
		return nil, fmt.Errorf("keys of type %T are not known to readers of PDF", public)
	}
	if equal, is := s.key.Public().(interface{ Equal(crypto.PublicKey) bool }); !is || !equal.Equal(certificate.PublicKey) {
		return nil, errors.New("the private key is not that of the certificate")
	}
	if usage := certificate.KeyUsage; usage != 0 && usage&(x509.KeyUsageDigitalSignature|x509.KeyUsageContentCommitment) == 0 {
		return nil, errors.New("the certificate is not for signing (its key usage)")
	}
	return s, nil
}

// ordered are the issuers from the certificate up; what issued nothing of it is left out.
func ordered(certificate *x509.Certificate, given []*x509.Certificate) []*x509.Certificate {
	var above []*x509.Certificate
	for at := certificate; len(above) < len(given); {
		var issuer *x509.Certificate
		for _, c := range given {
			if bytes.Equal(c.RawSubject, at.RawIssuer) && !c.Equal(at) && at.CheckSignatureFrom(c) == nil {
				issuer = c
			}
		}
		if issuer == nil {
			break
		}
		above, at = append(above, issuer), issuer
	}
	return above
}

// Name is who signs, as the certificate says.
func (s *Signer) Name() string {
	subject := s.certificate.Subject
	switch {
	case subject.CommonName != "":
		return subject.CommonName
	case len(subject.Organization) > 0:
		return subject.Organization[0]
	}
	return subject.String()
}

// Ends is when the signature stops being accepted: the first end of a certificate of the chain.
func (s *Signer) Ends() time.Time {
	ends := s.certificate.NotAfter
	for _, c := range s.above {
		if c.NotAfter.Before(ends) {
			ends = c.NotAfter
		}
	}
	return ends
}

// Probe says whether the signer can sign at a moment: *Outdated outside the certificate's time, another error
// when the key does not answer.
func (s *Signer) Probe(at time.Time) error {
	if at.Before(s.certificate.NotBefore) || !at.Before(s.Ends()) {
		return &Outdated{From: s.certificate.NotBefore, Ends: s.Ends()}
	}
	_, err := s.cms([]byte("probe"))
	return err
}

// cms is the detached signature of some bytes, in DER. The library checks nothing after signing, so that a key
// that answers wrongly is found here.
func (s *Signer) cms(content []byte) ([]byte, error) {
	signed, err := pkcs7.NewSignedData(content)
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	signed.SetDigestAlgorithm(pkcs7.OIDDigestAlgorithmSHA256)
	if err := signed.AddSignerChain(s.certificate, s.key, s.above, pkcs7.SignerInfoConfig{}); err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	signed.Detach()
	der, err := signed.Finish()
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	parsed, err := pkcs7.Parse(der)
	if err != nil {
		return nil, fmt.Errorf("reading the signature just made: %w", err)
	}
	parsed.Content = content
	if err := parsed.Verify(); err != nil {
		return nil, fmt.Errorf("checking the signature just made: %w", err)
	}
	return der, nil
}

// pemBlocks says whether a file is PEM.
func pemBlocks(file []byte) bool { block, _ := pem.Decode(file); return block != nil }

// Load makes a signer of files as they are configured: a certificate chain in PEM with its key, or a PKCS#12
// file that holds both, opened with the password.
func Load(certificate, key []byte, password string) (*Signer, error) {
	switch {
	case pemBlocks(certificate) && len(key) == 0:
		return FromPEM(certificate, certificate) // both in one file
	case pemBlocks(certificate):
		return FromPEM(certificate, key)
	case len(key) > 0:
		return nil, errors.New("a PKCS#12 file holds its key, there is no use for another")
	}
	return FromPKCS12(certificate, password)
}

package signature

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"software.sslmate.com/src/go-pkcs12"
)

// An issued certificate with its key.
type issued struct {
	*x509.Certificate
	key crypto.Signer
}

func (i issued) pem() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: i.Raw})
}

func (i issued) keyPEM(t *testing.T) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(i.key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// issue makes a certificate below another, nil for one that signs itself.
func issue(t *testing.T, name string, key crypto.Signer, above *issued, alter func(c *x509.Certificate)) issued {
	t.Helper()
	c := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name, Organization: []string{"見本"}},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
	}
	if above == nil {
		c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign
	}
	if alter != nil {
		alter(c)
	}
	parent, signs := c, key
	if above != nil {
		parent, signs = above.Certificate, above.key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), signs)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return issued{made, key}
}

func curveKey(t *testing.T) crypto.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func rsaKey(t *testing.T, bits int) crypto.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// paper is a file as the printer makes them.
func paper(t testing.TB) []byte {
	t.Helper()
	content, err := os.ReadFile("testdata/paper.pdf")
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func run(t *testing.T, debian, tool string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(tool); err != nil {
		t.Fatalf("%s is not installed: apt-get install %s", tool, debian)
	}
	out, err := exec.Command(tool, args...).CombinedOutput()
	if err != nil && tool != "pdfsig" { // which has an exit status of its own for what it found
		t.Fatalf("%s %s: %v\n%s", tool, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// trusting makes a folder in which pdfsig finds whom to trust.
func trusting(t *testing.T, ca issued) string {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(file, ca.pem(), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, "libnss3-tools", "certutil", "-N", "-d", dir, "--empty-password")
	run(t, "libnss3-tools", "certutil", "-A", "-d", dir, "-n", "ca", "-t", "CT,C,C", "-i", file)
	return dir
}

func verified(t *testing.T, nss string, file []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "signed.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return run(t, "poppler-utils", "pdfsig", "-nssdir", nss, path)
}

// Another program than ours, with a root of its own, finds the signature right, over the whole file, and by
// somebody it trusts; and finds every change.
func TestSignIsVerified(t *testing.T) {
	t.Parallel()
	ca := issue(t, "見本認証局", curveKey(t), nil, nil)
	between := issue(t, "見本中間認証局", curveKey(t), &ca, func(c *x509.Certificate) {
		c.IsCA, c.BasicConstraintsValid, c.KeyUsage = true, true, x509.KeyUsageCertSign
	})
	rsaSigner := issue(t, "見本ネットワーク運営センター", rsaKey(t, 2048), &ca, nil)
	curveSigner := issue(t, "見本ネットワーク運営センター", curveKey(t), &between, nil)
	nss := trusting(t, ca)
	for name, row := range map[string]struct {
		who   issued
		chain []byte
	}{
		"RSA":                               {rsaSigner, rsaSigner.pem()},
		"curve, below another, with chain":  {curveSigner, bytes.Join([][]byte{curveSigner.pem(), between.pem(), ca.pem()}, nil)},
		"curve, the chain in another order": {curveSigner, bytes.Join([][]byte{curveSigner.pem(), ca.pem(), between.pem()}, nil)},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Load(row.chain, row.who.keyPEM(t), "")
			if err != nil {
				t.Fatal(err)
			}
			signed, err := s.Sign(paper(t), "承認通知", time.Now())
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.HasPrefix(signed, paper(t)) {
				t.Error("the bytes of the paper have changed")
			}
			said := verified(t, nss, signed)
			for _, want := range []string{"Signature is Valid", "Certificate is Trusted", "Total document signed", "見本ネットワーク運営センター", "SHA-256", "adbe.pkcs7.detached"} {
				if !strings.Contains(said, want) {
					t.Errorf("%q is not in\n%s", want, said)
				}
			}
			sound(t, signed)
			spoilt := bytes.Clone(signed)
			spoilt[500] ^= 1
			if said := verified(t, nss, spoilt); strings.Contains(said, "Signature is Valid") {
				t.Errorf("a changed paper passes:\n%s", said)
			}
		})
	}
	// Who is not trusted is not.
	stranger := issue(t, "よそもの", curveKey(t), nil, func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageDigitalSignature })
	s, err := Load(stranger.pem(), stranger.keyPEM(t), "")
	if err != nil {
		t.Fatal(err)
	}
	signed, err := s.Sign(paper(t), "", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if said := verified(t, nss, signed); strings.Contains(said, "Certificate is Trusted") || !strings.Contains(said, "Signature is Valid") {
		t.Errorf("a stranger's signature:\n%s", said)
	}
}

func sound(t *testing.T, file []byte) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "signed.pdf")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	if said := run(t, "qpdf", "qpdf", "--check", path); !strings.Contains(said, "No syntax or stream encoding errors found") {
		t.Error(said)
	}
}

// The rest of the file comes of paper, signer and time alone: only the signature's own bytes differ.
func TestSignDeterministic(t *testing.T) {
	t.Parallel()
	ca := issue(t, "見本認証局", curveKey(t), nil, func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageDigitalSignature })
	s, err := Load(ca.pem(), ca.keyPEM(t), "")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	blank := func() []byte {
		signed, err := s.Sign(paper(t), "承認通知", at)
		if err != nil {
			t.Fatal(err)
		}
		from := bytes.LastIndex(signed, []byte("/Contents <"))
		return append(signed[:from:from], signed[from+2*room:]...)
	}
	if !bytes.Equal(blank(), blank()) {
		t.Error("the same paper signed twice differs outside the signature")
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	ca := issue(t, "見本認証局", curveKey(t), nil, nil)
	right := issue(t, "センター", curveKey(t), &ca, nil)
	weak := issue(t, "センター", rsaKey(t, 1024), &ca, nil)
	otherUse := issue(t, "センター", curveKey(t), &ca, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageKeyEncipherment })
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	unread := issue(t, "センター", edwards, &ca, nil)
	bundle, err := pkcs12.Modern.Encode(right.key, right.Certificate, []*x509.Certificate{ca.Certificate}, "合言葉")
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		certificate, key []byte
		password, fault  string
	}{
		"PEM":                          {right.pem(), right.keyPEM(t), "", ""},
		"PEM, both in one file":        {append(right.keyPEM(t), right.pem()...), nil, "", ""},
		"PKCS#12":                      {bundle, nil, "合言葉", ""},
		"PKCS#12, wrong password":      {bundle, nil, "x", "PKCS#12"},
		"PKCS#12 and a key":            {bundle, right.keyPEM(t), "合言葉", "no use"},
		"nothing":                      {nil, nil, "", "PKCS#12"},
		"no file of the kind":          {[]byte("%PDF"), nil, "", "PKCS#12"},
		"PEM without key":              {right.pem(), nil, "", "key"},
		"another's key":                {right.pem(), ca.keyPEM(t), "", "key"},
		"RSA of 1024 bits":             {weak.pem(), weak.keyPEM(t), "", "too short"},
		"a certificate for encryption": {otherUse.pem(), otherUse.keyPEM(t), "", "key usage"},
		"Ed25519":                      {unread.pem(), unread.keyPEM(t), "", "not known to readers"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Load(row.certificate, row.key, row.password)
			switch {
			case row.fault == "" && err != nil:
				t.Error(err)
			case row.fault == "" && (s.Name() != "センター" || s.Probe(time.Now()) != nil):
				t.Errorf("%q cannot sign: %v", s.Name(), s.Probe(time.Now()))
			case row.fault != "" && (err == nil || !strings.Contains(err.Error(), row.fault)):
				t.Errorf("%v, want %q", err, row.fault)
			}
		})
	}
}

// A silent key is one that does not answer, as a token that was pulled out.
type silent struct{ crypto.Signer }

func (silent) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.New("no token")
}

// A lying key answers, but not with its signature.
type lying struct{ crypto.Signer }

func (l lying) Sign(r io.Reader, digest []byte, o crypto.SignerOpts) ([]byte, error) {
	return l.Signer.Sign(r, append([]byte{digest[0] ^ 1}, digest[1:]...), o)
}

// Nothing leaves with a signature that is none.
func TestSignFails(t *testing.T) {
	t.Parallel()
	ca := issue(t, "見本認証局", curveKey(t), nil, nil)
	at := func(from, to time.Duration) *Signer {
		c := issue(t, "センター", curveKey(t), &ca, func(c *x509.Certificate) { c.NotBefore, c.NotAfter = time.Now().Add(from), time.Now().Add(to) })
		s, err := Load(c.pem(), c.keyPEM(t), "")
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	over, early, now := at(-2*time.Hour, -time.Hour), at(time.Hour, 2*time.Hour), at(-time.Hour, time.Hour)
	mute, wrong := *now, *now
	mute.key, wrong.key = silent{now.key}, lying{now.key}
	for name, s := range map[string]*Signer{"over": over, "not yet": early, "silent": &mute, "lying": &wrong} {
		t.Run(name, func(t *testing.T) {
			if signed, err := s.Sign(paper(t), "", time.Now()); err == nil || signed != nil {
				t.Errorf("%d bytes, %v", len(signed), err)
			}
			if err := s.Probe(time.Now()); err == nil {
				t.Error("a probe finds nothing wrong")
			}
		})
	}
	var outdated *Outdated
	if err := over.Probe(time.Now()); !errors.As(err, &outdated) {
		t.Errorf("%v", err)
	}
	twice, err := now.Sign(paper(t), "", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{"empty": nil, "no PDF": []byte("hello"), "cut": paper(t)[:9000], "signed already": twice} {
		if _, err := now.Sign(file, "", time.Now()); !errors.Is(err, ErrForm) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

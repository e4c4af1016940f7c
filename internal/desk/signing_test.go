package desk_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os/exec"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/sample"
	"uketsuke/internal/signature"
)

// certified is a signer whose certificate holds until then.
func certified(t *testing.T, until time.Time) *signature.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "見本センター電子証明書"},
		NotBefore: until.AddDate(-1, 0, 0), NotAfter: until, KeyUsage: x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	s, err := signature.FromPEM(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The centre's papers are signed, the applicant's letter is not. When signing fails a paper is given out all the same,
// and says that it is not signed; the page of operations knows, and it speaks of a certificate before it ends.
func TestPapersAreSigned(t *testing.T) {
	each(t, monday, func(t *testing.T, h *house) {
		ref, _ := h.Registered(sample.S2("2024-12-12"))
		receipt := func() (text string, signed bool) {
			pdf, _, err := h.Desk.FilingReceipt(t.Context(), h.Applicant, ref.ID, 1, false)
			h.ok(err)
			read := exec.Command("pdftotext", "-", "-")
			read.Stdin = bytes.NewReader(pdf)
			out, err := read.Output()
			h.ok(err)
			return strings.Join(strings.Fields(string(out)), " "), bytes.Contains(pdf, []byte("/SubFilter /adbe.pkcs7.detached"))
		}
		if text, signed := receipt(); signed || strings.Contains(text, "電子署名") || h.Desk.Signing().Name != "" {
			t.Errorf("no certificate: %v\n%s", signed, text)
		}
		h.Desk.Signer = certified(t, h.Elapsed().AddDate(0, 2, 0))
		if text, signed := receipt(); !signed || !strings.Contains(text, "電子署名 見本センター電子証明書") {
			t.Errorf("certificate: %v\n%s", signed, text)
		}
		form, _, err := h.Desk.ApplicationForm(t.Context(), h.Applicant, ref.ID, 1, false)
		h.ok(err)
		if bytes.Contains(form, []byte("/ByteRange")) {
			t.Error("the centre signs the applicant's letter")
		}
		if s := h.Desk.Signing(); s.Soon || s.Failure != "" {
			t.Errorf("two months before the end: %+v", s)
		}
		h.Desk.Signer = certified(t, h.Elapsed().AddDate(0, 0, 29))
		if s := h.Desk.Signing(); !s.Soon || s.Failure != "" {
			t.Errorf("29 days before the end: %+v", s)
		}
		h.Desk.Signer = certified(t, h.Elapsed().Add(-time.Second))
		if text, signed := receipt(); signed || !strings.Contains(text, "署名できませんでした") {
			t.Errorf("certificate that has ended: %v\n%s", signed, text)
		}
		page, err := h.Desk.Operations(t.Context(), h.Supervisor)
		h.ok(err)
		if page.Signing.Failure == "" {
			t.Errorf("operations: %+v", page.Signing)
		}
	})
}

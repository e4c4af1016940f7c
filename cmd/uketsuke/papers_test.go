package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/demo"
)

// The signer's files are read at the start, and everything wrong with them is told then.
func TestPaperFlags(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	pair, err := demo.Certificate("papers.example", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	chain, key := pemOf(t, pair)
	certificate, private := write("c.pem", chain), write("k.pem", key)
	for name, row := range map[string]struct {
		flags paperFlags
		fault string
	}{
		"none":                {paperFlags{}, ""},
		"PEM":                 {paperFlags{PaperCertificate: certificate, PaperKey: private}, ""},
		"key alone":           {paperFlags{PaperKey: private}, "paper-key: there is no paper-certificate"},
		"no such file":        {paperFlags{PaperCertificate: filepath.Join(dir, "x")}, "paper-certificate: open"},
		"no such key":         {paperFlags{PaperCertificate: certificate, PaperKey: filepath.Join(dir, "x")}, "paper-certificate: open"},
		"the key is missing":  {paperFlags{PaperCertificate: certificate}, "paper-certificate: reading certificate and key"},
		"neither PEM nor p12": {paperFlags{PaperCertificate: write("x.p12", []byte("x"))}, "PKCS#12"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := row.flags.signer()
			if row.fault == "" && (err != nil || (s == nil) != (row.flags.PaperCertificate == "")) {
				t.Errorf("%v, %v", s, err)
			}
			if row.fault != "" && (err == nil || !strings.Contains(err.Error(), row.fault)) {
				t.Errorf("%v, want %q", err, row.fault)
			}
		})
	}
}

// pemOf writes a pair as files hold it.
func pemOf(t *testing.T, pair tls.Certificate) (chain, key []byte) {
	t.Helper()
	private, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})
}

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"uketsuke/internal/signature"
)

// paperFlags are the certificate with which the centre signs its papers. The password comes from a file or
// from the environment only.
type paperFlags struct {
	PaperCertificate  string `placeholder:"FILE" env:"UKETSUKE_PAPER_CERTIFICATE" help:"Certificate that signs papers: a chain in PEM, or a PKCS#12 file with its key. Without it papers are not signed."`
	PaperKey          string `placeholder:"FILE" env:"UKETSUKE_PAPER_KEY" help:"Its private key in PEM, if it does not stand in the same file."`
	PaperPasswordFile string `placeholder:"FILE" env:"UKETSUKE_PAPER_PASSWORD_FILE" help:"File that holds the password of the PKCS#12 file; or put it into the variable UKETSUKE_PAPER_PASSWORD."`
}

// paperPassword is the variable that holds the PKCS#12 file's password.
const paperPassword = "UKETSUKE_PAPER_PASSWORD"

// signer reads the certificate, nil for none. One that has ended starts all the same: the papers say so, and
// nobody is kept from the service by it.
func (f paperFlags) signer() (*signature.Signer, error) {
	if f.PaperCertificate == "" {
		if f.PaperKey != "" {
			return nil, errors.New("paper-key: there is no paper-certificate")
		}
		return nil, nil
	}
	password := os.Getenv(paperPassword)
	certificate, err1 := os.ReadFile(f.PaperCertificate)
	var key, text []byte
	var err2, err3 error
	if f.PaperKey != "" {
		key, err2 = os.ReadFile(f.PaperKey)
	}
	if f.PaperPasswordFile != "" {
		text, err3 = os.ReadFile(f.PaperPasswordFile)
		password = strings.TrimRight(string(text), "\r\n")
	}
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, fmt.Errorf("paper-certificate: %w", err)
	}
	s, err := signature.Load(certificate, key, password)
	if err != nil {
		return nil, fmt.Errorf("paper-certificate: %w", err)
	}
	return s, nil
}

// watchSigning looks now and then whether papers can be signed, so that the end of a certificate is known
// before it comes.
func (s *service) watchSigning(ctx context.Context) {
	every(ctx, 6*time.Hour, func() { s.desk.WatchSigning(ctx) })
}

package main

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
	"uketsuke/internal/web/kit"
)

// doorTLS is how browsers are spoken to: TLS 1.3, or TLS 1.2 with ciphers that authenticate what they encrypt and with
// keys that nobody can find out later (ASVS 12.1.x).
func doorTLS(certificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)) *tls.Config {
	return &tls.Config{
		GetCertificate: certificate, NextProtos: []string{"h2", "http/1.1"}, MinVersion: tls.VersionTLS12,
		CipherSuites: []uint16{ // of TLS 1.2; those of 1.3 are all sound
			tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
			tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
			tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		},
	}
}

// certificateSoon is how long before its end the door's certificate is spoken of: those that renew themselves have done
// so by then.
const certificateSoon = 14 * 24 * time.Hour

// A certificate is what browsers are shown at the door, and takes a new one from its files without a new start. A nil
// certificate is that of a door that a proxy keeps.
type certificate struct {
	cert, key string

	mu     sync.Mutex
	pair   *tls.Certificate
	seen   [2]fileMark
	failed error // why the files as they are now cannot be taken; the pair before stays in use
}

// A fileMark tells one state of a file from another.
type fileMark struct {
	at   time.Time
	size int64
}

// openCertificate reads a certificate, its chain behind it, and its key, all in PEM.
func openCertificate(cert, key string) (*certificate, error) {
	d := &certificate{cert: cert, key: key}
	marks, err := d.marks()
	if err == nil {
		err = d.load(marks)
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

func (d *certificate) shown(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.pair, nil
}

func (d *certificate) marks() (marks [2]fileMark, err error) {
	for i, name := range []string{d.cert, d.key} {
		info, err := os.Stat(name)
		if err != nil {
			return marks, err
		}
		marks[i] = fileMark{info.ModTime(), info.Size()}
	}
	return marks, nil
}

// load takes what the files hold, unless certificate and key do not belong together, as between the two steps of a
// renewal.
func (d *certificate) load(marks [2]fileMark) error {
	pair, err := tls.LoadX509KeyPair(d.cert, d.key)
	if err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.pair, d.seen = &pair, marks
	return nil
}

// look takes a certificate whose files have changed since.
func (d *certificate) look(log *slog.Logger) {
	if d == nil {
		return
	}
	marks, err := d.marks()
	d.mu.Lock()
	same := marks == d.seen
	d.mu.Unlock()
	if err == nil && !same {
		if err = d.load(marks); err == nil {
			log.Info("a new certificate is in use", "ends", d.ends().Format(time.RFC3339))
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.failed = err
}

func (d *certificate) ends() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.pair.Leaf.NotAfter.UTC()
}

// findings are what is wrong with the certificate, or soon will be.
func (d *certificate) findings(now time.Time) []finding {
	if d == nil {
		return nil
	}
	var found []finding
	d.mu.Lock()
	failed := d.failed
	d.mu.Unlock()
	if failed != nil {
		found = append(found, finding{kit.FindCertificateUnread, degrade, fmt.Errorf("the certificate before stays in use: %w", failed)})
	}
	switch ends := d.ends(); {
	case !now.Before(ends):
		found = append(found, finding{kit.FindCertificateEnded, degrade, fmt.Errorf("tls-cert ended %s", ends.Format(time.RFC3339))})
	case ends.Sub(now) < certificateSoon:
		found = append(found, finding{kit.FindCertificateSoon, mention, fmt.Errorf("tls-cert ends %s", ends.Format(time.RFC3339))})
	}
	return found
}

package main

import (
	"crypto/tls"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/demo"
)

// What a scanner finds weak is not offered: nothing older than TLS 1.2, no cipher without authentication of what it
// encrypts, HTTP/2 and HTTP/1.1 (docs/scans.md).
func TestTheDoorSpeaksSoundTLS(t *testing.T) {
	t.Parallel()
	certificate, err := demo.Certificate("localhost", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", doorTLS(func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &certificate, nil }))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go answerTLS(conn)
		}
	}()
	try := func(c *tls.Config) error {
		c.InsecureSkipVerify = true
		conn, err := tls.Dial("tcp", listener.Addr().String(), c)
		if err == nil {
			err = conn.Close()
		}
		return err
	}
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS11} {
		if try(&tls.Config{MinVersion: version, MaxVersion: version}) == nil {
			t.Errorf("speaks %s", tls.VersionName(version))
		}
	}
	for _, suite := range slices.Concat(tls.CipherSuites(), tls.InsecureCipherSuites()) {
		if !slices.Contains(suite.SupportedVersions, tls.VersionTLS12) {
			continue
		}
		sound := strings.Contains(suite.Name, "ECDHE") && (strings.Contains(suite.Name, "GCM") || strings.Contains(suite.Name, "POLY1305"))
		taken := try(&tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{suite.ID}}) == nil
		if taken && !sound {
			t.Errorf("takes %s", suite.Name)
		}
	}
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		if err := try(&tls.Config{MinVersion: version, MaxVersion: version}); err != nil {
			t.Errorf("%s: %v", tls.VersionName(version), err)
		}
	}
}

// answerTLS shakes hands and hears the other side out.
func answerTLS(conn net.Conn) {
	_, _ = io.Copy(io.Discard, conn) // whether it was one is what the other side sees
	_ = conn.Close()
}

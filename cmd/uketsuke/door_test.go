package main

import (
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// ASVS 4.2.1: at the real door, of pages, machines and health, a request with two ends is refused with the headers of every
// answer, and what stands behind it is not answered.
func TestOneEndAtTheRealDoor(t *testing.T) {
	t.Parallel()
	s := start(t, served(t).Run, readyLine)
	for _, path := range []string{"/login", "/api/v1/logon-check", "/healthz", "/nothing"} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.address, "http://"))
		if err == nil {
			err = conn.SetDeadline(time.Now().Add(10 * time.Second))
		}
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n", path)
		answer, err := io.ReadAll(conn)
		said := string(answer)
		if err != nil || !strings.HasPrefix(said, "HTTP/1.1 400 ") || strings.Count(said, "HTTP/1.1 ") != 1 || !strings.Contains(said, "nosniff") {
			t.Errorf("%s: %q, %v", path, said, err)
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.stop(); err != nil {
		t.Error(err)
	}
}

package door

import (
	"bytes"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// serveTLS is serve as the service has it without a proxy: with TLS and HTTP/2.
func serveTLS(t *testing.T, g func(net.Listener) *Gate, handler http.HandlerFunc) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	sample := httptest.NewUnstartedServer(nil)
	sample.StartTLS()
	certificates := sample.TLS.Certificates
	sample.Close()
	server := ours(handler)
	sealed := tls.NewListener(g(l), &tls.Config{Certificates: certificates, NextProtos: []string{"h2", "http/1.1"}})
	go func() { _ = server.Serve(sealed) }()
	t.Cleanup(func() { _ = server.Close() })
	return l.Addr().String()
}

// A framed is a browser of HTTP/2 that sends what it likes.
type framed struct {
	*http2.Framer
	t    *testing.T
	conn net.Conn
	last uint32
}

// framing opens a connection of HTTP/2 that says how much may be sent to it for each stream, from a neighbourhood.
func framing(t *testing.T, address string, window uint32, place int) *framed {
	t.Helper()
	f := &framed{t: t, conn: tls.Client(dialFrom(t, address, place), &tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}})}
	f.Framer = http2.NewFramer(f.conn, f.conn)
	f.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	_, err := f.conn.Write([]byte(http2.ClientPreface))
	if err == nil {
		err = f.WriteSettings(http2.Setting{ID: http2.SettingInitialWindowSize, Val: window})
	}
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// begin opens a stream with a head of these fields, and says whether the connection took it.
func (f *framed) begin(ends bool, fields ...string) bool {
	if f.last == 0 {
		f.last = 1
	} else {
		f.last += 2
	}
	var head bytes.Buffer
	encoder := hpack.NewEncoder(&head)
	for pair := range slices.Chunk(append([]string{":authority", "desk", ":scheme", "https"}, fields...), 2) {
		if err := encoder.WriteField(hpack.HeaderField{Name: pair[0], Value: pair[1]}); err != nil {
			f.t.Fatal(err)
		}
	}
	return f.WriteHeaders(http2.HeadersFrameParam{StreamID: f.last, BlockFragment: head.Bytes(), EndStream: ends, EndHeaders: true}) == nil
}

// status is the next answer's.
func (f *framed) status() string {
	f.t.Helper()
	for {
		frame, err := f.ReadFrame()
		if err != nil {
			f.t.Fatalf("no answer: %v", err)
		}
		if head, is := frame.(*http2.MetaHeadersFrame); is {
			return head.PseudoValue("status")
		}
	}
}

func oneGate(l net.Listener) *Gate { return NewGate(l, 8, 8) }

// A body of HTTP/2 whose length is not said has no bound before it is read: nothing of it is.
func TestAStreamSaysItsLength(t *testing.T) {
	t.Parallel()
	reached := make(chan string, 9)
	address := serveTLS(t, oneGate, func(w http.ResponseWriter, r *http.Request) {
		reached <- r.Method
		w.WriteHeader(http.StatusNoContent)
	})
	for _, c := range []struct {
		what, status string
		ends         bool
		fields       []string
	}{
		{"a form without a length", "411", false, []string{":method", "POST", ":path", "/login"}},
		{"a page's request with a body without a length", "411", false, []string{":method", "GET", ":path", "/login"}},
		{"a form with its length", "204", false, []string{":method", "POST", ":path", "/login", "content-length", "5"}},
		{"a press of a button", "204", true, []string{":method", "POST", ":path", "/logout"}},
	} {
		f := framing(t, address, 1<<16, 0)
		if !f.begin(c.ends, c.fields...) {
			t.Fatal(c.what)
		}
		if got := f.status(); got != c.status {
			t.Errorf("%s: %s, want %s", c.what, got, c.status)
		}
	}
	if n := len(reached); n != 2 {
		t.Errorf("%d requests came in, want 2", n)
	}
}

// What a connection of HTTP/2 may have at once, in streams and in bytes that nobody has read yet.
func TestAConnectionHasFewStreams(t *testing.T) {
	t.Parallel()
	f := framing(t, serveTLS(t, oneGate, echo), 1<<16, 0)
	said, window := map[http2.SettingID]uint32{}, uint32(1<<16-1)
	if err := f.WritePing(false, [8]byte{1}); err != nil {
		t.Fatal(err)
	}
	for pong := false; !pong; {
		frame, err := f.ReadFrame()
		if err != nil {
			t.Fatal(err)
		}
		switch frame := frame.(type) {
		case *http2.SettingsFrame:
			_ = frame.ForeachSetting(func(s http2.Setting) error { said[s.ID] = s.Val; return nil })
		case *http2.WindowUpdateFrame:
			window += frame.Increment
		case *http2.PingFrame:
			pong = true
		}
	}
	if n := said[http2.SettingMaxConcurrentStreams]; n == 0 || n > 32 {
		t.Errorf("%d streams", n)
	}
	if n, is := said[http2.SettingInitialWindowSize]; is && n > 64<<10 || window > 64<<10 {
		t.Errorf("%d bytes for a stream, %d for all", n, window)
	}
	if n := said[http2.SettingMaxFrameSize]; n > 16<<10 {
		t.Errorf("frames of %d bytes", n)
	}
}

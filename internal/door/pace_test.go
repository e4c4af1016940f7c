package door

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"
)

// from is a dialer in a neighbourhood of its own.
func from(place int) *net.Dialer {
	return &net.Dialer{Timeout: time.Second, LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, byte(place), 1)}}
}

// asks is a new connection that asks once for something short.
func asks(address string, place int) error {
	conn, err := tls.DialWithDialer(from(place), "tcp", address, &tls.Config{InsecureSkipVerify: true})
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(2 * time.Second)); err != nil {
		return err
	}
	return ask(conn)
}

// pages answers with a page at /long that fills every buffer on the way, and with few words elsewhere, which fit into one.
func pages() http.HandlerFunc {
	long := bytes.Repeat([]byte("a page "), 2<<20)
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/long" {
			_, _ = w.Write(long)
			return
		}
		_, _ = io.WriteString(w, "few words")
	}
}

// Requests that are begun, and whose answers nobody takes, keep nobody out, by whichever protocol and with whatever signs of life.
func TestStalledRequestsKeepNobodyOut(t *testing.T) {
	t.Parallel()
	const most = 8
	stalls := map[string]func(t *testing.T, address string, place int){
		"HTTP/1.1": func(t *testing.T, address string, place int) {
			conn := tls.Client(dialFrom(t, address, place), &tls.Config{InsecureSkipVerify: true})
			if _, err := io.WriteString(conn, "GET /long HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
		},
		"HTTP/2": func(t *testing.T, address string, place int) {
			framing(t, address, 0, place).begin(true, ":method", "GET", ":path", "/long")
		},
		"HTTP/2 with signs of life": func(t *testing.T, address string, place int) {
			f := framing(t, address, 0, place)
			f.begin(true, ":method", "GET", ":path", "/long")
			go func() { _, _ = io.Copy(io.Discard, f.conn) }()
			go func() {
				for f.WritePing(false, [8]byte{1}) == nil && f.WriteRSTStream(f.last, http2.ErrCodeCancel) == nil && f.begin(true, ":method", "GET", ":path", "/long") {
					time.Sleep(20 * time.Millisecond)
				}
			}()
		},
		"a body that never comes": func(t *testing.T, address string, place int) {
			framing(t, address, 1<<16, place).begin(false, ":method", "POST", ":path", "/body", "content-length", "9")
		},
	}
	for name, stall := range stalls {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := pages()
			address := serveTLS(t, func(l net.Listener) *Gate {
				g := NewGate(l, most, most/2)
				g.patience = 100 * time.Millisecond
				return g
			}, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/body" {
					_, _ = io.ReadAll(r.Body)
				}
				page(w, r)
			})
			for i := range most {
				stall(t, address, 1+i%2)
			}
			time.Sleep(200 * time.Millisecond)
			for i := range most + 2 {
				if err := asks(address, 10+i); err != nil {
					t.Errorf("newcomer %d: %v", i, err)
				}
			}
		})
	}
}

// The streams of HTTP/2 have a bound over all connections, until their answers have been taken; what stalls at it gives way. An
// answer that is refused need not be taken.
func TestRequestsUnderWayHaveABound(t *testing.T) {
	t.Parallel()
	const most = 8
	g := NewGate(nil, most, most)
	g.patience = time.Minute
	address := serveTLS(t, func(l net.Listener) *Gate { g.Listener = l; return g }, pages())
	var refused atomic.Int64
	for range 4 {
		f := framing(t, address, 0, 1)
		for i := range 8 {
			f.begin(true, ":method", "GET", ":path", []string{"/long", "/short"}[i%2])
		}
		go func() {
			for {
				frame, err := f.ReadFrame()
				if err != nil {
					return
				}
				if head, is := frame.(*http2.MetaHeadersFrame); is && head.PseudoValue("status") == "503" && head.StreamEnded() {
					refused.Add(1)
				}
			}
		}()
	}
	const want = 4*8 - most*requestsPerSeat
	for end := time.Now().Add(3 * time.Second); refused.Load() < want && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	if n := refused.Load(); n != want {
		t.Errorf("%d are refused, want %d", n, want)
	}
	g.mu.Lock()
	g.patience = 0
	g.mu.Unlock()
	if err := asks(address, 1); err != nil {
		t.Error(err)
	}
}

// Whoever takes an answer slowly, but takes it, keeps the seat; a place with many seats gives to one with few before that; some
// seats are kept for places that have hardly any.
func TestWhoLosesASeat(t *testing.T) {
	t.Parallel()
	g := NewGate(nil, 32, 16)
	ago := time.Now()
	sit := func(place string, works int, since time.Duration) (*seat, *seat, bool) {
		s := &seat{gate: g, place: place}
		evicted, ok := g.sit(s)
		s.busy, s.works, s.since = true, works, ago.Add(-since)
		return s, evicted, ok
	}
	var slow, stalled *seat
	for range 15 {
		slow, _, _ = sit("many", 0, time.Second)
	}
	for i := range 15 {
		s, evicted, ok := sit(fmt.Sprint("few", i/5), 0, time.Second)
		if !ok || evicted != nil {
			t.Fatal("no seat at first")
		}
		stalled = s
	}
	if _, _, ok := sit("many", 0, 0); ok {
		t.Error("a place with many seats has one that is kept for others, or one of who goes on")
	}
	stalled.since = ago.Add(-time.Minute)
	if _, evicted, _ := sit("many", 0, 0); evicted != stalled {
		t.Error("who stalls stays")
	}
	slow.since = ago.Add(-2 * time.Second)
	if _, evicted, ok := sit("few0", 0, 0); !ok || evicted != slow {
		t.Error("who has few gets nothing of who has many")
	}
	for i := range 2 {
		if _, evicted, ok := sit(fmt.Sprint("new", i), 1, 0); !ok || evicted != nil {
			t.Error("no seat is kept for a place that has none")
		}
	}
	for s := range g.seats {
		s.works = 1
	}
	if _, _, ok := sit("newest", 0, 0); ok {
		t.Error("what is worked on is cut off")
	}
}

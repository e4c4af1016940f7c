package door

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// serve answers at a gate of its own with the path that was asked for; what is written to it and its address.
func serve(t *testing.T, most, each int, handler http.HandlerFunc) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := ours(handler)
	go func() { _ = server.Serve(NewGate(l, most, each)) }()
	t.Cleanup(func() { _ = server.Close() })
	return l.Addr().String()
}

// ours is a handler's server as the service has it.
func ours(handler http.HandlerFunc) *http.Server {
	return Server(Framed(handler, http.HandlerFunc(Misframed)), http.HandlerFunc(Crowded), slog.New(slog.DiscardHandler))
}

func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		_, _ = fmt.Fprintf(w, "%s %s;", r.URL.Path, body)
	}
}

// dial opens a connection that ends with the test.
func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	return dialFrom(t, address, 0)
}

func dialFrom(t *testing.T, address string, place int) net.Conn {
	t.Helper()
	conn, err := from(place).Dial("tcp", address)
	if err == nil {
		err = conn.SetDeadline(time.Now().Add(10 * time.Second))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// ASVS 4.2.1: a request whose end two readers could see at two places is refused, and nothing behind it is taken for a request.
func TestARequestHasOneEnd(t *testing.T) {
	t.Parallel()
	const smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
	for name, c := range map[string]struct {
		request string
		status  int
	}{
		"both, the length first":   {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
		"both, the length last":    {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 400},
		"both, the length is zero": {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
		"both, of a GET":           {"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
		"no length":                {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
		"two lengths":              {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n0\r\n\r\n", 400},
		"a coding that nobody has": {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 501},
		"of an older protocol":     {"POST / HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel() // each waits for the end of its connection
			conn := dial(t, serve(t, 8, 8, echo))
			if _, err := io.WriteString(conn, c.request+smuggled); err != nil {
				t.Fatal(err)
			}
			answer, err := io.ReadAll(conn) // to the end of the connection
			if err != nil {
				t.Errorf("the connection goes on: %v", err)
			}
			if said := string(answer); !strings.Contains(said, fmt.Sprintf(" %d ", c.status)) || strings.Contains(said, "smuggled") || strings.Count(said, "HTTP/1.") != 1 {
				t.Errorf("%q", said)
			}
		})
	}
	conn := dial(t, serve(t, 8, 8, echo))
	if _, err := io.WriteString(conn, "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nfirst"+"GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if answer, err := io.ReadAll(conn); err != nil || !strings.Contains(string(answer), "/a first;") || !strings.Contains(string(answer), "/b ;") {
		t.Errorf("one behind the other: %q, %v", answer, err)
	}
}

// ask sends a request over a connection and says what comes back.
func ask(conn net.Conn) error {
	if _, err := io.WriteString(conn, "GET /here HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		return err
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, answer.Body)
	return err
}

// Whoever only opens connections keeps nobody out, and nobody whose request is worked on loses the seat.
func TestSeatsGoToWhoAsks(t *testing.T) {
	t.Parallel()
	const most = 8
	started, finish := make(chan struct{}), make(chan struct{})
	address := serve(t, most, most, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			close(started)
			<-finish
		}
		echo(w, r)
	})
	slow := dial(t, address)
	if _, err := io.WriteString(slow, "GET /slow HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	<-started
	var idle []net.Conn
	for range 5 * most {
		conn := dial(t, address)
		_, _ = io.WriteString(conn, "GET /never")
		idle = append(idle, conn)
	}
	for range 3 {
		if err := ask(dial(t, address)); err != nil {
			t.Errorf("behind connections that ask nothing: %v", err)
		}
	}
	if _, err := idle[0].Read(make([]byte, 1)); err == nil {
		t.Error("the first idle connection is still there")
	}
	close(finish)
	answer, err := http.ReadResponse(bufio.NewReader(slow), nil)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("the request that was worked on: %v", err)
	}
}

// One neighbourhood has its part of the seats, and gets new ones only by giving up its own.
func TestANeighbourhoodHasItsPart(t *testing.T) {
	t.Parallel()
	g := NewGate(nil, 8, 2)
	sit := func(place string) (*seat, *seat, bool) {
		s := &seat{gate: g, place: place, since: time.Now()}
		evicted, ok := g.sit(s)
		return s, evicted, ok
	}
	first, _, _ := sit("a")
	second, _, _ := sit("a")
	other, _, _ := sit("b")
	first.busy, first.works = true, 1
	if _, evicted, ok := sit("a"); !ok || evicted != second {
		t.Errorf("the third of a place: %v", ok)
	}
	for s := range g.seats {
		s.busy, s.works = true, 1
	}
	if _, _, ok := sit("a"); ok {
		t.Error("a place that works on all its requests gets one more")
	}
	if _, evicted, ok := sit("b"); !ok || evicted != nil {
		t.Error("another place")
	}
	g.leave(other)
	g.leave(other)
	if g.shareOf("b").seats != 1 || len(g.seats) != 3 {
		t.Errorf("%d of b, %d in all", g.shareOf("b").seats, len(g.seats))
	}
}

package door

import (
	"context"
	"io"
	"net"
	"net/http"
	"time"
)

// piece is how much of an answer is sent before it counts as something taken.
const piece = 16 << 10

type seatKey struct{}

// seated gives every request of a connection its seat.
func seated(ctx context.Context, conn net.Conn) context.Context {
	if s := seatOf(conn); s != nil {
		return context.WithValue(ctx, seatKey{}, s)
	}
	return ctx
}

// paced tells the gate whether a request is worked on here or waits for whoever has sent it: to send more of the body, or to
// take the answer. It bounds the requests under way, which are many to a connection of HTTP/2; what is too much goes to refuse,
// which is Crowded with the headers of our answers.
func paced(next, refuse http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s, is := r.Context().Value(seatKey{}).(*seat)
		if !is {
			next.ServeHTTP(w, r)
			return
		}
		evicted, ok := s.gate.begin(s)
		if evicted != nil {
			_ = evicted.Close() // whoever it was may come again
		}
		if !ok {
			refuse.ServeHTTP(w, r)
			return
		}
		defer s.gate.end(s)
		if r.Body != nil && r.Body != http.NoBody {
			r = r.WithContext(r.Context()) // the server keeps its own
			r.Body = &pacedBody{r.Body, s}
		}
		answer := &pacedWriter{ResponseWriter: w, s: s}
		next.ServeHTTP(answer, r)
		if answer.some && r.ProtoAtLeast(2, 0) {
			_ = answer.FlushError() // else the last of it waits for its taker where nobody counts it
		}
	})
}

// Crowded answers 503, and nothing that would have to be taken: whoever lets many requests stand would let these stand too.
func Crowded(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Retry-After", "1")
	h.Set("Content-Length", "0")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusServiceUnavailable)
}

// begin lets a request in. When there are too many, a seat that keeps requests waiting for it must go; it is returned.
func (g *Gate) begin(s *seat) (evicted *seat, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.sits(s) {
		return nil, false // it has just lost its seat
	}
	its, stale := g.by[s.place], time.Now().Add(-g.patience)
	var among func(*seat) bool
	switch {
	case its.requests >= g.each*requestsPerSeat:
		among = func(other *seat) bool { return other.place == s.place }
	case g.requests >= (g.most-g.kept)*requestsPerSeat && (its.requests >= hardlyAny || g.requests >= g.most*requestsPerSeat):
		among = func(*seat) bool { return true }
	}
	if among != nil {
		evicted = g.worst(func(other *seat) bool { return other != s && other.requests > 0 && other.idles(stale) && among(other) })
		if evicted == nil {
			return nil, false
		}
		g.leave(evicted)
	}
	g.requests++
	its.requests++
	s.requests++
	s.works++
	return evicted, true
}

// end is that of a request.
func (g *Gate) end(s *seat) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.sits(s) {
		g.requests--
		g.by[s.place].requests--
	}
	s.requests--
	s.rests()
}

// rests notes that we work on one request less.
func (s *seat) rests() {
	if s.works--; s.works == 0 {
		s.since = time.Now()
	}
}

// waits does what depends on whoever has the seat, and notes whether anything came of it.
func (s *seat) waits(do func() (int, error)) (int, error) {
	s.gate.mu.Lock()
	s.rests()
	s.gate.mu.Unlock()
	n, err := do()
	s.gate.mu.Lock()
	defer s.gate.mu.Unlock()
	s.works++
	if n > 0 && err == nil {
		s.since = time.Now()
	}
	return n, err
}

type pacedBody struct {
	io.ReadCloser
	s *seat
}

func (b *pacedBody) Read(p []byte) (int, error) {
	return b.s.waits(func() (int, error) { return b.ReadCloser.Read(p) })
}

type pacedWriter struct {
	http.ResponseWriter
	s    *seat
	some bool // something of the answer's body was written
}

// Write sends pieces, none smaller than one unless all is: what is small would stay in buffers.
func (w *pacedWriter) Write(p []byte) (sent int, err error) {
	for len(p) >= 2*piece {
		n, err := w.write(p[:piece])
		sent += n
		if err != nil {
			return sent, err
		}
		p = p[piece:]
	}
	n, err := w.write(p)
	return sent + n, err
}

func (w *pacedWriter) write(p []byte) (int, error) {
	w.some = true
	return w.s.waits(func() (int, error) { return w.ResponseWriter.Write(p) })
}

// FlushError is here and not left to Unwrap, since a flush waits too.
func (w *pacedWriter) FlushError() error {
	_, err := w.s.waits(func() (int, error) { return 0, http.NewResponseController(w.ResponseWriter).Flush() })
	return err
}

// Unwrap is for http.ResponseController.
func (w *pacedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

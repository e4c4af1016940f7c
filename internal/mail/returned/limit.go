package returned

import (
	"net"
	"sync"
	"time"
)

// A rate counts how often each network address has come within the minute. It forgets all of them at the
// end of the minute, so it never holds more than one minute's callers.
type rate struct {
	most int
	now  func() time.Time

	mu    sync.Mutex
	since time.Time
	seen  map[string]int
}

// allow counts one more of an address, and says whether that is not too often.
func (r *rate) allow(from string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := r.now(); now.Sub(r.since) >= time.Minute || now.Before(r.since) {
		r.since = now
		clear(r.seen)
	}
	r.seen[from]++
	return r.seen[from] <= r.most
}

// A narrow listener has at most so many connections open at a time, of one address only some of them; the next ones
// wait to be accepted. Each has an end, however busy it keeps itself, so that nobody keeps the others out.
type narrow struct {
	net.Listener
	places chan struct{}
	closed chan struct{}
	once   sync.Once
	each   int
	life   time.Duration

	mu   sync.Mutex
	open map[string]int
}

func newNarrow(l net.Listener, most, each int, life time.Duration) *narrow {
	return &narrow{Listener: l, places: make(chan struct{}, most), closed: make(chan struct{}), each: each, life: life, open: map[string]int{}}
}

// Accept waits for a place and then for a caller whose address has not too many of them.
func (n *narrow) Accept() (net.Conn, error) {
	select {
	case n.places <- struct{}{}:
	case <-n.closed:
		return nil, net.ErrClosed
	}
	for {
		conn, err := n.Listener.Accept()
		if err != nil {
			<-n.places
			return nil, err
		}
		from := host(conn.RemoteAddr())
		if !n.enter(from) {
			_ = conn.Close() // it is told nothing: telling would take the place that it is refused
			continue
		}
		return &placed{Conn: conn, end: time.Now().Add(n.life), leave: sync.OnceFunc(func() { n.left(from) })}, nil
	}
}

func (n *narrow) enter(from string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.open[from] >= n.each {
		return false
	}
	n.open[from]++
	return true
}

func (n *narrow) left(from string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.open[from]--; n.open[from] == 0 {
		delete(n.open, from)
	}
	<-n.places
}

// Close also ends the waiting for a place.
func (n *narrow) Close() error {
	n.once.Do(func() { close(n.closed) })
	return n.Listener.Close()
}

// A placed connection gives its place back when it is closed, and waits for nobody beyond its end.
type placed struct {
	net.Conn
	end   time.Time
	leave func()
}

// SetReadDeadline never goes beyond the end of the connection.
func (p *placed) SetReadDeadline(t time.Time) error {
	if t.IsZero() || t.After(p.end) {
		t = p.end
	}
	return p.Conn.SetReadDeadline(t)
}

func (p *placed) Close() error {
	p.leave()
	return p.Conn.Close()
}

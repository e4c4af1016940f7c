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

// A narrow listener has at most so many connections open at a time; the next ones wait to be accepted.
type narrow struct {
	net.Listener
	places chan struct{}
	closed chan struct{}
	once   sync.Once
}

func newNarrow(l net.Listener, most int) *narrow {
	return &narrow{Listener: l, places: make(chan struct{}, most), closed: make(chan struct{})}
}

// Accept waits for a place and then for a caller.
func (n *narrow) Accept() (net.Conn, error) {
	select {
	case n.places <- struct{}{}:
	case <-n.closed:
		return nil, net.ErrClosed
	}
	conn, err := n.Listener.Accept()
	if err != nil {
		<-n.places
		return nil, err
	}
	return &placed{Conn: conn, leave: sync.OnceFunc(func() { <-n.places })}, nil
}

// Close also ends the waiting for a place.
func (n *narrow) Close() error {
	n.once.Do(func() { close(n.closed) })
	return n.Listener.Close()
}

// A placed connection gives its place back when it is closed.
type placed struct {
	net.Conn
	leave func()
}

func (p *placed) Close() error {
	p.leave()
	return p.Conn.Close()
}

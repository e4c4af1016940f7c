package door

import (
	"crypto/tls"
	"net"
	"net/http"
	"sync"
	"time"

	"uketsuke/internal/account"
)

// A Gate is a listener with so many seats. Who comes when all are taken gets the seat of whoever has waited longest without
// a request that is worked on: one that is still sending its head, or has had its answer and stays. So nobody keeps the others
// out by opening connections, and nothing that is being done is cut off.
type Gate struct {
	net.Listener
	most, each int

	mu    sync.Mutex
	seats map[*seat]struct{}
	by    map[string]int
}

// NewGate makes a gate of so many seats, each of them at most for one neighbourhood: as many as there are where everybody
// comes from one proxy.
func NewGate(l net.Listener, most, each int) *Gate {
	return &Gate{Listener: l, most: most, each: each, seats: map[*seat]struct{}{}, by: map[string]int{}}
}

// A seat is one connection.
type seat struct {
	net.Conn
	gate  *Gate
	place string
	once  sync.Once

	// Under the gate's lock: whether a request is worked on, else since when none is.
	busy  bool
	since time.Time
}

// Accept waits for somebody who gets a seat.
func (g *Gate) Accept() (net.Conn, error) {
	for {
		conn, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		s := &seat{Conn: conn, gate: g, place: account.Neighbourhood(host(conn.RemoteAddr())), since: time.Now()}
		evicted, ok := g.sit(s)
		if evicted != nil {
			_ = evicted.Close() // whoever it was may come again
		}
		if ok {
			return s, nil
		}
		_ = conn.Close() // telling would take the seat that it does not get
	}
}

// sit gives a seat, and says whose it was.
func (g *Gate) sit(s *seat) (evicted *seat, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.by[s.place] >= g.each:
		evicted = g.longest(func(other *seat) bool { return other.place == s.place })
	case len(g.seats) >= g.most:
		evicted = g.longest(func(*seat) bool { return true })
	default:
		g.take(s)
		return nil, true
	}
	if evicted == nil {
		return nil, false
	}
	g.leave(evicted)
	g.take(s)
	return evicted, true
}

// longest is the seat among some that has been without work for the longest time, nil when all of them work.
func (g *Gate) longest(among func(*seat) bool) (found *seat) {
	for s := range g.seats {
		if !s.busy && among(s) && (found == nil || s.since.Before(found.since)) {
			found = s
		}
	}
	return found
}

func (g *Gate) take(s *seat) {
	g.seats[s] = struct{}{}
	g.by[s.place]++
}

func (g *Gate) leave(s *seat) {
	if _, sits := g.seats[s]; !sits {
		return
	}
	delete(g.seats, s)
	if g.by[s.place]--; g.by[s.place] == 0 {
		delete(g.by, s.place)
	}
}

// Close gives the seat back.
func (s *seat) Close() error {
	s.once.Do(func() {
		s.gate.mu.Lock()
		defer s.gate.mu.Unlock()
		s.gate.leave(s)
	})
	return s.Conn.Close()
}

// note keeps of each seat what the server does with it.
func note(conn net.Conn, state http.ConnState) {
	if sealed, is := conn.(*tls.Conn); is {
		conn = sealed.NetConn()
	}
	s, is := conn.(*seat)
	if !is {
		return
	}
	s.gate.mu.Lock()
	defer s.gate.mu.Unlock()
	s.busy, s.since = state == http.StateActive, time.Now()
}

func host(at net.Addr) string {
	if h, _, err := net.SplitHostPort(at.String()); err == nil {
		return h
	}
	return at.String()
}

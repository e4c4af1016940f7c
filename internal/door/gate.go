package door

import (
	"crypto/tls"
	"net"
	"net/http"
	"sync"
	"time"

	"uketsuke/internal/account"
)

// A Gate is a listener with so many seats. Who comes when all are taken gets one of somebody who keeps us waiting: who is still
// sending a head, or has had the answer and stays, or has a request under way and neither sends nor takes anything of it. So
// nobody keeps the others out by opening connections, whatever is asked over them, and nothing that we work on is cut off.
type Gate struct {
	net.Listener
	// most are the seats, each those of one neighbourhood, kept are some of most for neighbourhoods that have hardly any: whoever
	// asks after our health is one.
	most, each, kept int
	// patience is how long a request under way may stand still when others want the seat.
	patience time.Duration

	mu    sync.Mutex
	seats map[*seat]struct{}
	by    map[string]*share
	// requests are those under way at all seats.
	requests int
}

// A share is what a neighbourhood has.
type share struct{ seats, requests int }

const (
	// requestsPerSeat is how many requests there may be under way at once for each seat: one of HTTP/1.1, some of HTTP/2.
	requestsPerSeat = 2
	// hardlyAny is how many seats a neighbourhood may have that gets a kept one.
	hardlyAny = 2
	// patience is what a line of 3 KB a second needs for a piece (pace.go).
	patience = 5 * time.Second
)

// NewGate makes a gate of so many seats, each of them at most for one neighbourhood: as many as there are where everybody
// comes from one proxy.
func NewGate(l net.Listener, most, each int) *Gate {
	return &Gate{Listener: l, most: most, each: each, kept: most / 16, patience: patience, seats: map[*seat]struct{}{}, by: map[string]*share{}}
}

// A seat is one connection.
type seat struct {
	net.Conn
	gate  *Gate
	place string
	once  sync.Once

	// Under the gate's lock. busy is that the server has a request of it. Of its requests so many are under way, and of these
	// we work on so many: the others wait for it. since is when it last sent or took something, or began to be without work.
	busy            bool
	requests, works int
	since           time.Time
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
	has, stale := g.shareOf(s.place).seats, time.Now().Add(-g.patience)
	switch {
	case has >= g.each:
		evicted = g.worst(func(other *seat) bool { return other.place == s.place && other.idles(stale) })
	case len(g.seats) < g.most-g.kept, has < hardlyAny && len(g.seats) < g.most:
		g.take(s)
		return nil, true
	default:
		evicted = g.worst(func(other *seat) bool { return other.idles(stale) })
		if evicted == nil { // then who has more gives to who has less, but not what we work on
			evicted = g.worst(func(other *seat) bool { return other.works == 0 && g.shareOf(other.place).seats > has+1 })
		}
	}
	if evicted == nil {
		return nil, false
	}
	g.leave(evicted)
	g.take(s)
	return evicted, true
}

// idles says whether a seat has no request, or none that has gone on since then: those of HTTP/2 would else keep the seat by
// signs of life that cost nothing.
func (s *seat) idles(then time.Time) bool {
	return s.works == 0 && (!s.busy || s.since.Before(then))
}

// worst is the seat among some whose neighbourhood has most of them, and of these the one that has kept us waiting longest; nil
// for none.
func (g *Gate) worst(among func(*seat) bool) (found *seat) {
	most := 0
	for s := range g.seats {
		if !among(s) {
			continue
		}
		n := g.shareOf(s.place).seats
		if n > most || n == most && s.since.Before(found.since) {
			found, most = s, n
		}
	}
	return found
}

// shareOf is what a place has now.
func (g *Gate) shareOf(place string) share {
	if its := g.by[place]; its != nil {
		return *its
	}
	return share{}
}

func (g *Gate) take(s *seat) {
	g.seats[s] = struct{}{}
	its := g.by[s.place]
	if its == nil {
		its = &share{}
		g.by[s.place] = its
	}
	its.seats++
}

func (g *Gate) leave(s *seat) {
	if !g.sits(s) {
		return
	}
	delete(g.seats, s)
	its := g.by[s.place]
	g.requests -= s.requests
	its.requests -= s.requests
	if its.seats--; its.seats == 0 {
		delete(g.by, s.place)
	}
}

func (g *Gate) sits(s *seat) bool {
	_, sits := g.seats[s]
	return sits
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

// seatOf is the seat of a connection, nil where there is no gate.
func seatOf(conn net.Conn) *seat {
	if sealed, is := conn.(*tls.Conn); is {
		conn = sealed.NetConn()
	}
	s, _ := conn.(*seat)
	return s
}

// note keeps of each seat what the server does with it.
func note(conn net.Conn, state http.ConnState) {
	s := seatOf(conn)
	if s == nil {
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

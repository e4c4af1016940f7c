// Package api is the desk's door for machines: the network's gateway asks whether a user ID may log on.
//
// Words: a gateway is a machine that holds a token; a scope is the one thing that its token may ask; a check
// is one question about one ID; an answer that is no is not an error. The package answers one question: how
// is something asked and answered in JSON? Who may log on is the contract's rule, and the desk knows it.
//
// Every route is listed in routes, and openapi.yaml is made of that list and of the structs in messages.go. A
// token in the Authorization header is all that counts: no cookie is read or set, so no other site can make a
// browser ask.
package api

import (
	_ "embed"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"uketsuke/internal/desk"
	"uketsuke/internal/door"
)

//go:embed openapi.yaml
var openapi []byte

// A Config is what a Server needs. Rate and Burst may be zero for the defaults.
type Config struct {
	Desk *desk.Desk
	// Elapsed reads real time, which rules the rate limit (R-CAL-3).
	Elapsed func() time.Time
	Log     *slog.Logger
	// Rate is how many requests per second each gateway has at this process, Burst how many of them at once.
	Rate, Burst int
}

// The defaults of the rate limit.
const (
	defaultRate  = 200
	defaultBurst = 400
)

// A Server answers machines. It is safe for concurrent use.
type Server struct {
	Config
	mux     *http.ServeMux
	handler http.Handler
	limit   *limiter
	tally   *tally
	hangups door.Hangups
}

// New makes a Server.
func New(c Config) (*Server, error) {
	if c.Desk == nil || c.Elapsed == nil || c.Log == nil {
		return nil, errors.New("making the programming interface: a part of its configuration is missing")
	}
	if c.Rate == 0 {
		c.Rate, c.Burst = defaultRate, defaultBurst
	}
	s := &Server{Config: c, mux: http.NewServeMux(), limit: newLimiter(c.Rate, c.Burst), tally: newTally()}
	for _, r := range s.routes() {
		s.mux.Handle(r.Method+" "+r.Path, s.answer(r))
	}
	s.handler = s.logged(http.HandlerFunc(s.dispatch))
	return s, nil
}

// A Route is one line of the table. Scope is what the token must be for, "" for everybody. Asks and Answers
// are zero values of the messages, nil for none; the rest is for openapi.yaml.
type Route struct {
	Method, Path  string
	Scope         desk.Scope
	Asks, Answers any
	Query         []string // of the address, each optional
	Summary       string
	handle        handler
}

// A handler answers one request; g is the gateway that asks, zero on routes for everybody.
type handler func(w http.ResponseWriter, r *http.Request, g desk.Gateway) error

// routes lists every route there is.
func (s *Server) routes() []Route {
	return []Route{
		{Method: "POST", Path: "/api/v1/logon-check", Scope: desk.ScopeLogon, Asks: LogonCheck{}, Answers: LogonAnswer{}, handle: s.checkLogon,
			Summary: "May this user ID log on to the network today?"},
		{Method: "GET", Path: "/api/v1/contracts/{establishment}", Scope: desk.ScopeContract, Answers: Contract{}, Query: []string{"on"}, handle: s.readContract,
			Summary: "What does an establishment hold on a day?"},
		{Method: "GET", Path: "/api/v1/openapi.yaml", handle: s.sendDescription, Summary: "This description."},
	}
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// dispatch sends a request to its route. What has none gets a problem too.
func (s *Server) dispatch(w http.ResponseWriter, r *http.Request) {
	h, pattern := s.mux.Handler(r)
	if pattern != "" {
		s.mux.ServeHTTP(w, r)
		return
	}
	answer := &statusOnly{header: w.Header()}
	h.ServeHTTP(answer, r)
	for _, name := range []string{"Content-Type", "Location"} {
		w.Header().Del(name)
	}
	if answer.status != http.StatusMethodNotAllowed {
		answer.status = http.StatusNotFound
	}
	fail(w, problemOf(answer.status))
}

// A statusOnly takes the mux's own answer's status and headers.
type statusOnly struct {
	header http.Header
	status int
}

func (a *statusOnly) Header() http.Header         { return a.header }
func (a *statusOnly) Write(b []byte) (int, error) { return len(b), nil }
func (a *statusOnly) WriteHeader(status int)      { a.status = status }

// answer carries out one request: who asks, may they, not too often, do it. Errors become problems here.
func (s *Server) answer(route Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g, err := s.admit(r, route.Scope)
		t := trailOf(r.Context())
		t.pattern, t.gateway = route.Method+" "+route.Path, g.Name
		if err == nil {
			err = route.handle(w, r, g)
		}
		if err != nil {
			s.refuse(w, r, err)
		}
	})
}

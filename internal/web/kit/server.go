package kit

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"uketsuke/internal/desk"
	"uketsuke/internal/door"
	"uketsuke/internal/identity"

	"github.com/alexedwards/scs/v2"
)

// A Config is what a Server needs. Demo is nil outside the demo; all else is required.
type Config struct {
	Desk     *desk.Desk
	Sessions SessionStore
	// Secure says that browsers come by TLS, as they do everywhere but in the demo on loopback.
	Secure bool
	// Elapsed reads real time, which rules sessions and re-authentication (R-CAL-3).
	Elapsed func() time.Time
	Log     *slog.Logger
	Demo    *Demo
	// Identities are the identity providers by which people can sign in; nil for none.
	Identities *identity.Providers
	// Condition is how the process is, for the page of operations; nil for a server that is not told.
	Condition func() Condition
}

// A Demo adds the clock bar to every page.
type Demo struct {
	// Now reads the desk clock; Mails is the address where sent mail can be read, under /demo/.
	Now   func() time.Time
	Mails string
	// Handler answers everything under /demo/; POST /demo/clock moves the clock as Clock says.
	Handler http.Handler
	// Logins are shown on the login page.
	Logins []DemoLogin
	// Code is what the authenticator app of an account shows that was not used yet, "" for none or for a moment.
	Code func(ctx context.Context, account string) (string, error)
}

// A DemoLogin is an account of the demo with its password.
type DemoLogin struct {
	Who             string // company and name, or centre and name
	Login, Password string
	// Code is that of the person's authenticator app, as the page is shown.
	Code string
}

// A Kit answers the browsers. It is safe for concurrent use.
type Kit struct {
	Config
	Renderer       *Renderer
	Operator       Operator
	SessionManager *scs.SessionManager
	Mux            *http.ServeMux
	Origin         *http.CrossOriginProtection
	routes         []Route
	handler        http.Handler
	hangups        *door.Hangups
	Room           *door.Room
}

// New makes a Server that has no routes yet; list is every page there is.
func New(c Config, list []Declared) (*Kit, error) {
	if c.Desk == nil || c.Sessions == nil || c.Elapsed == nil || c.Log == nil {
		return nil, errors.New("making the web server: a part of its configuration is missing")
	}
	s := &Kit{Config: c, Operator: operatorOf(c.Desk.Operator), Mux: http.NewServeMux(), Origin: http.NewCrossOriginProtection(),
		Room: door.NewRoom(AnonymousRoom), hangups: &door.Hangups{}}
	pages, err := NewRenderer(s.Operator, list)
	if err != nil {
		return nil, fmt.Errorf("making the web server: %w", err)
	}
	pages.Texts.Take(c.Desk.Catalogue)
	s.Renderer, s.SessionManager = pages, s.sessionManager()
	s.handler = StrictTransport(s.Secure, Secure(s.logged(s.withSession(http.HandlerFunc(s.dispatch)))))
	return s, nil
}

// operatorOf is the operator as header and footer name it.
func operatorOf(o desk.Operator) Operator {
	return Operator{
		Service: o.Mail.Service, Name: o.Centre, Rules: o.RulesURL,
		HelpDesk: o.Mail.HelpDesk.Name, Phone: o.Mail.HelpDesk.Phone, Hours: o.Mail.HelpDesk.Hours,
	}
}

// ServeHTTP answers a request.
func (s *Kit) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// dispatch sends a request to its route; what has none gets a page of ours instead of the mux's text.
func (s *Kit) dispatch(w http.ResponseWriter, r *http.Request) {
	h, pattern := s.Mux.Handler(r)
	if pattern != "" {
		s.Mux.ServeHTTP(w, r)
		return
	}
	answer := &statusOnly{header: w.Header()}
	h.ServeHTTP(answer, r)
	if answer.status >= 300 && answer.status < 400 {
		w.WriteHeader(answer.status) // the mux cleans a path; Location is set
		return
	}
	s.visit(w, r, Route{Access: Public, Of: Pressed}, func(*Request) error { return StatusError(answer.status) }, nil)
}

// A statusOnly takes the mux's own answer's status and headers.
type statusOnly struct {
	header http.Header
	status int
}

func (a *statusOnly) Header() http.Header { return a.header }

func (a *statusOnly) Write(b []byte) (int, error) { return len(b), nil }

func (a *statusOnly) WriteHeader(status int) { a.status = status }

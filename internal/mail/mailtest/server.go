// Package mailtest is a mail server for tests: real SMTP on a loopback port, with TLS under an authority
// of its own, with authentication, and with every bad manner that a test asks for. What did the server
// get, and what happens to us when it does not want it?
package mailtest

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"uketsuke/internal/mail/catcher"
)

// A Stage is a point of the dialogue at which the server answers.
type Stage string

// The stages. At Accepted the mail has been taken and only the answer is missing: whoever cuts the
// connection there makes the case of R-MAIL-4.
const (
	Connect  Stage = "connect"
	Mail     Stage = "mail"
	Rcpt     Stage = "rcpt"
	Data     Stage = "data"
	Accepted Stage = "accepted"
)

// ErrCut as an answer closes the connection without a word.
var ErrCut = errors.New("cut the connection")

// Refuse is an answer with a code such as 451 or 550.
func Refuse(code int, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: text}
}

// Options of a server; the zero value speaks in clear and takes everything.
type Options struct {
	StartTLS bool
	TLS      bool // from the first byte
	// Username and Password are demanded when set.
	Username, Password string
	// Answer is asked at each stage; nil and a nil error mean yes. It may block until the test is done
	// with waiting. n counts how often that stage was reached, from 1.
	Answer func(stage Stage, n int) error
}

// A Received is a mail that the server has taken.
type Received struct {
	catcher.Message
	EnvelopeFrom, EnvelopeTo string
	Raw                      []byte
	TLS                      bool
	User                     string // who was logged in
}

// A Server has been started. It is safe for concurrent use.
type Server struct {
	Host  string
	Port  int
	Roots *x509.CertPool // its authority; nil without TLS
	// CA is that authority in PEM, for the configuration of a process.
	CA []byte

	options  Options
	mu       sync.Mutex
	reached  map[Stage]int
	received []Received
	arrival  chan struct{} // closed and renewed when a mail is taken
}

// Start serves until the test ends.
func Start(t testing.TB, options Options) *Server {
	t.Helper()
	s := &Server{options: options, reached: map[Stage]int{}, arrival: make(chan struct{})}
	server := smtp.NewServer(smtp.BackendFunc(s.open))
	server.Domain = "localhost"
	server.ReadTimeout, server.WriteTimeout = time.Minute, time.Minute
	server.ErrorLog = silent{}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen: %v", err)
	}
	address := listener.Addr().(*net.TCPAddr)
	s.Host, s.Port = address.IP.String(), address.Port
	if options.StartTLS || options.TLS {
		server.TLSConfig = s.certify(t)
	}
	if options.TLS {
		listener = tls.NewListener(listener, server.TLSConfig)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(listener)
	}()
	t.Cleanup(func() {
		_ = server.Close()
		_ = listener.Close() // the server does not know it yet if Serve has not begun
		<-done
	})
	return s
}

// Received returns what the server has taken so far, oldest first.
func (s *Server) Received() []Received {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Received(nil), s.received...)
}

// Wait returns the mails taken once there are n or more; it fails the test when they do not come in time.
func (s *Server) Wait(t testing.TB, n int) []Received {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		s.mu.Lock()
		got, arrival := append([]Received(nil), s.received...), s.arrival
		s.mu.Unlock()
		if len(got) >= n {
			return got
		}
		select {
		case <-arrival:
		case <-deadline:
			t.Fatalf("%d of %d mails have come", len(got), n)
		}
	}
}

// answer asks the test what to say.
func (s *Server) answer(c *smtp.Conn, stage Stage) error {
	if s.options.Answer == nil {
		return nil
	}
	s.mu.Lock()
	s.reached[stage]++
	n := s.reached[stage]
	s.mu.Unlock()
	err := s.options.Answer(stage, n)
	if errors.Is(err, ErrCut) {
		_ = c.Conn().Close()
	}
	return err
}

func (s *Server) take(r Received) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.received = append(s.received, r)
	close(s.arrival)
	s.arrival = make(chan struct{})
}

func (s *Server) open(c *smtp.Conn) (smtp.Session, error) {
	if err := s.answer(c, Connect); err != nil {
		return nil, err
	}
	plain := &session{s: s, c: c}
	if s.options.Username == "" {
		return plain, nil
	}
	return &guarded{plain}, nil
}

// A session is one connection.
type session struct {
	s          *Server
	c          *smtp.Conn
	from, to   string
	authorized string
}

func (x *session) Mail(from string, _ *smtp.MailOptions) error {
	if x.s.options.Username != "" && x.authorized == "" {
		return smtp.ErrAuthRequired
	}
	x.from = from
	return x.s.answer(x.c, Mail)
}

func (x *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	x.to = to
	return x.s.answer(x.c, Rcpt)
}

func (x *session) Data(r io.Reader) error {
	if err := x.s.answer(x.c, Data); err != nil {
		return err
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m, err := catcher.Decode(raw)
	if err != nil {
		return Refuse(550, err.Error())
	}
	_, isTLS := x.c.TLSConnectionState()
	x.s.take(Received{Message: m, EnvelopeFrom: x.from, EnvelopeTo: x.to, Raw: raw, TLS: isTLS, User: x.authorized})
	return x.s.answer(x.c, Accepted)
}

func (x *session) Reset()        { x.from, x.to = "", "" }
func (x *session) Logout() error { return nil }

// A guarded session demands a login.
type guarded struct{ *session }

func (x *guarded) AuthMechanisms() []string { return []string{sasl.Plain} }

func (x *guarded) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, username, password string) error {
		if username != x.s.options.Username || password != x.s.options.Password {
			return smtp.ErrAuthFailed
		}
		x.authorized = username
		return nil
	}), nil
}

// silent keeps the server's complaints about bad manners out of the tests' output.
type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

// Package returned is the door by which mail comes back.
//
// A Listener speaks SMTP on a port of its own and takes one kind of mail: what a mail server returns to the
// return path of a letter. It answers: which letter has come back, and why? Whatever is addressed to
// anybody else, has a sender, or comes too often or too large is refused before its content is read.
package returned

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"time"

	"github.com/emersion/go-smtp"

	"uketsuke/internal/mail"
)

// ErrUnknown says that there is no such letter, or that it never left: the return path was made up, or the
// letter is gone.
var ErrUnknown = errors.New("no such mail")

// Bounds of what a stranger can make us do. A server that meets one of those of time or number tries again.
const (
	largest     = 256 << 10 // bytes; servers that return more than a mail's head cut it themselves
	patience    = 30 * time.Second
	connections = 32
	ofOneHost   = 4 // of them
	lifetime    = 2 * time.Minute
	perMinute   = 120 // commands RCPT of one address
	noteLimit   = 10 * time.Second
)

// A Listener takes returned mail.
type Listener struct {
	Paths *mail.ReturnPaths
	// Returned notes what a letter's return says. ErrUnknown refuses it; after any other error the server
	// that returns it is asked to come again.
	Returned func(ctx context.Context, job string, b mail.Bounce) error
	// Elapsed reads real time.
	Elapsed func() time.Time
	// Name is what the listener calls itself: the domain of the return paths.
	Name string
	Log  *slog.Logger
}

// Serve takes mail from the listener until ctx ends, and closes it.
func (l *Listener) Serve(ctx context.Context, listener net.Listener) error {
	rate := &rate{most: perMinute, now: l.Elapsed, seen: map[string]int{}}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{l: l, ctx: ctx, rate: rate, from: host(c.Conn().RemoteAddr())}, nil
	}))
	server.Domain = l.Name
	server.MaxMessageBytes, server.MaxRecipients = largest, 1
	server.ReadTimeout, server.WriteTimeout = patience, patience
	server.ErrorLog = slog.NewLogLogger(l.Log.Handler(), slog.LevelDebug)
	// The server does not know its listener yet if Serve has not begun, so both are closed.
	door := newNarrow(listener, connections, ofOneHost, lifetime)
	stop := context.AfterFunc(ctx, func() { _ = errors.Join(server.Close(), door.Close()) })
	defer stop()
	err := server.Serve(door)
	if ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("taking returned mail: %w", err)
}

func host(at net.Addr) string {
	if h, _, err := net.SplitHostPort(at.String()); err == nil {
		return h
	}
	return at.String()
}

// A session is one connection.
type session struct {
	l    *Listener
	ctx  context.Context
	rate *rate
	from string // network address
	job  string
}

// Mail refuses what has a sender: returned mail has none (RFC 5321, 4.5.5), and that is what keeps two
// machines from returning mail to each other for ever.
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	if from != "" {
		return refuse(550, smtp.EnhancedCode{5, 7, 1}, "only returned mail is taken here")
	}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if !s.rate.allow(s.from) {
		return refuse(451, smtp.EnhancedCode{4, 7, 1}, "too many at once, come again later")
	}
	job, ok := s.l.Paths.Job(to)
	if !ok {
		return refuse(550, smtp.EnhancedCode{5, 1, 1}, "no such recipient")
	}
	s.job = job
	return nil
}

// Data takes a mail as soon as what it says is noted.
func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	bounce, err := mail.ReadBounce(raw)
	if err != nil {
		return refuse(550, smtp.EnhancedCode{5, 6, 0}, "not a mail")
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), noteLimit)
	defer cancel()
	err = s.l.Returned(ctx, s.job, bounce)
	switch {
	case errors.Is(err, ErrUnknown):
		return refuse(550, smtp.EnhancedCode{5, 1, 1}, "no such recipient")
	case err != nil:
		s.l.Log.ErrorContext(ctx, "note returned mail", "job", s.job, "error", err)
		return refuse(451, smtp.EnhancedCode{4, 3, 0}, "not now, come again later")
	}
	// What the mail says stays out of the log: it may hold addresses.
	s.l.Log.InfoContext(ctx, "mail returned", "job", s.job, "fate", string(bounce.Fate), "status", bounce.Status)
	return nil
}

func (s *session) Reset()      { s.job = "" }
func (*session) Logout() error { return nil }

func refuse(code int, enhanced smtp.EnhancedCode, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: text}
}

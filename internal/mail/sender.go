package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"strconv"
	"time"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// A Mode is how the way to the mail server is protected.
type Mode string

// The modes. None falls back to a weaker one.
const (
	ModeStartTLS Mode = "starttls" // in clear at first, then TLS or nothing
	ModeTLS      Mode = "tls"      // TLS from the first byte
	ModePlain    Mode = "plain"    // in clear: for a server on the same machine
)

// A Sender hands messages to one mail server, each over a connection of its own.
type Sender struct {
	Host     string
	Port     int
	Mode     Mode
	Username string // "" means no authentication
	Password string
	// Timeout bounds each mail from dialling to the server's answer; 0 is 30 seconds.
	Timeout time.Duration
	// Roots are the authorities that the server's certificate is checked by; nil is the system's.
	Roots *x509.CertPool
	// LocalName is said in EHLO; "" is "localhost".
	LocalName string
}

// A SendError says that the server has not taken a mail.
type SendError struct {
	// Temporary says that a later attempt may succeed. False only when the server refused this mail for
	// good; a server that cannot be reached, trusted or logged in to is the operator's to repair, and no
	// mail is lost over it.
	Temporary bool
	// Reply is the server's answer, or what stood in the way: a line for people, without secrets.
	Reply string
	Err   error
}

func (e *SendError) Error() string { return fmt.Sprintf("send mail: %s: %v", e.Reply, e.Err) }

func (e *SendError) Unwrap() error { return e.Err }

// Check says what is wrong in the settings.
func (s Sender) Check() error {
	switch {
	case s.Host == "":
		return errors.New("mail server: no host")
	case s.Port < 1 || s.Port > 65535:
		return fmt.Errorf("mail server: no such port %d", s.Port)
	case s.Mode != ModeStartTLS && s.Mode != ModeTLS && s.Mode != ModePlain:
		return fmt.Errorf("mail server: mode %q is none of starttls, tls, plain", s.Mode)
	case s.Mode == ModePlain && s.Username != "":
		return errors.New("mail server: a password is not sent in clear: use starttls or tls")
	case (s.Username == "") != (s.Password == ""):
		return errors.New("mail server: user name and password go together")
	}
	return nil
}

// Send hands over one message and returns the server's answer. An error is always a *SendError. When ctx
// ends, the connection is cut.
func (s Sender) Send(ctx context.Context, m Message) (reply string, err error) {
	if err := s.Check(); err != nil {
		return "", &SendError{Temporary: true, Reply: "wrong settings", Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, s.timeout())
	defer cancel() // also closes the connection
	client, err := s.dial(ctx)
	if err != nil {
		return "", &SendError{Temporary: true, Reply: answer("mail server not reached", err), Err: err}
	}
	if reply, err = hand(client, m); err != nil {
		return "", err
	}
	// The mail is the server's now; how the farewell goes changes nothing.
	_ = client.Quit()
	return reply, nil
}

func (s Sender) timeout() time.Duration {
	if s.Timeout > 0 {
		return s.Timeout
	}
	return sendLimit
}

// dial connects, protects and authenticates.
func (s Sender) dial(ctx context.Context) (*smtp.Client, error) {
	options := []gomail.Option{
		gomail.WithPort(s.Port), gomail.WithTimeout(s.timeout()), gomail.WithTLSConfig(s.tls()),
		gomail.WithDialContextFunc(s.connector(ctx)), gomail.WithTLSPolicy(gomail.NoTLS),
	}
	if s.Mode == ModeStartTLS {
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	if s.LocalName != "" {
		options = append(options, gomail.WithHELO(s.LocalName))
	}
	if s.Username != "" {
		options = append(options, gomail.WithUsername(s.Username), gomail.WithPassword(s.Password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	client, err := gomail.NewClient(s.Host, options...)
	if err != nil {
		return nil, err
	}
	return client.DialToSMTPClientWithContext(ctx)
}

// connector opens the connection and has it closed when ctx ends: only that ends a read from a server
// that says nothing.
func (s Sender) connector(ctx context.Context) gomail.DialContextFunc {
	return func(dialling context.Context, network, _ string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(dialling, network, net.JoinHostPort(s.Host, strconv.Itoa(s.Port)))
		if err != nil {
			return nil, err
		}
		context.AfterFunc(ctx, func() { _ = conn.Close() })
		if s.Mode != ModeTLS {
			return conn, nil
		}
		protected := tls.Client(conn, s.tls())
		return protected, protected.HandshakeContext(dialling)
	}
}

func (s Sender) tls() *tls.Config {
	return &tls.Config{ServerName: s.Host, RootCAs: s.Roots, MinVersion: tls.VersionTLS12}
}

// hand gives one message to a server that is ready, step by step, to know which step was refused.
func hand(client *smtp.Client, m Message) (reply string, err error) {
	if err := client.Mail(m.ReturnPath); err != nil {
		// Who refuses our own address refuses every mail: the operator's to repair.
		return "", &SendError{Temporary: true, Reply: answer("sender refused", err), Err: err}
	}
	if err := client.Rcpt(m.To.Address); err != nil {
		return "", refusal("recipient refused", err)
	}
	w, err := client.Data()
	if err != nil {
		return "", refusal("mail refused", err)
	}
	if _, err := m.wire().WriteTo(w); err != nil {
		return "", refusal("connection broken off", err)
	}
	if err := w.Close(); err != nil {
		return "", refusal("no acceptance", err)
	}
	if closer, ok := w.(*smtp.DataCloser); ok {
		reply = closer.ServerResponse()
	}
	return oneLine(reply), nil
}

// refusal tells a server's "never" (5xx) from everything that may go better later. Answers about logging
// in and protection (530, 534, 535, 538) speak of the session, not of this mail.
func refusal(step string, err error) *SendError {
	said, ok := errors.AsType[*textproto.Error](err)
	never := ok && said.Code >= 500 && said.Code != 530 && said.Code != 534 && said.Code != 535 && said.Code != 538
	return &SendError{Temporary: !never, Reply: answer(step, err), Err: err}
}

// answer is the server's own line if it gave one, after the step that it was given to.
func answer(step string, err error) string {
	if said, ok := errors.AsType[*textproto.Error](err); ok {
		return fmt.Sprintf("%s: %d %s", step, said.Code, oneLine(said.Msg))
	}
	return step
}

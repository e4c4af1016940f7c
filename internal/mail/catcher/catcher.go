// Package catcher is a mail server that keeps what it is given instead of delivering it.
//
// The demo sends its letters to a Catcher over real SMTP, and its pages show them: what would people have
// found in their mailboxes? A caught mail is a file of its own in the catcher's folder, so it is still
// there after a restart; only the last Kept mails are.
package catcher

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Kept is how many mails a catcher keeps.
const Kept = 500

const (
	suffix     = ".eml"
	largest    = 1 << 20 // bytes of a mail
	patience   = 30 * time.Second
	recipients = 10
)

// A Catcher keeps mails. It is safe for concurrent use.
type Catcher struct {
	dir string

	mu       sync.Mutex
	last     uint64    // number of the newest mail
	messages []Message // oldest first
	server   *smtp.Server
	listener net.Listener
	bounceTo string
	returns  sync.WaitGroup // returns on their way
}

// Open makes a catcher over a folder, which is made if it is missing, with the mails caught before. A file
// that cannot be read as a mail is passed over.
func Open(dir string) (*Catcher, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder of caught mails: %w", err)
	}
	c := &Catcher{dir: dir}
	entries, err := os.ReadDir(dir) // sorted by name, which is the order of arrival
	if err != nil {
		return nil, fmt.Errorf("read folder of caught mails: %w", err)
	}
	for _, entry := range entries {
		if err := c.load(entry.Name()); err != nil {
			return nil, err
		}
	}
	return c, c.trim()
}

// load reads one file of the folder.
func (c *Catcher) load(name string) error {
	id, ok := strings.CutSuffix(name, suffix)
	var number uint64
	if _, err := fmt.Sscanf(id, "%d", &number); !ok || err != nil || nameOf(number) != id {
		return nil
	}
	raw, err := os.ReadFile(filepath.Join(c.dir, name))
	if err != nil {
		return fmt.Errorf("read caught mail: %w", err)
	}
	c.last = number
	if m, err := Decode(raw); err == nil {
		m.ID = id
		c.messages = append(c.messages, m)
	}
	return nil
}

// nameOf is the ID of the nth mail; their order as text is that of arrival.
func nameOf(number uint64) string { return fmt.Sprintf("%012d", number) }

// Listen serves SMTP in clear on a TCP address such as "127.0.0.1:0" until Close, and returns the address
// that it got.
func (c *Catcher) Listen(addr string) (net.Addr, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("listen for mails: %w", err)
	}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{c: c}, nil }))
	server.Domain = "localhost"
	server.MaxMessageBytes = largest
	server.MaxRecipients = recipients
	server.ReadTimeout, server.WriteTimeout = patience, patience
	c.mu.Lock()
	c.server, c.listener = server, listener
	c.mu.Unlock()
	// Serve ends with Close; nobody waits for its error, since every mail not taken is sent again.
	go func() { _ = server.Serve(listener) }()
	return listener.Addr(), nil
}

// Close ends Listen and its connections; the mails stay.
func (c *Catcher) Close() error {
	c.mu.Lock()
	server, listener := c.server, c.listener
	c.server, c.listener = nil, nil
	c.mu.Unlock()
	if server == nil {
		return nil
	}
	defer c.returns.Wait()
	err := server.Close()
	// The server does not know its listener yet if Serve has not begun.
	_ = listener.Close()
	if err != nil && !errors.Is(err, smtp.ErrServerClosed) {
		return fmt.Errorf("close mail catcher: %w", err)
	}
	return nil
}

// Messages returns the mails kept, newest first.
func (c *Catcher) Messages() []Message {
	c.mu.Lock()
	defer c.mu.Unlock()
	newest := slices.Clone(c.messages)
	slices.Reverse(newest)
	return newest
}

// Message returns one mail by its ID, and whether it is kept.
func (c *Catcher) Message(id string) (Message, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.IndexFunc(c.messages, func(m Message) bool { return m.ID == id })
	if i < 0 {
		return Message{}, false
	}
	return c.messages[i], true
}

// keep writes a mail down before it is acknowledged.
func (c *Catcher) keep(raw []byte) error {
	m, err := Decode(raw)
	if err != nil {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "not a mail"}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	m.ID = nameOf(c.last + 1)
	if err := write(filepath.Join(c.dir, m.ID+suffix), raw); err != nil {
		return err
	}
	c.last++
	c.messages = append(c.messages, m)
	return c.trim()
}

// trim forgets the oldest mails beyond Kept.
func (c *Catcher) trim() error {
	for len(c.messages) > Kept {
		if err := os.Remove(filepath.Join(c.dir, c.messages[0].ID+suffix)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("forget caught mail: %w", err)
		}
		c.messages = c.messages[1:]
	}
	return nil
}

// write makes a file that is whole or not there.
func write(name string, raw []byte) error {
	part := name + ".part"
	if err := os.WriteFile(part, raw, 0o600); err != nil {
		return fmt.Errorf("keep mail: %w", err)
	}
	if err := os.Rename(part, name); err != nil {
		return fmt.Errorf("keep mail: %w", err)
	}
	return nil
}

// A session takes any sender and any recipient.
type session struct {
	c    *Catcher
	from string
	to   []string
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

func (s *session) Reset()      { s.from, s.to = "", nil }
func (*session) Logout() error { return nil }

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.c.keep(raw); err != nil {
		return err
	}
	for _, to := range s.to {
		s.c.bounce(s.from, to)
	}
	return nil
}

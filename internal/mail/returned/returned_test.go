package returned

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/smtp"
	"net/textproto"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"uketsuke/internal/mail"
)

const failed = "From: MAILER-DAEMON@mx.example\r\nContent-Type: multipart/report; boundary=b\r\n\r\n" +
	"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"

// A door is a listener with what has come to it.
type door struct {
	*Listener
	address string
	now     atomic.Int64
	answer  error // of whoever is told
	jobs    chan string
}

func open(t *testing.T, answer error) *door {
	t.Helper()
	d := &door{answer: answer, jobs: make(chan string, 1000)}
	d.Listener = &Listener{
		Paths: mail.NewReturnPaths("bounce.centre.example", []byte("key")), Name: "bounce.centre.example",
		Log: slog.New(slog.DiscardHandler), Elapsed: func() time.Time { return time.Unix(d.now.Load(), 0) },
		Returned: func(_ context.Context, job string, b mail.Bounce) error {
			d.jobs <- job + " " + string(b.Fate) + " " + b.Status
			return d.answer
		},
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d.address = listener.Addr().String()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- d.Serve(ctx, listener) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return d
}

// code is the code of an SMTP answer, 250 for none.
func code(err error) int {
	if said, ok := errors.AsType[*textproto.Error](err); ok {
		return said.Code
	}
	if err != nil {
		return 0
	}
	return 250
}

func TestListener(t *testing.T) {
	t.Parallel()
	paths := mail.NewReturnPaths("bounce.centre.example", []byte("key"))
	tests := []struct {
		name, from, to, text string
		answer               error
		code                 int
		told                 string
	}{
		{"R-MAIL-4 a returned mail", "", paths.For("a1"), failed, nil, 250, "a1 failed 5.1.1"},
		{"a forged token", "", mail.NewReturnPaths("bounce.centre.example", []byte("guess")).For("a1"), failed, nil, 550, ""},
		{"another recipient", "", "postmaster@centre.example", failed, nil, 550, ""},
		{"a mail with a sender", "hanako@nac.example", paths.For("a1"), failed, nil, 550, ""},
		{"no mail", "", paths.For("a1"), "no header\r\n", nil, 550, ""},
		{"too large", "", paths.For("a1"), failed + strings.Repeat(strings.Repeat("x", 1000)+"\r\n", 300), nil, 552, ""},
		{"nobody knows the mail", "", paths.For("a1"), failed, ErrUnknown, 550, "a1 failed 5.1.1"},
		{"R-MAIL-4 it cannot be noted now: come again", "", paths.For("a1"), failed, errors.New("no database"), 451, "a1 failed 5.1.1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := open(t, tt.answer)
			if got := code(smtp.SendMail(d.address, nil, tt.from, []string{tt.to}, []byte(tt.text))); got != tt.code {
				t.Errorf("answered %d, want %d", got, tt.code)
			}
			told := ""
			if len(d.jobs) > 0 {
				told = <-d.jobs
			}
			if told != tt.told {
				t.Errorf("told %q, want %q", told, tt.told)
			}
		})
	}
}

// Who comes too often is put off, not refused, and may come again after the minute.
func TestTooOften(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	to := []string{d.Paths.For("a1")}
	for n := range perMinute {
		if err := smtp.SendMail(d.address, nil, "", to, []byte(failed)); err != nil {
			t.Fatalf("mail %d: %v", n, err)
		}
	}
	if got := code(smtp.SendMail(d.address, nil, "", to, []byte(failed))); got != 451 {
		t.Errorf("one more is answered %d", got)
	}
	d.now.Add(60)
	if got := code(smtp.SendMail(d.address, nil, "", to, []byte(failed))); got != 250 {
		t.Errorf("after the minute: %d", got)
	}
}

// Connections that say nothing hold back others only until they end.
func TestOnlySoManyConnections(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	var idle []net.Conn
	for n := range connections {
		// Every address of the machine's own network is the machine itself.
		from := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 1, byte(1+n/ofOneHost))}}
		conn, err := from.DialContext(t.Context(), "tcp", d.address)
		if err != nil {
			t.Fatal(err)
		}
		idle = append(idle, conn)
		if _, err := textproto.NewConn(conn).ReadLine(); err != nil {
			t.Fatal(err)
		}
	}
	sent := make(chan error, 1)
	go func() { sent <- smtp.SendMail(d.address, nil, "", []string{d.Paths.For("a1")}, []byte(failed)) }()
	select {
	case err := <-sent:
		t.Errorf("one more was served: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	for _, conn := range idle {
		_ = conn.Close()
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
}

// Connections that keep themselves busy with nothing have an end, and one address has only some of the places.
func TestNobodyKeepsTheOthersOut(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	door := newNarrow(listener, 8, 2, 50*time.Millisecond)
	defer door.Close()
	dial := func() net.Conn {
		c, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	dial()
	dial()
	first, err := door.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := door.Accept(); err != nil {
		t.Fatal(err)
	}
	third := dial()
	accepted := make(chan net.Conn, 1)
	go func() {
		if c, err := door.Accept(); err == nil {
			accepted <- c
		}
	}()
	if _, err := third.Read(make([]byte, 1)); err == nil {
		t.Error("a third connection of one address was kept")
	}
	if err := first.SetReadDeadline(time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if _, err := first.Read(make([]byte, 1)); err == nil {
		t.Error("a connection outlived its end")
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	dial()
	if c := <-accepted; c == nil {
		t.Error("a place that was given back is not taken again")
	}
}

package mail

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/mail/mailtest"
)

// message is a letter ready to be sent.
func message(t *testing.T) Message {
	t.Helper()
	m, err := newLetters(t).Render(full(application.MailRegistered))
	if err != nil {
		t.Fatal(err)
	}
	m.MessageID = "7@centre.example"
	return m
}

// to is a sender for a test's server, without TLS.
func to(s *mailtest.Server) Sender {
	return Sender{Host: s.Host, Port: s.Port, Mode: ModePlain, Roots: s.Roots, Timeout: 10 * time.Second}
}

func TestSend(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		options mailtest.Options
		mode    Mode
	}{
		"plain":             {mailtest.Options{}, ModePlain},
		"starttls":          {mailtest.Options{StartTLS: true}, ModeStartTLS},
		"tls":               {mailtest.Options{TLS: true}, ModeTLS},
		"starttls and auth": {mailtest.Options{StartTLS: true, Username: "portal", Password: "correct horse"}, ModeStartTLS},
		"tls and auth":      {mailtest.Options{TLS: true, Username: "portal", Password: "correct horse"}, ModeTLS},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := mailtest.Start(t, c.options)
			sender := to(server)
			sender.Mode, sender.Username, sender.Password = c.mode, c.options.Username, c.options.Password
			reply, err := sender.Send(t.Context(), message(t))
			if err != nil {
				t.Fatal(err)
			}
			if reply == "" {
				t.Error("the server's answer is lost")
			}
			got := server.Wait(t, 1)[0]
			if got.TLS != (c.mode != ModePlain) || got.User != c.options.Username {
				t.Errorf("TLS %v, user %q", got.TLS, got.User)
			}
			if got.EnvelopeFrom != "bounces@centre.example" || got.EnvelopeTo != "yamada@nac.example" {
				t.Errorf("envelope %q → %q", got.EnvelopeFrom, got.EnvelopeTo)
			}
			if got.MessageID != "7@centre.example" || got.Subject != "【NSS】申込受付完了のお知らせ（2400001A）" || got.Body != message(t).Body {
				t.Errorf("received %+v", got.Message)
			}
		})
	}
}

// A server that cannot be trusted gets neither the mail nor the password.
func TestDistrust(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		options mailtest.Options
		change  func(*Sender)
	}{
		"starttls not offered":       {mailtest.Options{}, func(s *Sender) { s.Mode = ModeStartTLS }},
		"unknown authority":          {mailtest.Options{StartTLS: true}, func(s *Sender) { s.Mode, s.Roots = ModeStartTLS, nil }},
		"unknown authority, tls":     {mailtest.Options{TLS: true}, func(s *Sender) { s.Mode, s.Roots = ModeTLS, nil }},
		"another machine's name":     {mailtest.Options{StartTLS: true}, func(s *Sender) { s.Mode, s.Host = ModeStartTLS, "127.0.0.2" }},
		"password without TLS":       {mailtest.Options{}, func(s *Sender) { s.Username, s.Password = "portal", "x" }},
		"wrong password":             {mailtest.Options{TLS: true, Username: "portal", Password: "right"}, func(s *Sender) { s.Mode, s.Username, s.Password = ModeTLS, "portal", "wrong" }},
		"no password where one is":   {mailtest.Options{TLS: true, Username: "portal", Password: "right"}, func(s *Sender) { s.Mode = ModeTLS }},
		"nobody listens at the door": {mailtest.Options{}, func(s *Sender) { s.Port = 1 }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := mailtest.Start(t, c.options)
			sender := to(server)
			c.change(&sender)
			_, err := sender.Send(t.Context(), message(t))
			refused, ok := errors.AsType[*SendError](err)
			if !ok || !refused.Temporary || refused.Reply == "" {
				t.Fatalf("R-MAIL-4 want a temporary refusal, got %v", err)
			}
			if n := len(server.Received()); n != 0 {
				t.Errorf("the server has %d mails", n)
			}
			if strings.Contains(err.Error(), "wrong\"") {
				t.Errorf("the password stands in the error: %v", err)
			}
		})
	}
}

// R-MAIL-4: only the server's "never" to this mail is for good.
func TestRefusals(t *testing.T) {
	t.Parallel()
	at := func(stage mailtest.Stage, err error) mailtest.Options {
		return mailtest.Options{Answer: func(s mailtest.Stage, _ int) error {
			if s == stage {
				return err
			}
			return nil
		}}
	}
	for name, c := range map[string]struct {
		options   mailtest.Options
		temporary bool
		reply     string
	}{
		"451 at the recipient":     {at(mailtest.Rcpt, mailtest.Refuse(451, "greylisted")), true, "recipient refused: 451 4.0.0 greylisted"},
		"550 at the recipient":     {at(mailtest.Rcpt, mailtest.Refuse(550, "no such user")), false, "recipient refused: 550 5.0.0 no such user"},
		"421 at the greeting":      {at(mailtest.Connect, mailtest.Refuse(421, "busy")), true, "mail server not reached: 421 4.0.0 busy"},
		"554 at the greeting":      {at(mailtest.Connect, mailtest.Refuse(554, "go away")), true, "mail server not reached: 554 5.0.0 go away"},
		"550 at the sender":        {at(mailtest.Mail, mailtest.Refuse(550, "not you")), true, "sender refused: 550 5.0.0 not you"},
		"452 at the data":          {at(mailtest.Data, mailtest.Refuse(452, "disk full")), true, "no acceptance: 452 4.0.0 disk full"},
		"554 at the data":          {at(mailtest.Data, mailtest.Refuse(554, "spam")), false, "no acceptance: 554 5.0.0 spam"},
		"530 at the recipient":     {at(mailtest.Rcpt, mailtest.Refuse(530, "log in")), true, "recipient refused: 530 5.0.0 log in"},
		"cut at the greeting":      {at(mailtest.Connect, mailtest.ErrCut), true, "mail server not reached"},
		"cut at the recipient":     {at(mailtest.Rcpt, mailtest.ErrCut), true, "recipient refused"},
		"cut in the data":          {at(mailtest.Data, mailtest.ErrCut), true, "no acceptance"},
		"cut after the acceptance": {at(mailtest.Accepted, mailtest.ErrCut), true, "no acceptance"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := to(mailtest.Start(t, c.options)).Send(t.Context(), message(t))
			refused, ok := errors.AsType[*SendError](err)
			if !ok || refused.Temporary != c.temporary || refused.Reply != c.reply {
				t.Errorf("R-MAIL-4 got %+v; want temporary %v, reply %q", refused, c.temporary, c.reply)
			}
		})
	}
}

// A server that falls silent holds nobody longer than the timeout, or than a stop.
func TestSilence(t *testing.T) {
	t.Parallel()
	for _, stage := range []mailtest.Stage{mailtest.Connect, mailtest.Mail, mailtest.Rcpt, mailtest.Data, mailtest.Accepted} {
		for _, by := range []string{"timeout", "stop"} {
			t.Run(string(stage)+" "+by, func(t *testing.T) {
				t.Parallel()
				silent, heard := make(chan struct{}), make(chan struct{})
				server := mailtest.Start(t, mailtest.Options{Answer: func(s mailtest.Stage, _ int) error {
					if s == stage {
						close(silent)
						<-heard
					}
					return nil
				}})
				defer close(heard)
				sender := to(server)
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				if by == "timeout" {
					sender.Timeout = 200 * time.Millisecond
				} else {
					go func() {
						<-silent
						stop()
					}()
				}
				begun := time.Now()
				_, err := sender.Send(ctx, message(t))
				refused, ok := errors.AsType[*SendError](err)
				if !ok || !refused.Temporary {
					t.Errorf("got %v, want a temporary refusal", err)
				}
				if took := time.Since(begun); took > 5*time.Second {
					t.Errorf("took %v", took)
				}
			})
		}
	}
}

func TestSenderCheck(t *testing.T) {
	t.Parallel()
	good := Sender{Host: "mail.example", Port: 587, Mode: ModeStartTLS, Username: "u", Password: "p"}
	if err := good.Check(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Sender){
		"host":                  func(s *Sender) { s.Host = "" },
		"port 0":                func(s *Sender) { s.Port = 0 },
		"port 65536":            func(s *Sender) { s.Port = 65536 },
		"mode":                  func(s *Sender) { s.Mode = "ssl" },
		"password in clear":     func(s *Sender) { s.Mode = ModePlain },
		"user without password": func(s *Sender) { s.Password = "" },
		"password without user": func(s *Sender) { s.Username = "" },
	} {
		bad := good
		spoil(&bad)
		if bad.Check() == nil {
			t.Errorf("%s passes", name)
		}
	}
}

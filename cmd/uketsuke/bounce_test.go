package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/smtp"
	"net/textproto"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/demo"
	"uketsuke/internal/mail"
	"uketsuke/internal/mail/mailtest"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/pgtest"
	"uketsuke/internal/store/query"
)

// report is what another server returns, by RFC 3464.
func report(action, status string) []byte {
	return []byte(strings.ReplaceAll("From: MAILER-DAEMON@mx.example\nContent-Type: multipart/report; boundary=b\n\n--b\n"+
		"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; yamada@nac.example\nAction: "+action+
		"\nStatus: "+status+"\nDiagnostic-Code: smtp; 550 no mailbox\n\n--b--\n", "\n", "\r\n"))
}

// A service with the door for returned mail, on a port of its own choice.
func withBounces(t *testing.T, c *serveCommand) (r *running, bounces string) {
	t.Helper()
	r = start(t, c.Run, func(line string) string {
		var said struct{ Msg, Listen string }
		if json.Unmarshal([]byte(line), &said) == nil && said.Msg == "awaiting returned mail" {
			bounces = said.Listen
		}
		return readyLine(line)
	})
	return r, bounces
}

// R-MAIL-4, trap 24: a mail leaves over SMTP with a return path of its own, the service is started anew, and
// what comes back over SMTP is noted on that mail; once, and only what has that return path.
func TestMailThatComesBack(t *testing.T) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) { mailComesBack(t, served(t)) })
	t.Run("postgres", func(t *testing.T) {
		c := served(t)
		c.Database = pgtest.Cluster(t).NewDatabase(t, func(dsn string) error {
			db, err := openDatabase(context.Background(), dsn, func(string) {})
			if err != nil {
				return err
			}
			return db.Close()
		})
		mailComesBack(t, c)
	})
}

func mailComesBack(t *testing.T, c *serveCommand) {
	server := mailtest.Start(t, mailtest.Options{})
	c.SMTPHost, c.SMTPPort = server.Host, server.Port
	c.BounceDomain, c.BounceListen = "bounce.centre.example", "127.0.0.1:0"
	const id = "01937f2b-1f00-7000-8000-0123456789ab"
	payload, err := json.Marshal(mail.Example(application.MailRegistered, false))
	if err != nil {
		t.Fatal(err)
	}
	db, err := openDatabase(t.Context(), c.Database, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	err = db.InTx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.InsertOutbox(t.Context(), query.InsertOutboxParams{ID: id, DedupeKey: id, Kind: "registered", Payload: string(payload),
			Recipient: "yamada@nac.example", MessageID: id + "@centre.example", CreatedAt: column.At(time.Now()), RunAt: column.At(time.Now())})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	first, _ := withBounces(t, c)
	sent := server.Wait(t, 1)[0]
	if local, _, _ := strings.Cut(sent.EnvelopeFrom, "@"); !strings.HasPrefix(local, "bounce+"+id+".") {
		t.Errorf("R-MAIL-4 return path %s", sent.EnvelopeFrom)
	}
	if !strings.Contains(sent.From, "no-reply@centre.example") || sent.MessageID != id+"@centre.example" {
		t.Errorf("R-MAIL-4 head: %+v", sent.Message)
	}
	row := func() query.Outbox {
		row, err := db.Read().GetMail(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return row
	}
	// The server has the mail; that it was accepted is noted a moment later.
	for deadline := time.Now().Add(time.Minute); row().AcceptedAt.IsZero() && time.Now().Before(deadline); {
		<-time.After(10 * time.Millisecond)
	}
	if _, err := first.stop(); err != nil {
		t.Fatal(err)
	}
	_, bounces := withBounces(t, c)
	back := func(to, action, status string) error {
		return smtp.SendMail(bounces, nil, "", []string{to}, report(action, status))
	}
	forged := strings.Replace(sent.EnvelopeFrom, ".", ".x", 1)
	if said, ok := errors.AsType[*textproto.Error](back(forged, "failed", "5.1.1")); !ok || said.Code != 550 {
		t.Errorf("R-MAIL-4 a forged token: %v", said)
	}
	if err := back(sent.EnvelopeFrom, "delayed", "4.4.1"); err != nil {
		t.Fatal(err)
	}
	if r := row(); r.DelayedAt.IsZero() || !r.BouncedAt.IsZero() {
		t.Errorf("R-MAIL-4 after a delay: %+v", r)
	}
	if err := back(strings.ToUpper(sent.EnvelopeFrom), "failed", "5.1.1"); err != nil {
		t.Fatal(err)
	}
	bounced := row()
	if bounced.BouncedAt.IsZero() || bounced.Bounce != "5.1.1 550 no mailbox" {
		t.Errorf("R-MAIL-4 after the return: %+v", bounced)
	}
	if err := back(sent.EnvelopeFrom, "failed", "5.7.1"); err != nil {
		t.Fatal(err)
	}
	if row() != bounced {
		t.Errorf("R-MAIL-4 a second return changes it: %+v", row())
	}
}

func TestBounceFlags(t *testing.T) {
	t.Parallel()
	for name, flags := range map[string]bounceFlags{
		"a door without a domain": {BounceListen: ":25"}, "no address": {BounceListen: "25", BounceDomain: "bounce.centre.example"},
	} {
		if flags.fault() == nil {
			t.Errorf("%s passes", name)
		}
	}
	for _, flags := range []bounceFlags{{}, {BounceDomain: "b.example"}, {BounceDomain: "b.example", BounceListen: ":25"}} {
		if err := flags.fault(); err != nil {
			t.Error(err)
		}
	}
	c := served(t)
	c.BounceDomain = "no domain"
	if err := c.Run(&process{ctx: t.Context(), stdout: t.Output(), stderr: t.Output()}); err == nil {
		t.Error("a domain with a blank passes")
	}
}

// The demo shows what becomes of a mail that does not arrive.
func TestDemoHasAnAddressThatBounces(t *testing.T) {
	t.Parallel()
	for _, p := range demo.Setup().People {
		if strings.HasSuffix(p.Email, "@bounce.example") && p.Role == account.Administrator {
			return
		}
	}
	t.Error("nobody's mail comes back")
}

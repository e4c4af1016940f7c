package catcher

import (
	"errors"
	"fmt"
	"net/smtp"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// letter is a mail as our sender writes it: 件名 in the subject, 本文 in the body.
func letter(id string) string {
	return strings.Join([]string{
		"From: =?utf-8?b?44K744Oz44K/44O8?= <no-reply@centre.example>", "To: =?utf-8?q?=E5=B1=B1=E7=94=B0?= <yamada@nac.example>",
		"Subject: =?utf-8?b?5Lu25ZCN?=", "Message-ID: <" + id + ">", "Date: Mon, 02 Dec 2024 01:30:00 +0000",
		"Content-Type: text/plain; charset=UTF-8", "Content-Transfer-Encoding: base64", "", "5pys5paHDQo=", "",
	}, "\r\n")
}

func open(t *testing.T, dir string) *Catcher {
	t.Helper()
	c, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// serve opens and listens until the test ends.
func serve(t *testing.T, dir string) (c *Catcher, addr string) {
	t.Helper()
	c = open(t, dir)
	bound, err := c.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c, bound.String()
}

func send(addr, text string) error {
	return smtp.SendMail(addr, nil, "no-reply@centre.example", []string{"yamada@nac.example"}, []byte(text))
}

// Mails come over SMTP, are shown decoded and newest first, and are there after a restart.
func TestCatcher(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "mails")
	c, addr := serve(t, dir)
	for n := range 3 {
		if err := send(addr, letter(fmt.Sprintf("%d@centre.example", n))); err != nil {
			t.Fatal(err)
		}
	}
	for name, caught := range map[string]*Catcher{"running": c, "after a restart": open(t, dir)} {
		got := caught.Messages()
		if len(got) != 3 {
			t.Fatalf("%s: %d mails", name, len(got))
		}
		want := Message{
			ID: "000000000003", From: "センター <no-reply@centre.example>", To: "山田 <yamada@nac.example>", Subject: "件名", Body: "本文\n",
			MessageID: "2@centre.example", Date: got[0].Date,
		}
		if got[0] != want || !got[0].Date.Equal(time.Date(2024, 12, 2, 1, 30, 0, 0, time.UTC)) {
			t.Errorf("%s: %+v, want %+v", name, got[0], want)
		}
		if got[2].MessageID != "0@centre.example" {
			t.Errorf("%s: the oldest is %q", name, got[2].MessageID)
		}
		if one, ok := caught.Message(got[1].ID); !ok || one != got[1] {
			t.Errorf("%s: by ID %+v, %v", name, one, ok)
		}
		if _, ok := caught.Message("../000000000001"); ok {
			t.Errorf("%s: a mail of no ID", name)
		}
	}
}

// Only the last mails are kept, in memory and in the folder; numbers go on after a restart.
func TestKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := open(t, dir)
	for n := range Kept + 5 {
		if err := c.keep([]byte(letter(fmt.Sprint(n)))); err != nil {
			t.Fatal(err)
		}
	}
	again := open(t, dir)
	if err := again.keep([]byte(letter("last"))); err != nil {
		t.Fatal(err)
	}
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	got := again.Messages()
	if len(got) != Kept || len(files) != Kept || got[0].ID != nameOf(Kept+6) || got[Kept-1].MessageID != "6" {
		t.Errorf("%d mails, %d files, from %s to %s", len(got), len(files), got[0].ID, got[len(got)-1].MessageID)
	}
}

// What is no mail is refused; foreign and broken files in the folder stop nothing and are left alone.
func TestNoMail(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"notes.txt": "x", "000000000007.eml": "broken", "5.eml": letter("5"), "000000000009.eml.part": "x"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c, addr := serve(t, dir)
	err := send(addr, "no header here\r\n")
	if refused, ok := errors.AsType[*textproto.Error](err); !ok || refused.Code != 550 {
		t.Errorf("no mail: %v", err)
	}
	if err := send(addr, letter("1")+strings.Repeat(strings.Repeat("x", 1000)+"\r\n", 1100)); err == nil {
		t.Error("too large a mail is taken")
	}
	if err := send(addr, letter("1")); err != nil {
		t.Fatal(err)
	}
	if got := c.Messages(); len(got) != 1 || got[0].ID != "000000000008" {
		t.Errorf("%+v", got)
	}
}

// A folder that cannot be written to is told to the sender, who will try again.
func TestCannotKeep(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "mails")
	c, addr := serve(t, dir)
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	if err := send(addr, letter("1")); err == nil || len(c.Messages()) != 0 {
		t.Errorf("taken: %v, %d mails", err, len(c.Messages()))
	}
	if _, err := Open(filepath.Join(t.TempDir(), "\x00")); err == nil {
		t.Error("no such folder can be")
	}
	if _, err := c.Listen("no such address"); err == nil {
		t.Error("no such address can be")
	}
}

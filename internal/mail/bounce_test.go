package mail

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// report is a mail as RFC 3464 has it, with the fields of one recipient.
func report(fields ...string) string {
	return strings.ReplaceAll(`From: Mail Delivery System <MAILER-DAEMON@mx.example>
To: bounce+x.y@centre.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example. 550 5.7.1 words for people
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Mon, 2 Dec 2024 10:00:00 +0900

`+strings.Join(fields, "\n")+`

--b
Content-Type: text/rfc822-headers

Subject: 5.9.9
--b--
`, "\n", "\r\n")
}

func plain(from, subject, body string) string {
	return strings.ReplaceAll("From: "+from+"\nSubject: "+subject+"\n\n"+body+"\n", "\n", "\r\n")
}

func TestReadBounce(t *testing.T) {
	t.Parallel()
	to := "Final-Recipient: rfc822; a@x.example"
	tests := []struct {
		name, raw string
		want      Bounce
	}{
		{"R-MAIL-4 failed", report(to, "Action: failed", "Status: 5.1.1", "Diagnostic-Code: smtp; 550 5.1.1 <a@x.example>: user unknown"),
			Bounce{FateFailed, "5.1.1", "550 5.1.1 <a@x.example>: user unknown"}},
		{"R-MAIL-4 the words of several lines are one", report(to, "Action: failed", "Status: 5.1.1", "Diagnostic-Code: smtp; 550 user", "    unknown"),
			Bounce{FateFailed, "5.1.1", "550 user unknown"}},
		{"R-MAIL-4 delayed is not failed", report(to, "Action: delayed", "Status: 4.4.1", "Diagnostic-Code: smtp; 451 later"),
			Bounce{FateDelayed, "4.4.1", "451 later"}},
		{"R-MAIL-4 given up after days", report(to, "Action: failed", "Status: 4.4.7"), Bounce{FateFailed, "4.4.7", ""}},
		{"R-MAIL-4 without action the class decides: 5", report(to, "Status: 5.2.2 (mailbox full)"), Bounce{FateFailed, "5.2.2", ""}},
		{"R-MAIL-4 without action the class decides: 4", report(to, "Status: 4.2.2"), Bounce{FateDelayed, "4.2.2", ""}},
		{"a receipt is no bounce", report(to, "Action: delivered", "Status: 2.1.5"), Bounce{}},
		{"one of an expanded address", report(to, "Action: delivered", "Status: 2.1.5", "", to, "Action: failed", "Status: 5.1.1"),
			Bounce{FateFailed, "5.1.1", ""}},
		{"R-MAIL-4 plain text of a server", plain("MAILER-DAEMON@mx.example", "failure notice", "Hi. This is the qmail-send program.\n<a@x.example>:\n550 5.1.1 no mailbox here"),
			Bounce{FateFailed, "5.1.1", "550 5.1.1 no mailbox here"}},
		{"plain text without a code", plain("postmaster@mx.example", "Undeliverable: x", "sorry"), Bounce{FateFailed, "", "Undeliverable: x"}},
		{"plain warning", plain("MAILER-DAEMON@mx.example", "Warning: could not send message for past 4 hours", "451 4.4.1 timeout"),
			Bounce{FateDelayed, "4.4.1", "451 4.4.1 timeout"}},
		{"an absence is no bounce", plain("Hanako <a@x.example>", "Delivery failure of my car", "5.1.1"), Bounce{}},
		{"a server says something else", plain("postmaster@mx.example", "Hello", "welcome"), Bounce{Text: "Hello"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ReadBounce([]byte(tt.raw))
			if err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

// What comes back is foreign text: one clean line of bounded length.
func TestBounceTextIsBounded(t *testing.T) {
	t.Parallel()
	got, err := ReadBounce([]byte(report("Action: failed", "Diagnostic-Code: smtp; \x1b[31m\u202e"+strings.Repeat("届", 500))))
	if err != nil {
		t.Fatal(err)
	}
	if n := utf8.RuneCountInString(got.Text); n != maxBounceText || strings.ContainsAny(got.Text, "\x1b\u202e") {
		t.Errorf("%d characters: %q", n, got.Text)
	}
	if _, err := ReadBounce([]byte("no header")); err == nil {
		t.Error("no mail is read")
	}
}

func FuzzReadBounce(f *testing.F) {
	f.Add([]byte(report("Action: failed", "Status: 5.1.1")))
	f.Add([]byte(plain("postmaster@mx.example", "=?utf-8?b?5?=", "451")))
	f.Fuzz(func(t *testing.T, raw []byte) {
		b, err := ReadBounce(raw)
		if err == nil && (utf8.RuneCountInString(b.Text) > maxBounceText || !utf8.ValidString(b.Text) || len(b.Status) > 9) {
			t.Errorf("%+v", b)
		}
	})
}

func TestReturnPaths(t *testing.T) {
	t.Parallel()
	paths := NewReturnPaths("Bounce.Centre.example", []byte("key"))
	id := "01937f2b-1f00-7000-8000-0123456789ab"
	address := paths.For(id)
	local, domain, _ := strings.Cut(address, "@")
	if domain != "bounce.centre.example" || len(local) > 64 || !strings.HasPrefix(local, "bounce+"+id+".") {
		t.Errorf("return path %s, local part of %d", address, len(local))
	}
	for _, same := range []string{address, strings.ToUpper(address)} {
		if got, ok := paths.Job(same); !ok || got != id {
			t.Errorf("%s is of %q, %v", same, got, ok)
		}
	}
	newer := NewReturnPaths("bounce.centre.example", []byte("newer"), []byte("key"))
	if got, ok := newer.Job(address); !ok || got != id || newer.For(id) == address {
		t.Errorf("after a rotation %s is of %q, %v", address, got, ok)
	}
	other := NewReturnPaths("bounce.centre.example", []byte("other"))
	forged := []string{
		"", "bounce+" + id + "@bounce.centre.example", "bounce+" + id + ".@bounce.centre.example", other.For(id),
		strings.Replace(address, "0123", "0124", 1), strings.Replace(address, "bounce.centre", "centre", 1),
		strings.Replace(address, "bounce+", "", 1), paths.For(""),
	}
	for _, address := range forged {
		if job, ok := paths.Job(address); ok {
			t.Errorf("the forged %s is of %q", address, job)
		}
	}
}

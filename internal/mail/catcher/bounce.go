package catcher

import (
	"fmt"
	"net/smtp"
	"strings"
)

// NoMailbox is a domain without mailboxes: what is sent there is kept and returned to its sender, where
// BounceTo was told, so that a demo can show what becomes of a mail that does not arrive.
const NoMailbox = "bounce.example"

// BounceTo makes the catcher return mail for NoMailbox through the mail server at an address; "" ends it.
func (c *Catcher) BounceTo(address string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bounceTo = address
}

// bounce returns a mail that was taken, as other servers do: later, and in the form of RFC 3464. A return
// that is not taken is lost, like a notice of a real server to nowhere.
func (c *Catcher) bounce(from, to string) {
	c.mu.Lock()
	address := c.bounceTo
	c.mu.Unlock()
	_, domain, _ := strings.Cut(to, "@")
	if address == "" || from == "" || !strings.EqualFold(domain, NoMailbox) {
		return
	}
	c.returns.Go(func() {
		_ = smtp.SendMail(address, nil, "", []string{from}, []byte(notice(from, to)))
	})
}

// notice is what a mail server writes that knows no such mailbox.
func notice(from, to string) string {
	text := `From: Mail Delivery System <MAILER-DAEMON@%[3]s>
To: %[1]s
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain; charset=us-ascii

<%[2]s>: there is no such mailbox here.
--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.%[3]s

Final-Recipient: rfc822; %[2]s
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <%[2]s>: no such mailbox here

--part--
`
	return strings.ReplaceAll(fmt.Sprintf(text, from, to, NoMailbox), "\n", "\r\n")
}

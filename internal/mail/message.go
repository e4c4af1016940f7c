package mail

import (
	"net/mail"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// A Message is one mail to one person, ready to be sent. Its addresses have been parsed, its subject holds
// no typed text (R-MAIL-5).
type Message struct {
	To         mail.Address
	From       mail.Address
	ReturnPath string // envelope sender
	Subject    string // not yet encoded
	Body       string // plain text, UTF-8, lines end with "\n"
	MessageID  string // without angle brackets; set by who sends, stable over all attempts
	Date       time.Time
}

// wire makes the bytes that travel: UTF-8 in base64, every header encoded and folded.
func (m Message) wire() *gomail.Msg {
	w := gomail.NewMsg(gomail.WithCharset(gomail.CharsetUTF8), gomail.WithEncoding(gomail.EncodingB64), gomail.WithNoDefaultUserAgent())
	w.FromMailAddress(&m.From)
	w.ToMailAddress(&m.To)
	w.Subject(m.Subject)
	w.SetMessageIDWithValue(m.MessageID)
	w.SetDateWithValue(m.Date)
	// Answers by machines (absences, receipts) are of no use at a send-only address.
	w.SetGenHeader("Auto-Submitted", "auto-generated")
	w.SetGenHeader("X-Auto-Response-Suppress", "All")
	w.SetBodyString(gomail.TypeTextPlain, m.Body)
	return w
}

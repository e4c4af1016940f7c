package mailroom

import (
	"time"

	"uketsuke/internal/application"
)

// A MailRow is an outbox row as pages show it.
type MailRow struct {
	ID                   string
	Kind                 application.Mail
	Application, Receipt string // Receipt on the list only
	Recipient            string
	At                   time.Time
	Status               MailStatus
	Attempts             int
	Reply                string // of the server that we hand mails to
	AcceptedAt, RetryAt  time.Time
	FailedAt, BouncedAt  time.Time
	// DelayedAt is when a server on the way said that it still tries, zero unless that is the last word.
	DelayedAt time.Time
	Bounce    string // what came back, in the words of a foreign server
	Seen      bool   // somebody has taken note of a failure or return
	ResendOf  string // the mail that this one repeats
}

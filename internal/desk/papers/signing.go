package papers

import (
	"context"
	"time"

	"uketsuke/internal/desk/command"
)

// A Signing is how it stands with the electronic signature of papers.
type Signing struct {
	// Name is who signs, "" when no certificate is configured; all else is then zero.
	Name string
	Ends time.Time
	// Soon says that the certificate ends within certificateNotice.
	Soon bool
	// Failure is why nothing can be signed now, "" when it can.
	Failure string
}

// certificateNotice is how long before its end a certificate is spoken of: a new one takes weeks to get.
const certificateNotice = 30 * 24 * time.Hour

// Signing tries the signer out and says until when it will do, by real time.
func (d *Desk) Signing() Signing {
	if d.Signer == nil {
		return Signing{}
	}
	now := d.Elapsed()
	s := Signing{Name: d.Signer.Name(), Ends: d.Signer.Ends()}
	s.Soon = s.Ends.Sub(now) < certificateNotice
	if err := d.Signer.Probe(now); err != nil {
		s.Failure = command.Cut(err.Error(), command.FailureMax)
	}
	return s
}

// WatchSigning writes into the log what is wrong, or soon will be, with the signing of papers.
func (d *Desk) WatchSigning(ctx context.Context) {
	switch s := d.Signing(); {
	case s.Failure != "":
		d.Log.ErrorContext(ctx, "papers cannot be signed", "signer", s.Name, "error", s.Failure)
	case s.Soon:
		d.Log.WarnContext(ctx, "the certificate that signs papers ends soon", "signer", s.Name, "ends", s.Ends)
	}
}

package command

import (
	"context"
	"time"
)

// A LogPolicy is how the audit log is kept. Zero fields mean the defaults.
type LogPolicy struct {
	// CheckpointEvery is how long entries wait at most for a signed checkpoint, 10 minutes by default.
	CheckpointEvery time.Duration
	// MailTo are addresses that get the last checkpoint once a day; none by default.
	MailTo []string
	// PersonalYears is how long personal text is kept, TextYears how long the text of an entry; 7 and 10 by
	// default.
	PersonalYears, TextYears int
}

// WithDefaults fills what the operator has not set.
func (p LogPolicy) WithDefaults() LogPolicy {
	if p.CheckpointEvery == 0 {
		p.CheckpointEvery = 10 * time.Minute
	}
	if p.PersonalYears == 0 {
		p.PersonalYears = 7
	}
	if p.TextYears == 0 {
		p.TextYears = 10
	}
	return p
}

// A Way takes checkpoints out of the machine, where whoever can change the database cannot change them too.
type Way interface {
	// Name tells the way from others, and is shown to people: no password stands in it.
	Name() string
	// Send takes one signed checkpoint; it may get the same one again.
	Send(ctx context.Context, signed string) error
}

package ledger

import (
	"strconv"
	"time"
)

// A Kind is a kind of thing that is given out.
type Kind string

// The kinds. A receipt's and an invoice's digits come from a series; the letter or revision behind them does
// not.
const (
	Code       Kind = "code"       // a user code
	UserID     Kind = "id"         // a user ID
	Receipt    Kind = "receipt"    // a receipt number, with its letter
	Invoice    Kind = "invoice"    // an invoice number, with its revision
	Mail       Kind = "mail"       // a mail that a server accepted, by its Message-ID
	Checkpoint Kind = "checkpoint" // a published state of the audit log
)

// An Entry is one thing that was given out. It holds nothing about a person.
type Entry struct {
	Kind Kind   `json:"kind"`
	Key  string `json:"key"` // unique in its kind
	// At is the instant by the desk clock.
	At            time.Time `json:"at"`
	Establishment string    `json:"establishment,omitempty"`
	Application   string    `json:"application,omitempty"`
	// Detail is a mail's kind, or a checkpoint's text.
	Detail string `json:"detail,omitempty"`
	// Stable names a letter of the clock by what it is about, so that the same letter written anew is known.
	Stable string `json:"stable,omitempty"`
	// Series and Number say which counter the entry took, and what it gave; "" for none.
	Series string `json:"series,omitempty"`
	Number int64  `json:"number,omitempty"`
	// Ahead lets the series be reserved in blocks: gaps do no harm in it.
	Ahead bool `json:"-"`
	// Lazy entries are written, and not synced: their number is safe by its series.
	Lazy bool `json:"-"`
	// Perhaps says that its act may have been rolled back. It is not given out again, and nobody is told.
	Perhaps bool `json:"perhaps,omitempty"`
}

// SameOwner says whether both were given to the same: the same application, of the same establishment as far as both say
// which. A mail has no other owner than itself.
func (e Entry) SameOwner(o Entry) bool {
	if e.Kind == Mail || e.Kind == Checkpoint {
		return true
	}
	return e.Application == o.Application && (e.Establishment == o.Establishment || e.Establishment == "" || o.Establishment == "")
}

// Size is how many entries of the audit log a checkpoint covers.
func (e Entry) Size() int64 {
	size, _ := strconv.ParseInt(e.Key, 10, 64) // every key of the kind is a number
	return size
}

// keep is how long entries are kept whose repetition is no harm by itself: backups older than that are not
// restored (docs/operations.md).
const keep = 400 * 24 * time.Hour

// kept says whether an entry must be kept when the clock has come so far: codes, IDs and invoices for ever, receipts while their
// registration may have to be told about (their digits are safe by the series), later letters for ever.
func (e Entry) kept(believed time.Time) bool {
	switch e.Kind {
	case Receipt:
		return e.Series == "" || believed.Sub(e.At) < keep
	case Mail:
		return believed.Sub(e.At) < keep
	}
	return true
}

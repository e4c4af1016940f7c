package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"time"

	"uketsuke/internal/calendar"
	"uketsuke/internal/catalogue"
	"uketsuke/internal/document"
	"uketsuke/internal/keyring"
	"uketsuke/internal/ledger"
	"uketsuke/internal/mail"
	"uketsuke/internal/signature"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
)

// A Config is what a Desk needs. Every field is required unless it says otherwise.
type Config struct {
	DB        *store.DB
	Ring      *keyring.Ring
	Ledger    *ledger.Ledger // what was given out; nil notes nothing
	Printer   *document.Printer
	Catalogue *catalogue.Catalogue
	Operator  Operator
	Audit     LogPolicy // how the audit log is kept
	Ways      []Way     // on which checkpoints leave the machine
	// Now reads the desk clock, which says what day and time it is for every rule.
	Now func() time.Time
	// Elapsed reads real time, for links, tries and leases.
	Elapsed func() time.Time
	// Rand is the operating system's random source.
	Rand io.Reader
	Log  *slog.Logger
	// Signer signs the papers of the centre; nil when no certificate is configured.
	Signer *signature.Signer
	// Mailed, when set, is called after a commit that put mail into the outbox.
	Mailed func()
	// Lagging, when set, is called when the database turns out to be behind its ledger: KeepUp ends that.
	Lagging func()
}

// An Operator is the centre as it is configured: its name, its help desk, its limits.
type Operator struct {
	Mail mail.Operator
	// Centre is the operator's legal name (the 御中 of the 申込書), Address its address.
	Centre  string
	Address string
	// InvoiceRegistration is the centre's number as issuer of 適格請求書, T and 13 digits; "" when it has
	// none, and its invoices are then plain ones.
	InvoiceRegistration string
	// RulesVersion and RulesURL name the rules of use (R-APP-17).
	RulesVersion string
	RulesURL     string
	// MaxCodes is the most new codes of one application (R-APP-7), 20 by default.
	MaxCodes int
	// AnswerTarget is the number of business days within which the centre means to answer.
	AnswerTarget int
	// Links are what the page of preparations points to.
	CertificateURL string
	SoftwareURL    string
	ManualURL      string
	// MaxFileMB is the most MB of a file that is offered on the page of preparations, 50 by default.
	MaxFileMB int
}

// A Runner carries out commands. It is safe for concurrent use.
type Runner struct {
	Config
	// catchUp compares the database with its ledger and says whether it was behind (room recovery, above this one).
	CompareLedger func(context.Context) (behind bool, err error)

	Lags atomic.Bool // the database was found behind its ledger, and has not caught up
}

// New checks a configuration and makes a Desk of it.
func New(c Config) (*Runner, error) {
	switch {
	case c.DB == nil, c.Ring == nil, c.Printer == nil, c.Catalogue == nil, c.Now == nil, c.Elapsed == nil, c.Rand == nil, c.Log == nil:
		return nil, errors.New("making the desk: a part of its configuration is missing")
	case c.Operator.Centre == "" || c.Operator.RulesVersion == "":
		return nil, errors.New("making the desk: the operator needs a name and rules of use")
	case c.Operator.MaxCodes < 1 || c.Operator.MaxCodes > 200:
		return nil, fmt.Errorf("making the desk: %d new codes per application are not between 1 and 200", c.Operator.MaxCodes)
	case c.Operator.AnswerTarget < 1:
		return nil, errors.New("making the desk: the target for answers is less than one business day")
	}
	if c.Mailed == nil {
		c.Mailed = func() {}
	}
	if c.Lagging == nil {
		c.Lagging = func() {}
	}
	d := &Runner{Config: c}
	return d, nil
}

// A Ref names an application and the version of it that the actor saw. A command on another version
// than the current one is refused with a *Stale.
type Ref struct {
	ID      string
	Version int64
}

// ErrNotFound says that there is no such thing, or none that the actor may know of.
var ErrNotFound = errors.New("not found")

// ErrForbidden says that the actor's role has no part in what was asked.
var ErrForbidden = errors.New("forbidden")

// A Stale error says that somebody else changed the application after the actor saw it; nothing was
// done (R-EX-5).
type Stale struct {
	ID   string
	Seen int64
	Now  int64
}

func (s *Stale) Error() string {
	return fmt.Sprintf("application %s was seen at version %d and is at %d", s.ID, s.Seen, s.Now)
}

// DeskTime is the desk clock's reading, never before the stored high-water mark (R-CAL-3). Each command
// calls it once.
func (d *Runner) DeskTime(ctx context.Context) (time.Time, error) {
	return store.Remember(ctx, "desk time", func() (time.Time, error) { return d.deskTime(ctx) })
}

func (d *Runner) deskTime(ctx context.Context) (time.Time, error) {
	now := d.Now().UTC().Truncate(time.Microsecond)
	mark, err := d.DB.Read().GetMark(ctx)
	if err = store.Missing(err); err != nil && !errors.Is(err, store.ErrNotFound) {
		return time.Time{}, fmt.Errorf("reading the clock's mark: %w", err)
	}
	if mark.After(now) {
		return mark.Time, nil
	}
	return now, nil
}

// BusinessCalendar is the calendar with the closing days entered so far.
func BusinessCalendar(ctx context.Context, q Reader) (*calendar.Calendar, error) {
	return BusinessCalendarAt(ctx, q, time.Time{})
}

// BusinessCalendarAt is the calendar as it was known at an instant, the zero time being now: a closing day
// that is entered later does not make a wish wrong that was right when it was registered (R-APP-11).
func BusinessCalendarAt(ctx context.Context, q Reader, at time.Time) (*calendar.Calendar, error) {
	rows, err := store.Remember(ctx, "ListClosingEntries", func() ([]query.ClosingEntry, error) { return q.ListClosingEntries(ctx) })
	if err != nil {
		return nil, fmt.Errorf("reading the closing days: %w", err)
	}
	return calendar.New(ClosedOn(rows, at)), nil
}

// ClosedOn are the closing days that were entered and not taken back, as known at an instant, the zero time
// being now: the latest entry of a day counts (R-CAL-1).
func ClosedOn(rows []query.ClosingEntry, at time.Time) map[calendar.Date]string {
	closed := map[calendar.Date]string{}
	for _, row := range rows {
		switch {
		case !at.IsZero() && row.RecordedAt.After(at):
		case row.Closed:
			closed[row.Day.Date] = row.Name
		default:
			delete(closed, row.Day.Date)
		}
	}
	return closed
}

// defaultMaxFile is the size limit of a file where the operator has set none, in MB.
const defaultMaxFile = 50

// MaxFile is the size limit of a file in bytes.
func (o Operator) MaxFile() int64 {
	if o.MaxFileMB == 0 {
		return defaultMaxFile << 20
	}
	return int64(o.MaxFileMB) << 20
}

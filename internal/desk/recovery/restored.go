package recovery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/issuance"
	"uketsuke/internal/keyring"
	"uketsuke/internal/ledger"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// A database that was restored from a backup has forgotten what was given out since. Each start compares it with
// the ledger: counters are raised, and what it does not know is kept as lost, so that no code, number or ID
// is given out and no letter sent a second time (R-ID-6, R-APP-15).

// A Restored says what a database that is behind its ledger had forgotten. The zero value: nothing.
type Restored struct {
	ID                                    string
	At                                    time.Time
	Codes, IDs, Receipts, Invoices, Mails int64
	// Checkpoint is the last published state of the audit log that the ledger knows, "" for none.
	Checkpoint string
}

func (r Restored) String() string {
	return fmt.Sprintf("the database is behind its ledger: forgotten were %d registrations, %d user codes, %d user IDs, %d invoices, %d mails that were sent",
		r.Receipts, r.Codes, r.IDs, r.Invoices, r.Mails)
}

// errWhole asks for a review of the whole ledger.
var errWhole = errors.New("the database is behind what was reviewed last, or ahead of the ledger")

// CatchUp compares the database with its ledger before anything is given out, and is the first thing after
// CheckRing at every start. It returns what was forgotten; a second call finds nothing.
func (d *Desk) CatchUp(ctx context.Context) (Restored, error) {
	if d.Ledger == nil {
		return Restored{}, nil
	}
	mark, err := d.ledgerMark(ctx)
	if err != nil {
		return Restored{}, err
	}
	now, err := d.DeskTime(ctx)
	if err != nil {
		return Restored{}, err
	}
	given, err := d.givenSeries(ctx) // before the ledger is read, which is ahead of the database
	if err != nil {
		return Restored{}, err
	}
	var found Restored
	review := func(r *ledger.Review) error {
		if !r.Whole && slices.ContainsFunc(given, func(c query.Counter) bool { return c.Next > r.Reached(c.Name) }) {
			return errWhole
		}
		found, err = d.review(ctx, r, now)
		return err
	}
	believed, err := d.believed(ctx)
	if err != nil {
		return Restored{}, err
	}
	err = d.Ledger.Review(mark, believed, review)
	if errors.Is(err, errWhole) {
		err = d.Ledger.Review("", believed, review)
	}
	if err != nil {
		return Restored{}, fmt.Errorf("comparing the database with its ledger: %w", err)
	}
	if found.ID == "" {
		return found, nil
	}
	d.Log.Warn("restored", "found", found.String(), "checkpoint", found.Checkpoint)
	return found, d.endKeyless(ctx)
}

// KeepUp looks whether the database is behind its ledger, and lets it catch up then. It is the service's job of every
// few seconds, and what Lagging asks for.
func (d *Desk) KeepUp(ctx context.Context) error {
	behind, err := d.IsBehind(ctx)
	if err != nil {
		return fmt.Errorf("comparing the database with its ledger: %w", err)
	}
	if behind {
		d.Lags.Store(true)
		d.Log.ErrorContext(ctx, "the database is behind its ledger, as after a fail-over: nothing is given out until the two are compared")
		if _, err := d.CatchUp(ctx); err != nil {
			return err
		}
	}
	d.Lags.Store(false)
	return nil
}

// believed is how far the clock has come by the word of a guard that believed it, the zero time where there was none. A start
// compares before anybody has looked at its clock, and a command does so without a guard.
func (d *Desk) believed(ctx context.Context) (time.Time, error) {
	mark, err := d.DB.Read().GetMark(ctx)
	if err = store.Missing(err); err != nil && !errors.Is(err, store.ErrNotFound) {
		return time.Time{}, fmt.Errorf("reading the clock's mark: %w", err)
	}
	return mark.Time, nil
}

func (d *Desk) ledgerMark(ctx context.Context) (string, error) {
	mark, err := d.DB.Read().GetLedgerMark(ctx)
	if err = store.Missing(err); err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", fmt.Errorf("reading the mark of the ledger: %w", err)
	}
	return mark, nil
}

// A comparison is what a database does not know of what its ledger does.
type comparison struct {
	Surely, perhaps []ledger.Entry
	// twice are those of surely that somebody else has: they were given out a second time.
	Twice []Twice
}

// A Twice is a thing that was given to two.
type Twice struct{ One, Other ledger.Entry }

func (t Twice) String() string {
	return fmt.Sprintf("%s %s was given out twice, to %s and to %s", t.One.Kind, t.One.Key,
		OwnerWords(t.One.Application, t.One.Establishment), OwnerWords(t.Other.Application, t.Other.Establishment))
}

// Same says whether two tell of the same, whoever comes first.
func (t Twice) Same(o Twice) bool {
	return t.One.Kind == o.One.Kind && t.One.Key == o.One.Key &&
		(t.One.SameOwner(o.One) && t.Other.SameOwner(o.Other) || t.One.SameOwner(o.Other) && t.Other.SameOwner(o.One))
}

// OwnerWords names to whom a thing was given.
func OwnerWords(application, establishment string) string {
	switch {
	case application == command.Born:
		return "an import of establishment " + establishment
	case application == "":
		return "establishment " + establishment
	case establishment == "":
		return "application " + application
	}
	return "application " + application + " of establishment " + establishment
}

// Compared asks of everything in a review who has it. What was perhaps given out, and is known, was given out.
func (d *Desk) Compared(ctx context.Context, r *ledger.Review) (c comparison, err error) {
	for _, kind := range command.KindsGiven() {
		holders, err := command.HoldersOf(ctx, d.DB.Read(), kind, r.Entries)
		if err != nil {
			return c, err
		}
		for _, e := range r.Entries {
			if e.Kind == kind {
				c.take(r, e, holders[e.Key])
			}
		}
	}
	return c, nil
}

func (c *comparison) take(r *ledger.Review, e ledger.Entry, holders []store.Holder) {
	known := command.IsKnown(e, holders, nil)
	switch {
	case known && e.Perhaps:
		e.Perhaps = false
		r.Include(e)
	case known:
	case !e.Perhaps:
		c.Surely = append(c.Surely, e)
		for _, h := range holders {
			c.Twice = append(c.Twice, Twice{e, command.HeldBy(e.Kind, e.Key, h)})
		}
	case len(holders) == 0: // else its act was rolled back, and somebody else has it
		c.perhaps = append(c.perhaps, e)
	}
}

// review brings the database up to what the ledger knows.
func (d *Desk) review(ctx context.Context, r *ledger.Review, now time.Time) (found Restored, err error) {
	c, err := d.Compared(ctx, r)
	if err != nil {
		return found, err
	}
	tree, err := d.DB.Read().GetTree(ctx)
	if err = store.Missing(err); err != nil && !errors.Is(err, store.ErrNotFound) {
		return found, fmt.Errorf("reading the size of the audit log: %w", err)
	}
	size, err := d.LogSize(ctx, d.DB.Read().Queries)
	if err != nil {
		return found, err
	}
	behind := len(c.Surely) > 0 || published(r) > size
	if behind && !r.Whole {
		return found, errWhole
	}
	if r.Whole { // before the mark: between that and the end of the review nobody can give anything out
		if err := d.include(ctx, r); err != nil {
			return found, err
		}
	}
	err = d.Transact(ctx, account.ClockActor(), now, func(a *command.Tx) error {
		found, err = catchUp(a, r, c, behind, tree.Size)
		return err
	})
	if err != nil {
		return found, err
	}
	for _, twice := range c.Twice {
		d.Log.Error("given out twice", "what", twice.String())
	}
	if r.Missing > 0 {
		d.Log.Error("files of processes were taken away from the ledger: its base is written anew from the database; what only they knew is not known any more",
			"files", r.Missing)
	}
	if !r.Known && tree.Size > 0 { // a log without entries is that of a first start
		d.Log.Info("the ledger is made from the database; what an older ledger knew beyond it is not known any more")
	}
	return found, nil
}

func catchUp(a *command.Tx, r *ledger.Review, c comparison, behind bool, size int64) (Restored, error) {
	var found Restored
	for _, series := range sortedKeysOf(r.Series) {
		if err := a.Store.RaiseCounter(a.Ctx, query.RaiseCounterParams{Name: series, Next: r.Series[series]}); err != nil {
			return found, fmt.Errorf("raising the counter %s: %w", series, err)
		}
	}
	if err := acceptKnown(a, r.Entries); err != nil {
		return found, err
	}
	if behind {
		var err error
		if found, err = restored(a, r, c.Surely, size); err != nil {
			return found, err
		}
	}
	if err := lose(a, found.ID, c.Surely); err != nil {
		return found, err
	}
	if err := lose(a, "", c.perhaps); err != nil {
		return found, err
	}
	if err := a.Store.SetLedgerMark(a.Ctx, r.Mark); err != nil {
		return found, fmt.Errorf("storing the mark of the ledger: %w", err)
	}
	return found, nil
}

func sortedKeysOf(m map[string]int64) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// acceptKnown notes the waiting mails that a server has accepted already (R-MAIL-4).
func acceptKnown(a *command.Tx, entries []ledger.Entry) error {
	waiting, err := a.Store.WaitingMails(a.Ctx)
	if err != nil || len(waiting) == 0 {
		return err
	}
	accepted := map[string]time.Time{}
	for _, e := range entries {
		if e.Kind == ledger.Mail {
			accepted[e.Key] = e.At
		}
	}
	for _, row := range waiting {
		at, known := accepted[row.MessageID]
		if !known {
			continue
		}
		_, err := a.Store.AcceptKnownMail(a.Ctx, query.AcceptKnownMailParams{ID: row.ID, AcceptedAt: column.At(at), Reply: command.LeftBefore})
		if err != nil {
			return fmt.Errorf("noting mail %s as accepted: %w", row.ID, err)
		}
	}
	return nil
}

// restored records that the database was restored, and ends every session and open one-time link: some that had
// been ended or used are open again in it.
func restored(a *command.Tx, r *ledger.Review, lost []ledger.Entry, size int64) (Restored, error) {
	id, err := a.Runner.NewID()
	if err != nil {
		return Restored{}, err
	}
	count := map[ledger.Kind]int64{}
	for _, e := range lost {
		count[e.Kind]++
	}
	found := Restored{ID: id, At: a.Now, Codes: count[ledger.Code], IDs: count[ledger.UserID], Receipts: count[ledger.Receipt],
		Invoices: count[ledger.Invoice], Mails: count[ledger.Mail]}
	if last := published(r); last > 0 {
		found.Checkpoint = strconv.FormatInt(last, 10)
	}
	err = a.Store.InsertRestore(a.Ctx, query.InsertRestoreParams{ID: id, NotedAt: column.At(a.Now), Codes: found.Codes, Ids: found.IDs,
		Receipts: found.Receipts, Invoices: found.Invoices, Mails: found.Mails, Checkpoint: found.Checkpoint})
	if err != nil {
		return found, fmt.Errorf("recording the restore: %w", err)
	}
	if err := endEverything(a); err != nil {
		return found, err
	}
	return found, a.AuditOf("restored", id, map[audit.Key]string{audit.Receipts: strconv.FormatInt(found.Receipts, 10),
		audit.UserCodes: strconv.FormatInt(found.Codes, 10), audit.UserIDs: strconv.FormatInt(found.IDs, 10),
		audit.Invoices: strconv.FormatInt(found.Invoices, 10), audit.Mails: strconv.FormatInt(found.Mails, 10),
		audit.Size: strconv.FormatInt(size, 10), audit.LogSize: strconv.FormatInt(max(size, published(r)), 10)}, nil)
}

// published is the size of the audit log at the last checkpoint that the ledger knows, 0 for none. A log that is
// smaller is older.
func published(r *ledger.Review) int64 {
	last := int64(0)
	for _, e := range r.Entries {
		if e.Kind == ledger.Checkpoint {
			last = max(last, e.Size())
		}
	}
	return last
}

func endEverything(a *command.Tx) error {
	elapsed := column.At(a.Runner.Elapsed())
	if err := a.Store.EndSessions(a.Ctx); err != nil {
		return fmt.Errorf("ending every session: %w", err)
	}
	if _, err := a.Store.EndEverySignIn(a.Ctx, elapsed); err != nil {
		return fmt.Errorf("ending every session: %w", err)
	}
	if _, err := a.Store.EndEveryLink(a.Ctx, elapsed); err != nil {
		return fmt.Errorf("ending every one-time link: %w", err)
	}
	return nil
}

// lose keeps what was forgotten; a letter is kept by what it is about as well.
func lose(a *command.Tx, restore string, entries []ledger.Entry) error {
	for _, e := range entries {
		row := query.InsertLostParams{Kind: string(e.Kind), Thing: e.Key, Restored: restore, Establishment: e.Establishment,
			Application: e.Application, Detail: e.Detail, GivenAt: column.At(e.At)}
		if _, err := a.Store.InsertLost(a.Ctx, row); err != nil {
			return fmt.Errorf("keeping %s %s: %w", e.Kind, e.Key, err)
		}
		if e.Stable == "" {
			continue
		}
		row.Kind, row.Thing = command.LostLetter, e.Stable
		if _, err := a.Store.InsertLost(a.Ctx, row); err != nil {
			return fmt.Errorf("keeping a letter: %w", err)
		}
	}
	return nil
}

// include gives a ledger that is written whole what the database knows.
func (d *Desk) include(ctx context.Context, r *ledger.Review) error {
	for _, kind := range command.KindsGiven() {
		err := command.Pages(func(after string) (string, error) {
			list, err := d.DB.Read().GivenOut(ctx, string(kind), after, command.CheckPage)
			if err != nil || len(list) == 0 {
				return "", err
			}
			for _, g := range list {
				e := ledger.Entry{Kind: kind, Key: g.Key, At: g.At.Time, Establishment: g.Establishment, Application: g.Application,
					Detail: g.Detail, Stable: g.Stable}
				if kind == ledger.Receipt {
					e.Series, e.Number, _ = command.FirstRound(g.Key)
				}
				r.Include(e)
			}
			return list[len(list)-1].Key, nil
		})
		if err != nil {
			return err
		}
	}
	given, err := d.givenSeries(ctx)
	for _, c := range given {
		r.IncludeSeries(c.Name, c.Next)
	}
	return err
}

// givenSeries are the counters that the ledger keeps as well.
func (d *Desk) givenSeries(ctx context.Context) (given []query.Counter, err error) {
	err = command.Pages(func(after string) (string, error) {
		counters, err := d.DB.Read().ListCounters(ctx, query.ListCountersParams{After: after, Most: command.CheckPage})
		if err != nil || len(counters) == 0 {
			return "", err
		}
		for _, c := range counters {
			if strings.HasPrefix(c.Name, "receipt:") || strings.HasPrefix(c.Name, "invoice:") {
				given = append(given, c)
			}
		}
		return counters[len(counters)-1].Name, nil
	})
	return given, err
}

// endKeyless ends the secrets whose key the ring has destroyed since the backup: nobody can read them any more,
// and that is said on the application's page.
func (d *Desk) endKeyless(ctx context.Context) error {
	now, err := d.DeskTime(ctx)
	if err != nil {
		return err
	}
	if _, err := d.bringBack(ctx, account.ClockActor()); err != nil {
		return err
	}
	apps, err := d.DB.Read().ApprovedReading(ctx)
	if err != nil {
		return fmt.Errorf("reading who reads passwords: %w", err)
	}
	return d.EachByClock(ctx, now, apps, func(a *command.Tx) error {
		rows, err := a.Store.ListSecrets(a.Ctx, a.App.ID)
		if err != nil {
			return fmt.Errorf("reading the sealed secrets: %w", err)
		}
		names := issuance.KeysOf(rows)
		gone := slices.ContainsFunc(names, func(name keyring.Name) bool {
			return errors.Is(d.Ring.Has(name), keyring.ErrNoKey)
		})
		if !gone || !a.App.SecretsEndedAt.IsZero() {
			return nil
		}
		if _, err := issuance.EndSecrets(a); err != nil {
			return err
		}
		if err := a.Record("end-secrets", map[string]string{"read_last": a.App.ReadLast.String(), "why": "restored"}, false); err != nil {
			return err
		}
		if err := a.Write(); err != nil {
			return err
		}
		return a.Audit("end-secrets", map[audit.Key]string{audit.Receipt: string(a.App.Receipt), audit.Keys: "0",
			audit.LastReadingDay: a.App.ReadLast.String()}, nil)
	})
}

package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"uketsuke/internal/ledger"
	"uketsuke/internal/store"
)

// A database can fall behind its ledger while processes live: an asynchronous standby that was promoted has lost the
// last commits, a file was put back. So each act that gives something out compares the two inside its transaction, after
// it has noted its own and before it commits; behind, nothing is given out until the two have been compared whole
// (R-ID-6, R-APP-15).

// ErrBehind says that nothing was given out, because the database has forgotten what was given out before. The
// comparison that ends it is on its way.
var ErrBehind = errors.New("the database is behind its ledger, as after a fail-over: nothing was done; the service compares the two by itself, then it can be done again")

// An unsettled act has found that its database may be behind, or, with contested, that somebody else has noted what it
// was about to give out. It was rolled back.
type unsettled struct {
	noted     *ledger.Noted
	contested bool
}

func (u *unsettled) Error() string { return "what was to be given out is not known to be free" }

// settleMost is how often an act is tried again after that was settled.
const settleMost = 4

// settle decides about an act that was rolled back; nil says that it may be tried again.
func (d *Runner) settle(ctx context.Context, u *unsettled) error {
	if !u.contested {
		behind, err := d.IsBehind(ctx)
		if err == nil && behind {
			d.Lags.Store(true)
			d.Lagging()
			err = ErrBehind
		}
		return err
	}
	ended, err := d.Ledger.AwaitEnd(u.noted)
	if err != nil || ended {
		return err
	}
	behind, err := d.CompareLedger(ctx)
	if err == nil && behind {
		err = ErrBehind // who was signed in is not any more
	}
	return err
}

// compare is the last thing an act does before its commit. An act that gives out nothing, and posts no letter of the
// clock, needs it not.
func (a *Tx) compare(noted *ledger.Noted) error {
	if a.Runner.Ledger == nil || len(a.given) == 0 && !a.named {
		return nil
	}
	sight, err := a.Runner.Ledger.Look(noted)
	switch {
	case err != nil:
		return err
	case len(sight.Contested) > 0:
		return &unsettled{noted: noted, contested: true}
	}
	behind, err := forgets(a.Ctx, a.Store, sight, a.given)
	if err == nil && behind {
		err = &unsettled{noted: noted}
	}
	return err
}

// A knowing is what can be asked who has a thing: a transaction, or a database outside of one.
type knowing interface {
	Holders(ctx context.Context, kind string, keys []string) (map[string][]store.Holder, error)
	GetLedgerMark(ctx context.Context) (string, error)
}

// forgets says whether a database does not know what it must know, or has kept as lost what the asking act is about to give
// out: a review beside it may have done so after the act took it.
func forgets(ctx context.Context, q knowing, sight ledger.Sight, own []ledger.Entry) (bool, error) {
	mark, err := q.GetLedgerMark(ctx)
	if err = store.Missing(err); err != nil && !errors.Is(err, store.ErrNotFound) {
		return false, fmt.Errorf("reading the mark of the ledger: %w", err)
	}
	if mark != sight.Mark {
		return true, nil
	}
	for _, kind := range KindsGiven() {
		holders, err := HoldersOf(ctx, q, kind, slices.Concat(sight.Latest, own))
		if err != nil {
			return false, err
		}
		unknown := func(e ledger.Entry) bool { return e.Kind == kind && !IsKnown(e, holders[e.Key], own) }
		lost := func(e ledger.Entry) bool { return e.Kind == kind && isTaken(e, holders[e.Key]) }
		if slices.ContainsFunc(sight.Latest, unknown) || slices.ContainsFunc(own, lost) {
			return true, nil
		}
	}
	return false, nil
}

// isTaken says whether a thing is kept as lost. Only an import brings again what an import had brought.
func isTaken(e ledger.Entry, holders []store.Holder) bool {
	return slices.ContainsFunc(holders, func(h store.Holder) bool {
		return h.Lost && !(e.Application == Born && e.SameOwner(HeldBy(e.Kind, e.Key, h)))
	})
}

// HoldersOf asks who has the things of a kind; without any it does not ask.
func HoldersOf(ctx context.Context, q knowing, kind ledger.Kind, entries []ledger.Entry) (map[string][]store.Holder, error) {
	var keys []string
	for _, e := range entries {
		if e.Kind == kind {
			keys = append(keys, e.Key)
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	return q.Holders(ctx, string(kind), keys)
}

// IsKnown says whether a thing is known to have been given to whom the ledger says, or was told of as lost. What the asking
// act has just written itself is no sign of the act before. A number that
// somebody else has is not known.
func IsKnown(e ledger.Entry, holders []store.Holder, own []ledger.Entry) bool {
	mine := slices.ContainsFunc(own, func(o ledger.Entry) bool { return o.Kind == e.Kind && o.Key == e.Key })
	return slices.ContainsFunc(holders, func(h store.Holder) bool { return h.Lost || !mine && e.SameOwner(HeldBy(e.Kind, e.Key, h)) })
}

// IsBehind compares without an act. What seems behind is looked at once more while nobody reviews: a review changes
// database and ledger one after the other.
func (d *Runner) IsBehind(ctx context.Context) (bool, error) {
	if d.Ledger == nil {
		return false, nil
	}
	seems, err := d.seemsBehind(ctx)
	if err != nil || !seems {
		return false, err
	}
	err = d.Ledger.Unreviewed(func() (err error) {
		seems, err = d.seemsBehind(ctx)
		return err
	})
	if errors.Is(err, ledger.ErrReviewing) {
		return true, nil // a review that takes that long has something to do
	}
	return seems, err
}

func (d *Runner) seemsBehind(ctx context.Context) (bool, error) {
	sight, err := d.Ledger.Look(nil)
	if err != nil {
		return false, err
	}
	behind, err := forgets(ctx, d.DB.Read(), sight, nil)
	if err != nil || behind || sight.Published == 0 {
		return behind, err
	}
	size, err := d.LogSize(ctx, d.DB.Read().Queries)
	if err != nil {
		return false, err
	}
	return sight.Published > size, nil
}

// LogSize is the size of the audit log, or that of the largest checkpoint a restore has told of: until the log has
// grown beyond it, the ledger goes on to know it.
func (d *Runner) LogSize(ctx context.Context, q Reader) (int64, error) {
	tree, err := q.GetTree(ctx)
	if err = store.Missing(err); err != nil && !errors.Is(err, store.ErrNotFound) {
		return 0, fmt.Errorf("reading the size of the audit log: %w", err)
	}
	rows, err := q.ListRestores(ctx)
	if err != nil {
		return 0, fmt.Errorf("reading the restores: %w", err)
	}
	size := tree.Size
	for _, row := range rows {
		if told, err := strconv.ParseInt(row.Checkpoint, 10, 64); err == nil { // "" for none
			size = max(size, told)
		}
	}
	return size, nil
}

// Behind says that this process gives nothing out, because the database was found behind its ledger and has not caught up.
func (d *Runner) Behind() bool { return d.Lags.Load() }

// MayPost says whether letters may leave: while the database is behind, some that wait in it have left already.
func (d *Runner) MayPost(ctx context.Context) (bool, error) {
	behind, err := d.IsBehind(ctx)
	if err == nil && behind {
		d.Lags.Store(true)
		d.Lagging()
	}
	return !behind, err
}

// MayPublish refuses a checkpoint in a database that does not have its entries, or is behind its ledger: it would contradict
// one that was published.
func (d *Runner) MayPublish(ctx context.Context, tx *store.Tx, size int64) error {
	if d.Ledger == nil {
		return nil
	}
	sight, err := d.Ledger.Look(nil)
	if err != nil {
		return err
	}
	behind, err := forgets(ctx, tx, sight, nil)
	if err != nil {
		return err
	}
	tree, err := tx.GetTree(ctx)
	if err != nil {
		return fmt.Errorf("reading the size of the audit log: %w", err)
	}
	known, err := d.LogSize(ctx, tx.Queries)
	if err == nil && (behind || tree.Size < size || known < sight.Published) {
		err = ErrBehind
	}
	return err
}

// KindsGiven are the kinds that database and ledger both know.
func KindsGiven() []ledger.Kind {
	return []ledger.Kind{ledger.Code, ledger.UserID, ledger.Receipt, ledger.Invoice, ledger.Mail}
}

// HeldBy is a thing as the database says who has it.
func HeldBy(kind ledger.Kind, key string, h store.Holder) ledger.Entry {
	return ledger.Entry{Kind: kind, Key: key, Application: h.Application, Establishment: h.Establishment}
}

// Born is how facts from before the portal are marked.
const Born = "import"

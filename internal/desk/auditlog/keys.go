package auditlog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"uketsuke/internal/account"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/keyring"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// A LogKey is a key that has signed the log.
type LogKey struct {
	audit.KeyUse
	// Old says that the key was handed over to by a checkpoint alone, from which nothing follows.
	Old bool
}

// LogKeys are the keys that have signed the log, the first one first, each with what handed over to it.
func (d *Desk) LogKeys(ctx context.Context) ([]LogKey, error) {
	rows, err := d.DB.Read().ListLogKeys(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the keys of the audit log: %w", err)
	}
	var keys []LogKey
	for _, row := range rows {
		keys = append(keys, LogKey{audit.KeyUse{Key: row.Public, HandOver: row.HandOver}, oldHandOver(row)})
	}
	return keys, nil
}

func oldHandOver(row query.ListLogKeysRow) bool { return row.HandOver == "" && row.OldHandOver != "" }

func logKeys(ctx context.Context, q command.Reader) ([]audit.KeyUse, error) {
	rows, err := q.ListLogKeys(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the keys of the audit log: %w", err)
	}
	var keys []audit.KeyUse
	for _, row := range rows {
		keys = append(keys, audit.KeyUse{Key: row.Public, HandOver: row.HandOver})
	}
	return keys, nil
}

// A Restatement is the hand-over to a key that is stated anew.
type Restatement struct {
	Key  string
	Size int64
	// Refused says why it cannot be; nil when it can.
	Refused error

	number    int64
	statement string
}

// Why a hand-over cannot be stated anew.
var (
	ErrStrangeKey = errors.New("the key ring has never had this key: somebody may have written it into the database")
	ErrOldKeyGone = errors.New("the old private key is gone: give auditors the new public key on another way")
)

// RestateHandOvers lets the old private keys say in statements what checkpoints stood for until now: which key takes
// over, and from which size on. What they say today is dated today, and is evidence. Without really, only what would be
// said is told.
func (d *Desk) RestateHandOvers(ctx context.Context, actor account.Actor, really bool) ([]Restatement, error) {
	if actor.Role != account.Operator {
		return nil, command.ErrForbidden
	}
	rows, err := d.DB.Read().ListLogKeys(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the keys of the audit log: %w", err)
	}
	var list []Restatement
	for i, row := range rows {
		if i == 0 || !oldHandOver(row) {
			continue
		}
		r, err := d.restated(ctx, rows[i-1].Public, row)
		if err != nil {
			return list, err
		}
		if really && r.Refused == nil {
			err = d.storeRestated(ctx, actor, r)
		}
		if err != nil {
			return list, err
		}
		list = append(list, r)
	}
	return list, nil
}

// restated signs one statement. What stands in the database is no reason to sign: both keys must be the ring's own, and
// both must have signed the checkpoint from which the size is taken.
func (d *Desk) restated(ctx context.Context, before string, row query.ListLogKeysRow) (Restatement, error) {
	r := Restatement{Key: row.Public, number: row.Number}
	state, err := d.LogState(ctx)
	if err != nil {
		return r, err
	}
	mine, err := d.ownLogKeys(state.Origin)
	if err != nil {
		return r, err
	}
	if !slices.Contains(mine, before) || !slices.Contains(mine, row.Public) {
		r.Refused = ErrStrangeKey
		return r, nil
	}
	for _, key := range []string{before, row.Public} {
		c, err := opened(key, row.OldHandOver)
		if err != nil {
			r.Refused = err
			return r, nil
		}
		r.Size = c.Size
	}
	old, err := d.logSignerOf(state.Origin, before)
	if errors.Is(err, keyring.ErrNoKey) {
		r.Refused = ErrOldKeyGone
		return r, nil
	} else if err != nil {
		return r, err
	}
	h := audit.HandOver{Origin: state.Origin, Old: before, New: row.Public, Size: r.Size, Day: calendar.DateOf(d.Elapsed())}
	r.statement, err = h.Sign(old)
	return r, err
}

// ownLogKeys are the public halves of all keys that the ring has had for the log.
func (d *Desk) ownLogKeys(origin string) ([]string, error) {
	all, err := d.Ring.Signers(LogPurpose)
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, own := range all {
		line, err := audit.PublicLine(origin, own.Public)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// opened is a checkpoint that a key has signed.
func opened(key, signed string) (audit.Checkpoint, error) {
	trust, err := audit.NewTrust(key)
	if err != nil {
		return audit.Checkpoint{}, err
	}
	return trust.Open(signed)
}

func (d *Desk) storeRestated(ctx context.Context, actor account.Actor, r Restatement) error {
	now := d.Elapsed()
	err := d.Do(ctx, actor, func(a *command.Tx) error {
		if err := a.Store.InsertHandOver(ctx, query.InsertHandOverParams{Number: r.number, Statement: r.statement, RecordedAt: column.At(now)}); err != nil {
			return err
		}
		return a.Audit("restate-hand-over", map[audit.Key]string{audit.SigningKey: r.Key, audit.Size: strconv.FormatInt(r.Size, 10),
			audit.Day: calendar.DateOf(now).String()}, nil)
	})
	if err != nil {
		return fmt.Errorf("storing the hand-over to %s: %w", r.Key, err)
	}
	return nil
}

package auditlog

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"

	"uketsuke/internal/account"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/keyring"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"

	"golang.org/x/mod/sumdb/note"
)

// LogPurpose names the ring's keys that sign checkpoints.
const LogPurpose = "audit-log"

// logOrigin is the name of the log, given once: a checkpoint says of which log it is.
func (d *Desk) logOrigin(given string) string {
	if given != "" {
		return given
	}
	if at, err := url.Parse(d.Operator.Mail.LoginURL); err == nil && at.Host != "" {
		return at.Host + "/audit"
	}
	return "uketsuke/audit"
}

// A logSigning is with what the next checkpoint is signed.
type logSigning struct {
	signer note.Signer
	public string
	// fresh says that the key has not signed before; old is then the key before, nil when there is none to hand over.
	fresh     bool
	old       note.Signer
	oldPublic string
}

// logSigning takes the ring's newest key. When that is not the one that signed last, that one hands over, if the ring
// still has it.
func (d *Desk) logSigning(ctx context.Context, origin string) (s logSigning, err error) {
	key, err := d.Ring.Signer(LogPurpose)
	if err != nil {
		return s, err
	}
	if s.signer, err = audit.NewSigner(origin, key); err != nil {
		return s, err
	}
	if s.public, err = audit.PublicKey(origin, key); err != nil {
		return s, err
	}
	keys, err := d.DB.Read().ListLogKeys(ctx)
	if err != nil {
		return s, fmt.Errorf("reading the keys of the audit log: %w", err)
	}
	if len(keys) > 0 && keys[len(keys)-1].Public == s.public {
		return s, nil
	}
	s.fresh = true
	if len(keys) == 0 {
		return s, nil
	}
	s.oldPublic = keys[len(keys)-1].Public
	if s.old, err = d.logSignerOf(origin, s.oldPublic); errors.Is(err, keyring.ErrNoKey) {
		return s, nil
	}
	return s, err
}

// logSignerOf is the ring's key with a public half; ErrNoKey when it is gone.
func (d *Desk) logSignerOf(origin, public string) (note.Signer, error) {
	all, err := d.Ring.Signers(LogPurpose)
	if err != nil {
		return nil, err
	}
	for _, own := range all {
		line, err := audit.PublicLine(origin, own.Public)
		if err != nil {
			return nil, err
		}
		if line != public {
			continue
		}
		key, err := d.Ring.SignerOf(own)
		if err != nil {
			return nil, err
		}
		return audit.NewSigner(origin, key)
	}
	return nil, keyring.ErrNoKey
}

// checkpointIfDue signs a checkpoint when leaves have waited for one long enough, or the key is a new one.
func (d *Desk) checkpointIfDue(ctx context.Context) error {
	state, err := d.LogState(ctx)
	if err != nil || state.Size == 0 {
		return err
	}
	signing, err := d.logSigning(ctx, d.logOrigin(state.Origin))
	if err != nil {
		return err
	}
	waited := d.Elapsed().Sub(state.Last.At) >= d.Audit.WithDefaults().CheckpointEvery
	if !signing.fresh && (state.Last.Size == state.Size || !waited) {
		return nil
	}
	return d.signCheckpoint(ctx, state, signing)
}

// Checkpoint gives waiting entries their places and signs a checkpoint of all there is, if the last one does
// not cover it.
func (d *Desk) Checkpoint(ctx context.Context) (LogCheckpoint, error) {
	if err := d.sequence(ctx); err != nil {
		return LogCheckpoint{}, err
	}
	state, err := d.LogState(ctx)
	if err != nil {
		return LogCheckpoint{}, err
	}
	signing, err := d.logSigning(ctx, d.logOrigin(state.Origin))
	if err != nil {
		return LogCheckpoint{}, err
	}
	if state.Size > 0 && (state.Last.Size < state.Size || signing.fresh) {
		if err := d.signCheckpoint(ctx, state, signing); err != nil {
			return LogCheckpoint{}, err
		}
	}
	state, err = d.LogState(ctx)
	return state.Last, err
}

// signCheckpoint signs the log as it stands. The signing is done before the transaction: an HSM may be slow.
// Where another process was faster, its checkpoint counts.
func (d *Desk) signCheckpoint(ctx context.Context, state LogState, s logSigning) error {
	root, err := audit.Root(state.Size, NewNodes(ctx, d.DB.Read().Queries).Hash)
	if err != nil {
		return err
	}
	c := audit.Checkpoint{Origin: d.logOrigin(state.Origin), Size: state.Size, Root: root, At: column.At(d.Elapsed()).Time}
	signed, err := c.Sign(s.signer)
	if err != nil {
		return err
	}
	store := func(tx *store.Tx) error {
		if err := d.MayPublish(ctx, tx, c.Size); err != nil {
			return err
		}
		return storeCheckpoint(ctx, tx, state.Last.Number+1, c, signed)
	}
	if s.fresh {
		err = d.storeWithKey(ctx, s, c, store)
	} else {
		err = d.DB.InTx(ctx, store)
	}
	if errors.Is(err, command.ErrBehind) { // not now: the next round signs what there is then
		d.Lagging()
		return nil
	}
	if d.DB.IsTaken(err) {
		return nil
	} else if err != nil {
		return fmt.Errorf("storing a checkpoint of the audit log: %w", err)
	}
	return d.Ledger.NoteCheckpoint(c.At, c.Size, signed)
}

func storeCheckpoint(ctx context.Context, tx *store.Tx, number int64, c audit.Checkpoint, signed string) error {
	if err := tx.NameTree(ctx, c.Origin); err != nil {
		return err
	}
	return tx.InsertCheckpoint(ctx, query.InsertCheckpointParams{Number: number, Size: c.Size, Root: c.Root.String(), Signed: signed,
		RecordedAt: column.At(c.At)})
}

// storeWithKey stores the first checkpoint of a key, with the key and its hand-over, and leaves evidence of it.
func (d *Desk) storeWithKey(ctx context.Context, s logSigning, c audit.Checkpoint, checkpoint func(*store.Tx) error) error {
	statement := ""
	if s.old != nil {
		var err error
		h := audit.HandOver{Origin: c.Origin, Old: s.oldPublic, New: s.public, Size: c.Size, Day: calendar.DateOf(c.At)}
		if statement, err = h.Sign(s.old); err != nil {
			return err
		}
	}
	return d.Do(ctx, account.ClockActor(), func(a *command.Tx) error {
		if err := checkpoint(a.Store); err != nil {
			return err
		}
		keys, err := a.Store.ListLogKeys(ctx)
		if err != nil {
			return err
		}
		number := int64(len(keys)) + 1
		if err := a.Store.InsertLogKey(ctx, query.InsertLogKeyParams{Number: number, Public: s.public, RecordedAt: column.At(c.At)}); err != nil {
			return err
		}
		if statement != "" {
			err := a.Store.InsertHandOver(ctx, query.InsertHandOverParams{Number: number, Statement: statement, RecordedAt: column.At(c.At)})
			if err != nil {
				return err
			}
		}
		return a.Audit("use-log-key", map[audit.Key]string{audit.SigningKey: s.public}, nil)
	})
}

// logTrust believes the keys that the database knows, and those of the ring.
func (d *Desk) logTrust(ctx context.Context, q command.Reader) (*audit.Trust, error) {
	keys, err := logKeys(ctx, q)
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, use := range keys {
		lines = append(lines, use.Key)
	}
	tree, err := q.GetTree(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the state of the audit log: %w", err)
	}
	mine, err := d.ownLogKeys(d.logOrigin(tree.Origin))
	if err != nil {
		return nil, err
	}
	slices.Reverse(mine)
	return audit.NewTrust(append(lines, mine...)...)
}

package auditlog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"uketsuke/internal/audit"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
)

// The audit log: entries are written in the transactions of the acts, and get their places afterwards, here.
// An act so waits for no other act. Any number of processes may do this: the lease keeps them from doing the
// same work, the locked row of the tree from doing harm.

// LogJob is what gives entries their leaves, signs checkpoints and removes what is old.
const LogJob = "log"

const (
	logLease = time.Minute
	// logBatch is how many entries get their leaves in one transaction.
	logBatch = 500
	// logRest is how long a log without new entries is left alone.
	logRest = 30 * time.Second
)

// KeepLog is one round of the log's work. It returns at once when another process is at it.
func (d *Desk) KeepLog(ctx context.Context) error {
	return d.logRound(ctx, d.sequence, d.checkpointIfDue, d.retainLog, d.mailCheckpoint, d.askVerificationDaily)
}

// KeepLogInDoubt is a round while the desk clock is doubted (R-CAL-3). Places and checkpoints go by elapsed time, and
// no doubt lets the unsigned end of the log grow; what goes by the desk clock waits: it removes text, and dates a letter.
func (d *Desk) KeepLogInDoubt(ctx context.Context) error {
	return d.logRound(ctx, d.sequence, d.checkpointIfDue)
}

// logRound does the parts of a round, each whatever became of those before it.
func (d *Desk) logRound(ctx context.Context, parts ...func(context.Context) error) error {
	if idle, err := d.logIdle(ctx); err != nil || idle {
		return err
	}
	lease, mine, err := d.LeaseJob(ctx, LogJob, logLease)
	if err != nil || !mine {
		return err
	}
	var failed error
	for _, part := range parts {
		failed = errors.Join(failed, part(ctx))
	}
	return d.EndJob(ctx, LogJob, lease, failed)
}

// logIdle says that a round would find nothing: no entry waits, and the last round was not long ago.
func (d *Desk) logIdle(ctx context.Context) (bool, error) {
	q := d.DB.Read()
	if rows, err := q.ListPending(ctx, 1); err != nil || len(rows) > 0 {
		return false, err
	}
	jobs, err := q.ListJobs(ctx)
	if err != nil {
		return false, fmt.Errorf("reading what the jobs have done: %w", err)
	}
	return slices.ContainsFunc(jobs, func(j query.Job) bool {
		return j.Name == LogJob && j.FailedAt.IsZero() && d.Elapsed().Sub(j.LastSuccess.Time) < logRest
	}), nil
}

// sequence gives every entry that has no leaf its place in the log.
func (d *Desk) sequence(ctx context.Context) error {
	for {
		// A look first: a round with nothing to do locks and writes nothing.
		if rows, err := d.DB.Read().ListPending(ctx, 1); err != nil || len(rows) == 0 {
			return err
		}
		added := 0
		err := d.DB.InTx(ctx, func(tx *store.Tx) (err error) {
			added, err = addLeaves(ctx, tx)
			return err
		})
		if err != nil {
			return fmt.Errorf("giving audit entries their places: %w", err)
		}
		if added < logBatch {
			return nil
		}
	}
}

// addLeaves adds the leaves of a batch of waiting entries: those that wait, not those after the last one,
// because ids commit out of order.
func addLeaves(ctx context.Context, tx *store.Tx) (int, error) {
	tree, err := tx.LockTree(ctx)
	if err != nil {
		return 0, err
	}
	rows, err := tx.ListPending(ctx, logBatch)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	nodes := NewNodes(ctx, tx.Queries)
	for i, row := range rows {
		if err := addLeaf(ctx, tx, nodes, tree.Size+int64(i), row); err != nil {
			return 0, err
		}
	}
	grown, err := tx.GrowTree(ctx, query.GrowTreeParams{Size: tree.Size + int64(len(rows)), Before: tree.Size})
	if err == nil && grown != 1 {
		err = errors.New("the tree has grown meanwhile")
	}
	return len(rows), err
}

func addLeaf(ctx context.Context, tx *store.Tx, nodes *logNodes, seq int64, row query.ListPendingRow) error {
	leaf := audit.LeafHash(row.Entry)
	grown, err := audit.Grown(seq, leaf, nodes.Hash)
	if err != nil {
		return err
	}
	if err := tx.InsertLeaf(ctx, query.InsertLeafParams{Seq: seq, Entry: row.ID, Hash: leaf.String()}); err != nil {
		return err
	}
	at := audit.Place{Index: seq}.Position()
	nodes.known[at] = leaf
	for _, hash := range grown {
		at++
		nodes.known[at] = hash
		if err := tx.InsertNode(ctx, query.InsertNodeParams{Position: at, Hash: hash.String()}); err != nil {
			return err
		}
	}
	_, err = tx.DeletePending(ctx, row.ID)
	return err
}

// logNodes reads the stored hashes of the tree, each once.
type logNodes struct {
	ctx   context.Context
	q     command.Reader
	known map[int64]audit.TreeHash
}

// NewNodes reads the stored hashes of the tree, each once: a proof needs about two per level.
func NewNodes(ctx context.Context, q command.Reader) *logNodes {
	return &logNodes{ctx, q, map[int64]audit.TreeHash{}}
}

// Hash is the stored hash of a place of the tree (RFC 6962); store.ErrNotFound where none is stored.
func (n *logNodes) Hash(p audit.Place) (audit.TreeHash, error) {
	at := p.Position()
	if hash, ok := n.known[at]; ok {
		return hash, nil
	}
	text, err := n.read(p)
	if err != nil {
		return audit.TreeHash{}, fmt.Errorf("reading node %d of the audit log: %w", at, store.Missing(err))
	}
	hash, err := audit.ParseTreeHash(text)
	if err != nil {
		return hash, fmt.Errorf("reading node %d of the audit log: %w", at, err)
	}
	n.known[at] = hash
	return hash, nil
}

func (n *logNodes) read(p audit.Place) (string, error) {
	if p.Level == 0 {
		leaf, err := n.q.GetLeaf(n.ctx, p.Index)
		return leaf.Hash, err
	}
	return n.q.GetNode(n.ctx, p.Position())
}

// A LogState is how far the log has come.
type LogState struct {
	Origin string
	// Size is the number of leaves, Waiting that of entries without one, since WaitingSince.
	Size, Waiting int64
	WaitingSince  time.Time
	// ForgottenTo and DroppedTo are the leaves before which personal text and text were removed.
	ForgottenTo, DroppedTo int64
	Last                   LogCheckpoint
}

// A LogCheckpoint is a checkpoint as it was signed; Number 0: none yet.
type LogCheckpoint struct {
	Number, Size int64
	Root, Signed string
	At           time.Time
}

func checkpointOf(row query.AuditCheckpoint) LogCheckpoint {
	return LogCheckpoint{Number: row.Number, Size: row.Size, Root: row.Root, Signed: row.Signed, At: row.RecordedAt.Time}
}

// LogState is how far the log has come. It says nothing about who did what, and asks for no actor.
func (d *Desk) LogState(ctx context.Context) (LogState, error) {
	state, err := ReadLogState(ctx, d.DB.Read().Queries)
	if err != nil {
		return state, fmt.Errorf("reading the state of the audit log: %w", err)
	}
	return state, nil
}

// ReadLogState is how far the log has come: its size, its head, and the last checkpoint.
func ReadLogState(ctx context.Context, q command.Reader) (LogState, error) {
	tree, err := q.GetTree(ctx)
	if err != nil {
		return LogState{}, err
	}
	s := LogState{Origin: tree.Origin, Size: tree.Size, ForgottenTo: tree.ForgottenTo, DroppedTo: tree.DroppedTo}
	if s.Waiting, err = q.CountPending(ctx); err != nil {
		return s, err
	}
	since, err := q.OldestPending(ctx)
	if err = store.Missing(err); err != nil && !errors.Is(err, store.ErrNotFound) {
		return s, err
	}
	s.WaitingSince = since.Time
	last, err := q.LastCheckpoint(ctx)
	if err = store.Missing(err); err != nil && !errors.Is(err, store.ErrNotFound) {
		return s, err
	}
	s.Last = checkpointOf(last)
	return s, nil
}

// A Standpoint is how the log stands to a checkpoint that is known from outside.
type Standpoint string

// The standpoints.
const (
	LogHolds  Standpoint = "holds"  // the checkpoint is of this log
	LogBehind Standpoint = "behind" // the log is shorter than the checkpoint: an older backup was restored, or its tail cut
	LogForked Standpoint = "forked" // the log is long enough, and another one
)

// LogStands says how the log stands to a signed checkpoint that was kept outside of the database.
func (d *Desk) LogStands(ctx context.Context, signed string) (Standpoint, error) {
	return d.logStands(ctx, d.DB.Read().Queries, signed)
}

func (d *Desk) logStands(ctx context.Context, q command.Reader, signed string) (Standpoint, error) {
	trust, err := d.logTrust(ctx, q)
	if err != nil {
		return "", err
	}
	c, err := trust.Open(signed)
	if err != nil && !errors.Is(err, audit.ErrRetired) {
		return "", err
	}
	tree, err := q.GetTree(ctx)
	if err != nil {
		return "", fmt.Errorf("reading the state of the audit log: %w", err)
	}
	if c.Size > tree.Size {
		return LogBehind, nil
	}
	root, err := audit.Root(c.Size, NewNodes(ctx, q).Hash)
	if err != nil {
		return "", err
	}
	if root != c.Root {
		return LogForked, nil
	}
	return LogHolds, nil
}

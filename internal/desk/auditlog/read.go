package auditlog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// mayAudit says who reads the audit log: the supervisors, and whoever operates the
// product at its command line.
func mayAudit(actor account.Actor) bool {
	return actor.Role == account.Supervisor || actor.Role == account.Operator
}

// A LogExport says what is exported: the leaves from one to another, To not included; 0 for To: to the end.
// Since and Until are days instead, Until included; zero for none.
type LogExport struct {
	From, To     int64
	Since, Until calendar.Date
	Personal     bool
}

// ExportLog writes an export of the log to w, as a stream. It ends at a checkpoint, made anew if need be, and
// leaves an entry; that entry is in the next export.
func (d *Desk) ExportLog(ctx context.Context, actor account.Actor, x LogExport, w io.Writer) error {
	if !mayAudit(actor) {
		return command.ErrForbidden
	}
	last, err := d.Checkpoint(ctx)
	if err != nil {
		return err
	}
	if x, err = d.logBounds(ctx, x, last.Size); err != nil {
		return err
	}
	err = d.DoAs(ctx, actor, command.Reading, func(a *command.Tx) error {
		return a.Audit("export-audit", map[audit.Key]string{audit.Rows: strconv.FormatInt(x.To-x.From, 10), audit.Bound: strconv.FormatInt(x.To, 10),
			audit.Complete: strconv.FormatBool(x.Personal)}, nil)
	})
	if err != nil {
		return err
	}
	head, err := d.logHead(ctx, x, last.Size)
	if err != nil {
		return err
	}
	out, err := audit.NewExporter(w, head)
	if err != nil {
		return err
	}
	if err := d.walkLog(ctx, head, out.Leaf, out.Checkpoint); err != nil {
		return err
	}
	return out.End()
}

// logBounds turns days into leaves.
func (d *Desk) logBounds(ctx context.Context, x LogExport, size int64) (LogExport, error) {
	if x.To == 0 || x.To > size {
		x.To = size
	}
	var err error
	if !x.Since.IsZero() {
		if x.From, err = d.leafSince(ctx, x.Since, size); err != nil {
			return x, err
		}
	}
	if !x.Until.IsZero() {
		if x.To, err = d.leafSince(ctx, x.Until.AddDays(1), size); err != nil {
			return x, err
		}
	}
	if x.From < 0 || x.From > x.To {
		return x, fmt.Errorf("exporting the audit log: the leaves %d to %d are none", x.From, x.To)
	}
	return x, nil
}

// leafSince is the first leaf of a day or of those after it.
func (d *Desk) leafSince(ctx context.Context, day calendar.Date, size int64) (int64, error) {
	seq, err := d.DB.Read().LeafSince(ctx, column.At(day.Start()))
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return size, nil
	} else if err != nil {
		return 0, fmt.Errorf("looking for the first entry of %s: %w", day, err)
	}
	return min(seq, size), nil
}

func (d *Desk) logHead(ctx context.Context, x LogExport, size int64) (audit.Head, error) {
	q := d.DB.Read().Queries
	tree, err := q.GetTree(ctx)
	if err != nil {
		return audit.Head{}, fmt.Errorf("reading the state of the audit log: %w", err)
	}
	head := audit.Head{Origin: tree.Origin, From: x.From, To: x.To, Size: size, Personal: x.Personal}
	if head.Keys, err = logKeys(ctx, q); err != nil {
		return head, err
	}
	nodes := NewNodes(ctx, q)
	if head.Left, err = edge(nodes, 0, x.From); err != nil {
		return head, err
	}
	head.Right, err = edge(nodes, x.To, size)
	return head, err
}

func edge(nodes *logNodes, from, to int64) ([]audit.Node, error) {
	var list []audit.Node
	for _, place := range audit.Edge(from, to) {
		hash, err := nodes.Hash(place)
		if err != nil {
			return nil, err
		}
		list = append(list, audit.Node{Level: place.Level, Hash: hash})
	}
	return list, nil
}

// walkLog goes through leaves and checkpoints in the order of an export.
func (d *Desk) walkLog(ctx context.Context, head audit.Head, leaf func(audit.Leaf) error, checkpoint func(string) error) error {
	at := head.From
	for at < head.To {
		signed, err := d.DB.Read().CheckpointsFrom(ctx, query.CheckpointsFromParams{First: at, Past: head.To, Most: 1})
		if err != nil {
			return fmt.Errorf("reading the checkpoints of the audit log: %w", err)
		}
		to := head.To
		if len(signed) > 0 {
			to = signed[0].Size
		}
		if err := d.WalkLeaves(ctx, at, to, head.Personal, leaf); err != nil {
			return err
		}
		at = to
		if len(signed) > 0 && to < head.Size {
			if err := checkpoint(signed[0].Signed); err != nil {
				return err
			}
		}
	}
	return d.lastOfSize(ctx, head.Size, checkpoint)
}

// lastOfSize gives the checkpoint at the end.
func (d *Desk) lastOfSize(ctx context.Context, size int64, checkpoint func(string) error) error {
	rows, err := d.DB.Read().CheckpointsFrom(ctx, query.CheckpointsFromParams{First: size - 1, Past: size, Most: 1})
	if err != nil {
		return fmt.Errorf("reading the checkpoints of the audit log: %w", err)
	}
	if len(rows) == 0 {
		return nil
	}
	return checkpoint(rows[0].Signed)
}

// logPage is how many leaves are held in memory at once.
const logPage = 1000

// WalkLeaves calls back for the leaves from one place up to another, in their order and page by page, so that a log of any length
// needs no more memory. With personal, the texts that retention may remove come along.
func (d *Desk) WalkLeaves(ctx context.Context, from, to int64, personal bool, leaf func(audit.Leaf) error) error {
	for ; from < to; from += logPage {
		rows, err := d.DB.Read().ListLeaves(ctx, query.ListLeavesParams{First: from, Past: min(from+logPage, to)})
		if err != nil {
			return fmt.Errorf("reading the leaves of the audit log: %w", err)
		}
		for _, row := range rows {
			if err := leaf(leafOf(row, personal)); err != nil {
				return err
			}
		}
	}
	return nil
}

// leafOf is a leaf as it is stored. A hash that is none was altered: it is the zero hash, which no text has, so that the
// verification finds the leaf and goes on.
func leafOf(row query.ListLeavesRow, personal bool) audit.Leaf {
	hash, err := audit.ParseTreeHash(row.Hash)
	if err != nil {
		hash = audit.TreeHash{}
	}
	l := audit.Leaf{Seq: row.Seq, Hash: hash, Entry: row.Text}
	if personal {
		l.Personal, l.Salt = row.Personal, row.Salt
	}
	return l
}

// VerifyLog verifies the log of the database as an export is verified, to its last checkpoint, against its own
// keys and checkpoints, and against signed checkpoints that were saved elsewhere.
func (d *Desk) VerifyLog(ctx context.Context, saved ...string) (audit.Report, error) {
	q := d.DB.Read().Queries
	state, err := ReadLogState(ctx, q)
	if err != nil {
		return audit.Report{}, fmt.Errorf("reading the state of the audit log: %w", err)
	}
	trust, err := d.logTrust(ctx, q)
	if err != nil {
		return audit.Report{}, err
	}
	head, err := d.logHead(ctx, LogExport{To: state.Last.Size, Personal: true}, state.Last.Size)
	if err != nil {
		return audit.Report{}, err
	}
	if state.Size == 0 && state.Last.Size == 0 && len(saved) == 0 {
		// The log has not begun: no entry has its place yet, so there is nothing to sign. In a file it would be a finding.
		return audit.Report{Origin: head.Origin}, nil
	}
	v := audit.NewVerification(head, trust, saved...)
	err = d.walkLog(ctx, head, func(l audit.Leaf) error { v.Leaf(l); return nil }, func(signed string) error { v.Checkpoint(signed); return nil })
	return v.Report(), err
}

// verifyLease is the lease of a verification.
const (
	verifyLease = 15 * time.Minute
	verifyJob   = "log verification"
	// verifyEvery is how often the log is verified unasked, verifyKeep how long the outcomes are kept.
	verifyEvery = 24 * time.Hour
	verifyKeep  = 400 * 24 * time.Hour
)

// AskVerification asks for a verification of the log, which runs in the background.
func (d *Desk) AskVerification(ctx context.Context, actor account.Actor) error {
	if !mayAudit(actor) {
		return command.ErrForbidden
	}
	return d.DoAs(ctx, actor, command.Reading, func(a *command.Tx) error {
		if err := askVerification(a); err != nil {
			return err
		}
		return a.Audit("verify-audit", nil, nil)
	})
}

func askVerification(a *command.Tx) error {
	id, err := a.Runner.NewID()
	if err != nil {
		return err
	}
	err = a.Store.AskVerification(a.Ctx, query.AskVerificationParams{ID: id, AskedAt: column.At(a.Runner.Elapsed()), AskedBy: string(a.Actor.ID)})
	if err != nil {
		return fmt.Errorf("asking for a verification of the audit log: %w", err)
	}
	return nil
}

// askVerificationDaily has the log verified once a day, and forgets the outcomes of long ago.
func (d *Desk) askVerificationDaily(ctx context.Context) error {
	q := d.DB.Read()
	if _, err := q.OpenVerification(ctx); !errors.Is(store.Missing(err), store.ErrNotFound) {
		return err
	}
	last, err := q.LastVerification(ctx)
	if err = store.Missing(err); err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("reading the last verification: %w", err)
	}
	state, err := d.LogState(ctx)
	if err != nil || state.Last.Number == 0 || d.Elapsed().Sub(last.AskedAt.Time) < verifyEvery {
		return err
	}
	return d.Do(ctx, account.ClockActor(), func(a *command.Tx) error {
		if err := askVerification(a); err != nil {
			return err
		}
		if _, err := a.Store.ThinVerifications(ctx, column.At(d.Elapsed().Add(-verifyKeep))); err != nil {
			return fmt.Errorf("forgetting old verifications: %w", err)
		}
		if _, err := a.Store.ThinCheckpoints(ctx, column.At(d.Elapsed().Add(-checkpointsKeep))); err != nil {
			return fmt.Errorf("thinning old checkpoints: %w", err)
		}
		return a.Audit("verify-audit", nil, nil)
	})
}

// checkpointsKeep is how long every checkpoint is kept here; of older ones the last of a day stays.
const checkpointsKeep = 90 * 24 * time.Hour

// VerifyAsked carries out the verifications that were asked for.
func (d *Desk) VerifyAsked(ctx context.Context) error {
	if _, err := d.DB.Read().OpenVerification(ctx); err != nil {
		return ignoreMissing(err)
	}
	h, mine, err := d.LeaseJob(ctx, verifyJob, verifyLease)
	if err != nil || !mine {
		return err
	}
	return d.EndJob(ctx, verifyJob, h, d.verifyOpen(ctx))
}

func ignoreMissing(err error) error {
	if errors.Is(store.Missing(err), store.ErrNotFound) {
		return nil
	}
	return err
}

func (d *Desk) verifyOpen(ctx context.Context) error {
	for {
		asked, err := d.DB.Read().OpenVerification(ctx)
		if err != nil {
			return ignoreMissing(err)
		}
		report, err := d.VerifyLog(ctx)
		if err != nil {
			return err
		}
		err = d.DB.InTx(ctx, func(tx *store.Tx) error {
			_, err := tx.EndVerification(ctx, query.EndVerificationParams{ID: asked.ID, DoneAt: column.At(d.Elapsed()), Size: report.Size,
				Findings: int64(len(report.Findings) + report.More), Report: findingLines(report)})
			return err
		})
		if err != nil {
			return fmt.Errorf("noting the outcome of a verification: %w", err)
		}
		if !report.Clean() {
			d.Log.ErrorContext(ctx, "the audit log is not what was signed", "findings", len(report.Findings)+report.More, "first", report.Findings[0].String())
		}
	}
}

// findingLinesMax bounds what is kept of the findings.
const findingLinesMax = 20

func findingLines(r audit.Report) string {
	var lines []string
	for _, f := range r.Findings[:min(len(r.Findings), findingLinesMax)] {
		lines = append(lines, f.String())
	}
	return strings.Join(lines, "\n")
}

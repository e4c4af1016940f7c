package auditlog

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/audit"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/document"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// An AuditQuery is what the page of the audit log is asked for. Zero fields ask for nothing.
type AuditQuery struct {
	// Actor is an id, a name or a mail address, Act one of Acts.
	Actor, Act string
	// About is an application's id or receipt number, Establishment an id or a part of a name.
	About, Establishment string
	// From and To are days of the desk clock, To included.
	From, To calendar.Date
	// Text is contained in the entry or in its personal text.
	Text string
	// After is AuditPage.Next of the page before.
	After string
}

// An AuditRow is one entry as the page of the audit log shows it.
type AuditRow struct {
	Said          audit.Said
	Text          string // as it was hashed; of one entry only
	Seq           int64  // place in the log, -1 for none yet
	Establishment string
	Receipt       string
}

// A LogVerification is the outcome of a verification.
type LogVerification struct {
	DoneAt   time.Time
	Size     int64
	Findings int64
	Report   string
	// Open says that another one was asked for and is not done yet.
	Open bool
}

// An AuditPage is the page of the audit log.
type AuditPage struct {
	Rows     []AuditRow
	Next     string // key of the next page, "" on the last one
	State    LogState
	Ways     []WayState
	Verified LogVerification
	Policy   command.LogPolicy
	// Bounded is the day from which was searched because none was given; zero otherwise.
	Bounded calendar.Date
}

const (
	auditRows = 50
	// auditDays is how far back is searched for what no index leads to, when no day is given.
	auditDays = 31
)

// AuditLog is the page of the audit log: entries newest first, and the state of the log.
func (d *Desk) AuditLog(ctx context.Context, actor account.Actor, q AuditQuery) (AuditPage, error) {
	if !mayAudit(actor) {
		return AuditPage{}, command.ErrForbidden
	}
	now, err := d.DeskTime(ctx)
	if err != nil {
		return AuditPage{}, err
	}
	page := AuditPage{Policy: d.Audit.WithDefaults()}
	if q.From.IsZero() && q.To.IsZero() && q.Actor == "" && q.About == "" && q.Establishment == "" && (q.Act != "" || q.Text != "") {
		page.Bounded = calendar.DateOf(now).AddDays(-auditDays)
		q.From = page.Bounded
	}
	rows, err := d.DB.Read().SearchAudit(ctx, q.filter())
	if err != nil {
		return page, err
	}
	if len(rows) > auditRows {
		rows = rows[:auditRows]
		page.Next = rows[auditRows-1].At.UTC().Format(audit.TimeFormat) + "_" + rows[auditRows-1].ID
	}
	for _, row := range rows {
		page.Rows = append(page.Rows, auditRow(row))
	}
	return page, d.describeLog(ctx, &page)
}

// auditRow reads an entry; one that cannot be read is shown as unreadable rather than not at all.
func auditRow(row store.AuditLine) AuditRow {
	said, err := audit.Read(row.Entry, row.Personal)
	if err != nil {
		said = audit.Said{Entry: audit.Entry{ID: row.ID, At: row.At.Time, Act: "unreadable"}}
	}
	return AuditRow{Said: said, Seq: row.Seq, Establishment: row.Establishment, Receipt: string(row.Receipt)}
}

func (q AuditQuery) filter() store.AuditFilter {
	f := store.AuditFilter{Actor: q.Actor, Act: q.Act, About: q.About, Establishment: q.Establishment, Text: q.Text, Most: auditRows + 1}
	if !q.From.IsZero() {
		f.Since = column.At(q.From.Start())
	}
	if !q.To.IsZero() {
		f.Before = column.At(q.To.AddDays(1).Start())
	}
	at, id, _ := strings.Cut(q.After, "_")
	if after, err := time.Parse(audit.TimeFormat, at); err == nil {
		f.AfterAt, f.AfterID = column.At(after), id
	}
	return f
}

// describeLog adds how far the log is, where checkpoints went, and when it was verified last.
func (d *Desk) describeLog(ctx context.Context, page *AuditPage) (err error) {
	q := d.DB.Read().Queries
	if page.State, err = d.LogState(ctx); err != nil {
		return err
	}
	if page.Ways, err = wayStates(ctx, q, page.State.Last.Number); err != nil {
		return err
	}
	last, err := q.LastVerification(ctx)
	if err = ignoreMissing(err); err != nil {
		return fmt.Errorf("reading the last verification: %w", err)
	}
	page.Verified = LogVerification{DoneAt: last.DoneAt.Time, Size: last.Size, Findings: last.Findings, Report: last.Report}
	_, err = q.OpenVerification(ctx)
	page.Verified.Open = err == nil
	return ignoreMissing(err)
}

// SearchedAudit leaves evidence that somebody searched the audit log; what was searched for is personal text.
func (d *Desk) SearchedAudit(ctx context.Context, actor account.Actor, q AuditQuery) error {
	if !mayAudit(actor) {
		return command.ErrForbidden
	}
	var asked []string
	for _, part := range []string{q.Actor, q.About, q.Establishment, q.Text} {
		if part != "" {
			asked = append(asked, part)
		}
	}
	detail := map[audit.Key]string{}
	for key, day := range map[audit.Key]calendar.Date{audit.Day: q.From, audit.DayTo: q.To} {
		if !day.IsZero() {
			detail[key] = day.String()
		}
	}
	if q.Act != "" {
		detail[audit.Kind] = command.Cut(q.Act, audit.MaxDetail)
	}
	return d.DoAs(ctx, actor, command.Reading, func(a *command.Tx) error {
		return a.Audit("search-audit", detail, map[audit.Key]string{audit.Search: command.Cut(strings.Join(asked, " "), audit.MaxDetail)})
	})
}

// An EntryProof is the proof of one entry, with what the entry says.
type EntryProof struct {
	Proof audit.Proof
	Said  audit.Said
	Last  LogCheckpoint
}

// ProveEntry makes the proof of one entry under the last checkpoint, which is signed anew if need be, and leaves
// an entry about it.
func (d *Desk) ProveEntry(ctx context.Context, actor account.Actor, id string) (EntryProof, error) {
	if !mayAudit(actor) {
		return EntryProof{}, command.ErrForbidden
	}
	last, err := d.Checkpoint(ctx)
	if err != nil {
		return EntryProof{}, err
	}
	p, err := d.proofOf(ctx, id, last)
	if err != nil {
		return p, err
	}
	return p, d.DoAs(ctx, actor, command.Reading, func(a *command.Tx) error {
		return a.AuditOf("prove-entry", id, map[audit.Key]string{audit.Bound: strconv.FormatInt(p.Proof.Leaf.Seq, 10), audit.Size: strconv.FormatInt(last.Size, 10)}, nil)
	})
}

func (d *Desk) proofOf(ctx context.Context, id string, last LogCheckpoint) (EntryProof, error) {
	q := d.DB.Read().Queries
	leaf, err := q.LeafOf(ctx, id)
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		return EntryProof{}, command.ErrNotFound
	} else if err != nil {
		return EntryProof{}, fmt.Errorf("reading the leaf of entry %s: %w", id, err)
	}
	rows, err := q.ListLeaves(ctx, query.ListLeavesParams{First: leaf.Seq, Past: leaf.Seq + 1})
	if err != nil || len(rows) == 0 {
		return EntryProof{}, fmt.Errorf("reading entry %s: %w", id, err)
	}
	if rows[0].Text == "" {
		return EntryProof{}, command.ErrNotFound // its text was removed after its time
	}
	keys, err := logKeys(ctx, q)
	if err != nil {
		return EntryProof{}, err
	}
	l := leafOf(rows[0], true)
	proof, err := audit.NewProof(l, last.Size, last.Signed, keys, NewNodes(ctx, q).Hash)
	if err != nil {
		return EntryProof{}, err
	}
	said, err := audit.Read(l.Entry, l.Personal)
	return EntryProof{Proof: proof, Said: said, Last: last}, err
}

// AuditEntry is one entry as its page shows it.
func (d *Desk) AuditEntry(ctx context.Context, actor account.Actor, id string) (AuditRow, error) {
	if !mayAudit(actor) {
		return AuditRow{}, command.ErrForbidden
	}
	rows, err := d.DB.Read().SearchAudit(ctx, store.AuditFilter{ID: id, Most: 1})
	if err != nil {
		return AuditRow{}, err
	}
	if len(rows) == 0 || id == "" {
		return AuditRow{}, command.ErrNotFound
	}
	row := auditRow(rows[0])
	row.Text = rows[0].Entry
	return row, nil
}

// EntryProofPaper is the proof of one entry as 監査記録の証明, with the name of its file. what is
// the act in words.
func (d *Desk) EntryProofPaper(ctx context.Context, actor account.Actor, id, what string) ([]byte, string, error) {
	p, err := d.ProveEntry(ctx, actor, id)
	if err != nil {
		return nil, "", err
	}
	leaf := p.Proof.Leaf
	paper := document.Proof{Centre: d.Operator.Centre, Service: d.Operator.Mail.Service, Entry: leaf.Entry, Personal: leaf.Personal, Salt: leaf.Salt,
		Seq: leaf.Seq, Size: p.Last.Size, Hash: leaf.Hash.String(), Checkpoint: p.Last.Signed, MadeAt: p.Last.At,
		At: p.Said.At, Who: p.Said.ActorName, What: what}
	for _, hash := range p.Proof.Path {
		paper.Path = append(paper.Path, hash.String())
	}
	for _, use := range p.Proof.Keys {
		paper.Keys = append(paper.Keys, use.Key)
	}
	pdf, err := d.Printer.Proof(paper)
	return pdf, fmt.Sprintf("kansakiroku-%d.pdf", leaf.Seq), err
}

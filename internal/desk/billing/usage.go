package billing

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strconv"

	"uketsuke/internal/account"
	"uketsuke/internal/audit"
	"uketsuke/internal/charge"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/problem"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// A UsageReport says what an import of metered usage did, or would do.
type UsageReport struct {
	Month  charge.Month
	Digest string // SHA-256 of the file, hexadecimal
	Lines  int64
	Amount int64 // yen before tax, of all lines
	// Unchanged says that this very file stands already: nothing is done.
	Unchanged bool
	// Replaces is the import that is revoked; zero when it is the month's first.
	Replaces UsageImport
	// Issued, Reissued and Kept count invoices: first ones, new revisions, and those that stay right.
	Issued, Reissued, Kept int
}

// mayImportUsage says who brings metered usage: the supervisor, and whoever runs the product.
func mayImportUsage(actor account.Actor) bool {
	return actor.Role == account.Supervisor || actor.Role == account.Operator
}

// errNothingToDo rolls back an import of the file that stands already.
var errNothingToDo = errors.New("the same file stands already")

// ImportUsage takes in the metered usage of a month and issues its invoices, all or nothing (R-CON-5): a later
// import of the month revokes the earlier one, and the same file again changes nothing. Everything that is
// wrong with the file comes back as a problem.List. A dry run does the same and rolls back.
func (d *Desk) ImportUsage(ctx context.Context, actor account.Actor, month charge.Month, file io.ReadSeeker, dryRun bool) (UsageReport, error) {
	if !mayImportUsage(actor) {
		return UsageReport{}, command.ErrForbidden
	}
	var report UsageReport
	err := d.Do(ctx, actor, func(a *command.Tx) error {
		m := &metering{Tx: a, month: month, report: UsageReport{Month: month}, hash: sha256.New()}
		err := m.all(file)
		report = m.report
		if err == nil && dryRun {
			return command.ErrDryRun
		}
		return err
	})
	if errors.Is(err, command.ErrDryRun) || errors.Is(err, errNothingToDo) {
		err = nil
	}
	return report, err
}

// A metering is one import on its way.
type metering struct {
	*command.Tx
	month    charge.Month
	id       string // of the import
	report   UsageReport
	hash     hash.Hash
	problems problem.List
}

// all is the import from first to last. It may run again after a deadlock, so it reads the file from its
// beginning.
func (m *metering) all(file io.ReadSeeker) error {
	if err := m.monthProblems().Err(); err != nil {
		return err
	}
	// Two imports of one month wait for each other here.
	if _, err := m.Store.TakeNext(m.Ctx, "usage:"+m.month.String()); err != nil {
		return fmt.Errorf("locking the usage of %s: %w", m.month, err)
	}
	before, err := m.open()
	if err != nil {
		return err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("reading the usage of %s: %w", m.month, err)
	}
	if err := m.read(file); err != nil {
		return err
	}
	m.report.Digest = hex.EncodeToString(m.hash.Sum(nil))
	if before != nil && before.Digest == m.report.Digest {
		m.report.Unchanged, m.report.Replaces = true, UsageImport{}
		return errNothingToDo
	}
	err = m.Store.FinishUsageImport(m.Ctx, query.FinishUsageImportParams{ID: m.id, Digest: m.report.Digest, Lines: m.report.Lines})
	if err != nil {
		return fmt.Errorf("writing the import of %s: %w", m.month, err)
	}
	if err := m.invoices(); err != nil {
		return err
	}
	return m.AuditOf("import-usage", m.id, map[audit.Key]string{audit.Month: m.month.String(), audit.Digest: m.report.Digest,
		audit.Rows: strconv.FormatInt(m.report.Lines, 10)}, nil)
}

// monthProblems bars months that are not over, because their contract may still change, and those without
// prices.
func (m *metering) monthProblems() problem.List {
	var l problem.List
	switch {
	case m.month.IsZero():
		l.Add("month", "R-CON-5", "対象月を「2024-12」のように入力してください。")
	case !m.Today().After(m.month.Last()):
		l.Add("month", "R-CON-5", "%sはまだ終わっていません。月が終わってから取り込んでください。", m.month)
	case !charge.Priced(m.Runner.Catalogue.Charges, m.month):
		l.Add("month", "R-CON-5", "%sの料金または税率が料金表にありません。料金表（charges.csv）を確認してください。", m.month)
	}
	return l
}

// open revokes the import that stood before, and begins the new one.
func (m *metering) open() (before *query.UsageImport, err error) {
	standing, err := m.Store.StandingUsageImport(m.Ctx, m.month.String())
	switch err = store.Missing(err); {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return nil, fmt.Errorf("reading the import of %s: %w", m.month, err)
	default:
		before = &standing
		m.report.Replaces = usageImport(standing)
		err := m.Store.RevokeUsageImport(m.Ctx, query.RevokeUsageImportParams{ID: standing.ID, RevokedAt: column.At(m.Now)})
		if err != nil {
			return nil, fmt.Errorf("revoking the import of %s: %w", m.month, err)
		}
	}
	if m.id, err = m.Runner.NewID(); err != nil {
		return nil, err
	}
	err = m.Store.InsertUsageImport(m.Ctx, query.InsertUsageImportParams{ID: m.id, Month: m.month.String(),
		RecordedAt: column.At(m.Now), RecordedBy: string(m.Actor.ID)})
	if err != nil {
		return nil, fmt.Errorf("writing the import of %s: %w", m.month, err)
	}
	return before, nil
}

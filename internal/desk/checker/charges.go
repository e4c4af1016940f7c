package checker

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/charge"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk/billing"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/holding"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
)

// charges looks at metered usage and invoices (R-CON-5): every line belongs to an ID of its establishment, every
// import has its lines, every invoice says what facts and lines gave when it was issued, and nobody who owed
// something is without one. Only what stands when it is looked at twice is a finding, because an import may have
// committed between two of its reads.
func (k *checking) charges() error {
	first, err := k.lookAtCharges()
	if err != nil || len(first) == 0 {
		return err
	}
	again, err := k.lookAtCharges()
	for _, f := range first {
		if slices.Contains(again, f) {
			k.findings = append(k.findings, f)
		}
	}
	return err
}

func (k *checking) lookAtCharges() ([]Finding, error) {
	look := *k
	look.findings = nil
	err := errors.Join(command.Pages(look.strayUsage), command.Pages(look.imports), command.Pages(look.issuedInvoices))
	return look.findings, err
}

func (k *checking) strayUsage(after string) (last string, err error) {
	ids, err := k.q.StrayUsage(k.ctx, query.StrayUsageParams{After: after, Most: command.CheckPage})
	for _, id := range ids {
		last = id
		k.add("R-CON-5", "", "there is usage of %s, which is not there or belongs to another establishment", id)
	}
	return last, err
}

func (k *checking) imports(after string) (last string, err error) {
	imports, err := k.q.UsageImportsAfter(k.ctx, query.UsageImportsAfterParams{After: after, Most: command.CheckPage})
	for _, i := range imports {
		last = i.ID
		lines, err := k.q.CountUsageLines(k.ctx, i.ID)
		if err != nil {
			return "", err
		}
		if lines != i.Lines {
			k.add("R-CON-5", "", "the import of %s has %d lines, not the %d that were read", i.Month, lines, i.Lines)
		}
		if i.RevokedAt.IsZero() {
			if err := k.owed(i); err != nil {
				return "", err
			}
		}
	}
	return last, err
}

// owed compares the latest invoice of every establishment with what a standing import makes it owe.
func (k *checking) owed(i query.UsageImport) error {
	return command.Pages(func(after string) (string, error) {
		ids, err := k.q.EstablishmentsAfter(k.ctx, query.EstablishmentsAfterParams{After: after, Most: command.CheckPage})
		if err != nil || len(ids) == 0 {
			return "", err
		}
		for _, id := range ids {
			if err := k.owedBy(id, i); err != nil {
				return "", err
			}
		}
		return ids[len(ids)-1], nil
	})
}

func (k *checking) owedBy(establishment string, i query.UsageImport) error {
	must, err := k.billThen(establishment, i)
	if err != nil || must == nil {
		return err
	}
	row, err := k.q.LatestInvoice(k.ctx, query.LatestInvoiceParams{Establishment: establishment, Month: i.Month})
	switch err = store.Missing(err); {
	case errors.Is(err, store.ErrNotFound):
		if must.Owed() {
			k.add("R-CON-5", "", "establishment %s has no invoice for %s", establishment, i.Month)
		}
		return nil
	case err != nil:
		return err
	}
	if invoice, err := billing.ReadInvoice(row); err == nil && !reflect.DeepEqual(invoice.Bill, *must) {
		k.add("R-CON-5", "", "the invoice %s says %d yen, and facts and usage give %d", row.Number, invoice.Bill.Total, must.Total)
	}
	return nil
}

// billThen derives a bill by the facts that were known when an import was made; nil when that cannot be, which
// is a finding.
func (k *checking) billThen(establishment string, i query.UsageImport) (*charge.Bill, error) {
	month, err := charge.ParseMonth(i.Month)
	if err != nil {
		k.add("R-CON-5", "", "the import %s is of no month: %q", i.ID, i.Month)
		return nil, nil
	}
	facts, err := holding.FactsOf(k.ctx, k.q, establishment)
	if err != nil {
		return nil, err
	}
	bill, err := billing.BillBy(k.ctx, k.desk.Runner, k.q, knownAt(facts, i.RecordedAt.Time), establishment, month, i.ID, i.RecordedAt.Time)
	if missing, ok := errors.AsType[*charge.NoPrice](err); ok {
		k.add("R-CON-5", "", "the month %s was invoiced, but %v", i.Month, missing)
		return nil, nil
	}
	return &bill, err
}

// knownAt are the facts as they were known at an instant: what was recorded or revoked later is not.
func knownAt(f contract.Facts, at time.Time) contract.Facts {
	return contract.Facts{
		Codes:    known(f.Codes, at, func(t *contract.CodeTerm) *contract.Fact { return &t.Fact }),
		IDs:      known(f.IDs, at, func(t *contract.IDTerm) *contract.Fact { return &t.Fact }),
		Services: known(f.Services, at, func(t *contract.CodeService) *contract.Fact { return &t.Fact }),
		Terms:    known(f.Terms, at, func(t *contract.ContractTerm) *contract.Fact { return &t.Fact }),
	}
}

func known[T any](terms []T, at time.Time, fact func(*T) *contract.Fact) []T {
	var then []T
	for _, t := range terms {
		f := fact(&t)
		if f.RecordedAt.After(at) {
			continue
		}
		if f.RevokedAt.After(at) {
			f.RevokedAt = time.Time{}
		}
		then = append(then, t)
	}
	return then
}

// issuedInvoices looks at every invoice by itself: digest, number, month, and the one it replaces.
func (k *checking) issuedInvoices(after string) (last string, err error) {
	rows, err := k.q.InvoicesAfter(k.ctx, query.InvoicesAfterParams{After: after, Most: command.CheckPage})
	for _, row := range rows {
		last = row.Number
		if err := k.issuedInvoice(row); err != nil {
			return "", fmt.Errorf("invoice %s: %w", row.Number, err)
		}
	}
	return last, err
}

func (k *checking) issuedInvoice(row query.Invoice) error {
	var invoice billing.Invoice
	if err := json.Unmarshal([]byte(row.Content), &invoice); err != nil {
		k.add("R-CON-5", "", "the invoice %s cannot be read: %v", row.Number, err)
		return nil
	}
	if application.Digest([]byte(row.Content)) != row.Digest {
		k.add("R-CON-5", "", "the invoice %s is not what its digest is of", row.Number)
	}
	if invoice.Number != row.Number || int64(invoice.Revision) != row.Revision || invoice.Replaces != row.Replaces || invoice.Bill.Month.String() != row.Month {
		k.add("R-CON-5", "", "the invoice %s says another number or month than stands beside it", row.Number)
	}
	series := strings.TrimSuffix(row.Number, fmt.Sprintf("-%d", row.Revision))
	if before := fmt.Sprintf("%s-%d", series, row.Revision-1); row.Revision > 1 && row.Replaces != before || row.Revision == 1 && row.Replaces != "" {
		k.add("R-CON-5", "", "the invoice %s does not replace the revision before it", row.Number)
	}
	made, err := k.q.GetUsageImport(k.ctx, row.Import)
	if err = store.Missing(err); errors.Is(err, store.ErrNotFound) {
		k.add("R-CON-5", "", "the invoice %s was issued by an import that is not there", row.Number)
		return nil
	} else if err != nil {
		return err
	}
	must, err := k.billThen(row.Establishment, made)
	if err == nil && must != nil && !reflect.DeepEqual(invoice.Bill, *must) {
		k.add("R-CON-5", "", "the invoice %s was issued for %d yen, and facts and usage gave %d", row.Number, invoice.Bill.Total, must.Total)
	}
	return err
}

package billing

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/charge"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/holding"
	"uketsuke/internal/ledger"
	"uketsuke/internal/problem"
	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
	"uketsuke/internal/userid"
)

// An Invoice is what a 適格請求書 says. It is frozen as JSON when it is issued, and papers are printed from
// exactly that. Its number is the month, the running number of the establishment in the month, and the
// revision: 202412-00001-1.
type Invoice struct {
	Number   string        `json:"number"`
	Revision int           `json:"revision"`
	Replaces string        `json:"replaces,omitempty"` // number of the revision before
	IssuedOn calendar.Date `json:"issued_on"`
	Service  string        `json:"service"`
	Issuer   Issuer        `json:"issuer"`
	// Recipient is the establishment as of the day of issue.
	Recipient Recipient     `json:"recipient"`
	From      calendar.Date `json:"from"` // period of supply
	To        calendar.Date `json:"to"`
	Bill      charge.Bill   `json:"bill"`
}

// An Issuer is the centre on an invoice; Registration is "" when it has no number.
type Issuer struct {
	Name         string `json:"name"`
	Address      string `json:"address"`
	Registration string `json:"registration,omitempty"`
}

// A Recipient is who an invoice goes to.
type Recipient struct {
	PostalCode    string `json:"postal_code"`
	Address       string `json:"address"`
	Company       string `json:"company"`
	Establishment string `json:"establishment"`
}

// billOf is the bill of an establishment's month by today's facts, with the usage of an import, "" for none.
func billOf(ctx context.Context, d *command.Runner, q command.Reader, establishment string, month charge.Month, usage string, now time.Time) (charge.Bill, error) {
	facts, err := holding.FactsOf(ctx, q, establishment)
	if err != nil {
		return charge.Bill{}, err
	}
	return BillBy(ctx, d, q, facts, establishment, month, usage, now)
}

// BillBy is what an establishment owes for a month by its contract and one import of usage, "" for none, as known now: the same as
// an invoice of then would have said (R-CON-5).
func BillBy(ctx context.Context, d *command.Runner, q command.Reader, facts contract.Facts, establishment string, month charge.Month, usage string, now time.Time) (charge.Bill, error) {
	voided, err := holding.VoidedOf(ctx, q, establishment, now)
	if err != nil {
		return charge.Bill{}, err
	}
	var metered []charge.Metered
	if usage != "" {
		rows, err := q.MeteredUsage(ctx, query.MeteredUsageParams{Establishment: establishment, Month: month.String(), Import: usage})
		if err != nil {
			return charge.Bill{}, fmt.Errorf("reading the usage of %s: %w", establishment, err)
		}
		for _, r := range rows {
			metered = append(metered, charge.Metered{UserID: userid.ID(r.UserID), Item: r.Item, Quantity: r.Quantity, Amount: r.Amount})
		}
	}
	return charge.Of(facts, voided, month, d.Catalogue.Charges, metered, usage != "")
}

// invoices issues what every establishment owes for the month.
func (m *metering) invoices() error {
	return command.Pages(func(after string) (string, error) {
		ids, err := m.Store.EstablishmentsAfter(m.Ctx, query.EstablishmentsAfterParams{After: after, Most: command.CheckPage})
		if err != nil || len(ids) == 0 {
			return "", err
		}
		for _, id := range ids {
			if err := m.invoice(id); err != nil {
				return "", err
			}
		}
		return ids[len(ids)-1], nil
	})
}

// invoice issues one establishment's invoice: none if it owes nothing and never did, none if the latest is
// still right, otherwise the first or the next revision.
func (m *metering) invoice(establishment string) error {
	bill, err := billOf(m.Ctx, m.Runner, m.Store.Queries, establishment, m.month, m.id, m.Now)
	if missing, ok := errors.AsType[*charge.NoPrice](err); ok {
		return problem.List{problem.New("month", "R-CON-5", "料金表（charges.csv）に、%[2]sの「%[1]s」の行がありません。料金表を確認してください。", missing.Key, missing.Day)}
	} else if err != nil {
		return err
	}
	latest, err := m.Store.LatestInvoice(m.Ctx, query.LatestInvoiceParams{Establishment: establishment, Month: m.month.String()})
	none := errors.Is(store.Missing(err), store.ErrNotFound)
	switch {
	case err != nil && !none:
		return fmt.Errorf("reading the invoice of %s: %w", establishment, err)
	case none && !bill.Owed():
		return nil
	case none:
		number, err := m.Store.TakeNext(m.Ctx, "invoice:"+m.month.String())
		if err != nil {
			return fmt.Errorf("numbering an invoice: %w", err)
		}
		m.report.Issued++
		return m.issue(establishment, fmt.Sprintf("%04d%02d-%05d", m.month.First().Year(), m.month.First().Month(), number), query.Invoice{}, bill)
	}
	before, err := ReadInvoice(latest)
	if err != nil {
		return err
	}
	if reflect.DeepEqual(before.Bill, bill) {
		m.report.Kept++
		return nil
	}
	m.report.Reissued++
	return m.issue(establishment, latest.Number[:len(latest.Number)-len(fmt.Sprintf("-%d", latest.Revision))], latest, bill)
}

// issue freezes an invoice and stores it; series is its number without the revision.
func (m *metering) issue(establishment, series string, before query.Invoice, bill charge.Bill) error {
	est, err := command.EstablishmentOf(m.Ctx, m.Store.Queries, establishment, m.Today())
	if err != nil {
		return err
	}
	operator := m.Runner.Operator
	number, revision, err := m.number(series, before.Revision+1)
	if err != nil {
		return err
	}
	invoice := Invoice{
		Number: number, Revision: int(revision), Replaces: before.Number,
		IssuedOn: m.Today(), Service: operator.Mail.Service,
		Issuer:    Issuer{Name: operator.Centre, Address: operator.Address, Registration: operator.InvoiceRegistration},
		Recipient: Recipient{PostalCode: est.PostalCode, Address: est.Address, Company: est.Company, Establishment: est.Name},
		From:      m.month.First(), To: m.month.Last(), Bill: bill,
	}
	content, err := json.Marshal(invoice)
	if err != nil {
		return fmt.Errorf("writing invoice %s: %w", invoice.Number, err)
	}
	err = m.Store.InsertInvoice(m.Ctx, query.InsertInvoiceParams{Number: invoice.Number, Revision: int64(invoice.Revision), Replaces: invoice.Replaces,
		Establishment: establishment, Month: m.month.String(), Import: m.id, Content: string(content),
		Digest: application.Digest(content), IssuedAt: column.At(m.Now)})
	if err != nil {
		return fmt.Errorf("writing invoice %s: %w", invoice.Number, err)
	}
	m.giveInvoice(invoice.Number, establishment)
	return nil
}

// number is the first of a series from a revision on that a restored database has not forgotten (R-ID-6).
func (m *metering) number(series string, revision int64) (string, int64, error) {
	for {
		number := fmt.Sprintf("%s-%d", series, revision)
		lost, err := m.IsLost("invoice", number)
		if err != nil || !lost {
			return number, revision, err
		}
		revision++
	}
}

// giveInvoice notes a number that goes out, and where its month's counter stands.
func (m *metering) giveInvoice(number, establishment string) {
	entry := ledger.Entry{Kind: ledger.Invoice, Key: number, Establishment: establishment}
	if parts := strings.Split(number, "-"); len(parts) == 3 {
		if running, err := strconv.ParseInt(parts[1], 10, 64); err == nil {
			entry.Series, entry.Number = "invoice:"+m.month.String(), running
		}
	}
	m.Give(entry)
}

// ReadInvoice reads what was frozen.
func ReadInvoice(row query.Invoice) (Invoice, error) {
	var invoice Invoice
	if err := json.Unmarshal([]byte(row.Content), &invoice); err != nil {
		return invoice, fmt.Errorf("reading invoice %s: %w", row.Number, err)
	}
	return invoice, nil
}

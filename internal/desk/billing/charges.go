package billing

import (
	"context"
	"fmt"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/calendar"
	"uketsuke/internal/charge"
	"uketsuke/internal/contract"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/holding"
	"uketsuke/internal/desk/papers"
	"uketsuke/internal/document"
	"uketsuke/internal/problem"
	"uketsuke/internal/store/query"
)

// A ChargesPage is the page of charges: what one month costs an establishment.
type ChargesPage struct {
	Establishment command.Establishment
	Month         charge.Month
	// Earliest and Latest bound the months that can be asked for: from the beginning of the contract, as far
	// as there are prices, to a year from today.
	Earliest, Latest charge.Month
	Today            calendar.Date
	Bill             charge.Bill
	// Invoices are the revisions of the month's invoice, the latest first; none yet, and the bill is an
	// estimate.
	Invoices []InvoiceLine
}

// An InvoiceLine is one revision of an invoice.
type InvoiceLine struct {
	Number, Replaces string
	IssuedOn         calendar.Date
	Digest           string
}

// A UsageImport is one import of metered usage.
type UsageImport struct {
	ID         string
	Month      charge.Month
	Digest     string
	Lines      int64
	RecordedAt time.Time
	By         string    // name of who imported it
	RevokedAt  time.Time // zero while it stands
}

// mostUsageImports is how many imports the page shows.
const mostUsageImports = 60

// monthsAhead is how far the charges can be seen ahead.
const monthsAhead = 12

// Charges is the page of charges: the month's invoice if there is one, otherwise an estimate by the contract as known
// now (R-CON-5). A zero month is today's; a month out of bounds is a problem.
func (d *Desk) Charges(ctx context.Context, actor account.Actor, establishment string, month charge.Month) (ChargesPage, error) {
	if !actor.MaySee(establishment) {
		return ChargesPage{}, command.ErrNotFound
	}
	now, err := d.DeskTime(ctx)
	if err != nil {
		return ChargesPage{}, err
	}
	q, today := d.DB.Read().Queries, calendar.DateOf(now)
	page := ChargesPage{Month: month, Today: today}
	if page.Establishment, err = command.EstablishmentOf(ctx, q, establishment, today); err != nil {
		return ChargesPage{}, err
	}
	facts, err := holding.FactsOf(ctx, q, establishment)
	if err != nil {
		return ChargesPage{}, err
	}
	page.Earliest, page.Latest = d.earliestCharge(facts, charge.MonthOf(today)), charge.MonthOf(today).Add(monthsAhead)
	switch {
	case month.IsZero():
		page.Month = charge.MonthOf(today)
	case month.Before(page.Earliest) || page.Latest.Before(month):
		return ChargesPage{}, problem.List{problem.New("month", "R-CON-5", "%sから%sまでの月を入力してください。", page.Earliest, page.Latest)}
	}
	rows, err := q.ListInvoices(ctx, query.ListInvoicesParams{Establishment: establishment, Month: page.Month.String()})
	if err != nil {
		return ChargesPage{}, fmt.Errorf("reading the invoices of %s: %w", establishment, err)
	}
	for _, row := range rows {
		page.Invoices = append(page.Invoices, InvoiceLine{row.Number, row.Replaces, calendar.DateOf(row.IssuedAt.Time), row.Digest})
	}
	if len(rows) == 0 {
		page.Bill, err = BillBy(ctx, d.Runner, q, facts, establishment, page.Month, "", now)
		return page, err
	}
	invoice, err := ReadInvoice(rows[0])
	page.Bill = invoice.Bill
	return page, err
}

// earliestCharge is the first month with a contract for which there are prices.
func (d *Desk) earliestCharge(facts contract.Facts, today charge.Month) charge.Month {
	earliest := today
	for _, t := range facts.Terms {
		if began := charge.MonthOf(t.ValidFrom); t.RevokedAt.IsZero() && began.Before(earliest) {
			earliest = began
		}
	}
	for earliest.Before(today) && !charge.Priced(d.Catalogue.Charges, earliest) {
		earliest = earliest.Add(1)
	}
	return earliest
}

// UsageImports is the supervisor's list of imports, the newest first.
func (d *Desk) UsageImports(ctx context.Context, actor account.Actor) ([]UsageImport, error) {
	if !mayImportUsage(actor) {
		return nil, command.ErrForbidden
	}
	rows, err := d.DB.Read().ListUsageImports(ctx, mostUsageImports)
	if err != nil {
		return nil, fmt.Errorf("reading the imports of usage: %w", err)
	}
	imports := make([]UsageImport, len(rows))
	for i, r := range rows {
		imports[i] = usageImport(query.UsageImport{ID: r.ID, Month: r.Month, Digest: r.Digest, Lines: r.Lines, RecordedAt: r.RecordedAt, RevokedAt: r.RevokedAt})
		imports[i].By = r.Name
	}
	return imports, nil
}

func usageImport(r query.UsageImport) UsageImport {
	month, _ := charge.ParseMonth(r.Month) // written by this package
	return UsageImport{ID: r.ID, Month: month, Digest: r.Digest, Lines: r.Lines, RecordedAt: r.RecordedAt.Time, RevokedAt: r.RevokedAt.Time}
}

// UsageMonth is the month whose usage is due: the one before today's.
func (d *Desk) UsageMonth(ctx context.Context) (charge.Month, error) {
	now, err := d.DeskTime(ctx)
	return charge.MonthOf(calendar.DateOf(now)).Add(-1), err
}

// ChargesPaper makes the paper of a month: an invoice by its number, the latest for "", printed from what was
// frozen; or the estimate where there is none.
func (d *Desk) ChargesPaper(ctx context.Context, actor account.Actor, establishment string, month charge.Month, number string) (pdf []byte, name string, err error) {
	page, err := d.Charges(ctx, actor, establishment, month)
	if err != nil {
		return nil, "", err
	}
	rows, err := d.DB.Read().ListInvoices(ctx, query.ListInvoicesParams{Establishment: establishment, Month: page.Month.String()})
	if err != nil {
		return nil, "", fmt.Errorf("reading the invoices of %s: %w", establishment, err)
	}
	for _, row := range rows {
		if number != "" && row.Number != number {
			continue
		}
		invoice, err := ReadInvoice(row)
		if err != nil {
			return nil, "", err
		}
		pdf, err := d.papers.Printed(ctx, "請求書", row.Number, row.Digest, true, func(g document.Genuine) ([]byte, error) {
			paper := invoicePaper(invoice, row.Digest)
			paper.Genuine = g
			return d.Printer.Charges(paper)
		})
		return pdf, "seikyu-" + row.Number + ".pdf", err
	}
	if number != "" || len(rows) > 0 {
		return nil, "", command.ErrNotFound
	}
	pdf, err = d.Printer.Charges(d.estimatePaper(page))
	return pdf, "mikomi-" + page.Month.String() + ".pdf", err
}

func invoicePaper(i Invoice, digest string) document.Charges {
	return document.Charges{
		Number: i.Number, Replaces: i.Replaces, Date: i.IssuedOn, Service: i.Service, Registration: i.Issuer.Registration,
		Sender:    document.SenderParty{Name: i.Issuer.Name, Address: i.Issuer.Address},
		Recipient: document.Party{PostalCode: i.Recipient.PostalCode, Address: i.Recipient.Address, Company: i.Recipient.Company, Establishment: i.Recipient.Establishment},
		From:      i.From, To: i.To, Bill: i.Bill, Digest: digest,
	}
}

// estimatePaper is a paper that says of itself that it is no invoice; its date is today's.
func (d *Desk) estimatePaper(page ChargesPage) document.Charges {
	recipient := papers.PartyOf(page.Establishment)
	recipient.Position, recipient.Name = "", ""
	return document.Charges{
		Estimate: true, Date: page.Today, Service: d.Operator.Mail.Service, Recipient: recipient,
		Sender: document.SenderParty{Name: d.Operator.Centre, Address: d.Operator.Address},
		From:   page.Month.First(), To: page.Month.Last(), Bill: page.Bill,
	}
}

package main

import (
	"fmt"
	"os"

	"uketsuke/internal/charge"
	"uketsuke/internal/desk"
)

// A usageCommand takes in the metered usage of a month. Its invoices name their issuer, so it needs more of
// the centre than other tools.
type usageCommand struct {
	toolFlags
	registrationFlag
	Service       string `default:"NSS" env:"UKETSUKE_SERVICE" help:"Name of this service, in pages and mails."`
	CentreAddress string `env:"UKETSUKE_CENTRE_ADDRESS" help:"Address of the centre, on the papers."`
	Month         string `required:"" placeholder:"2024-12" help:"The month, which must be over."`
	File          string `arg:"" help:"CSV file in UTF-8 with the columns month,user_id,item,quantity,amount."`
	Really        bool   `help:"Do it. Without this nothing is changed, and what would be done is printed."`
}

// Run imports.
func (c *usageCommand) Run(p *process) error {
	month, monthErr := charge.ParseMonth(c.Month)
	if monthErr != nil {
		monthErr = fmt.Errorf("month: %w", monthErr)
	}
	file, fileErr := os.Open(c.File)
	if err := misconfiguration(monthErr, fileErr, given("centre", c.Centre), given("centre-address", c.CentreAddress), c.registrationFlag.fault()); err != nil {
		return err
	}
	defer file.Close()
	return c.use(p, func(t *tool) error {
		t.desk.Operator.Mail.Service, t.desk.Operator.Address, t.desk.Operator.InvoiceRegistration = c.Service, c.CentreAddress, c.InvoiceRegistration
		report, err := t.desk.ImportUsage(p.ctx, operatorActor(), month, file, !c.Really)
		if err != nil {
			return err
		}
		c.tell(p, report)
		return nil
	})
}

func (c *usageCommand) tell(p *process, r desk.UsageReport) {
	if r.Unchanged {
		p.printf("%s: this file was imported before; nothing to do\n", r.Month)
		return
	}
	verb := "would import"
	if c.Really {
		verb = "imported"
	}
	p.printf("%s: %s: %d lines, %d yen before tax, digest %s\n", verb, r.Month, r.Lines, r.Amount, r.Digest)
	if r.Replaces.ID != "" {
		p.printf("in place of the import of %s with %d lines\n", r.Replaces.RecordedAt.Format("2006-01-02 15:04"), r.Replaces.Lines)
	}
	p.printf("invoices: %d first ones, %d new revisions, %d stay as they are\n", r.Issued, r.Reissued, r.Kept)
	if !c.Really {
		p.printf("nothing was changed; add --really to do it\n")
	}
}

package papers

import (
	"context"
	"fmt"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/calendar"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/document"
)

// FilingReceipt makes the 申込受付票 of one registered version: number, time, who registered, digest (R-APP-16).
func (d *Desk) FilingReceipt(ctx context.Context, actor account.Actor, id string, round int, wareki bool) (pdf []byte, name string, err error) {
	v, view, err := d.casefile.Version(ctx, actor, id, round)
	if err != nil {
		return nil, "", err
	}
	est, err := command.EstablishmentOf(ctx, d.DB.Read().Queries, view.Establishment.ID, calendar.DateOf(v.RegisteredAt))
	if err != nil {
		return nil, "", err
	}
	receipt := document.Receipt{
		Centre: d.Operator.Centre, Service: d.Operator.Mail.Service, Receipt: v.Receipt, RegisteredAt: v.RegisteredAt,
		Registrant: v.Registrant, Applicant: PartyOf(est), Items: application.ItemNames(v.Document, d.Catalogue),
		Desired: v.Document.Desired, Digest: v.Digest, Wareki: wareki,
	}
	pdf, err = d.Printed(ctx, "申込受付票", v.Receipt, v.Digest, true, func(g document.Genuine) ([]byte, error) {
		receipt.Genuine = g
		return d.Printer.FilingReceipt(receipt)
	})
	if err != nil {
		return nil, "", fmt.Errorf("making the filing receipt: %w", err)
	}
	return pdf, "uketsukehyou-" + v.Receipt + ".pdf", nil
}

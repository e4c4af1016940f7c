package casefile

import (
	"context"
	"fmt"
	"strings"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/holding"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
)

func joinItems(doc application.Document, d *command.Runner) string {
	return strings.Join(application.ItemNames(doc, d.Catalogue), "、")
}

// Planned is what an approval would issue now: a proposal that nobody has yet (R-ID-7).
func (d *Desk) Planned(ctx context.Context, q command.Reader, app query.Application, doc application.Document) (application.Issued, error) {
	est, err := store.Once(ctx, "GetEstablishment", q.GetEstablishment, app.Establishment)
	if err != nil {
		return nil, fmt.Errorf("reading establishment %s: %w", app.Establishment, err)
	}
	free, err := freeCandidates(ctx, d.Runner, q, est)
	if err != nil {
		return nil, err
	}
	used, err := holding.UsedIDs(ctx, q, est.ID, doc)
	if err != nil {
		return nil, err
	}
	return application.Preview(doc, d.Catalogue, free, used), nil
}

// PlannedCodes writes a proposal as the pages show issued codes.
func PlannedCodes(doc application.Document, planned application.Issued) []IssuedCode {
	var codes []IssuedCode
	for _, placeholder := range doc.Placeholders() {
		become, is := planned[placeholder]
		item, _ := doc.Asked(placeholder)
		if !is {
			continue
		}
		view := IssuedCode{Placeholder: item.Placeholder, Code: become.Code, Category: item.Category}
		for i, ids := range become.Rows {
			for _, id := range ids {
				row := item.Rows[i]
				view.IDs = append(view.IDs, IssuedID{ID: id, Number: id.Number(), Trades: row.Trades, Method: row.Method, SingleSignOn: row.SingleSignOn})
			}
		}
		codes = append(codes, view)
	}
	return codes
}

// Version is one registered version of an application, as it was frozen.
func (d *Desk) Version(ctx context.Context, actor account.Actor, id string, round int) (Version, Case, error) {
	view, err := d.Written(ctx, actor, id)
	if err != nil {
		return Version{}, Case{}, err
	}
	for _, v := range view.Versions {
		if v.Round == round {
			return v, view, nil
		}
	}
	return Version{}, Case{}, command.ErrNotFound
}

package casefile

import (
	"context"
	"fmt"
	"slices"
	"time"

	"uketsuke/internal/application"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/holding"
	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
	"uketsuke/internal/userid"
)

// IssuedOf are the codes and IDs that an application brought, by placeholder and row, and as pages show them:
// new codes with their numbers, existing codes with the numbers added, and, of a re-issue, the IDs whose
// passwords are new.
func IssuedOf(ctx context.Context, d *command.Runner, q command.Reader, app query.Application, doc application.Document,
	now time.Time) (application.Issued, []IssuedCode, error) {
	if doc.IsReissue() {
		views, err := ReissuedOf(ctx, d, q, app, doc, now)
		return nil, views, err
	}
	ids, err := store.Once(ctx, "ListIDsOf", q.ListIDsOf, app.ID)
	if err != nil {
		return nil, nil, fmt.Errorf("reading the IDs of application %s: %w", app.ID, err)
	}
	codes, err := codesBrought(ctx, q, app, doc)
	if err != nil {
		return nil, nil, err
	}
	issued := application.Issued{}
	var views []IssuedCode
	for _, placeholder := range doc.Placeholders() {
		code, is := codes[placeholder]
		item, _ := doc.Asked(placeholder)
		if !is || len(item.Rows) == 0 {
			continue
		}
		become, view := issuedUnder(code, item, ids)
		issued[placeholder], views = become, append(views, view)
	}
	return issued, views, nil
}

// codesBrought says which code each placeholder became, or is.
func codesBrought(ctx context.Context, q command.Reader, app query.Application, doc application.Document) (map[int]userid.Code, error) {
	rows, err := store.Once(ctx, "ListCodesOf", q.ListCodesOf, app.ID)
	if err != nil {
		return nil, fmt.Errorf("reading the codes of application %s: %w", app.ID, err)
	}
	codes := map[int]userid.Code{}
	for _, row := range rows {
		codes[int(row.Placeholder)] = userid.Code(row.Code)
	}
	for _, item := range doc.Existing {
		codes[item.Placeholder] = item.Code
	}
	return codes, nil
}

// issuedUnder are the IDs of one code among those that an application brought.
func issuedUnder(code userid.Code, item application.CodeItem, ids []query.UserID) (application.IssuedCode, IssuedCode) {
	become := application.IssuedCode{Code: code, Rows: make([][]userid.ID, len(item.Rows))}
	view := IssuedCode{Placeholder: item.Placeholder, Code: code, Category: item.Category}
	for _, id := range ids {
		if id.Code != string(code) || int(id.RowIndex) >= len(item.Rows) {
			continue
		}
		row := item.Rows[id.RowIndex]
		become.Rows[id.RowIndex] = append(become.Rows[id.RowIndex], userid.ID(id.ID))
		view.IDs = append(view.IDs, IssuedID{ID: userid.ID(id.ID), Number: userid.Number(id.Number),
			Trades: row.Trades, Method: row.Method, SingleSignOn: row.SingleSignOn})
	}
	return become, view
}

// ReissuedOf are the IDs of a re-issue as the contract has them on the day of its approval.
func ReissuedOf(ctx context.Context, d *command.Runner, q command.Reader, app query.Application, doc application.Document, now time.Time) ([]IssuedCode, error) {
	held, err := holding.ContractOn(ctx, d, q, app.Establishment, app.StartDate.Date, now)
	if err != nil {
		return nil, err
	}
	var views []IssuedCode
	for _, code := range held.Codes {
		view := IssuedCode{Code: code.Code, Category: code.Category}
		for _, id := range code.IDs {
			if slices.Contains(doc.Reissue, id.ID) {
				view.IDs = append(view.IDs, IssuedID{ID: id.ID, Number: id.ID.Number(), Trades: id.Trades,
					Method: id.Method, SingleSignOn: id.SingleSignOn})
			}
		}
		if len(view.IDs) > 0 {
			views = append(views, view)
		}
	}
	return views, nil
}

package filing

import (
	"cmp"
	"context"
	"slices"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/desk/casefile"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/userid"
)

// DeleteExisting asks for the deletion of a code that the establishment holds today, also instead of the deletion
// of its last number: what was ticked follows (R-APP-8). It returns the placeholder of the code's item.
func (d *Desk) DeleteExisting(ctx context.Context, actor account.Actor, ref command.Ref, typed string) (int, error) {
	code, err := userid.ParseCode(typed)
	if err != nil {
		return 0, command.ErrNotFound
	}
	placeholder := 0
	err = d.edit(ctx, actor, ref, existingPage+"."+string(code), func(a *command.Tx, draft *application.Draft) error {
		item, err := existingItem(a, draft.Document, code)
		if err != nil {
			return err
		}
		item, _ = withExistingForm(item, ExistingForm{Delete: true})
		doc := withItem(draft.Document, item)
		doc.Kinds = application.Ticked(doc)
		problems, err := existingProblems(a, doc, item)
		if err := cmp.Or(err, problems.Err()); err != nil {
			return err
		}
		delete(draft.Settings, item.Placeholder)
		placeholder, draft.Document = item.Placeholder, doc
		return nil
	})
	return placeholder, err
}

// PreviewExisting is the live picture of the numbers that would be added to a code that exists, with the form's
// block as far as it can be read (R-ID-4, R-ID-6).
func (d *Desk) PreviewExisting(ctx context.Context, actor account.Actor, id, typed string, in ExistingForm) ([]casefile.IssuedCode, error) {
	q := d.DB.Read().Queries
	app, err := command.Visible(ctx, q, actor, id)
	if err != nil {
		return nil, err
	}
	code, err := userid.ParseCode(typed)
	if err != nil || !actor.Role.OfEstablishment() {
		return nil, command.ErrNotFound // a returned application's working copy is not for the centre
	}
	draft, err := command.DraftOf(app)
	if err != nil {
		return nil, err
	}
	doc := draft.Document
	item := application.NewExisting(doc.NextExisting(), code, application.CodeState{})
	for _, there := range doc.Existing {
		if there.Code == code {
			item = there
		}
	}
	if rows, wrong := rowsOf(in.Block); len(wrong) == 0 && len(in.Block.Trades) > 0 {
		item.Add = slices.Concat(item.Add, rows)
	}
	item.Delete = false
	doc = withItem(doc, item)
	planned, err := d.casefile.Planned(ctx, q, app, doc)
	codes := casefile.PlannedCodes(doc, planned)
	return slices.DeleteFunc(codes, func(c casefile.IssuedCode) bool { return c.Placeholder != item.Placeholder || len(c.IDs) == 0 }), err
}

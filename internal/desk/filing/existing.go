package filing

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/holding"
	"uketsuke/internal/problem"
	"uketsuke/internal/store/query"
	"uketsuke/internal/userid"
)

// existingPage is the first part of the name of a page about a code that exists: "existing.1ANAC".
const existingPage = "existing"

// An ExistingForm is the page about a code that exists: its deletion, or what it is to be.
type ExistingForm struct {
	Delete                        bool
	Category                      string
	StatsPaid, StatsFree, Archive bool
	// Settings opens all tabs of the code for change.
	Settings bool
	// IDs are the choices for the IDs the code has, by ID; an ID that is not there stays as it is.
	IDs map[string]IDForm
	// Remove are the IDs whose numbers are to be deleted.
	Remove []string
	// Block asks for numbers to add; empty Trades mean none, unless Adding says that the block is to be added.
	Block  CodeForm
	Adding bool
}

// An IDForm is what an existing ID is to be for.
type IDForm struct {
	SingleSignOn string // "yes" or "no"
	Trades       []string
}

// A HeldCode is a user code that the establishment holds today, as the list of codes offers it.
type HeldCode struct {
	Code  userid.Code
	State application.CodeState
	IDs   []HeldID
	// Placeholder is that of the code's item in this application, 0 without one.
	Placeholder int
	// TouchedBy is the receipt number of another open application that touches the code (R-APP-10).
	TouchedBy string
}

// A HeldID is one of its IDs; TouchedBy is the receipt number of an open re-issue of it.
type HeldID struct {
	application.IDState
	TouchedBy string
}

// Held are the codes that the establishment of an application holds today, by code.
func (d *Desk) Held(ctx context.Context, actor account.Actor, id string) ([]HeldCode, error) {
	now, err := d.DeskTime(ctx)
	if err != nil {
		return nil, err
	}
	q := d.DB.Read().Queries
	app, err := command.Visible(ctx, q, actor, id)
	if err != nil {
		return nil, err
	}
	held, err := holding.Held(ctx, d.Runner, q, app.Establishment, now)
	if err != nil {
		return nil, err
	}
	touched, err := holding.TouchedBy(ctx, q, app.Establishment, id, now)
	if err != nil {
		return nil, err
	}
	doc, err := workingDocument(ctx, q, app)
	if err != nil {
		return nil, err
	}
	var list []HeldCode
	for _, code := range slices.Sorted(maps.Keys(held)) {
		one := HeldCode{Code: code, State: held[code], TouchedBy: touched[string(code)]}
		for _, state := range one.State.IDs {
			one.IDs = append(one.IDs, HeldID{state, touched[application.ReissueSubject(state.ID)]})
		}
		for _, item := range doc.Existing {
			if item.Code == code {
				one.Placeholder = item.Placeholder
			}
		}
		list = append(list, one)
	}
	return list, nil
}

// workingDocument is the draft's while somebody works on it, otherwise the registered one.
func workingDocument(ctx context.Context, q command.Reader, app query.Application) (application.Document, error) {
	if app.State == string(application.Returned) {
		draft, err := command.DraftOf(app)
		return draft.Document, err
	}
	return command.CurrentDocument(ctx, q, app)
}

// SetExisting stores what is asked of a code that the establishment holds today (R-APP-8); it returns the
// placeholder of its item. A code that is on the list already gets the new choices; numbers to add are kept and
// the block's are added to them. Only what passes is stored.
func (d *Desk) SetExisting(ctx context.Context, actor account.Actor, ref command.Ref, typed string, in ExistingForm) (int, error) {
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
		before := len(item.Add)
		item, problems := withExistingForm(item, in)
		if len(problems) > 0 {
			return problems
		}
		doc := withItem(draft.Document, item)
		if problems, err = existingProblems(a, doc, item); err != nil {
			return err
		}
		if err := blockAdds(problems, before).Err(); err != nil {
			return err
		}
		placeholder = item.Placeholder
		draft.Document = doc
		return nil
	})
	return placeholder, err
}

// existingProblems is what bars an item of a working copy, seen from now.
func existingProblems(a *command.Tx, doc application.Document, item application.ExistingItem) (problem.List, error) {
	ground, err := ground(a, doc, nil)
	if err != nil {
		return nil, err
	}
	var l problem.List
	if receipt := ground.TouchedBy[string(item.Code)]; receipt != "" {
		l.Add("", "R-APP-10", "利用者コード「%s」は、申込受付番号 %s で申込み中です。利用開始日を迎えてから、または取下げ後にお申し込みください。", string(item.Code), receipt)
	}
	return append(l, application.ExistingItemProblems(doc.Kinds, item, ground)...), nil
}

// existingItem is the item of a code with the contract's state of today, or a new one that asks for nothing.
func existingItem(a *command.Tx, doc application.Document, code userid.Code) (application.ExistingItem, error) {
	holding, err := holding.Held(a.Ctx, a.Runner, a.Store.Queries, a.App.Establishment, a.Now)
	if err != nil {
		return application.ExistingItem{}, err
	}
	state, holds := holding[code]
	if !holds {
		return application.ExistingItem{}, command.ErrNotFound
	}
	for _, item := range doc.Existing {
		if item.Code == code {
			item.Before, item.Add = state, slices.Clone(item.Add)
			return item, nil
		}
	}
	return application.NewExisting(doc.NextExisting(), code, state), nil
}

// withExistingForm puts the form's choices into an item.
func withExistingForm(item application.ExistingItem, in ExistingForm) (application.ExistingItem, problem.List) {
	if in.Delete {
		deleted := application.NewExisting(item.Placeholder, item.Code, item.Before)
		deleted.Delete = true
		return deleted, nil
	}
	item.Delete = false
	item.Category, item.StatsPaid, item.StatsFree, item.Archive = in.Category, in.StatsPaid, in.StatsFree, in.Archive
	item.Settings = in.Settings
	item.Remove, item.IDs = nil, nil
	var l problem.List
	for _, one := range in.Remove {
		id, err := userid.ParseID(one)
		if err != nil {
			l.Add("remove", "R-APP-8", "利用者ID「%s」は選択できません。一覧から選択してください。", one)
			continue
		}
		item.Remove = append(item.Remove, id)
	}
	for _, id := range item.Before.IDs {
		change, problems := idChange(id, in.IDs)
		l = append(l, problems...)
		if change != nil && !slices.Contains(item.Remove, id.ID) {
			item.IDs = append(item.IDs, *change)
		}
	}
	if in.Adding && len(in.Block.Trades) == 0 {
		l.Add("trades", "R-APP-1", "「業種」を1つ以上選択してください。識別番号は業種ごとに設定します。")
	}
	if len(in.Block.Trades) > 0 {
		rows, problems := rowsOf(in.Block)
		l = append(l, problems...)
		item.Add = append(item.Add, rows...)
	}
	return item, l
}

// idChange is the change of an ID when the form says something else than the contract.
func idChange(id application.IDState, forms map[string]IDForm) (*application.IDChange, problem.List) {
	form, there := forms[string(id.ID)]
	if !there {
		return nil, nil
	}
	var l problem.List
	if form.SingleSignOn != "yes" && form.SingleSignOn != "no" {
		l.Add("ids."+string(id.ID)+".single_sign_on", "R-APP-2", "「シングルサインオン要否」で「要」か「否」を選択してください。")
	}
	sso := form.SingleSignOn == "yes"
	if sso == id.SingleSignOn && sameSet(form.Trades, id.Trades) {
		return nil, l
	}
	return &application.IDChange{ID: id.ID, SingleSignOn: sso, Trades: form.Trades}, l
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// withItem puts an item into the document, a new one at the end.
func withItem(doc application.Document, item application.ExistingItem) application.Document {
	doc.Existing = slices.Clone(doc.Existing)
	for i := range doc.Existing {
		if doc.Existing[i].Placeholder == item.Placeholder {
			doc.Existing[i] = item
			return doc
		}
	}
	doc.Existing = append(doc.Existing, item)
	doc.LastExisting = max(doc.LastExisting, item.Placeholder)
	return doc
}

// blockAdds moves the problems of the rows that the block has just made to the block's own fields.
func blockAdds(l problem.List, before int) problem.List {
	moved := slices.Clone(l)
	for i, p := range moved {
		rest, isRow := strings.CutPrefix(p.Field, "add.")
		number, field, _ := strings.Cut(rest, ".")
		n, err := strconv.Atoi(number)
		switch {
		case isRow && err == nil && n >= before:
			moved[i].Field = field
			if field == "" {
				moved[i].Field = "trades"
			}
		case p.Field == "add":
			moved[i].Field = "count"
		}
	}
	return moved
}

// RemoveAddedRow takes a row of numbers to add out of the item of an existing code.
func (d *Desk) RemoveAddedRow(ctx context.Context, actor account.Actor, ref command.Ref, placeholder, row int) error {
	return d.edit(ctx, actor, ref, "", func(_ *command.Tx, draft *application.Draft) error {
		item, known := draft.Document.ExistingOf(placeholder)
		if !known || row < 0 || row >= len(item.Add) {
			return command.ErrNotFound
		}
		item.Add = slices.Delete(slices.Clone(item.Add), row, row+1)
		if item.AsksNothing() {
			return removeExisting(draft, placeholder)
		}
		draft.Document = withItem(draft.Document, item)
		return nil
	})
}

// RemoveExisting takes the item of an existing code out of the application, with its settings and what was
// typed for it. The code itself stays as it is.
func (d *Desk) RemoveExisting(ctx context.Context, actor account.Actor, ref command.Ref, placeholder int) error {
	return d.edit(ctx, actor, ref, "", func(_ *command.Tx, draft *application.Draft) error {
		return removeExisting(draft, placeholder)
	})
}

func removeExisting(draft *application.Draft, placeholder int) error {
	item, known := draft.Document.ExistingOf(placeholder)
	if !known {
		return command.ErrNotFound
	}
	draft.Document.Existing = slices.DeleteFunc(slices.Clone(draft.Document.Existing),
		func(e application.ExistingItem) bool { return e.Placeholder == placeholder })
	delete(draft.Settings, placeholder)
	for kept := range draft.Typed {
		if kept == existingPage+"."+string(item.Code) || strings.HasPrefix(kept, "settings."+strconv.Itoa(placeholder)+".") {
			delete(draft.Typed, kept)
		}
	}
	return nil
}

// refreshExisting brings the items of existing codes of a copied draft to what the contract says today: codes and
// IDs that are no longer held fall away.
func refreshExisting(a *command.Tx, draft *application.Draft) error {
	if len(draft.Document.Existing)+len(draft.Document.Reissue) == 0 {
		return nil
	}
	holding, err := holding.Held(a.Ctx, a.Runner, a.Store.Queries, a.App.Establishment, a.Now)
	if err != nil {
		return err
	}
	draft.Document = application.Refreshed(draft.Document, holding)
	return nil
}

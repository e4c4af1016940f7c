package filing

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/problem"
	"uketsuke/internal/userid"
)

// newCodePage is the page of a code that is not in the list yet.
const newCodePage = "code.0"

// AddRows stores the block 「識別番号に関する項目」 of the page of a code as rows of a code, and the code's own choices;
// placeholder 0 makes a new code. It returns the code's placeholder. Only what passes is stored.
func (d *Desk) AddRows(ctx context.Context, actor account.Actor, ref command.Ref, placeholder int, in CodeForm) (int, error) {
	return d.saveCode(ctx, actor, ref, placeholder, in, true)
}

// SetCode is 「この内容で設定する」: the code's own choices, and the block when trades are ticked in it.
func (d *Desk) SetCode(ctx context.Context, actor account.Actor, ref command.Ref, placeholder int, in CodeForm) (int, error) {
	return d.saveCode(ctx, actor, ref, placeholder, in, false)
}

func (d *Desk) saveCode(ctx context.Context, actor account.Actor, ref command.Ref, placeholder int, in CodeForm, adding bool) (int, error) {
	page := "code." + strconv.Itoa(placeholder)
	err := d.edit(ctx, actor, ref, page, func(a *command.Tx, draft *application.Draft) error {
		ground, err := ground(a, draft.Document, nil)
		if err != nil {
			return err
		}
		item, err := itemOf(draft.Document, placeholder)
		if err != nil {
			return err
		}
		before := len(item.Rows)
		item, problems := withForm(item, in, adding || before == 0)
		if len(problems) > 0 {
			return problems
		}
		if err := blockFields(application.CodeProblems(item, ground), before, len(item.Rows)).Err(); err != nil {
			return err
		}
		if err := putItem(&draft.Document, item, ground); err != nil {
			return err
		}
		placeholder = item.Placeholder
		return nil
	})
	return placeholder, err
}

// itemOf is the code with a placeholder, or a new one for 0.
func itemOf(doc application.Document, placeholder int) (application.CodeItem, error) {
	if placeholder == 0 {
		return application.CodeItem{Placeholder: doc.NextPlaceholder()}, nil
	}
	item, known := doc.Code(placeholder)
	if !known {
		return item, command.ErrNotFound
	}
	item.Rows = slices.Clone(item.Rows)
	return item, nil
}

// withForm puts the form's choices into a code; blockNeeded says that the block must not be empty.
func withForm(item application.CodeItem, in CodeForm, blockNeeded bool) (application.CodeItem, problem.List) {
	var l problem.List
	item.Category = in.Category
	item.StatsPaid, item.StatsFree, item.Archive = in.StatsPaid, in.StatsFree, in.Archive
	if len(in.Trades) == 0 {
		if blockNeeded {
			l.Add("trades", "R-APP-1", "「業種」を1つ以上選択してください。識別番号は業種ごとに設定します。")
		}
		return item, l
	}
	rows, l := rowsOf(in)
	if len(l) == 0 {
		item.Rows = append(item.Rows, rows...)
	}
	return item, l
}

// rowsOf reads the block.
func rowsOf(in CodeForm) ([]application.Row, problem.List) {
	var l problem.List
	if in.SingleSignOn != "yes" && in.SingleSignOn != "no" {
		l.Add("single_sign_on", "R-APP-2", "「シングルサインオン要否」で「要」か「否」を選択してください。")
	}
	if in.Method == "" {
		l.Add("method", "R-APP-7", "「処理方式」を選択してください。")
	}
	count, err := strconv.Atoi(userid.Fold(in.Count))
	if err != nil {
		l.Add("count", "R-APP-7", "「識別番号」の数は、1から%dまでの整数で入力してください。", application.CountMax)
	}
	if len(l) > 0 {
		return nil, l
	}
	return application.RowsOf(in.Trades, in.SingleSignOn == "yes", in.Method, count), nil
}

// blockFields moves the problems of the rows that the block has just made to the block's own fields, once
// each.
func blockFields(l problem.List, from, to int) problem.List {
	var moved problem.List
	seen := map[string]bool{}
	for _, p := range l {
		rest, isRow := strings.CutPrefix(p.Field, "rows.")
		if isRow {
			number, field, _ := strings.Cut(rest, ".")
			if n, err := strconv.Atoi(number); err == nil && n >= from && n < to {
				p.Field = field
				if field == "" {
					p.Field = "trades"
				}
			}
		} else if p.Field == "rows" {
			p.Field = "trades"
		}
		if key := p.Field + "|" + p.String(); !seen[key] {
			seen[key] = true
			moved = append(moved, p)
		}
	}
	return moved
}

// putItem stores a code in the document, a new one at the end; the number of codes is bounded (R-APP-7).
func putItem(doc *application.Document, item application.CodeItem, ground application.Ground) error {
	for i := range doc.Codes {
		if doc.Codes[i].Placeholder == item.Placeholder {
			doc.Codes[i] = item
			return nil
		}
	}
	doc.Codes = append(doc.Codes, item)
	doc.LastPlaceholder = max(doc.LastPlaceholder, item.Placeholder)
	return application.CodesProblems(*doc, ground).At("codes").Err()
}

// RemoveRow takes one row out of a code; the last row stays, because a code without rows is removed as a
// whole.
func (d *Desk) RemoveRow(ctx context.Context, actor account.Actor, ref command.Ref, placeholder, row int) error {
	return d.edit(ctx, actor, ref, "", func(_ *command.Tx, draft *application.Draft) error {
		for i := range draft.Document.Codes {
			item := &draft.Document.Codes[i]
			if item.Placeholder != placeholder {
				continue
			}
			if row < 0 || row >= len(item.Rows) {
				return command.ErrNotFound
			}
			if len(item.Rows) == 1 {
				return problem.List{problem.New("rows", "R-APP-1",
					"利用者コードには識別番号の行が1つ以上必要です。別の行を追加してから削除するか、一覧で利用者コードごと削除してください。")}
			}
			item.Rows = slices.Delete(slices.Clone(item.Rows), row, row+1)
			offered := application.OfferedServices(item.Trades(), d.Catalogue)
			item.StatsPaid = item.StatsPaid && offered.Paid
			item.StatsFree = item.StatsFree && offered.Free
			item.Archive = item.Archive && offered.Archive && item.StatsPaid
			return nil
		}
		return command.ErrNotFound
	})
}

// SplitCode stores the code with the block's rows and parts it by SSO group, as R-APP-4 offers. It
// returns the placeholders of the parts.
func (d *Desk) SplitCode(ctx context.Context, actor account.Actor, ref command.Ref, placeholder int, in CodeForm) ([]int, error) {
	var parts []int
	page := "code." + strconv.Itoa(placeholder)
	err := d.edit(ctx, actor, ref, page, func(a *command.Tx, draft *application.Draft) error {
		doc := draft.Document
		item, err := itemOf(doc, placeholder)
		if err != nil {
			return err
		}
		item, problems := withForm(item, in, len(item.Rows) == 0)
		if len(problems) > 0 {
			return problems
		}
		ground, err := ground(a, doc, nil)
		if err != nil {
			return err
		}
		doc.Codes = slices.Clone(doc.Codes)
		if err := putItem(&doc, item, ground); err != nil {
			return err
		}
		before := placeholders(doc)
		split, is := application.SplitCode(doc, item.Placeholder, d.Catalogue)
		if !is {
			return problem.List{problem.New("trades", "R-APP-4", "この利用者コードは分ける必要がありません。そのまま設定してください。")}
		}
		parts = []int{item.Placeholder}
		for _, code := range split.Codes {
			mine := code.Placeholder == item.Placeholder || !slices.Contains(before, code.Placeholder)
			if mine {
				if err := application.CodeProblems(code, ground).Err(); err != nil {
					return err
				}
			}
			if mine && code.Placeholder != item.Placeholder {
				parts = append(parts, code.Placeholder)
			}
		}
		draft.Document = split
		return application.CodesProblems(split, ground).At("codes").Err()
	})
	return parts, err
}

func placeholders(doc application.Document) []int {
	var all []int
	for _, code := range doc.Codes {
		all = append(all, code.Placeholder)
	}
	return all
}

// RemoveCode takes a code out of the application, with its settings and what was typed for it.
func (d *Desk) RemoveCode(ctx context.Context, actor account.Actor, ref command.Ref, placeholder int) error {
	return d.edit(ctx, actor, ref, "", func(_ *command.Tx, draft *application.Draft) error {
		at := slices.Index(placeholders(draft.Document), placeholder)
		page := "code." + strconv.Itoa(placeholder)
		_, typed := draft.Typed[page]
		if at < 0 && !typed {
			return command.ErrNotFound
		}
		if at >= 0 {
			draft.Document.Codes = slices.Delete(slices.Clone(draft.Document.Codes), at, at+1)
		}
		delete(draft.Settings, placeholder)
		delete(draft.Typed, page)
		for kept := range draft.Typed {
			if strings.HasPrefix(kept, "settings."+strconv.Itoa(placeholder)+".") {
				delete(draft.Typed, kept)
			}
		}
		return nil
	})
}

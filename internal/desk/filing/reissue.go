package filing

import (
	"context"
	"slices"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/problem"
	"uketsuke/internal/userid"
)

// reissuePage is the page on which the IDs of a re-issue are chosen.
const reissuePage = "reissue"

// SetReissue stores which user IDs are to get new passwords (R-SEC-9).
func (d *Desk) SetReissue(ctx context.Context, actor account.Actor, ref command.Ref, typed []string) error {
	return d.edit(ctx, actor, ref, reissuePage, func(a *command.Tx, draft *application.Draft) error {
		var ids []userid.ID
		for _, one := range typed {
			id, err := userid.ParseID(one)
			if err != nil {
				return problem.List{problem.New("reissue", "R-SEC-9", "利用者ID「%s」は選択できません。一覧から選択してください。", one)}
			}
			ids = append(ids, id)
		}
		slices.Sort(ids)
		doc := draft.Document
		doc.Reissue = slices.Compact(ids)
		ground, err := ground(a, doc, nil)
		if err != nil {
			return err
		}
		ground.Asker = actor.Role
		if err := application.ReissueProblems(doc, ground).Err(); err != nil {
			return err
		}
		draft.Document = doc
		return nil
	})
}

// Reissuable are the IDs that the establishment holds today, for the page of a re-issue, with the receipt number
// of an open re-issue of the same ID.
func (d *Desk) Reissuable(ctx context.Context, actor account.Actor, id string) ([]HeldID, error) {
	held, err := d.Held(ctx, actor, id)
	if err != nil {
		return nil, err
	}
	var ids []HeldID
	for _, code := range held {
		ids = append(ids, code.IDs...)
	}
	return ids, nil
}

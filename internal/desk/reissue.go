package desk

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/keyring"
	"uketsuke/internal/problem"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
	"uketsuke/internal/userid"
)

// reissuePage is the page on which the IDs of a re-issue are chosen.
const reissuePage = "reissue"

// isReissue says whether what was registered asks for passwords alone.
func isReissue(app query.Application) bool {
	return application.Document{Kinds: strings.Fields(app.Kinds)}.IsReissue()
}

// SetReissue stores which user IDs are to get new passwords (R-SEC-9).
func (d *Desk) SetReissue(ctx context.Context, actor account.Actor, ref Ref, typed []string) error {
	return d.edit(ctx, actor, ref, reissuePage, func(a *act, draft *application.Draft) error {
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
		ground, err := a.ground(doc, nil)
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

// reissue is what an approved re-issue brings: every ID named, whose old passwords are dead from now on. Their
// rows go, and after the commit the keys that no row names any more.
func (a *act) reissue(doc application.Document) ([]IssuedCode, error) {
	a.app.StartDate = column.On(a.today())
	codes, err := a.desk.reissuedOf(a.ctx, a.tx.Queries, a.app, doc, a.now)
	if err != nil {
		return nil, err
	}
	for _, code := range codes {
		for _, id := range code.IDs {
			if err := a.killSecrets(string(id.ID)); err != nil {
				return nil, fmt.Errorf("deleting the passwords of %s: %w", id.ID, err)
			}
		}
	}
	// In effect with the approval: nobody is told again that the start date has come.
	a.app.EffectNotedAt = column.At(a.now)
	return codes, nil
}

// killSecrets deletes the sealed rows of an ID, and notes their key as dead when it was the last to name it.
func (a *act) killSecrets(id string) error {
	rows, err := a.tx.ListSecretsOfID(a.ctx, id)
	if err != nil {
		return err
	}
	if _, err := a.tx.DeleteSecretsOfID(a.ctx, id); err != nil {
		return err
	}
	for _, name := range keysOf(rows) {
		left, err := a.tx.CountSecretsUnder(a.ctx, string(name))
		if err != nil {
			return err
		}
		if left > 0 {
			continue
		}
		dead, err := a.bury([]keyring.Name{name})
		if err != nil {
			return err
		}
		a.dead = append(a.dead, dead...)
	}
	return nil
}

// EraseSecrets is 「今すぐ消去する」: an administrator ends the reading period early for the whole application
// (R-SEC-8). Erased passwords stay erased, whatever becomes of the start date.
func (d *Desk) EraseSecrets(ctx context.Context, actor account.Actor, ref Ref) error {
	var keys []keyring.Name
	err := d.begin(ctx, actor, func(a *act) error {
		if err := a.guard(ref); err != nil {
			return err
		}
		if actor.Role != account.Administrator {
			return &NotReadable{}
		}
		if err := a.mayRead(); err != nil {
			return err
		}
		var err error
		if keys, err = a.endSecrets(); err != nil {
			return err
		}
		if err := a.record("erase-secrets", nil, false); err != nil {
			return err
		}
		if err := a.write(); err != nil {
			return err
		}
		return a.audit("erase-secrets", map[audit.Key]string{audit.Receipt: string(a.app.Receipt)}, nil)
	})
	if err != nil {
		return err
	}
	return d.destroyKeys(ctx, keys)
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

package issuance

import (
	"context"
	"fmt"
	"strings"

	"uketsuke/internal/account"
	"uketsuke/internal/application"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk/casefile"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/keyring"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// isReissue says whether what was registered asks for passwords alone.
func isReissue(app query.Application) bool {
	return application.Document{Kinds: strings.Fields(app.Kinds)}.IsReissue()
}

// reissue is what an approved re-issue brings: every ID named, whose old passwords are dead from now on. Their
// rows go, and after the commit the keys that no row names any more.
func reissue(a *command.Tx, doc application.Document) ([]casefile.IssuedCode, error) {
	a.App.StartDate = column.On(a.Today())
	codes, err := casefile.ReissuedOf(a.Ctx, a.Runner, a.Store.Queries, a.App, doc, a.Now)
	if err != nil {
		return nil, err
	}
	for _, code := range codes {
		for _, id := range code.IDs {
			if err := killSecrets(a, string(id.ID)); err != nil {
				return nil, fmt.Errorf("deleting the passwords of %s: %w", id.ID, err)
			}
		}
	}
	// In effect with the approval: nobody is told again that the start date has come.
	a.App.EffectNotedAt = column.At(a.Now)
	return codes, nil
}

// killSecrets deletes the sealed rows of an ID, and notes their key as dead when it was the last to name it.
func killSecrets(a *command.Tx, id string) error {
	rows, err := a.Store.ListSecretsOfID(a.Ctx, id)
	if err != nil {
		return err
	}
	if _, err := a.Store.DeleteSecretsOfID(a.Ctx, id); err != nil {
		return err
	}
	for _, name := range KeysOf(rows) {
		left, err := a.Store.CountSecretsUnder(a.Ctx, string(name))
		if err != nil {
			return err
		}
		if left > 0 {
			continue
		}
		dead, err := bury(a, []keyring.Name{name})
		if err != nil {
			return err
		}
		a.Dead = append(a.Dead, dead...)
	}
	return nil
}

// EraseSecrets is 「今すぐ消去する」: an administrator ends the reading period early for the whole application
// (R-SEC-8). Erased passwords stay erased, whatever becomes of the start date.
func (d *Desk) EraseSecrets(ctx context.Context, actor account.Actor, ref command.Ref) error {
	var keys []keyring.Name
	err := d.Do(ctx, actor, func(a *command.Tx) error {
		if err := a.Guard(ref); err != nil {
			return err
		}
		if actor.Role != account.Administrator {
			return &NotReadable{}
		}
		if err := mayRead(a); err != nil {
			return err
		}
		var err error
		if keys, err = EndSecrets(a); err != nil {
			return err
		}
		if err := a.Record("erase-secrets", nil, false); err != nil {
			return err
		}
		if err := a.Write(); err != nil {
			return err
		}
		return a.Audit("erase-secrets", map[audit.Key]string{audit.Receipt: string(a.App.Receipt)}, nil)
	})
	if err != nil {
		return err
	}
	return d.DestroyKeys(ctx, keys)
}

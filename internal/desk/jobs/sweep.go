package jobs

import (
	"errors"

	"uketsuke/internal/account"
	"uketsuke/internal/keyring"
)

// sweep decides on every key of the ring: those that an act has let go of and those whose days are over are destroyed,
// others that nothing names are set aside.
func (r *round) sweep() error {
	if err := r.d.recovery.CheckRing(r.ctx); err != nil {
		return err
	}
	named, err := r.d.recovery.NamedKeys(r.ctx)
	if err != nil {
		return err
	}
	done, err := r.d.Ring.Sweep(keyring.Sweeping{Named: named, Today: r.today, Now: r.d.Elapsed(),
		Dead: func(names []string) (map[string]bool, error) { return r.d.DB.Read().DeadKeys(r.ctx, names) }})
	if len(done.SetAside) > 0 {
		r.d.Log.Error("keys that this database does not name were set aside: of attempts that were killed, or it is the wrong one, or an old one",
			"keys", len(done.SetAside))
	}
	if len(done.BroughtBack) > 0 {
		r.d.Log.Info("keys that were set aside were brought back", "keys", len(done.BroughtBack))
	}
	return errors.Join(err, r.d.recovery.NoteKeys(r.ctx, account.ClockActor(), "sweep-keys", done.Destroyed),
		r.d.recovery.NoteKeys(r.ctx, account.ClockActor(), "set-aside-keys", done.SetAside),
		r.d.recovery.NoteKeys(r.ctx, account.ClockActor(), "bring-back-keys", done.BroughtBack))
}

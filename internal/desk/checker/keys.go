package checker

import (
	"slices"

	"uketsuke/internal/desk/recovery"
)

// strangeKeys tells of keys of which nobody knows whose they are (R-SEC-6). Those of applications that a restore has
// lost are explained on its page.
func (k *checking) strangeKeys() error {
	keys, err := k.desk.recovery.KeysAside(k.ctx)
	if err != nil {
		return err
	}
	keys = slices.DeleteFunc(keys, func(key recovery.AsideKey) bool { return key.Named || key.Known || key.Lost })
	if len(keys) > 0 {
		last := slices.MaxFunc(keys, func(a, b recovery.AsideKey) int { return a.LastDay.Compare(b.LastDay) }).LastDay
		k.add("R-SEC-6", "", "%d keys belong to applications that this database does not know; is it the right one? "+
			"They are set aside, and destroyed when their last days are over, %s at the latest: uketsuke admin keys aside", len(keys), last)
	}
	return nil
}

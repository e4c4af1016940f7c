package command

import (
	"fmt"
	"strings"

	"uketsuke/internal/account"
	"uketsuke/internal/store/query"
)

// Mails go to somebody who can act: where the person who had an application in hand was stopped, or may not apply any
// more, to whom it was handed over, and always to the administrators (R-MAIL-3).

// keeper is who has the application in hand – the last to save it, or to whom it was handed over – and whether that
// person can still work on it.
func (a *Tx) keeper() (p query.Account, acts bool, err error) {
	if p, err = a.Store.GetAccount(a.Ctx, a.App.DraftBy); err != nil {
		return p, false, fmt.Errorf("reading who has application %s in hand: %w", a.App.ID, err)
	}
	return p, p.Status == "active" && account.Role(p.Role).MayApply(), nil
}

// stoppedAddress says whether a contact's mail address is that of somebody of the establishment who was stopped. One
// that several share is somebody's still.
func (a *Tx) stoppedAddress(address string) (bool, error) {
	n, err := a.Store.StoppedAddress(a.Ctx, query.StoppedAddressParams{Establishment: TextOf(a.App.Establishment), Email: strings.ToLower(address)})
	if err != nil {
		return false, fmt.Errorf("asking whose address that is: %w", err)
	}
	return n.Stopped > 0 && n.Remaining == 0, nil
}

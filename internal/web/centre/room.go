// Package centre holds the centre's other pages: calendar, notices, mails, rules, operations, audit log, establishments, usage, files.
//
// A handler reads the form, asks the desk, and renders a page's struct; what may be done and why not is the desk's to say.
package centre

import (
	"uketsuke/internal/web/cases"
	"uketsuke/internal/web/kit"
)

// Pages are the handlers of this room. They are safe for concurrent use.
type Pages struct {
	*kit.Kit
	cases *cases.Pages
}

// New makes the handlers on the kit that all rooms share.
func New(k *kit.Kit, cases *cases.Pages) *Pages {
	return &Pages{Kit: k, cases: cases}
}

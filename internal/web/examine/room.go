// Package examine holds the examiner's desk: the queue, a case, verdicts, what was issued.
//
// A handler reads the form, asks the desk, and renders a page's struct; what may be done and why not is the desk's to say.
package examine

import (
	"uketsuke/internal/web/apply"
	"uketsuke/internal/web/cases"
	"uketsuke/internal/web/kit"
)

// Pages are the handlers of this room. They are safe for concurrent use.
type Pages struct {
	*kit.Kit
	apply *apply.Pages
	cases *cases.Pages
}

// New makes the handlers on the kit that all rooms share.
func New(k *kit.Kit, apply *apply.Pages, cases *cases.Pages) *Pages {
	return &Pages{Kit: k, apply: apply, cases: cases}
}

// Package apply holds the wizard: every page from 「新しく申し込む」 to the receipt.
//
// A handler reads the form, asks the desk, and renders a page's struct; what may be done and why not is the desk's to say.
package apply

import (
	"uketsuke/internal/web/cases"
	"uketsuke/internal/web/holding"
	"uketsuke/internal/web/kit"
)

// Pages are the handlers of this room. They are safe for concurrent use.
type Pages struct {
	*kit.Kit
	cases   *cases.Pages
	holding *holding.Pages
}

// New makes the handlers on the kit that all rooms share.
func New(k *kit.Kit, cases *cases.Pages, holding *holding.Pages) *Pages {
	return &Pages{Kit: k, cases: cases, holding: holding}
}

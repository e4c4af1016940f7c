// Package holding holds the pages of what an establishment holds and owes: contract, lives of codes and IDs, charges, and the check of
// a paper.
//
// A handler reads the form, asks the desk, and renders a page's struct; what may be done and why not is the desk's to say.
package holding

import (
	"uketsuke/internal/web/kit"
)

// Pages are the handlers of this room. They are safe for concurrent use.
type Pages struct {
	*kit.Kit
}

// New makes the handlers on the kit that all rooms share.
func New(k *kit.Kit) *Pages {
	return &Pages{Kit: k}
}

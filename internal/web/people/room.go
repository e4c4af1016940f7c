// Package people holds the pages on which members are invited, changed and stopped.
//
// A handler reads the form, asks the desk, and renders a page's struct; what may be done and why not is the desk's to say.
package people

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

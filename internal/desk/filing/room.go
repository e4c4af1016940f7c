// Package filing answers "what may be asked, page by page, until the receipt?".
//
// Words: a draft is what nobody has registered yet; a document is what a draft says; a round is one registration, the receipt its
// number; blockers are what keeps an application from being opened or registered. Rules of the document itself are the
// package application's.
package filing

import (
	"uketsuke/internal/desk/casefile"
	"uketsuke/internal/desk/command"
)

// A Desk is this room with the runner that all rooms share, and the rooms that it asks. It is safe for concurrent use.
type Desk struct {
	*command.Runner
	casefile *casefile.Desk
}

// New opens the room.
func New(r *command.Runner, casefile *casefile.Desk) *Desk {
	return &Desk{Runner: r, casefile: casefile}
}

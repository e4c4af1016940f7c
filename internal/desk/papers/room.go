// Package papers answers "which papers does the desk print, and are they genuine?".
//
// Words: a paper is a PDF that is printed anew from what is stored each time; it is signed when a certificate is configured; a
// check compares the number and the words on a paper with what is known.
package papers

import (
	"uketsuke/internal/desk/casefile"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/signin"
)

// A Desk is this room with the runner that all rooms share, and the rooms that it asks. It is safe for concurrent use.
type Desk struct {
	*command.Runner
	casefile *casefile.Desk
	signin   *signin.Desk
}

// New opens the room.
func New(r *command.Runner, casefile *casefile.Desk, signin *signin.Desk) *Desk {
	return &Desk{Runner: r, casefile: casefile, signin: signin}
}

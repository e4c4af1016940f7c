// Package people answers "who belongs where, with which role?".
//
// Words: a member is a person of an establishment or of the centre; an invitation is an account that nobody has taken yet; a
// set-up brings an establishment with its people and contract from a file.
package people

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

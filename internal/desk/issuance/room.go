// Package issuance answers "what does the centre decide and issue, and who reads it?".
//
// Words: to claim is to become the examiner of a case; a proposal is an approval that waits for a second pair of eyes; a secret is
// a password of the network, sealed until its reading period ends; to read it is an act with its own trace.
package issuance

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

// Package files answers "which files does the centre offer, and how far has an establishment come in setting up?".
//
// Words: to offer a file is to put it on the page of preparations; a fetch is one download, with its trace.
package files

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

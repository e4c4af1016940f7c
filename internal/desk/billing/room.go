// Package billing answers "what does an establishment owe for a month, and what was it asked for?".
//
// Words: a bill is computed anew from the contract and the usage; an invoice is a bill that was issued, and never changes.
package billing

import (
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/papers"
)

// A Desk is this room with the runner that all rooms share, and the rooms that it asks. It is safe for concurrent use.
type Desk struct {
	*command.Runner
	papers *papers.Desk
}

// New opens the room.
func New(r *command.Runner, papers *papers.Desk) *Desk {
	return &Desk{Runner: r, papers: papers}
}

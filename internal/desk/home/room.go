// Package home answers "what is to do today?".
//
// Words: a to-do is something that waits for this person; news is what was told to the establishment.
package home

import (
	"uketsuke/internal/desk/command"
)

// A Desk is this room with the runner that all rooms share. It is safe for concurrent use.
type Desk struct {
	*command.Runner
}

// New opens the room.
func New(r *command.Runner) *Desk {
	return &Desk{Runner: r}
}

// Package holding answers "what does an establishment hold on a day, and may this ID log on?".
//
// Words: a fact says what came to stand from a day on, and until when; the contract of a day is what stands then (R-CON-1); an
// effect is a fact that an approval makes.
package holding

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

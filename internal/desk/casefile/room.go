// Package casefile answers "what is known of one application, and to whom?".
//
// Words: a case is an application with everything that its page shows; the plan is what an approval would issue; the ground is
// what the pure rules are asked with; a place is where a list goes on. It reads, and writes only what belongs to every ending of
// an application: settings' areas let go, proposals withdrawn.
package casefile

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

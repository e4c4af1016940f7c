// Package signin answers "who is asking, and how sure are we?".
//
// Words: a factor is what somebody proves themselves with; a miss is a try that failed; the lane is the queue before the costly
// hash; a link is a secret address that works once.
package signin

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

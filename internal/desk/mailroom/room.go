// Package mailroom answers "which letters were sent, which came back, and which go again?".
//
// Words: a bounce is a letter that came back; to resend is to write it anew to whom it is for now.
package mailroom

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

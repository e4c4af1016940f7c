// Package centre answers "on which days is the centre closed, and what does it announce?".
//
// Words: a closing entry closes or opens a day (R-CAL-1); a notice is shown to everybody between two days.
package centre

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

// Package operations answers "is all running?".
//
// Words: a mode says who may work at the desk; a job is late when no process has done it for too long; the clock's guard doubts
// readings that no witness confirms.
package operations

import (
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/papers"
	"uketsuke/internal/desk/recovery"
)

// A Desk is this room with the runner that all rooms share, and the rooms that it asks. It is safe for concurrent use.
type Desk struct {
	*command.Runner
	papers   *papers.Desk
	recovery *recovery.Desk
}

// New opens the room.
func New(r *command.Runner, papers *papers.Desk, recovery *recovery.Desk) *Desk {
	return &Desk{Runner: r, papers: papers, recovery: recovery}
}

// Package auditlog answers "is the evidence whole, and who may look at it?".
//
// Words: an entry is one act; a leaf is its hash in the tree; a checkpoint is the signed head of the tree; a way is how
// checkpoints leave the machine. What a proof is, the package audit knows.
package auditlog

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

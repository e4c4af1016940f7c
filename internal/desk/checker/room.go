// Package checker answers "is everything as it must be?", derived a second time.
package checker

import (
	"uketsuke/internal/desk/auditlog"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/recovery"
)

// A Desk is this room with the runner that all rooms share, and the rooms that it asks. It is safe for concurrent use.
type Desk struct {
	*command.Runner
	auditlog *auditlog.Desk
	recovery *recovery.Desk
}

// New opens the room.
func New(r *command.Runner, auditlog *auditlog.Desk, recovery *recovery.Desk) *Desk {
	return &Desk{Runner: r, auditlog: auditlog, recovery: recovery}
}

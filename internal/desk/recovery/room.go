// Package recovery answers "what was put back or lost, and to which installation do database, ring and ledger belong?".
//
// Words: the ledger is what was given out, kept outside the database; a database is behind when the ledger knows more; forgotten
// is what only the ledger knows; a key set aside waits for its last day.
package recovery

import (
	"uketsuke/internal/desk/auditlog"
	"uketsuke/internal/desk/command"
)

// A Desk is this room with the runner that all rooms share, and the rooms that it asks. It is safe for concurrent use.
type Desk struct {
	*command.Runner
	auditlog *auditlog.Desk
}

// New opens the room.
func New(r *command.Runner, auditlog *auditlog.Desk) *Desk {
	return &Desk{Runner: r, auditlog: auditlog}
}

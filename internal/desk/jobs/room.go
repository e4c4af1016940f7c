// Package jobs answers "what has become true by itself?".
//
// Words: a round is one look at the clock; a pass is one part of it. Correctness needs none of it (R-CON-4): state follows from
// facts and the clock. A round records, tells people and destroys keys; it catches up after any downtime, and two processes at
// once do nothing twice, because every act is guarded like a person's.
package jobs

import (
	"uketsuke/internal/desk/command"
	"uketsuke/internal/desk/issuance"
	"uketsuke/internal/desk/recovery"
)

// A Desk is this room with the runner that all rooms share, and the rooms that it asks. It is safe for concurrent use.
type Desk struct {
	*command.Runner
	issuance *issuance.Desk
	recovery *recovery.Desk
}

// New opens the room.
func New(r *command.Runner, issuance *issuance.Desk, recovery *recovery.Desk) *Desk {
	return &Desk{Runner: r, issuance: issuance, recovery: recovery}
}

package recovery

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"uketsuke/internal/account"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk/command"
	"uketsuke/internal/store"
)

// NoteBackup leaves the evidence that an operator takes the whole database out, as an export (ASVS 16.3.2). It is
// called before the copy is begun, so that the copy holds it as well. No key and no ledger is needed: a copy is also
// taken where they are not at hand.
func NoteBackup(ctx context.Context, db *store.DB, actor account.Actor, now func() time.Time, file string) error {
	if actor.Role != account.Operator {
		return command.ErrForbidden
	}
	d := &command.Runner{Config: command.Config{DB: db, Now: now, Rand: rand.Reader}}
	return d.Do(ctx, actor, func(a *command.Tx) error {
		return a.Audit("export", map[audit.Key]string{audit.Kind: "backup", audit.Mode: "command line"},
			map[audit.Key]string{audit.File: strings.ToValidUTF8(file, "\uFFFD")})
	})
}

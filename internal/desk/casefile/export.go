package casefile

import (
	"context"
	"errors"
	"strconv"

	"uketsuke/internal/account"
	"uketsuke/internal/audit"
	"uketsuke/internal/desk/command"
)

// An Export is what leaves the desk as a file. Its entry is evidence of who has taken it out.
type Export struct {
	// Kind is what the rows are and the file's format, such as "contract.csv".
	Kind string
	// Establishment is whose rows they are, "" for those of all.
	Establishment string
	// Filter is what the rows were narrowed to, as it was typed; it may name somebody.
	Filter string
}

// Export lets send write the file and leaves evidence: that somebody takes it out is committed before the first
// byte leaves, how many rows have left after the last one. Whoever calls has re-authenticated the actor not longer
// than five minutes ago. Which rows these may be is the question of the method that reads them.
func (d *Desk) Export(ctx context.Context, actor account.Actor, e Export, send func() (rows int, err error)) error {
	if !actor.Role.OfCentre() && !actor.MaySee(e.Establishment) {
		return command.ErrForbidden
	}
	personal := map[audit.Key]string{audit.Search: e.Filter}
	if e.Filter == "" {
		personal = nil
	}
	if err := d.auditExport(ctx, actor, "export", e, map[audit.Key]string{audit.Kind: e.Kind}, personal); err != nil {
		return err
	}
	rows, err := send()
	sent := map[audit.Key]string{audit.Kind: e.Kind, audit.Rows: strconv.Itoa(rows), audit.Complete: strconv.FormatBool(err == nil)}
	// The rows have left, whether or not anybody still waits for the end.
	return errors.Join(err, d.auditExport(context.WithoutCancel(ctx), actor, "export-sent", e, sent, nil))
}

func (d *Desk) auditExport(ctx context.Context, actor account.Actor, name string, e Export, detail, personal map[audit.Key]string) error {
	what := command.Reading
	if name == "export-sent" {
		what = command.Always // a desk that closes on the way does not undo what has left
	}
	return d.DoAs(ctx, actor, what, func(a *command.Tx) error {
		a.App.Establishment = e.Establishment
		return a.Audit(name, detail, personal)
	})
}

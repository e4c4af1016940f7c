package command

import (
	"context"
)

// Read lets f read as one unit, by the context that it is given: one snapshot of the database, one reading of the clock, and what
// goes through store.Once is asked once. A command that is run under that context ends the unit first.
func (d *Runner) Read(ctx context.Context, f func(context.Context) error) error {
	return d.DB.Snapshot(ctx, f)
}

// EndRead ends the unit of a context, before what was read goes on its way to somebody who may be slow; without one it does nothing.
func (d *Runner) EndRead(ctx context.Context) error { return d.DB.EndSnapshot(ctx) }

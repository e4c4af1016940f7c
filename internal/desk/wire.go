package desk

import "context"

// wire hands the desk what compares it with its ledger.
func wire(d *Desk) {
	d.catchUp = func(ctx context.Context) (bool, error) {
		found, err := d.CatchUp(ctx)
		return found.ID != "", err
	}
}

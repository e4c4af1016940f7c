package keyring

import (
	"fmt"
	"path/filepath"
)

// Probe says why no key could be made or read now, nil when all is well: the ring is away, or its disk is full.
func (r *Ring) Probe() error {
	if err := r.keeper.probe(); err != nil {
		return fmt.Errorf("trying the key ring: %w", err)
	}
	return nil
}

// probe writes a file where keys are written, and takes it away.
func (d *directory) probe() error {
	if err := d.present(); err != nil {
		return err
	}
	file := filepath.Join(d.dir, unfinished+newID())
	if err := writeNew(file, newKey()); err != nil {
		return err
	}
	return removeIfThere(file)
}

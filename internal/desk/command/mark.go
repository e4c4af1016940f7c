package command

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/query"
)

// markLife is how long a spent mark is remembered, in elapsed time: longer than any session that could still hold it.
const markLife = 24 * time.Hour

// SpendMark says whether this is the first time that the mark of a form is sent. Of many presses at once, also in
// several processes, the database lets one be the first (R-SEC-5). Nothing of the procedure changes by it, so it
// leaves no entry; what the press then does leaves its own.
func (d *Runner) SpendMark(ctx context.Context, mark string) (bool, error) {
	sum := sha256.Sum256([]byte(mark))
	var first bool
	err := d.DB.InTx(ctx, func(tx *store.Tx) error {
		spent, err := tx.SpendMark(ctx, query.SpendMarkParams{Token: "mark:" + hex.EncodeToString(sum[:]), ExpiresAt: column.At(d.Elapsed().Add(markLife))})
		first = spent == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("spending the mark of a form: %w", err)
	}
	return first, nil
}

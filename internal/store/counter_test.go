package store_test

import (
	"testing"

	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
	"uketsuke/internal/store/storetest"
)

// R-ID-6: catching up with the ledger raises a counter and never sets it back, whatever the ledger has missed.
func TestCountersAreNeverSetBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		var next int64
		err := db.InTx(ctx, func(tx *store.Tx) (err error) {
			for _, known := range []int64{5, 3, 7, 6} {
				if err = tx.RaiseCounter(ctx, query.RaiseCounterParams{Name: "receipt:2024", Next: known}); err != nil {
					return err
				}
			}
			next, err = tx.TakeNext(ctx, "receipt:2024")
			return err
		})
		if err != nil || next != 8 {
			t.Errorf("after 7 comes %d, %v", next, err)
		}
	})
}

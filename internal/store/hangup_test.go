package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/storetest"
)

// Whoever hangs up while the database works is told of as that, by the context's error, on both databases: in the middle of a
// statement, between two of them, and at the commit.
func TestAHangUpIsSaidToBeOne(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		const long = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000000) SELECT count(*) FROM n"
		for name, f := range map[string]func(ctx context.Context, hangUp func()) error{
			"in a reading": func(ctx context.Context, hangUp func()) error {
				time.AfterFunc(30*time.Millisecond, hangUp)
				var n int64
				return db.ReadSide().QueryRowContext(ctx, long).Scan(&n)
			},
			"before a statement": func(ctx context.Context, hangUp func()) error {
				return db.InTx(ctx, func(tx *store.Tx) error {
					hangUp()
					_, err := tx.DeleteOldTries(ctx, column.At(time.Now()))
					return err
				})
			},
			"after the roll-back": func(ctx context.Context, hangUp func()) error {
				return db.InTx(ctx, func(tx *store.Tx) error {
					hangUp()
					time.Sleep(20 * time.Millisecond) // the driver rolls back by itself
					_, err := tx.DeleteOldTries(ctx, column.At(time.Now()))
					return err
				})
			},
			"at the commit": func(ctx context.Context, hangUp func()) error {
				return db.InTx(ctx, func(tx *store.Tx) error {
					if _, err := tx.DeleteOldTries(ctx, column.At(time.Now())); err != nil {
						return err
					}
					hangUp()
					return nil
				})
			},
			"long before the commit": func(ctx context.Context, hangUp func()) error {
				return db.InTx(ctx, func(tx *store.Tx) error {
					if _, err := tx.DeleteOldTries(ctx, column.At(time.Now())); err != nil {
						return err
					}
					hangUp()
					time.Sleep(20 * time.Millisecond)
					return nil
				})
			},
		} {
			ctx, hangUp := context.WithCancel(t.Context())
			if err := f(ctx, hangUp); !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", name, err)
			}
			hangUp()
		}
	})
}

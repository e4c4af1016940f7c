package store_test

import (
	"context"
	"errors"
	"testing"

	"uketsuke/internal/store"
	"uketsuke/internal/store/query"
	"uketsuke/internal/store/storetest"
)

// Within a snapshot nothing changes, whoever writes beside it; what is asked once is asked once; a transaction of one's own ends it.
func TestSnapshot(t *testing.T) {
	for name, open := range map[string]func(testing.TB) *store.DB{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			raise := func(ctx context.Context, to int64) {
				err := db.InTx(ctx, func(tx *store.Tx) error {
					return tx.RaiseCounter(ctx, query.RaiseCounterParams{Name: "receipt:24", Next: to})
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			next := func(ctx context.Context) int64 {
				n, err := db.Read().PeekCounter(ctx, "receipt:24")
				if err != nil {
					t.Fatal(err)
				}
				return n
			}
			raise(t.Context(), 5)
			asked := 0
			ask := func() (int64, error) { asked++; return int64(asked), nil }
			err := db.Snapshot(t.Context(), func(ctx context.Context) error {
				if got := next(ctx); got != 5 {
					t.Errorf("the counter is %d", got)
				}
				raise(t.Context(), 6) // somebody else
				if got := next(ctx); got != 5 {
					t.Errorf("the counter is %d in a snapshot of before", got)
				}
				for range 2 {
					if got, err := store.Remember(ctx, "a", ask); got != 1 || err != nil {
						t.Errorf("asked once: %d, %v", got, err)
					}
				}
				raise(ctx, 7) // ourselves
				if got := next(ctx); got != 7 {
					t.Errorf("the counter is %d after an act of our own", got)
				}
				if got, err := store.Remember(ctx, "a", ask); got != 2 || err != nil {
					t.Errorf("remembered beyond the end: %d, %v", got, err)
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			failed := errors.New("a page")
			if err := db.Snapshot(t.Context(), func(ctx context.Context) error { next(ctx); return failed }); !errors.Is(err, failed) {
				t.Errorf("%v", err)
			}
			// Neither a page that fails nor one that panics keeps its connection.
			db.Limit(1)
			func() {
				defer func() { _ = recover() }()
				_ = db.Snapshot(t.Context(), func(ctx context.Context) error { next(ctx); panic("a page") })
			}()
			if got := next(t.Context()); got != 7 {
				t.Errorf("the counter is %d", got)
			}
		})
	}
}

package store_test

import (
	"database/sql"
	"errors"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"uketsuke/internal/store"
	"uketsuke/internal/store/column"
	"uketsuke/internal/store/storetest"
)

// Trap 34: four workers at 200 mails never claim one twice.
func TestClaimsNeverMeet(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		const rows = 200
		waiting(t, db, rows)
		outbox := store.NewOutbox(db, func() time.Time { return monday }, func() time.Time { return monday })
		claims := claimAll(t, func() ([]string, error) {
			got, err := outbox.Claim(t.Context(), time.Minute, 7)
			var list []string
			for _, row := range got {
				list = append(list, row.ID)
			}
			return list, err
		})
		if len(claims) != rows {
			t.Errorf("%d of %d claimed", len(claims), rows)
		}
		for id, times := range claims {
			if times != 1 {
				t.Errorf("%s claimed %d times", id, times)
			}
		}
	})
}

// claimAll runs four workers until each has found nothing, and counts the claims of every row.
func claimAll(t *testing.T, claim func() ([]string, error)) map[string]int {
	t.Helper()
	claims := map[string]int{}
	var mu sync.Mutex
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			for idle := 0; idle < 3; {
				got, err := claim()
				if err != nil {
					t.Error(err)
					return
				}
				if idle++; len(got) > 0 {
					idle = 0
				}
				mu.Lock()
				for _, id := range got {
					claims[id]++
				}
				mu.Unlock()
			}
		})
	}
	group.Wait()
	return claims
}

// Trap 34, the reason: on PostgreSQL a claim without the condition in its outer WHERE waits for the row
// lock of another claim and then takes the same row again. The two claims are made to meet.
func TestOuterConditionMatters(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		claim string
		want  int
	}{
		"with the outer condition":    {claimText(t), 0},
		"without the outer condition": {withoutOuter(t), 1},
	} {
		t.Run(name, func(t *testing.T) {
			db := storetest.Postgres(t)
			waiting(t, db, 1)
			first, err := db.WriteSide().BeginTx(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if n := claimed(t, first, c.claim); n != 1 {
				t.Fatalf("the first claim took %d", n)
			}
			taken := make(chan int)
			go func() {
				second, err := db.WriteSide().BeginTx(t.Context(), nil)
				if err != nil {
					t.Error(err)
				}
				n := claimed(t, second, c.claim)
				if err := second.Commit(); err != nil {
					t.Error(err)
				}
				taken <- n
			}()
			awaitLock(t, db)
			if err := first.Commit(); err != nil {
				t.Fatal(err)
			}
			if n := <-taken; n != c.want {
				t.Errorf("the second claim took %d, want %d", n, c.want)
			}
		})
	}
}

// claimText is the claim as it stands in the queries.
func claimText(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("queries/work.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(text), "-- name: ClaimOutbox :many\n")
	claim, _, more := strings.Cut(after, ";")
	if !found || !more {
		t.Fatal("there is no claim among the queries")
	}
	return strings.NewReplacer("@lease", "$1", "@now", "$2", "@most", "$3").Replace(claim)
}

// withoutOuter is the claim with nothing but its subquery to choose the rows.
func withoutOuter(t *testing.T) string {
	t.Helper()
	before, after, found := strings.Cut(claimText(t), "LIMIT $3)")
	_, returning, more := strings.Cut(after, "RETURNING")
	if !found || !more || !strings.Contains(after, "leased_until <= $2") {
		t.Fatal("the claim has no outer condition")
	}
	return before + "LIMIT $3) RETURNING" + returning
}

// claimed runs a claim and says how many rows it took.
func claimed(t *testing.T, tx *sql.Tx, claim string) (n int) {
	rows, err := tx.QueryContext(t.Context(), claim, column.At(monday.Add(time.Minute)), column.At(monday), 8)
	if err != nil {
		t.Error(err)
		return -1
	}
	defer rows.Close()
	for rows.Next() {
		n++
	}
	if err := rows.Err(); err != nil {
		t.Error(err)
	}
	return n
}

// awaitLock returns when a statement of this database waits for another one's lock.
func awaitLock(t *testing.T, db *store.DB) {
	t.Helper()
	for t.Context().Err() == nil {
		var waiting int
		row := db.ReadSide().QueryRowContext(t.Context(),
			"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")
		if err := row.Scan(&waiting); err != nil {
			t.Fatal(err)
		}
		if waiting > 0 {
			return
		}
	}
	t.Fatal("nobody ever waited")
}

// An outcome is noted only under the lease that it belongs to (fencing), and a row that is done is never
// handed out again (R-MAIL-4).
func TestOutcomes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		now := monday
		waiting(t, db, 3)
		outbox := store.NewOutbox(db, func() time.Time { return now }, func() time.Time { return now })
		claim := func(want ...string) []int64 {
			t.Helper()
			rows, err := outbox.Claim(ctx, time.Minute, 8)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			var fences []int64
			for _, row := range rows {
				got, fences = append(got, row.ID), append(fences, row.Fence)
			}
			if !slices.Equal(got, want) {
				t.Fatalf("claimed %v, want %v", got, want)
			}
			return fences
		}
		old := claim("m000", "m001", "m002")
		claim()
		now = now.Add(time.Minute) // the leases end
		fences := claim("m000", "m001", "m002")
		if err := outbox.Accepted(ctx, "m000", old[0], "250 ok"); !errors.Is(err, store.ErrOvertaken) {
			t.Errorf("an acceptance under an old lease: %v", err)
		}
		if err := outbox.Failed(ctx, "m001", old[1], "550 no", time.Time{}); !errors.Is(err, store.ErrOvertaken) {
			t.Errorf("a failure under an old lease: %v", err)
		}
		for _, err := range []error{
			outbox.Accepted(ctx, "m000", fences[0], "250 ok"),
			outbox.Failed(ctx, "m001", fences[1], "550 no", time.Time{}),
			outbox.Failed(ctx, "m002", fences[2], "451 later", now.Add(time.Hour)),
		} {
			if err != nil {
				t.Error(err)
			}
		}
		now = now.Add(time.Hour - time.Microsecond)
		claim()
		now = now.Add(time.Microsecond)
		claim("m002")
		rows, err := db.Read().ListOutboxOf(ctx, "")
		if err != nil || len(rows) != 3 {
			t.Fatal(rows, err)
		}
		for i, want := range []string{"250 ok", "550 no", "451 later"} {
			if rows[i].Reply != want || rows[i].AcceptedAt.IsZero() != (i != 0) || rows[i].FailedAt.IsZero() != (i != 1) {
				t.Errorf("row %d: %+v", i, rows[i])
			}
		}
		if rows[2].Attempts != 3 {
			t.Errorf("%d attempts", rows[2].Attempts)
		}
	})
}

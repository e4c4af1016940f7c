package desk_test

import (
	"strings"
	"testing"
	"time"

	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
)

// R-APP-10 when both are registered at the same moment: whoever comes second must wait until it can see what the first
// touches. On PostgreSQL the two are made to meet: nobody gets a receipt number before both have come as far as they can.
func TestTwoRegistrationsMeetAtOneCode(t *testing.T) {
	eachSound(t, monday, func(t *testing.T, h *house) {
		h.approved(sample.S3("2024-12-12"))
		h.At("2024-12-12T10:00:00+09:00")
		order := sample.Order{Desired: "2024-12-24", Existing: map[string]desk.ExistingForm{"1BNAC": {Delete: true}}}
		refs := []desk.Ref{h.Draft(order), h.Draft(order)}
		release := func() {}
		if h.Desk.DB.Dialect() == "postgres" { // SQLite lets one write at a time
			release = h.holdReceipts()
		}
		errs := make(chan error, len(refs))
		for _, ref := range refs {
			go func() {
				_, err := h.Desk.Register(t.Context(), h.Applicant, ref, true)
				errs <- err
			}()
		}
		release()
		one, two := <-errs, <-errs
		if one == nil {
			one, two = two, one
		}
		if two != nil {
			t.Fatalf("none was registered: %v, %v", one, two)
		}
		broken(t, one, "R-APP-10", "codes.1001")
		if !strings.Contains(one.Error(), "2400002A") {
			t.Errorf("R-APP-10 names the other's receipt number: %v", one)
		}
	})
}

// holdReceipts holds this year's series of receipt numbers. What it returns lets go as soon as two wait for a lock.
func (h *house) holdReceipts() (release func()) {
	h.t.Helper()
	tx, err := h.raw.BeginTx(h.t.Context(), nil)
	h.ok(err)
	held, err := tx.ExecContext(h.t.Context(), "UPDATE counters SET next = next WHERE name = 'receipt:2024'")
	h.ok(err)
	if rows, err := held.RowsAffected(); err != nil || rows != 1 {
		h.t.Fatalf("%d series of receipts are held, %v", rows, err)
	}
	return func() {
		h.t.Helper()
		for waiting, began := 0, time.Now(); waiting < 2; {
			if time.Since(began) > time.Minute {
				h.ok(tx.Rollback())
				h.t.Fatalf("after a minute %d wait", waiting)
			}
			h.ok(h.raw.QueryRowContext(h.t.Context(),
				"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").Scan(&waiting))
		}
		h.ok(tx.Rollback())
	}
}

package benchmark

import (
	"fmt"
	"testing"
	"time"
)

// TestNotice measures the 承認通知 of an application in effect, from the database to the last byte.
func TestNotice(t *testing.T) {
	h := onSQLite(t)
	ref, _ := h.Approved(threeIDs())
	h.At(inEffectOn)
	size := 0
	notice := &lane{name: "notice", clients: 1, run: func(int, int) error {
		pdf, _, err := h.Desk.ApprovalNotice(t.Context(), h.Applicant, ref.ID, false)
		size = len(pdf)
		return err
	}}
	made := race(t, sized(5, 1), sized(40, 2), notice)[0]
	middle := made.quantile(0.5)
	measured.add(t, figure{number: "P6", what: "one 承認通知 as PDF, through the desk", got: fmt.Sprintf("%s, %.0f KB", milliseconds(middle), float64(size)/1000),
		reach: "≤ 10 ms, ≤ 120 KB", verdict: reached(middle <= 10*time.Millisecond && size <= 120_000)})
}

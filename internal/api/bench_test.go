package api

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"uketsuke/internal/desk"
	"uketsuke/internal/sample"
	"uketsuke/internal/store"
	"uketsuke/internal/store/storetest"
)

// A check, from the request to the answer without a network, beside a bare SELECT of one row by its key. Both
// run in turns in one run: what counts on a shared machine is the ratio, and how far the slowest are out.
func BenchmarkLogonCheck(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *store.DB{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		b.Run(name, func(b *testing.B) {
			d := newDoor(b, open(b))
			d.open(d.Elapsed, 1<<30, 1<<30)
			_, approval := d.Approved(sample.S1("2024-12-12"))
			d.At("2024-12-12T09:00:00+09:00")
			body := `{"user_id":"` + string(approval.Codes[0].IDs[0].ID) + `"}`
			var checks, selects []time.Duration
			for b.Loop() {
				checks = append(checks, timed(func() { d.checkOnce(b, body) }))
				selects = append(selects, timed(func() {
					if _, err := d.DB.Read().GetCompany(b.Context(), "c-mihon"); err != nil {
						b.Fatal(err)
					}
				}))
			}
			slices.Sort(checks)
			slices.Sort(selects)
			b.ReportMetric(1/median(checks).Seconds(), "checks/s")
			b.ReportMetric(float64(median(checks))/float64(median(selects)), "selects/check")
			b.ReportMetric(float64(median(checks).Microseconds()), "p50-µs")
			b.ReportMetric(float64(checks[len(checks)*99/100].Microseconds()), "p99-µs")
		})
	}
}

func timed(do func()) time.Duration {
	begun := time.Now()
	do()
	return time.Since(begun)
}

func median(all []time.Duration) time.Duration { return all[len(all)/2] }

func (d *frontDoor) checkOnce(b *testing.B, body string) {
	r := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/api/v1/logon-check", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+d.tokens[desk.ScopeLogon])
	w := httptest.NewRecorder()
	d.server.ServeHTTP(w, r)
	if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `"entitled":true`) {
		b.Fatalf("status %d: %s", w.Code, w.Body)
	}
}

package desk_test

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

	"uketsuke/internal/ledger"
	"uketsuke/internal/sample"
	"uketsuke/internal/store/pgtest"
	"uketsuke/internal/store/storetest"
)

// BenchmarkSynchronous says what it costs that a commit waits: 64 people register at once on a primary with a standby, turn by
// turn with each level of synchronous_commit, and once without the ledger. The medians' ratios to "local" are told, the
// level that waits for the primary's disk alone. go test -run - -bench Synchronous -benchtime 7x
func BenchmarkSynchronous(b *testing.B) {
	const workers = 64
	pair := pgtest.Replicated(b)
	dsn := pair.NewDatabase(b, "uketsuke")
	if err := storetest.Migrate(dsn); err != nil {
		b.Fatal(err)
	}
	w := sample.New(b, storetest.Open(b, dsn), monday)
	book, err := ledger.Open(filepath.Join(w.RingDir, "ledger"))
	if err != nil {
		b.Fatal(err)
	}
	took := map[string][]time.Duration{}
	for range b.N {
		for _, mode := range []string{"no-ledger", "off", "local", "on", "remote_apply"} {
			w.Desk.Ledger = book
			pair.Synchronous(b, "local") // the drafts are no part of it
			drafts := make([]string, workers)
			for i := range drafts {
				drafts[i] = w.Draft(sample.S2("2024-12-12")).ID
			}
			if mode == "no-ledger" {
				w.Desk.Ledger = nil
			} else {
				pair.Synchronous(b, mode)
			}
			<-time.After(100 * time.Millisecond) // every backend has read the configuration
			var all sync.WaitGroup
			begun := time.Now()
			for _, id := range drafts {
				ref := w.Ref(id)
				all.Go(func() {
					if _, err := w.Desk.Register(b.Context(), w.Applicant, ref, true); err != nil {
						b.Error(err)
					}
				})
			}
			all.Wait()
			took[mode] = append(took[mode], time.Since(begun))
		}
	}
	base := median(took["local"])
	for mode, times := range took {
		b.ReportMetric(float64(median(times))/float64(base), mode+"-ratio")
	}
	b.ReportMetric(workers/base.Seconds(), "local-per-second")
}

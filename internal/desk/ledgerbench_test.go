package desk_test

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"uketsuke/internal/desk"
	"uketsuke/internal/ledger"
	"uketsuke/internal/sample"
	"uketsuke/internal/store/pgtest"
	"uketsuke/internal/store/storetest"
)

// BenchmarkLedger says what the ledger costs: registrations and approvals with and without it, turn by turn in one
// run on databases that sync every commit; the medians' ratio is told. go test -run - -bench Ledger -benchtime 60x
func BenchmarkLedger(b *testing.B) {
	for name, dsn := range map[string]func() string{
		"sqlite":   func() string { return filepath.Join(b.TempDir(), "u.db") },
		"postgres": func() string { return pgtest.Durable(b).NewDatabase(b, nil) },
	} {
		b.Run(name, func(b *testing.B) {
			at := dsn()
			if err := storetest.Migrate(at); err != nil {
				b.Fatal(err)
			}
			benchLedger(b, sample.New(b, storetest.Open(b, at), monday))
		})
	}
}

func benchLedger(b *testing.B, w *sample.World) {
	book, err := ledger.Open(filepath.Join(w.RingDir, "ledger"))
	if err != nil {
		b.Fatal(err)
	}
	took := map[string][]time.Duration{}
	measure := func(name string, with bool, f func() error) {
		w.Desk.Ledger = nil
		if with {
			w.Desk.Ledger, name = book, name+" with"
		}
		begun := time.Now()
		if err := f(); err != nil {
			b.Fatal(err)
		}
		took[name] = append(took[name], time.Since(begun))
	}
	for n := range min(b.N, 60) { // there are no more codes
		with := n%2 == 1
		ref := w.Draft(sample.S2("2024-12-12"))
		measure("register", with, func() error { _, err := w.Desk.Register(b.Context(), w.Applicant, ref, true); return err })
		if n >= 30 {
			continue
		}
		if err := w.Desk.Claim(b.Context(), w.Examiner, w.Ref(ref.ID)); err != nil {
			b.Fatal(err)
		}
		measure("approve", with, func() error {
			_, err := w.Desk.Approve(b.Context(), w.Examiner, w.Ref(ref.ID), desk.ApproveForm{Round: 1, Start: "2024-12-12"})
			return err
		})
	}
	for _, name := range []string{"register", "approve"} {
		if without, with := median(took[name]), median(took[name+" with"]); without > 0 && with > 0 {
			b.ReportMetric(float64(with)/float64(without), name+"-ratio")
			b.ReportMetric(float64(without.Microseconds())/1000, name+"-ms")
		}
	}
}

func median(times []time.Duration) time.Duration {
	if len(times) == 0 {
		return 0
	}
	slices.Sort(times)
	return times[len(times)/2]
}
